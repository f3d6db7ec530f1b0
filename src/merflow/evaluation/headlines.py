"""The headline of an experiment: three numbers of classes, or three means over labels that are told one by one.

Predictions of classes have the columns ``label`` and ``predicted``, a row a clip. Predictions of labels have ``label``,
``truth`` and ``predicted``, a row a clip and label.
"""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from merflow.evaluation.bootstrap import Score
from merflow.evaluation.metrics import HEADLINE, LABEL_HEADLINE, headline, label_headline

TRUTH = "truth"
"""Column that tables of labels have, and tables of classes do not."""


class Headline(NamedTuple):
    """The metrics of a headline, and how they follow from the counts of each run."""

    metrics: tuple[str, ...]
    score: Score


OF_CLASSES = Headline(HEADLINE, headline)
OF_LABELS = Headline(LABEL_HEADLINE, label_headline)


def told_one_by_one(table: pd.DataFrame) -> bool:
    """Return whether predictions are of labels that are told one by one."""
    return TRUTH in table.columns


def headline_of_table(table: pd.DataFrame) -> Headline:
    """Return the headline that predictions have."""
    return OF_LABELS if told_one_by_one(table) else OF_CLASSES


def shown_in(table: pd.DataFrame) -> frozenset[str]:
    """Return the classes, or labels, that at least one clip of a table of predictions shows."""
    shown = table["label"][table[TRUTH] == 1] if told_one_by_one(table) else table["label"]
    return frozenset(shown)


def absent_note(table: pd.DataFrame, classes: Sequence[str]) -> str:
    """Return which classes, or labels, of the fixed list no clip shows, and what they put into each mean.

    A class scores 0. A label has an f1 of 0, but its absence can be told right: half an f1_macro and a whole accuracy.
    Empty where each is shown.
    """
    absent = [name for name in classes if name not in shown_in(table)]
    scores = "f1 0, f1_macro at most .5, accuracy at most 1" if told_one_by_one(table) else "scores 0"
    return f"no clips of {', '.join(absent)}: {scores}" if absent else ""
