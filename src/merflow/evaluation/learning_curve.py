"""The score of an experiment against the number of its training subjects."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from merflow.evaluation.headlines import headline_of_table
from merflow.evaluation.predictions import classes_of, confusions_of
from merflow.files import atomic_path

CURVE_COLUMNS = ("subjects", "draw", "seed", "metric", "value", "clips", "n", "note")
"""Columns of ``learning_curve.csv``, as the page of results describes them."""

ALL = "all"
"""In place of the number of a draw: nobody is left out."""


def rows_of_point(
    predictions: pd.DataFrame | None, *, subjects: int, draw: int | str, clips: float, note: str = ""
) -> list[dict[str, Any]]:
    """Return the rows of one point of the curve, one a seed and metric of the headline.

    Parameters
    ----------
    predictions : DataFrame or None
        Of all folds; None where a fold could not be trained, and of the experiment itself in the table of a draw:
        either gives one row without a number.
    subjects : int
        Of training, in each fold; of the experiment itself a mean over its folds.
    draw : int or str
        Number of the draw, or `ALL`.
    clips : float
        Of training, mean over the folds.
    note : str
        Why there is no number.
    """
    same: dict[str, Any] = {"subjects": subjects, "draw": draw, "clips": clips, "note": note}
    if predictions is None:
        return [{**same, "seed": "", "metric": "", "value": None, "n": 0}]
    metrics, score = headline_of_table(predictions)
    seeds = sorted(set(predictions["seed"]))
    values = score(confusions_of(predictions, classes_of(predictions)).sum(1))
    return [
        {**same, "seed": seed, "metric": metric, "value": float(value), "n": predictions["clip"].nunique()}
        for seed, own in zip(seeds, values, strict=True)
        for metric, value in zip(metrics, own, strict=True)
    ]


def curve_table(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Return the rows as a table."""
    return pd.DataFrame(list(rows), columns=list(CURVE_COLUMNS))


def write_curve(table: pd.DataFrame, path: Path) -> None:
    """Write a curve, or the points of one draw; the file appears only when whole."""
    with atomic_path(path) as partial:
        table.to_csv(partial, index=False, float_format="%.6f", lineterminator="\n")


def read_curve(path: Path) -> pd.DataFrame:
    """Return a curve, or the points of one draw, as :func:`write_curve` wrote it."""
    return pd.read_csv(
        path, dtype={"draw": str, "metric": str, "note": str}, keep_default_na=False, na_values={"value": ""}
    )


def whole_curve(draws: Iterable[pd.DataFrame], predictions: pd.DataFrame) -> pd.DataFrame:
    """Return the points of all draws, then those of the experiment itself, from its predictions.

    How many subjects and clips that one trains on is what the draws say of it, in their row `ALL`.
    """
    tables = list(draws)
    points = pd.concat(tables)
    itself = points[points["draw"] == ALL].iloc[0]
    rows = rows_of_point(predictions, subjects=int(itself["subjects"]), draw=ALL, clips=float(itself["clips"]))
    return pd.concat([*(one[one["draw"] != ALL] for one in tables), curve_table(rows)], ignore_index=True)
