"""The table of all results: a row for each dataset, experiment and metric of its headline."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from merflow.evaluation.paper_table import TableRow, paper_table
from merflow.evaluation.rows import MetricRow, Scope, headline_of, joined_note
from merflow.files import atomic_path
from merflow.summary.results import Result

COLUMNS = (
    *("dataset", "experiment", "model", "artefact", "labels", "protocol", "metric", "value", "ci_low", "ci_high"),
    *("clips", "left_out", "subjects", "seeds", "baseline", "baseline_value", "published", "kind", "source", "cell"),
    *("difference", "inside", "best_epoch_leak", "note"),
)


def summary_rows(results: Sequence[Result]) -> pd.DataFrame:
    """Return the table.

    Returns
    -------
    DataFrame
        Columns as `COLUMNS`: ``baseline`` is the best of the baselines that the experiment names; ``published`` the
        value of its cell in a paper, the authors' own before a cited one, ``difference`` ours less that where the two
        are of one kind, ``inside`` whether it lies in our interval; ``best_epoch_leak`` no result, but what the choice
        of the epoch on the test clips gives.
    """
    rows = [_row(result, own) for result in results for own in headline_of(result.metrics)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def write_rows(table: pd.DataFrame, path: Path) -> None:
    """Write a table of the summary; the file appears only when whole."""
    with atomic_path(path) as partial:
        table.to_csv(partial, index=False, float_format="%.6f", lineterminator="\n")


def _row(result: Result, own: MetricRow) -> dict[str, Any]:
    baseline = _best_baseline(result.metrics, own.metric)
    published = _published(result, own.metric)
    leak = next((row.value for row in result.metrics if (row.metric, row.scope) == (own.metric, Scope.ORACLE)), None)
    elsewhere = "" if result.at_hand else "its recordings are not at hand: whether it is out of date is not known"
    return {
        "dataset": result.dataset,
        "experiment": result.experiment,
        "model": result.model,
        "artefact": result.artefact,
        "labels": result.labels,
        "protocol": own.protocol,
        "metric": own.metric,
        "value": own.value,
        "ci_low": own.ci_low,
        "ci_high": own.ci_high,
        "clips": own.n,
        "left_out": result.left_out,
        "subjects": result.predictions["subject"].nunique(),
        "seeds": result.predictions["seed"].nunique(),
        "baseline": baseline.name if baseline else "",
        "baseline_value": baseline.value if baseline else None,
        **_of_published(published),
        "best_epoch_leak": leak,
        "note": joined_note(elsewhere, own.note, published.note if published else ""),
    }


def _best_baseline(metrics: Sequence[MetricRow], metric: str) -> MetricRow | None:
    beside = [row for row in metrics if row.metric == metric and row.scope is Scope.BASELINE]
    return max(beside, key=lambda row: row.value, default=None)


def _published(result: Result, metric: str) -> TableRow | None:
    """Return the published cell beside one number: the authors' own before a cited one, in the paper's order."""
    planned = [row for row in result.published if row["our_metric"] == metric]
    filled = paper_table(planned, {(result.dataset, result.experiment): result.metrics})
    return min(filled, key=lambda row: row.source != "own", default=None)


def _of_published(cell: TableRow | None) -> dict[str, Any]:
    if cell is None:
        texts = dict.fromkeys(("kind", "source", "cell", "inside"), "")
        return {"published": None, "difference": None, **texts}
    return {
        "published": cell.published,
        "kind": cell.kind,
        "source": cell.source,
        "cell": f"{cell.paper} {cell.table}: {cell.row}",
        "difference": cell.difference,
        "inside": cell.inside,
    }
