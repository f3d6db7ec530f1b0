"""Curves: training loss and accuracy of every fold and seed of an experiment, and what was watched beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from merflow.counts import count
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

PANEL_IN, HEIGHT_IN, GAP_IN = 4.4, 3.1, 0.95
LEAK_INK, BLUE = "#b3261e", "#0072b2"
BAND = (0.1, 0.9)
"""Quantiles over runs: what the band reaches from and to."""
FEWEST_FOR_OUTLIERS = 5
"""Of fewer runs each is outside the band, or near its edge."""
FAR = 0.5
"""Widths of the band beyond its edge at which a run is named."""
OUTLIER_STYLES = ("--", ":", "-.")
"""As many are named, the farthest ones: more would hide the median."""


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
    subjects are drawn too, and ticks lie where the kept epochs do. The accuracy on the test clips is there only where
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
    width = LEFT_IN + 0.45 + 2 * PANEL_IN + 0.75 + 0.2
    height = TOP_IN + 0.2 + len(rows) * (HEIGHT_IN + GAP_IN) - GAP_IN + 0.6
    figure = new_figure(title, _subtitle(histories), width_in=width, height_in=height)
    for row, panels in enumerate(rows):
        top = TOP_IN + 0.2 + row * (HEIGHT_IN + GAP_IN)
        for column, (quantity, label) in enumerate(panels):
            axes = add_panel(figure, (LEFT_IN + 0.45 + column * (PANEL_IN + 0.75), top, PANEL_IN, HEIGHT_IN))
            _show_curves(axes, histories, quantity, label)
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
    """Say what the lines are, which clips they are of, and whether test clips are among those.

    Of test subjects nothing is said: in a protocol that leaks, other clips of them train.
    """
    runs = sum(1 for history in histories.values() for _ in _runs(history))
    kept = ", ticks below: the epochs that were kept" if _kept_epochs(histories) else ""
    lines = (
        f"{count(len(histories), 'fold')}, {count(runs, 'run')}; runs that end far outside the band are named{kept}."
    )
    if _recorded(histories, LEAK):
        return f"{lines}\nThe red panel is a LEAK: it watches the test clips, and what is chosen by it is no result."
    if _recorded(histories, INNER):
        return f"{lines}\nInner subjects are taken out of the training clips: no line here sees a test clip."
    return f"{lines}\nTraining clips only: no line here sees a test clip."


def _runs(history: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the history of each seed."""
    if "seed" in history:
        yield from (run for _, run in history.groupby("seed"))
    else:
        yield history


def _show_curves(axes: Axes, histories: Mapping[str, pd.DataFrame], quantity: str, label: str) -> None:
    """Show the median of all runs, the band that holds most of them, and the runs that end outside it."""
    runs = _named_runs(histories, quantity)
    table = _table_of(runs)
    low, high = (table.quantile(q, axis=1) for q in BAND)
    leak = quantity in LEAK
    colour = LEAK_INK if leak else BLUE
    axes.fill_between(table.index, low, high, color=colour, alpha=0.18, linewidth=0, label=_band_text())
    axes.plot(table.index, table.median(axis=1), color=colour, linewidth=2.0, label="median")
    for style, name in zip(OUTLIER_STYLES, _outliers(table, low, high), strict=False):
        axes.plot(table.index, table[name], color=INK, linewidth=0.9, linestyle=style, label=name)
    for epoch in _kept_epochs(histories):
        axes.plot([epoch], [0], "|", color=INK, markersize=7, transform=axes.get_xaxis_transform(), clip_on=False)
    axes.legend(loc="best", fontsize=7.5)
    _finish(axes, label, share="loss" not in quantity, leak=leak)


def _named_runs(histories: Mapping[str, pd.DataFrame], quantity: str) -> dict[str, pd.Series]:
    """Return the values of each run by its epoch, called after its fold and, of several, its seed."""
    found = {}
    for fold, history in histories.items():
        if not _has(history, quantity):
            continue
        runs = list(_runs(history))
        for run in runs:
            name = f"{fold}, seed {run['seed'].iloc[0]}" if len(runs) > 1 else fold
            found[name] = run.set_index("epoch")[quantity].dropna()
    return found


def _table_of(runs: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Return runs as columns, one row an epoch; a run that stopped earlier has no value there."""
    import pandas as pd

    return pd.DataFrame(runs).sort_index()


def _outliers(table: pd.DataFrame, low: pd.Series, high: pd.Series) -> list[str]:
    """Return the runs whose last values lie outside the band, the farthest first, in units of its width."""
    if table.shape[1] < FEWEST_FOR_OUTLIERS:
        return []
    last = table.ffill().iloc[-1]
    below, above = table.ffill().quantile(list(BAND), axis=1).iloc[:, -1]
    width = max(above - below, 1e-3 * max(abs(above), abs(below)), 1e-9)
    distance = np.maximum(last - above, below - last) / width
    far = distance[distance > FAR].sort_values(ascending=False)
    return [str(name) for name in far.index[: len(OUTLIER_STYLES)]]


def _kept_epochs(histories: Mapping[str, pd.DataFrame]) -> list[int]:
    """Return the epochs that were kept, one a run; a history that does not say which has none."""
    kept = (run.loc[run[KEPT] == 1, "epoch"] for own in histories.values() for run in _runs(own) if _has(run, KEPT))
    return [int(epoch) for epochs in kept for epoch in epochs]


def _band_text() -> str:
    return f"{BAND[1] - BAND[0]:.0%} of the runs"


def _finish(axes: Axes, label: str, *, share: bool, leak: bool) -> None:
    axes.set_title(label, color=LEAK_INK if leak else INK, fontweight="bold" if leak else "normal")
    axes.set_xlabel("epoch")
    axes.set_ylim(0, 1.02 if share else None)
    open_axes(axes)
    for side in ("left", "bottom") if leak else ():
        axes.spines[side].set_edgecolor(LEAK_INK)
