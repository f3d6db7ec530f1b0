"""Curves: training loss and accuracy of every fold and seed of an experiment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from merflow.visualization.canvas import GRID, LEFT_IN, TOP_IN, add_panel, new_figure, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = ("epoch", "loss", "train_accuracy")
PANEL_IN, HEIGHT_IN, LEGEND_IN = 4.4, 3.1, 1.5
LEGEND_FOLDS = 18
"""More folds than this are not named: the lines then show the spread, not who is who."""


@styled
def plot_curves(histories: Mapping[str, pd.DataFrame], *, title: str = "Training") -> Figure:
    """Draw the training curves of an experiment; they never decide anything (the last epoch is the one used).

    Parameters
    ----------
    histories : mapping of str to DataFrame
        ``history.csv`` of each fold: ``epoch``, ``loss``, ``train_accuracy``, and ``seed`` when there are several.
    title : str
        Experiment and dataset.

    Raises
    ------
    ValueError
        When there is no fold, or a history lacks a column.
    """
    if not histories:
        raise ValueError("expected the history of at least one fold, but got none")
    for fold, history in histories.items():
        lacking = sorted(set(COLUMNS) - set(history.columns))
        if lacking:
            raise ValueError(f"history of fold {fold}: expected the columns {COLUMNS}, but {lacking} are missing")
    runs = sum(history["seed"].nunique() if "seed" in history else 1 for history in histories.values())
    subtitle = (
        f"{len(histories)} folds, {runs} runs; one line each (thin), median over runs (black).\n"
        "Training clips only: no line here sees the test subject."
    )
    named = len(histories) <= LEGEND_FOLDS
    width = LEFT_IN + 0.45 + 2 * PANEL_IN + 0.75 + (LEGEND_IN if named else 0.2)
    figure = new_figure(title, subtitle, width_in=width, height_in=TOP_IN + HEIGHT_IN + 0.8)
    for column, (quantity, label) in enumerate(
        {"loss": "training loss (cross-entropy, nats)", "train_accuracy": "training accuracy"}.items()
    ):
        axes = add_panel(figure, (LEFT_IN + 0.45 + column * (PANEL_IN + 0.75), TOP_IN + 0.2, PANEL_IN, HEIGHT_IN))
        _show_curves(axes, histories, quantity, label)
    if named:
        axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), title="left out")
    return figure


def _show_curves(axes: Axes, histories: Mapping[str, pd.DataFrame], quantity: str, label: str) -> None:
    from matplotlib import colormaps

    colours = colormaps["turbo"](np.linspace(0.05, 0.95, len(histories)))
    runs = []
    for (fold, history), colour in zip(histories.items(), colours, strict=True):
        groups = [run for _, run in history.groupby("seed")] if "seed" in history else [history]
        for number, run in enumerate(groups):
            axes.plot(
                run["epoch"], run[quantity], color=colour, linewidth=0.8, alpha=0.7, label=fold if number == 0 else None
            )
            runs.append(run.set_index("epoch")[quantity])
    epochs = sorted(set().union(*(run.index for run in runs)))
    median = [float(np.median([run[epoch] for run in runs if epoch in run.index])) for epoch in epochs]
    axes.plot(epochs, median, color="black", linewidth=1.8)
    axes.set_title(label)
    axes.set_xlabel("epoch")
    axes.set_ylim(0, 1.02 if quantity == "train_accuracy" else None)
    axes.grid(color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
