"""Clips of a class that the training clips of their fold do not show: they cannot be right."""

import pandas as pd

from merflow.counts import count
from merflow.evaluation.headlines import told_one_by_one
from merflow.evaluation.prediction_file import SCORE


def untrained_note(table: pd.DataFrame) -> str:
    """Return how many clips of which classes were tested where no training clip shows the class.

    Such a class has no score in the predictions of its fold. Tables of labels have a row for each label that says it
    (:func:`merflow.evaluation.label_rows.label_rows`).

    Parameters
    ----------
    table : DataFrame
        Predictions of classes or labels.

    Returns
    -------
    str
        Empty where each clip can be right.
    """
    if told_one_by_one(table):
        return ""
    parts = []
    for name, own in table.groupby("label"):
        if SCORE + str(name) in own and (clips := own["clip"][own[SCORE + str(name)].isna()].nunique()):
            parts.append(f"{count(clips, 'clip')} of {name}")
    return f"{', '.join(parts)} tested where no training clip shows the class" if parts else ""
