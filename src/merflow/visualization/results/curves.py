"""Curves: training loss and accuracy of every fold and seed of an experiment, and what was watched beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from merflow.drawing.canvas import INK, LEFT_IN, TOP_IN, add_panel, new_figure, open_axes, styled
from merflow.evaluation.own_table import damaged, read_own_table

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = ("epoch", "loss", "train_accuracy")
_NUMBERS = ("seed", "epoch", "loss", "lr", "train_accuracy")
"""What stands first in ``history.csv``."""

_WHOLE = ("seed", "epoch")

KEPT = "kept"
"""Column that is 1 in the epoch whose weights were kept."""

TRAINING = {"loss": "training loss", "train_accuracy": "training accuracy"}
INNER = {"inner_loss": "loss, inner subjects", "inner_accuracy": "accuracy, inner subjects"}
LEAK = {"test_accuracy": "LEAK: accuracy on the test clips"}
"""Groups of panels from top to bottom, column of the history to title; what no history has is not drawn."""

COLUMNS_OF_PANELS = 2

PANEL_IN, HEIGHT_IN, GAP_IN, LEGEND_IN = 4.4, 3.1, 0.95, 1.5
LEAK_INK = "#b3261e"
LEGEND_FOLDS = 18
"""More folds than this are not named: the lines then show the spread, not who is who."""


def read_history(path: Path) -> pd.DataFrame:
    """Return the history of a fold, as training wrote it.

    Raises
    ------
    ArtefactError
        When there is no such table, or it was damaged.
    """
    table = read_own_table(path, columns=_NUMBERS, numbers=_NUMBERS)
    if table[list(_WHOLE)].isna().any(axis=None) or (table[list(_WHOLE)] % 1 != 0).any(axis=None):
        raise damaged(path, _NUMBERS, f"others than whole numbers for {' and '.join(_WHOLE)}")
    return table.astype(dict.fromkeys(_WHOLE, int))


@styled
def plot_curves(histories: Mapping[str, pd.DataFrame], *, title: str = "Training") -> Figure:
    """Draw the training curves of an experiment.

    Without early stopping they never decide anything: the last epoch is the one used. With it the curves of the inner
    subjects are drawn too, and dots lie where the kept epoch does. The accuracy on the test clips is there only where
    ``oracle_best_epoch`` had it recorded; it is a leak, and its panel says so.

    Parameters
    ----------
    histories : mapping of str to DataFrame
        ``history.csv`` of each fold: ``epoch``, ``loss``, ``train_accuracy``, and ``seed`` when there are several;
        ``inner_loss``, ``inner_accuracy``, ``kept`` and ``test_accuracy`` where they were recorded.
    title : str
        Experiment and dataset.

    Raises
    ------
    ValueError
        When there is no fold, or a history lacks a column.
    """
    _check(histories)
    rows = _rows(histories)
    named = len(histories) <= LEGEND_FOLDS
    width = LEFT_IN + 0.45 + 2 * PANEL_IN + 0.75 + (LEGEND_IN if named else 0.2)
    height = TOP_IN + 0.2 + len(rows) * (HEIGHT_IN + GAP_IN) - GAP_IN + 0.6
    figure = new_figure(title, _subtitle(histories), width_in=width, height_in=height)
    for row, panels in enumerate(rows):
        top = TOP_IN + 0.2 + row * (HEIGHT_IN + GAP_IN)
        for column, (quantity, label) in enumerate(panels):
            axes = add_panel(figure, (LEFT_IN + 0.45 + column * (PANEL_IN + 0.75), top, PANEL_IN, HEIGHT_IN))
            _show_curves(axes, histories, quantity, label)
    if named:
        figure.axes[1].legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), title="left out")
    return figure


def _check(histories: Mapping[str, pd.DataFrame]) -> None:
    if not histories:
        raise ValueError("expected the history of at least one fold, but got none")
    for fold, history in histories.items():
        lacking = sorted(set(COLUMNS) - set(history.columns))
        if lacking:
            raise ValueError(f"history of fold {fold}: expected the columns {COLUMNS}, but {lacking} are missing")


def _rows(histories: Mapping[str, pd.DataFrame]) -> list[list[tuple[str, str]]]:
    """Return (column, title) of the panels row by row; each group begins a new row."""
    groups = [list(TRAINING.items()), _recorded(histories, INNER), _recorded(histories, LEAK)]
    starts = [(group, start) for group in groups for start in range(0, len(group), COLUMNS_OF_PANELS)]
    return [group[start : start + COLUMNS_OF_PANELS] for group, start in starts]


def _recorded(histories: Mapping[str, pd.DataFrame], group: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return (column, title) of the panels of a group that at least one history has values for."""
    return [(column, title) for column, title in group.items() if any(_has(own, column) for own in histories.values())]


def _has(history: pd.DataFrame, column: str) -> bool:
    return column in history.columns and bool(history[column].notna().any())


def _subtitle(histories: Mapping[str, pd.DataFrame]) -> str:
    """Say what the lines are, which clips they are of, and whether a test subject is among those."""
    runs = sum(1 for history in histories.values() for _ in _runs(history))
    kept = ", dots: the epoch that was kept" if any(_has(history, KEPT) for history in histories.values()) else ""
    lines = f"{len(histories)} folds, {runs} runs; one line each (thin), median over runs (black){kept}."
    if _recorded(histories, LEAK):
        return f"{lines}\nThe red panel is a LEAK: it watches the test clips, and what is chosen by it is no result."
    if _recorded(histories, INNER):
        return f"{lines}\nInner subjects are taken out of the training clips: no line here sees the test subject."
    return f"{lines}\nTraining clips only: no line here sees the test subject."


def _runs(history: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the history of each seed."""
    if "seed" in history:
        yield from (run for _, run in history.groupby("seed"))
    else:
        yield history


def _show_curves(axes: Axes, histories: Mapping[str, pd.DataFrame], quantity: str, label: str) -> None:
    from matplotlib import colormaps

    colours = colormaps["turbo"](np.linspace(0.05, 0.95, len(histories)))
    runs = []
    for (fold, history), colour in zip(histories.items(), colours, strict=True):
        if not _has(history, quantity):
            continue
        for number, run in enumerate(_runs(history)):
            name = fold if number == 0 else None
            axes.plot(run["epoch"], run[quantity], color=colour, linewidth=0.8, alpha=0.7, label=name)
            _mark_kept(axes, run, quantity, colour)
            runs.append(run.set_index("epoch")[quantity].dropna())
    epochs = sorted(set().union(*(run.index for run in runs)))
    median = [float(np.median([run[epoch] for run in runs if epoch in run.index])) for epoch in epochs]
    axes.plot(epochs, median, color="black", linewidth=1.8)
    _finish(axes, label, share="loss" not in quantity, leak=quantity in LEAK)


def _mark_kept(axes: Axes, run: pd.DataFrame, quantity: str, colour: object) -> None:
    """Put a dot where the kept epoch lies; a history that does not say which it was has none."""
    if _has(run, KEPT):
        kept = run[run[KEPT] == 1]
        axes.scatter(kept["epoch"], kept[quantity], s=16, color=[colour], edgecolors="black", linewidths=0.5, zorder=3)


def _finish(axes: Axes, label: str, *, share: bool, leak: bool) -> None:
    axes.set_title(label, color=LEAK_INK if leak else INK, fontweight="bold" if leak else "normal")
    axes.set_xlabel("epoch")
    axes.set_ylim(0, 1.02 if share else None)
    open_axes(axes)
    for side in ("left", "bottom") if leak else ():
        axes.spines[side].set_edgecolor(LEAK_INK)
