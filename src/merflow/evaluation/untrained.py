"""Clips of a class that the training clips of their fold do not show: they cannot be right."""

import pandas as pd

from merflow.counts import count
from merflow.evaluation.headlines import told_one_by_one
from merflow.evaluation.prediction_file import SCORE


def untrained_note(table: pd.DataFrame, *, rest_trains: bool) -> str:
    """Return how many clips of which classes were tested where no training clip shows the class.

    Tables of labels have a row for each label that says it (:func:`merflow.evaluation.label_rows.label_rows`).

    Parameters
    ----------
    table : DataFrame
        Predictions of all folds.
    rest_trains : bool
        Whether each fold trains on the clips of all others. Else only the empty scores of a baseline tell it here, and
        of a network the log of its training.

    Returns
    -------
    str
        Empty where each clip can be right.
    """
    if told_one_by_one(table):
        return ""
    parts = []
    for name, own in table.groupby("label"):
        lacking = own if rest_trains and own["fold"].nunique() == 1 else _without_score(own, str(name))
        if clips := lacking["clip"].nunique():
            parts.append(f"{count(clips, 'clip')} of {name}")
    return f"{', '.join(parts)} tested where no training clip shows the class" if parts else ""


def _without_score(own: pd.DataFrame, name: str) -> pd.DataFrame:
    return own[own[SCORE + name].isna()] if SCORE + name in own else own[:0]
