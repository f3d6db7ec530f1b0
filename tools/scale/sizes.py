"""How large the published datasets are: subjects, clips, clips with a label, and frames of a whole sequence."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from merflow.datasets.clip import Clip
from merflow.datasets.counts import Counts
from merflow.datasets.declared import DATASETS
from merflow.datasets.labels import CLASS_SETS
from merflow.datasets.validation import MEGC2019_WHOLE
from merflow.stages.sequences.settings import SequenceSettings
from merflow.stages.sequences.stage import frames_to_read

MICRO_S, MACRO_S = 0.5, 4.0
"""Seconds that an expression is taken to last: no micro-expression is longer (Yan et al. 2013), hardly a macro one."""


@dataclass(frozen=True, slots=True)
class Size:
    """A dataset as far as its cost depends on it.

    Parameters
    ----------
    title : str
        Name in the tables.
    dataset : str
        Name in config.yaml, whose overrides count.
    measured : str
        Embedded dataset with pictures of the same size and frame rate; empty = none, see `pixels`.
    subjects, clips : int
        Subjects, each of whom is left out once, and annotated clips.
    counts : Counts
        Published numbers of the clips that have labels.
    frames : float
        Recorded frames that the sequence of a clip is read from.
    experiments : tuple of str
        What is run; their baselines come with them.
    unlabelled : int
        Clips beside those of `counts` whose labels are not published: each is taken to have one.
    shards : bool
        Whether artefacts are made for it; those of a composite are its members'.
    times : int
        How many times as large as published.
    folds : int
        Folds that the annotation gives.
    pixels : int
        Of a picture, where none of its size was measured (`measured` is empty); 0 = not known.
    """

    title: str
    dataset: str
    measured: str
    subjects: int
    clips: int
    counts: Counts
    frames: float
    experiments: tuple[str, ...]
    unlabelled: int = 0
    shards: bool = True
    times: int = 1
    folds: int = 0
    pixels: int = 0

    def labelled(self, labels: str) -> int:
        """Return the clips that a label set has a class for, as far as they are published; else all of them."""
        return self.times * (_labelled(self.counts, labels) + self.unlabelled)

    def larger(self, times: int) -> Self:
        """Return a dataset of so many times the subjects, and as many times the clips."""
        return replace(self, times=self.times * times, subjects=self.subjects * times, clips=self.clips * times)


def _labelled(counts: Counts, labels: str) -> int:
    if labels in counts.label_sets:
        return sum(counts.label_sets[labels].values())
    if labels not in CLASS_SETS:
        return counts.rows or 0  # of how many clips the labels are known is not published
    label_set = CLASS_SETS[labels]
    found: Mapping[str, int] = counts.emotions if label_set.field == "emotion" else counts.objective
    inside = sum(rows for name, rows in found.items() if name in label_set.class_of)
    return inside if found else counts.rows or 0


def frames_read(seconds: float, fps: float) -> int:
    """Return how many frames the sequence of an expression of such a length is read from, by the default settings.

    Convention
    ----------
    By hand: half a second at 30 frames a second is 16 frames, all of them read; at 200 it is 101, of which 16 are kept
    for the rate and the apex, which lies between two of these.
    """
    last = round(seconds * fps)
    clip = Clip(
        dataset="", subject="", video="", part="", expression="micro", onset=0, apex=last // 2, offset=last, fps=fps,
        aus="", emotion="", objective="", color="", depth="", notes="",
    )  # fmt: skip
    return len(frames_to_read(clip, range(last + 1), SequenceSettings()))


def published() -> list[Size]:
    """Return the datasets of docs/scale.md, in the order of its columns."""
    micro, macro = DATASETS["casme3"].counts["A", "micro"], DATASETS["casme3"].counts["A", "macro"].rows or 0
    casme2, samm = DATASETS["casme2"].counts["", "micro"], DATASETS["samm"].counts["", "micro"]
    smic = DATASETS["smic"].counts["HS", "micro"]
    at_30, at_200 = frames_read(MICRO_S, 30.0), frames_read(MICRO_S, 200.0)
    depth, landmarks = ("lite_point_gcn", "atm_gcn", "ststnet"), ("gts_gn", "atm_gcn", "ststnet")
    first = _size("CAS(ME)^3 A micro", "casme3", "scale", micro, at_30, depth)
    both = micro.rows or 0
    mean = (both * at_30 + macro * frames_read(MACRO_S, 30.0)) / (both + macro)
    return [
        first,
        replace(first, title="CAS(ME)^3 A micro, macro", clips=both + macro, unlabelled=macro, frames=mean),
        _size("CASME II", "casme2", "scale_casme2", casme2, at_200, landmarks),
        _size("SAMM", "samm", "scale_samm", samm, at_200, landmarks),
        _size("SMIC-HS", "smic", "scale_smic", smic, frames_read(MICRO_S, 100.0), landmarks[1:]),
        replace(_size("MEGC 2019", "composite", "scale", MEGC2019_WHOLE, at_30, landmarks[1:]), shards=False),
    ]


def of_tables() -> list[Size]:
    """Return the datasets of the papers' tables: those of docs/scale.md, and 4DME.

    How many people show its micro-expressions is not published: its experiments have the folds of its sheet.
    """
    fourdme = DATASETS["fourdme"].counts["", "micro"]
    size = _size("4DME", "fourdme", "demo_4dme", fourdme, frames_read(MICRO_S, 60.0), ())
    return [*published(), replace(size, folds=5)]


def _size(title: str, dataset: str, measured: str, counts: Counts, frames: int, experiments: tuple[str, ...]) -> Size:
    return Size(title, dataset, measured, counts.subjects or 0, counts.rows or 0, counts, frames, experiments)
