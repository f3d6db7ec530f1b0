"""AU weights: how much each layer counts in the loss of the action units, fold by fold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from merflow.drawing.canvas import INK, LEFT_IN, MUTED, TOP_IN, add_panel, new_figure, open_axes, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAPER_MEAN = {1: 0.6329, 2: 0.3172, 3: 0.0029, 4: 0.0464}
"""GTS-GN, Table VIII, average over 26 subjects of CASME II, streams added after layer 1."""

PANEL_IN, HEIGHT_IN, LEGEND_IN = 4.6, 3.1, 2.5
LEGEND_FOLDS = 10
"""More folds than this are not named: the lines then show the spread, not who is who."""


@styled
def plot_au_weights(table: pd.DataFrame, *, title: str = "Weights of the action-unit loss") -> Figure:
    """Draw the learnt weights ``W_r^2 / sum W^2`` by layer: a line for each fold, and their mean.

    Parameters
    ----------
    table : DataFrame
        As from ``merflow.training.learned.au_weight_table``.
    title : str
        Experiment and dataset.

    Raises
    ------
    ValueError
        When the table has no row.
    """
    if table.empty:
        raise ValueError("expected one row a fold and layer, but the table of weights has none")
    by_fold = table.set_index(["fold", "layer"])["weight"].unstack(sort=False)
    layers = [int(layer) for layer in by_fold.columns]
    compared = layers == list(PAPER_MEAN)
    subtitle = (
        f"Folds: {len(by_fold)}, each the mean over its seeds ({int(table['seeds'].max())}); its weights sum to 1. "
        "Dotted: all layers alike, where training starts.\n"
        + (
            "Dashed: the paper's mean on CASME II (Table VIII); another dataset and schedule."
            if compared
            else "The paper's Table VIII is of streams added after layer 1, and cannot be compared."
        )
    )
    width = LEFT_IN + 0.6 + PANEL_IN + LEGEND_IN
    figure = new_figure(title, subtitle, width_in=max(width, 8.0), height_in=TOP_IN + HEIGHT_IN + 0.8)
    axes = add_panel(figure, (LEFT_IN + 0.6, TOP_IN + 0.2, PANEL_IN, HEIGHT_IN))
    _show_weights(axes, by_fold, layers)
    if compared:
        axes.plot(
            layers, list(PAPER_MEAN.values()), color=MUTED, linewidth=1.4, linestyle="--", label="paper, CASME II"
        )
    axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0))
    return figure


def _show_weights(axes: Axes, by_fold: pd.DataFrame, layers: list[int]) -> None:
    """Draw a line for each row, a fold; the columns are the layers."""
    from matplotlib import colormaps

    weights = by_fold.to_numpy(dtype=np.float64)
    named = len(by_fold) <= LEGEND_FOLDS
    colours = colormaps["viridis"](np.linspace(0, 0.9, len(by_fold)))
    for fold, row, colour in zip(by_fold.index, weights, colours, strict=True):
        axes.plot(
            layers,
            row,
            color=colour,
            linewidth=0.9,
            marker="o",
            markersize=3,
            alpha=0.8,
            label=str(fold) if named else None,
        )
    mean = weights.mean(axis=0)
    axes.plot(layers, mean, color="black", linewidth=2, marker="o", markersize=4.5, label="mean")
    for layer, value in zip(layers, mean, strict=True):
        axes.annotate(
            f"{value:.3f}", (layer, value), (0, 7), textcoords="offset points", ha="center", color=INK, fontsize=8
        )
    axes.axhline(1 / len(layers), color=MUTED, linewidth=0.9, linestyle=":")
    axes.set_xticks(layers)
    axes.set_xlim(layers[0] - 0.3, layers[-1] + 0.3)
    axes.set_ylim(0, 1)
    axes.set_xlabel("layer")
    axes.set_title("weight in the loss of the action units")
    open_axes(axes, grid="y")
