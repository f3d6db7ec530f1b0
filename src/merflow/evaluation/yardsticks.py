"""Put the yardsticks of a dataset beside an experiment's metrics, so that no number stands alone."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from merflow.evaluation.metrics import HEADLINE
from merflow.evaluation.rows import METRIC_COLUMNS


def with_yardsticks(metrics: pd.DataFrame, yardsticks: Mapping[str, Path]) -> pd.DataFrame:
    """Return metrics with the headline of each yardstick appended as ``<metric> yardstick <name>``.

    Parameters
    ----------
    metrics : DataFrame
        Of the experiment itself; columns of ``metrics.csv``.
    yardsticks : mapping of str to Path
        ``metrics.csv`` by name of the yardstick.
    """
    tables = [metrics]
    for name, path in yardsticks.items():
        table = pd.read_csv(path, keep_default_na=False, na_values=[""])
        headline = table[table["metric"].isin(HEADLINE)].copy()
        headline["metric"] = headline["metric"] + f" yardstick {name}"
        if set(headline["n"]) != set(metrics.loc[metrics["metric"].isin(HEADLINE), "n"]):
            headline["note"] = "on other clips than the experiment: compare n; " + headline["note"]
        tables.append(headline[list(METRIC_COLUMNS)])
    return pd.concat(tables, ignore_index=True)
