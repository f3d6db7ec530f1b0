"""Scored: of each clip the share of the predictions that miss it, a column for each experiment that is shown."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from merflow.evaluation.headlines import TRUTH, told_one_by_one
from merflow.evaluation.predictions import read_collected
from merflow.quality.measuring import Column, judged_columns
from merflow.quality_columns import QualityColumn


def scored_columns(predictions: Mapping[str, Path], clips: frozenset[str], *, deviations: float) -> list[Column]:
    """Return a column for each experiment that tested a clip of the dataset.

    Parameters
    ----------
    predictions : mapping
        By experiment: its ``predictions.csv``.
    clips : frozenset of str
        Index of the dataset.
    deviations : float
        As :class:`merflow.quality.settings.QcSettings` has it.

    Raises
    ------
    ArtefactError
        When a file is missing, or not as merflow writes it.
    """
    found: list[Column] = []
    for experiment, path in predictions.items():
        declared = _column(experiment)
        share = share_missed(read_collected(path))
        values = {clip: {declared.name: value} for clip, value in share.items() if clip in clips}
        found += judged_columns([declared], experiment, values, deviations=deviations)
    return found


def share_missed(predictions: pd.DataFrame) -> dict[str, float]:
    """Return by clip the share of its rows, over the seeds, whose prediction is wrong; of labels each is one.

    Convention
    ----------
    By hand: a clip that two of three seeds take for another class has 0.667.
    """
    truth = predictions[TRUTH if told_one_by_one(predictions) else "label"]
    wrong = predictions["predicted"] != truth
    return {str(clip): float(share) for clip, share in wrong.groupby(predictions["clip"]).mean().items()}


def _column(experiment: str) -> QualityColumn:
    return QualityColumn(
        name=f"wrong_seeds_{experiment}",
        unit="1",
        meaning=f"Share of the seeds of {experiment} that miss the clip when its subject is tested; of labels that are "
        "told one by one, share of the labels over the seeds.",
        bad="It is never flagged. Look at clips that every seed misses: at their label, apex and motion. A clip must "
        "not be excluded because a network misses it: the score would be better than the method.",
        why="No limit: a clip that is hard is no fault.",
    )
