"""Datasets: from an official layout to one table of clips, with every oddity of the release read or refused."""

from merflow.datasets.clip import Clip, read_clips, write_clips, write_exclusions
from merflow.datasets.labels import LABEL_SETS, LabelSet
from merflow.datasets.registry import READERS, Index, index_dataset

__all__ = [
    "LABEL_SETS",
    "READERS",
    "Clip",
    "Index",
    "LabelSet",
    "index_dataset",
    "read_clips",
    "write_clips",
    "write_exclusions",
]
