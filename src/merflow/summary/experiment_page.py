"""The tables of one experiment as a page: its metrics, then the clips that are left out."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from merflow.evaluation.rows import MetricRow, Scope
from merflow.pages import render, write_page
from merflow.pages.marks import mark

PARTS: Mapping[str, tuple[Scope, ...]] = {
    "Headline, and the baselines beside it": (Scope.POOLED, Scope.BASELINE),
    "Members of the composite": (Scope.MEMBER,),
    "Classes and labels": (Scope.CLASS, Scope.LABEL, Scope.LABEL_COUNT),
    "Seeds, and the mean over folds: details, not to be compared with papers": (
        Scope.SEED,
        Scope.SEED_SD,
        Scope.FOLD_MEAN,
    ),
    "LEAK: the epoch was chosen on the test clips. Never a result": (Scope.ORACLE, Scope.ORACLE_MINUS_POOLED),
}
"""Parts of the page in their order, and the scopes of each."""


def experiment_page(
    metrics: Sequence[MetricRow], exclusions: Iterable[Mapping[str, str]], *, title: str, description: str
) -> str:
    """Return the page.

    Parameters
    ----------
    metrics : sequence of MetricRow
        Of ``metrics.csv``.
    exclusions : iterable of mapping
        Rows of ``exclusions.csv``.
    title, description : str
        Experiment and dataset; what the configuration says of the experiment.
    """
    by_part = {name: [row for row in metrics if row.scope in scopes] for name, scopes in PARTS.items()}
    rows = sorted(exclusions, key=lambda row: (row["stage"], row["reason"]))
    reasons = [(*why, len(list(own))) for why, own in groupby(rows, key=lambda row: (row["stage"], row["reason"]))]
    return render(
        "merflow.summary",
        "experiment.html",
        title=title,
        description=description,
        parts={name: own for name, own in by_part.items() if own},
        left_out=rows,
        reasons=sorted(reasons, key=lambda reason: -reason[2]),
        mark=mark,
    )


def write_experiment_page(
    metrics: Sequence[MetricRow],
    exclusions: Iterable[Mapping[str, str]],
    path: Path,
    *,
    title: str,
    description: str,
) -> None:
    """Write the page; the file appears only when whole."""
    write_page(experiment_page(metrics, exclusions, title=title, description=description), path)
