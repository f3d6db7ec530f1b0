"""Tables of the papers with our numbers beside the published ones: which experiment each cell asks for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from merflow import paths
from merflow.checks import nearest
from merflow.config import Config
from merflow.config.as_shipped import as_shipped, changed_settings, settings_of_dataset
from merflow.config.published_cells import Cell, published_cells
from merflow.config.sections import PaperCells
from merflow.errors import ConfigError
from merflow.plan.curves import trains_on_tested
from merflow.plan.folds import tested_expressions
from merflow.plan.jobs import at_hand
from merflow.training.folds import protocol_note

Row = Mapping[str, Any]
"""A planned row of a table, as plain values: a parameter of a rule."""

_NO_EXPERIMENT = "no experiment of merflow"
_WITHOUT_LEAK = "the question of the row above without the leak of its protocol; no paper prints this number"
_NOT_PRINTED: Row = {"value": None, "source": "", "kind": "", "clips": None}


def paper_tables() -> tuple[tuple[str, str], ...]:
    """Return (paper, table) of every published table, in the order of ``reference_results.csv``."""
    return tuple(dict.fromkeys((cell.paper, cell.table) for cell in published_cells()))


def table_rows(config: Config, paper: str, table: str) -> list[Row]:
    """Return the rows of one table on the datasets of its paper, one a cell, in the paper's order.

    Returns
    -------
    list of mapping
        The fields of the cell and of its question; ``experiment`` and ``on``, the experiment of merflow that is the
        cell and the dataset it runs on, the first empty where there is none; ``missing``, why there is no number of
        ours, empty where there will be one. A cell that several experiments say they are has a row for each. Below
        stand the experiments that ask the same without a leak of the paper's protocol: nothing published beside them.

    Raises
    ------
    ConfigError
        When there is no such table.
    """
    return [_with_changes(config, row) for row in _planned(config, paper, table)]


def stand_in_rows(
    config: Config, paper: str, table: str, dataset: str, *, unanswered: Callable[[str], str]
) -> list[Row]:
    """Return the rows of one table on another dataset than the paper's: nothing published stands beside our numbers.

    Rows that ask the same of the dataset, because the table has several of the paper's datasets, are one.

    Parameters
    ----------
    unanswered : callable
        Experiment -> why the dataset cannot answer its question, as it lacks a class; empty where it can.

    Raises
    ------
    ConfigError
        When there is no such table, and when no row of it has an experiment.
    """
    rows: dict[tuple[str, str, str], Row] = {}
    planned = _planned(config, paper, table)
    _check_experiments(planned, f"results/{dataset}/tables/{paper}/{table}")
    for row in planned:
        name = row["experiment"]
        if name and (row["row"], row["metric"], name) not in rows:
            own = {**_on(config, name, dataset, without_leak=row["note"] == _WITHOUT_LEAK), "missing": unanswered(name)}
            instead = "" if own["missing"] else _instead(config, name, dataset, paper=row["on"])
            note = "; ".join(filter(None, (own["note"], instead)))  # a leak first
            rows[row["row"], row["metric"], name] = {**row, **own, "note": note}
    return [_with_changes(config, row) for row in rows.values()]


def _instead(config: Config, experiment: str, dataset: str, *, paper: str) -> str:
    """Return in which settings an experiment is another one on a dataset than on that of the paper."""
    elsewhere = paper if paper in config.datasets else None
    changed = settings_of_dataset(config, experiment, dataset, elsewhere=elsewhere)
    where = f"on {elsewhere}" if elsewhere else "elsewhere"
    return f"not the settings of the row {where} (in brackets): {', '.join(changed)}" if changed else ""


def _planned(config: Config, paper: str, table: str) -> list[Row]:
    rows = []
    for cell in _cells(paper, table):
        rows += [_row(config, cell, name) for name in claims(config, cell) or [""]]
        rows += [_row_without_leak(config, cell, name) for name in claims(config, cell, without_leak=True)]
    return rows


def _check_experiments(planned: Sequence[Row], where: str) -> None:
    """Refuse a table that would be empty: which experiments it has follows from the datasets of the paper."""
    if any(row["experiment"] for row in planned):
        return
    reasons = dict.fromkeys(row["missing"] for row in planned if row["missing"] != _NO_EXPERIMENT)
    raise ConfigError(
        f"{where}: expected a row with an experiment, but found none: {'; '.join(reasons)}. Copy the blocks of such "
        "datasets from the config.yaml of merflow (their recordings need not be there), and leave shipped experiments "
        "as they are."
    )


def _with_changes(config: Config, row: Row) -> Row:
    """Return a row whose note says in which settings its experiment is not the shipped one."""
    changed = changed_settings(config, row["experiment"], row["on"]) if not row["missing"] else ()
    told = f"not as shipped: {', '.join(changed)}" if changed else ""
    return {**row, "note": "; ".join(filter(None, (told, row["note"])))}


def _on(config: Config, name: str, dataset: str, *, without_leak: bool) -> Row:
    """Return what differs in a row of an experiment on a dataset that the paper does not have.

    What the row notes of the published number is left out, and what has to be known of the protocol stands there.
    """
    own = config.experiment(name, dataset)
    asked = {"on": dataset, "dataset": dataset, "labels": own.labels, "protocol": own.protocol.name}
    honest = without_leak and not trains_on_tested(own.protocol)
    return {**asked, **_NOT_PRINTED, "note": _WITHOUT_LEAK if honest else protocol_note(own.protocol)}


def first_sentence(error: ConfigError) -> str:
    """Return what a refusal says, without what to do about it."""
    return str(error).partition(". ")[0]


def metrics_of_rows(rows: Sequence[Row]) -> list[str]:
    """Return the metrics that a table is made of, each once."""
    asked = (paths.experiment(row["on"], row["experiment"], "metrics.csv") for row in rows if not row["missing"])
    return list(dict.fromkeys(asked))


def _cells(paper: str, table: str) -> list[Cell]:
    known = paper_tables()
    if (paper, table) not in known:
        names = [f"{one}/{other}" for one, other in known]
        hint = nearest(f"{paper}/{table}", names)
        raise ConfigError(f"results/tables: no table {paper}/{table}.{hint} Known: {', '.join(names)}.")
    return [cell for cell in published_cells() if (cell.paper, cell.table) == (paper, table)]


def claims(config: Config, cell: Cell, *, without_leak: bool = False) -> list[str]:
    """Return the experiments that say they are the row of a cell, and ask its question on its dataset.

    Parameters
    ----------
    without_leak : bool
        In place of them, those that say they ask it without the leak of the row's protocol, and so by another protocol,
        in which no clip of a test subject trains.
    """
    here, found = cell.question.here, []
    row = PaperCells(table=f"{cell.paper}:{cell.table}", row=cell.claimed, without_leak=without_leak)
    for name, experiment in config.experiments.items():
        if row not in experiment.paper or here not in experiment.datasets:
            continue
        own = config.experiment(name, here)
        fits = not trains_on_tested(own.protocol) if without_leak else cell.asks_as(own.protocol)
        micro = tested_expressions(own) == ("micro",)  # which every published number is of
        if own.labels == cell.question.labels and fits and micro:
            found.append(name)
    return found


def _row(config: Config, cell: Cell, experiment: str) -> Row:
    fields = asdict(cell)
    question = fields.pop("question")
    names = {
        "row": cell.row,
        "our_metric": cell.our_metric,
        "label": cell.label,
        "experiment": experiment,
        "on": question["here"],
    }
    missing = _missing(config, cell.question.here) if experiment else _without_experiment(config, cell)
    return {**fields, **question, **names, "missing": missing}


def _row_without_leak(config: Config, cell: Cell, experiment: str) -> Row:
    protocol = config.experiment(experiment, cell.question.here).protocol.name
    return {**_row(config, cell, experiment), **_NOT_PRINTED, "protocol": protocol, "note": _WITHOUT_LEAK}


def _without_experiment(config: Config, cell: Cell) -> str:
    """Return why a cell has no experiment: merflow ships none, or the configuration makes another one of it."""
    here = cell.question.here
    if here not in config.datasets and cell.question.source == "own":
        return _missing(config, here)
    shipped = claims(as_shipped(config), cell) if here in config.datasets else []
    return f"config.yaml makes another experiment of {shipped[0]}, which is this row" if shipped else _NO_EXPERIMENT


def _missing(config: Config, dataset: str) -> str:
    """Return why an experiment gives no number on a dataset, empty where it can be run."""
    if dataset not in config.datasets:
        return f"config.yaml has no dataset {dataset}"
    absent = [name for name in config.datasets[dataset].members or [dataset] if not at_hand(config, name)]
    return f"no recordings: set {', '.join(f'datasets.{name}.root' for name in absent)}" if absent else ""
