"""The tables of docs/benchmark.md, from the predictions of the experiments that have been run."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tools.benchmark.methods import CLAIMS, LABELS, Claim, target

from merflow.config import Config
from merflow.datasets.labels import label_set_named
from merflow.evaluation.bootstrap import headline_interval
from merflow.evaluation.compare import compare_predictions
from merflow.evaluation.metrics import headline
from merflow.evaluation.predictions import confusions_of
from merflow.synthesis.conditions import DIFFICULTIES

CLASSES = label_set_named(LABELS).classes

_SCORES = """| method | reads | seeds | clips | UF1 | UAR | easy | medium | hard |
| --- | --- | ---: | ---: | --- | --- | --- | --- | --- |"""
_DIFFERENCES = """| method | UF1 | below the best | real | above the next | real |
| --- | --- | --- | --- | --- | --- |"""
_CLAIMS = """| claim | paper | without | with | difference | what it is worth here |
| --- | --- | --- | --- | --- | --- |"""


@dataclass(frozen=True, slots=True)
class Score:
    """UF1 or UAR with its 95 % interval over subjects."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{_short(self.value)} [{_short(self.low)}, {_short(self.high)}]"


def scores_of(predictions: pd.DataFrame) -> tuple[Score, Score]:
    """Return UF1 and UAR of pooled predictions, mean over seeds."""
    counts = confusions_of(predictions, CLASSES)
    values = _pooled(counts)
    low, high = headline_interval(counts)
    uf1, uar = (Score(float(values[k]), float(low[k]), float(high[k])) for k in (0, 1))
    return uf1, uar


def ranked(runs: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return the experiments, the largest UF1 first."""
    return sorted(runs, key=lambda name: (-_uf1(runs[name]), name))


def score_table(config: Config, runs: Mapping[str, pd.DataFrame], dataset: str) -> str:
    """Return the table of scores, split by the difficulty of the clips.

    Parameters
    ----------
    config : Config
        For what each method reads.
    runs : mapping of str to DataFrame
        Experiment -> predictions, as ``kept_runs`` returns them.
    dataset : str
        The benchmark.
    """
    lines = []
    for name in ranked(runs):
        table = runs[name]
        uf1, uar = scores_of(table)
        parts = [str(scores_of(table[table["difficulty"] == level])[0]) for level in DIFFICULTIES]
        artefact = config.experiment(name, dataset).artefact
        cells = (name, artefact, table["seed"].nunique(), table["clip"].nunique(), uf1, uar, *parts)
        lines.append(_row(cells))
    return "\n".join([_SCORES, *lines])


def difference_table(runs: Mapping[str, pd.DataFrame]) -> str:
    """Return each method beside the best one and beside the next lower one, by paired intervals."""
    order, lines = ranked(runs), []
    for place, name in enumerate(order):
        below = difference(runs[name], runs[order[0]]) if place else None
        above = difference(runs[order[place + 1]], runs[name]) if place + 1 < len(order) else None
        cells = (name, _short(_uf1(runs[name])), below or "", _real(below), above or "", _real(above))
        lines.append(_row(cells))
    return "\n".join([_DIFFERENCES, *lines])


def difference(a: pd.DataFrame, b: pd.DataFrame) -> Score:
    """Return the UF1 of b minus that of a on the clips of both, with its paired interval."""
    table = compare_predictions(a, b, classes=CLASSES).set_index("metric")
    value, low, high = table.loc["UF1", ["difference", "ci_low", "ci_high"]].to_numpy(dtype=np.float64)
    return Score(float(value), float(low), float(high))


def claim_table(runs: Mapping[str, pd.DataFrame]) -> str:
    """Return what each claim is worth; of one that was not run, the command that runs it."""
    return "\n".join([_CLAIMS, *(_row(_claim_cells(claim, runs)) for claim in CLAIMS)])


def _claim_cells(claim: Claim, runs: Mapping[str, pd.DataFrame]) -> tuple[object, ...]:
    names = (claim.without, claim.with_it)
    head = (claim.text, claim.paper, *names)
    missing = [target(name) for name in names if name not in runs]
    if missing:
        return (*head, "not run", f"`snakemake --cores all {' '.join(missing)}`")
    found = difference(runs[claim.without], runs[claim.with_it])
    if found.low > 0:
        verdict = "holds"
    elif found.high < 0:
        verdict = "the opposite holds"
    else:
        verdict = "not told apart"
    return (*head, found, f"{verdict}; {claim.note}" if claim.note else verdict)


def missing_table(names: list[str]) -> str:
    """Return the methods that were not run, each with its command."""
    if not names:
        return "All methods were run."
    lines = [_row((name, f"`snakemake --cores all {target(name)}`")) for name in names]
    return "\n".join(["| not run | command |\n| --- | --- |", *lines])


def _uf1(predictions: pd.DataFrame) -> float:
    """Return the UF1 of `scores_of`, without its interval."""
    return float(_pooled(confusions_of(predictions, CLASSES))[0])


def _pooled(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return UF1, UAR and ACC of all subjects' clips in one matrix, mean over seeds, of ``confusions_of``."""
    values: NDArray[np.float64] = headline(counts.sum(1)).mean(0)
    return values


def _real(found: Score | None) -> str:
    if found is None:
        return ""
    return "yes" if found.low > 0 or found.high < 0 else "no"


def _row(cells: tuple[object, ...]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _short(value: float) -> str:
    return f"{value:.3f}".replace("0.", ".", 1)
