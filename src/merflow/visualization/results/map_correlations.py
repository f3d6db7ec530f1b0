"""Correlations of activation maps: ours beside those that the paper prints, with the maps behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from merflow.drawing.canvas import INK, LEFT_IN, MISSING, MUTED, TOP_IN, add_panel, fill_colour_bar, new_figure, styled
from merflow.visualization.networks.activation import add_maps, size_in

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from merflow.training.activation_maps import ActivationMaps

CELL_IN, CELL_HEIGHT_IN, NAME_IN, COLUMNS_IN, BAR_IN = 0.58, 0.32, 1.1, 0.35, 0.8
COLOURS = "RdBu_r"


@styled
def plot_map_correlations(table: pd.DataFrame, both: Mapping[str, ActivationMaps], *, title: str) -> Figure:
    """Draw the matrix of correlations, the printed one with the same colours where it has a cell, and the mean maps.

    Parameters
    ----------
    table : DataFrame
        As from ``merflow.evaluation.map_correlations.correlate_maps``.
    both : mapping of str to ActivationMaps
        The two experiments, the first one with the columns.
    title : str
        Says of which dataset.
    """
    names = list(dict.fromkeys(table["column"]))
    rows = list(dict.fromkeys(zip(table["experiment"], table["row"], strict=True)))
    beside = bool(table["printed"].notna().any())
    side, height = CELL_IN * len(names), CELL_HEIGHT_IN * len(rows)
    step = NAME_IN + side + 0.3
    labels = {name: [label for experiment, label in rows if experiment == name] for name in both}
    sizes = [size_in(len(labels[name]), maps.views) for name, maps in both.items()]
    width = max(LEFT_IN + step * (1 + beside) + BAR_IN, *(wide for wide, _ in sizes), 9.4)
    top = TOP_IN + 0.35 + COLUMNS_IN
    below = top + height + 0.45 + sum(tall + 0.4 for _, tall in sizes)
    figure = new_figure(title, _subtitle(beside), width_in=width, height_in=below)
    for at, (column, said) in enumerate((("ours", "ours"), ("printed", "printed: Res3D on 4DME"))[: 1 + beside]):
        values = table[column].to_numpy(dtype=np.float64).reshape(len(rows), len(names))
        axes = add_panel(figure, (LEFT_IN + NAME_IN + at * step, top, side, height))
        shown = _show_matrix(axes, values, [label for _, label in rows], names, title=said)
        axes.axhline(len(labels[next(iter(both))]) - 0.5, color=INK, linewidth=1.2)
    left = LEFT_IN + (1 + beside) * step - 0.15
    fill_colour_bar(add_panel(figure, (left, top, 0.1, height)), shown, "correlation of maps")
    upper = top + height + 0.45
    for (name, maps), (_, tall) in zip(both.items(), sizes, strict=True):
        inches = figure.get_size_inches()
        text = f"{name}: mean maps over the mean face, n clips; {maps.about}"
        place = LEFT_IN / inches[0], 1 - upper / inches[1]
        figure.text(*place, text, fontsize=9.5, fontweight="bold", va="center", color=INK)
        add_maps(figure, maps, labels[name], top_in=upper + 0.05)
        upper += tall + 0.4
    return figure


def _show_matrix(
    axes: Axes, values: NDArray[np.float64], rows: Sequence[str], columns: Sequence[str], *, title: str
) -> Any:
    """Show correlations as colours from -1 to 1 with their values, an empty cell in grey; return what a bar needs."""
    from matplotlib import colormaps

    colours = colormaps[COLOURS].with_extremes(bad=MISSING)
    shown = axes.imshow(np.ma.masked_invalid(values), cmap=colours, vmin=-1, vmax=1, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            ink = "white" if abs(value) > 0.6 else INK
            axes.text(column, row, f"{value:.2f}", ha="center", va="center", color=ink, fontsize=8)
    axes.set_xticks(np.arange(len(columns)), columns, fontsize=8.5, color=INK)
    axes.set_yticks(np.arange(len(rows)), rows, fontsize=8.5, color=INK)
    axes.xaxis.tick_top()
    axes.tick_params(which="both", length=0)
    axes.set_title(title)
    for edge in axes.spines.values():
        edge.set_edgecolor(MUTED)
        edge.set_linewidth(0.6)
    return shown


def _subtitle(beside: bool) -> str:
    printed = " Printed: Table 9 of the 4DME paper, on its own recordings." if beside else ""
    return (
        f"Pearson correlation of mean Grad-CAM maps of test clips.{printed}\nIt compares places only: two labels that "
        "act at one place correlate, whatever moves there.\nA high value does not make a unit decide an emotion."
    )
