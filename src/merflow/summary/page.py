"""The page of all results: one file, sorted and filtered in the browser, with the comparison of any two at a click."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from merflow.checks import few
from merflow.evaluation.rows import headline_of
from merflow.pages import render, write_page
from merflow.pages.marks import mark
from merflow.summary.results import Result

PACKAGE = "merflow.summary"
SIGNIFICANT = 0.05
"""Corrected p below which a difference is marked."""

_COMPARED = ("metric", "a", "b", "difference", "ci_low", "ci_high", "p", "p_corrected", "compared", "n")
_COMBINED = ("difference", "ci_low", "ci_high", "p", "p_corrected", "tau", "i2", "p_same", "new_low", "new_high")


def write_summary_page(
    results: Sequence[Result],
    rows: pd.DataFrame,
    pairs: pd.DataFrame,
    across: pd.DataFrame,
    unknown: Sequence[tuple[str, str]],
    path: Path,
) -> None:
    """Write the page.

    Parameters
    ----------
    results : sequence of Result
    rows, pairs, across : DataFrame
        As from ``summary_rows``, ``compare_all`` and ``across_datasets``.
    unknown : sequence of (path, reason)
        Folders that the configuration does not know.
    path : Path
    """
    write_page(summary_page(results, rows, pairs, across, unknown), path)


def summary_page(
    results: Sequence[Result],
    rows: pd.DataFrame,
    pairs: pd.DataFrame,
    across: pd.DataFrame,
    unknown: Sequence[tuple[str, str]],
) -> str:
    """Return the page; see :func:`write_summary_page`."""
    questions = list(dict.fromkeys((result.dataset, result.asked) for result in results))
    leaky = {result.asked for result in results if result.leaks}
    # The first metric of a headline is the one that methods are ranked by: UF1, or the F1 of labels.
    ranked = across[across["metric"].isin(["UF1", "f1_macro"])]
    return render(
        PACKAGE,
        "summary.html",
        results=[_shown(result, rows) for result in results],
        datasets=list(dict.fromkeys(result.dataset for result in results)),
        matrices=[found for question in questions if (found := _matrix(question, results, pairs))],
        across=[{**one, "leaks": one["question"] in leaky} for one in _records(ranked)],
        unknown=unknown,
        few=few,
        mark=mark,
        level=SIGNIFICANT,
        data={
            "results": [[one.dataset, one.experiment, questions.index((one.dataset, one.asked))] for one in results],
            "pairs": _pairs(results, pairs),
            "across": [_forest(row, pairs) for row in _records(ranked)],
        },
    )


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table, None in place of NaN: JSON has none."""
    return [
        {str(name): None if isinstance(value, float) and value != value else value for name, value in row.items()}
        for row in table.to_dict("records")
    ]


def _shown(result: Result, rows: pd.DataFrame) -> dict[str, Any]:
    """Return a line of the table: an experiment on a dataset, with the metrics of its headline."""
    mine = rows[(rows["dataset"] == result.dataset) & (rows["experiment"] == result.experiment)]
    metrics = _records(mine)
    return {
        "result": result,
        "metrics": metrics,
        "first": metrics[0],
        "folder": f"{result.dataset}/{result.experiment}",
    }


def _pairs(results: Sequence[Result], pairs: pd.DataFrame) -> dict[str, list[list[Any]]]:
    """Return the comparison of two results by their places, such as ``0,3``."""
    place = {(result.dataset, result.experiment): i for i, result in enumerate(results)}
    found: dict[str, list[list[Any]]] = {}
    for row in _records(pairs):
        key = f"{place[row['dataset'], row['first']]},{place[row['dataset'], row['second']]}"
        found.setdefault(key, []).append([_short(row[name]) for name in _COMPARED])
    return found


def _matrix(question: tuple[str, str], results: Sequence[Result], pairs: pd.DataFrame) -> dict[str, Any] | None:
    """Return the differences of all methods of one question, row less column, the best method first.

    A method stands with its own score. A difference is that of the clips which both methods predict: where stages leave
    out others, it need not be the difference of the two scores.
    """
    asked = [result for result in results if (result.dataset, result.asked) == question]
    mine = pairs[(pairs["dataset"] == question[0]) & (pairs["question"] == question[1])]
    if mine.empty:
        return None
    metric = mine["metric"].iloc[0]
    own = _records(mine[mine["metric"] == metric])
    values = {one.experiment: row.value for one in asked for row in headline_of(one.metrics) if row.metric == metric}
    names = sorted((result.experiment for result in asked), key=lambda name: -values[name])
    cells = {(row["second"], row["first"]): (row["difference"], row["p_corrected"], row["n"]) for row in own}
    cells |= {(column, row): (-difference, p, n) for (row, column), (difference, p, n) in cells.items()}
    return {
        "dataset": question[0],
        "labels": asked[0].labels,
        "protocol": asked[0].protocol,
        "leaks": asked[0].leaks,
        "metric": metric,
        "compared": own[0]["compared"],
        "subjects": asked[0].predictions["subject"].nunique(),
        "embedded": asked[0].embedded,
        "rows": [(name, values[name], [cells.get((name, other)) for other in names]) for name in names],
        "names": names,
    }


def _forest(combined: Mapping[str, Any], pairs: pd.DataFrame) -> dict[str, Any]:
    """Return what the forest plot of one statement shows: each dataset, its weight, and the whole."""
    names = combined["used"].split(";")
    wanted = ("first", "second", "metric", "question")
    mine = pairs[(pairs[list(wanted)] == [combined[name] for name in wanted]).all(axis=1)]
    effects = mine.set_index("dataset").loc[names, ["difference", "ci_low", "ci_high", "n"]]
    weights = [float(weight) for weight in combined["weights"].split(";")]
    return {
        "names": [combined[name] for name in ("first", "second", "metric")],
        "datasets": [
            [name, weight, *map(_short, values)]
            for name, weight, values in zip(names, weights, effects.to_numpy().tolist(), strict=True)
        ],
        "whole": {name: _short(combined[name]) for name in _COMBINED},
    }


def _short(value: Any) -> Any:
    """Return a number with six decimals, as in the tables; the page shows three."""
    return round(value, 6) if isinstance(value, float) else value
