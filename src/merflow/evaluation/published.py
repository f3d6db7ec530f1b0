"""What the papers' tables say, to stand beside our numbers."""

from importlib.resources import files

import pandas as pd

from merflow.errors import ConfigError

REFERENCE = "reference_results.csv"
REFERENCE_COLUMNS = ("paper", "table", "dataset", "task", "protocol", "method", "variant", "metric", "value")


def published(
    paper: str,
    dataset: str | None = None,
    *,
    table: str | None = None,
    task: str | None = None,
    method: str | None = None,
    variant: str | None = None,
) -> pd.DataFrame:
    """Return published numbers, one row a cell; what is None is not filtered.

    Parameters
    ----------
    paper : str
        ``lite_point_gcn``, ``gts_gn``, ``atm_gcn`` or ``fourdme``.
    dataset, table, task, method, variant : str, optional
        As the columns say; an empty variant is a method's plain row.

    Returns
    -------
    DataFrame
        Columns paper, table, dataset, task, protocol, method, variant, metric, value. UF1, UAR and ACC are in per
        cent, F1 in 0..1, as printed.

    Raises
    ------
    ConfigError
        When the paper is unknown.
    """
    with files("merflow.evaluation").joinpath(REFERENCE).open(encoding="utf-8") as file:
        rows = pd.read_csv(file, dtype=dict.fromkeys(REFERENCE_COLUMNS[:-1], str), keep_default_na=False)
    if paper not in set(rows["paper"]):
        raise ConfigError(f"unknown paper {paper!r}. Known: {', '.join(sorted(set(rows['paper'])))}.")
    wanted = {"paper": paper, "dataset": dataset, "table": table, "task": task, "method": method, "variant": variant}
    for column, value in wanted.items():
        if value is not None:
            rows = rows[rows[column] == value]
    return rows.reset_index(drop=True)
