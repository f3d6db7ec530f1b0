"""The oracle's epoch: what choosing the best epoch on the test clips would print, and how much of it is the choice.

Most public code of this field reports, for each fold, the epoch that did best on that fold's own test clips. Such a
number is chosen on what it is scored on, and says nothing of people who are not in the set. It is written here only to
stand beside such published numbers, always in a scope of its own and never as the headline.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from merflow.evaluation.bootstrap import REPLICATES, score_interval
from merflow.evaluation.headlines import headline_of_table
from merflow.evaluation.paired import paired_headline
from merflow.evaluation.predictions import ORACLE_COLUMN, confusions_of
from merflow.evaluation.rows import LEAK, MetricRow, Scope, headline_rows

NAME = "best_epoch"
ORACLE_NOTE = (
    f"{LEAK}of each fold and seed the epoch with the best accuracy on that fold's own test clips was chosen and scored "
    "on the same clips; no result, only to stand beside numbers that were published so; 95 % bootstrap over subjects"
)
DIFFERENCE_NOTE = (
    f"{LEAK}what choosing the epoch on the test clips adds to the headline; no result; paired 95 % bootstrap over "
    "subjects"
)


def oracle_rows(
    table: pd.DataFrame, classes: Sequence[str], *, replicates: int = REPLICATES, seed: int = 0
) -> list[MetricRow]:
    """Return the headline of the oracle's epoch, and its difference to the honest one.

    Parameters
    ----------
    table : DataFrame
        As from ``read_predictions``; without the column ``oracle_predicted`` there are no rows.
    classes : sequence of str
        The fixed class list.
    replicates, seed : int
        Of the bootstrap over subjects.
    """
    if ORACLE_COLUMN not in table.columns:
        return []
    honest, oracle = confusions_of(table, classes), confusions_of(table, classes, column=ORACLE_COLUMN)
    metrics, score = headline_of_table(table)
    pair = paired_headline(honest, oracle, score=score, replicates=replicates, seed=seed)
    bounds = score_interval(oracle, score, replicates=replicates, seed=seed)
    same: dict[str, Any] = {"metrics": metrics, "name": NAME, "n": table["clip"].nunique()}
    return [
        *headline_rows(Scope.ORACLE, pair.b, note=ORACLE_NOTE, bounds=bounds, **same),
        *headline_rows(
            Scope.ORACLE_MINUS_POOLED, pair.difference, note=DIFFERENCE_NOTE, bounds=(pair.low, pair.high), **same
        ),
    ]
