"""From the folds of an experiment to what stands in its tables: what the workflow writes, and what a check compares."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from merflow.datasets.clip_table import read_exclusions
from merflow.datasets.labels import label_set_named
from merflow.datasets.members import split_name
from merflow.evaluation.aggregate import score_table
from merflow.evaluation.baselines import with_baselines
from merflow.evaluation.members import left_out_of, members_of
from merflow.evaluation.predictions import classes_of, read_predictions
from merflow.evaluation.rows import MetricRow, joined_note
from merflow.training.folds import protocol_note
from merflow.training.settings import ProtocolSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """What is asked of an experiment when it is scored.

    Parameters
    ----------
    model : str
        For messages of predictions that it cannot have made.
    labels : str
        Label set of the experiment, of which ``cross_dataset`` takes the classes that every dataset shows.
    protocol : ProtocolSettings
    seeds : tuple of int
    bootstrap : int
        Resamplings of the subjects.
    """

    model: str
    labels: str
    protocol: ProtocolSettings
    seeds: tuple[int, ...]
    bootstrap: int


class Scores(NamedTuple):
    """The predictions of all folds, and the metrics with those of the baselines below them."""

    predictions: pd.DataFrame
    metrics: tuple[MetricRow, ...]


def score_folds(
    folds: Sequence[Path],
    *,
    asked: Scoring,
    exclusions: Path,
    baselines: Mapping[str, Path],
    composite: bool,
) -> Scores:
    """Score an experiment over all its folds.

    Parameters
    ----------
    folds : sequence of Path
        ``folds/{fold}/predictions.csv``.
    asked : Scoring
    exclusions : Path
        ``exclusions.csv`` of the experiment.
    baselines : mapping of str to Path
        ``metrics.csv`` by name of the baseline; its ``predictions.csv`` lies beside it.
    composite : bool
        Whether the dataset is one: its members are then scored one by one too.

    Raises
    ------
    ArtefactError
        As ``read_predictions`` and ``with_baselines``.
    DatasetError
        As ``read_exclusions``.
    """
    protocol = asked.protocol
    predictions = read_predictions(
        folds, seeds=asked.seeds, model=asked.model, fold_is_subject=protocol.one_subject_a_fold
    )
    left_out = {row["clip"] for row in read_exclusions(exclusions)}
    members = members_of(predictions["subject"]) if composite else None
    metrics = score_table(
        predictions,
        classes=classes_of(predictions),
        protocol=protocol.name,
        rest_trains=protocol.rest_trains,
        note=joined_note(protocol_note(protocol), _of_split(asked, predictions, left_out)),
        left_out=len(left_out),
        members=members,
        members_left_out=left_out_of(members, left_out) if members else None,
        replicates=asked.bootstrap,
    )
    return Scores(predictions, tuple(with_baselines(metrics, baselines, clips=set(predictions["clip"]))))


def _of_split(asked: Scoring, predictions: pd.DataFrame, clips: Collection[str]) -> str:
    """Return what a protocol of one split tested and left out, as far as its settings do not say it; else nothing."""
    protocol = asked.protocol
    if protocol.name == "holdout":
        return f"tested: {', '.join(sorted(set(predictions['subject'])))}"
    return _left_out(asked, protocol.datasets, classes_of(predictions), clips) if protocol.datasets else ""


def _left_out(asked: Scoring, datasets: Sequence[str], classes: Sequence[str], clips: Collection[str]) -> str:
    """Return what ``cross_dataset`` does without: classes that not every dataset shows, and clips of each dataset."""
    lost = Counter(split_name(clip)[0] for clip in clips)
    told = f"clips left out: {', '.join(f'{lost[name]} of {name}' for name in datasets)}"
    out = [name for name in label_set_named(asked.labels).classes if name not in classes]
    not_common = f"of {asked.labels} not every dataset shows {', '.join(out)}: left out" if out else ""
    return joined_note(not_common, told)
