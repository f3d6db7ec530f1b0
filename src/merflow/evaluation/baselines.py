"""Put the baselines of a dataset beside an experiment's metrics, so that no number stands alone."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from merflow.evaluation.metrics import HEADLINE
from merflow.evaluation.own_table import damaged, read_own_table
from merflow.evaluation.rows import METRIC_COLUMNS

_SHARES = ("value", "ci_low", "ci_high")


def with_baselines(metrics: pd.DataFrame, baselines: Mapping[str, Path]) -> pd.DataFrame:
    """Return metrics with the headline of each baseline appended as ``<metric> baseline <name>``.

    Parameters
    ----------
    metrics : DataFrame
        Of the experiment itself; columns of ``metrics.csv``.
    baselines : mapping of str to Path
        ``metrics.csv`` by name of the baseline.

    Raises
    ------
    ArtefactError
        When one of these is not as merflow writes it.
    """
    tables = [metrics]
    for name, path in baselines.items():
        headline = _headline(path)
        headline["metric"] = headline["metric"] + f" baseline {name}"
        if set(headline["n"]) != set(metrics.loc[metrics["metric"].isin(HEADLINE), "n"]):
            headline["note"] = "on other clips than the experiment: compare n; " + headline["note"]
        tables.append(headline[list(METRIC_COLUMNS)])
    return pd.concat(tables, ignore_index=True)


def _headline(path: Path) -> pd.DataFrame:
    table = read_own_table(path, columns=METRIC_COLUMNS, numbers=_SHARES)
    headline = table[table["metric"].isin(HEADLINE)].copy()
    whole = headline["metric"].tolist() == list(HEADLINE) and headline["n"].dtype.kind == "i"
    if not (whole and headline[list(_SHARES)].map(lambda value: 0 <= value <= 1).all(axis=None)):
        raise damaged(path, METRIC_COLUMNS, f"another headline than {', '.join(HEADLINE)}, each from 0 to 1")
    return headline
