"""Comparison: the difference of two experiments on the clips that both predict, with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from merflow.counts import count
from merflow.drawing.canvas import INK, LEFT_IN, MUTED, TOP_IN, add_panel, new_figure, open_axes, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANEL_IN, ROW_IN, LABEL_IN, VALUES_IN = 4.2, 0.62, 0.5, 3.1


@styled
def plot_comparison(table: pd.DataFrame, *, names: tuple[str, str], title: str = "Comparison") -> Figure:
    """Draw the difference of each metric with its interval, the line of no difference, and the values behind it.

    Parameters
    ----------
    table : DataFrame
        As from ``merflow.evaluation.compare_predictions``.
    names : tuple of str
        The experiments a and b.
    title : str
        Says of which dataset.

    Raises
    ------
    ValueError
        When the table has no row.
    """
    if table.empty:
        raise ValueError("expected one row a metric, but the comparison has none")
    first = table.iloc[0]
    subtitle = (
        f"a = {names[0]}, b = {names[1]}\n"
        f"{count(int(first['n']), 'clip')} that both predict; left out: {int(first['only_a'])} of a only, "
        f"{int(first['only_b'])} of b only.\n"
        "Bars: paired 95 % bootstrap over subjects. A bar that crosses the line decides nothing."
    )
    height = ROW_IN * len(table) + 0.3
    width = LEFT_IN + LABEL_IN + PANEL_IN + VALUES_IN
    figure = new_figure(title, subtitle, width_in=width, height_in=TOP_IN + 0.35 + height + 0.75)
    _show_differences(add_panel(figure, (LEFT_IN + LABEL_IN, TOP_IN + 0.35, PANEL_IN, height)), table)
    return figure


def _show_differences(axes: Axes, table: pd.DataFrame) -> None:
    values, low, high = (table[name].to_numpy(dtype=np.float64) for name in ("difference", "ci_low", "ci_high"))
    rows = np.arange(len(table))
    axes.axvline(0, color=MUTED, linewidth=1.1)
    axes.hlines(rows, low, high, color=INK, linewidth=2.2)
    axes.plot(values, rows, "o", color=INK, markersize=6)
    reach = 1.15 * max(np.nanmax(np.abs([values, low, high])), 0.02)
    axes.set_xlim(-reach, reach)
    axes.set_ylim(len(table) - 0.5, -0.5)
    axes.set_yticks(rows, table["metric"], fontsize=10, color=INK)
    axes.set_xlabel("difference b - a")
    axes.set_title("a better  <", loc="left", color=MUTED, fontsize=9)
    axes.set_title(">  b better", loc="right", color=MUTED, fontsize=9)
    for row, (_, line) in enumerate(table.iterrows()):
        axes.annotate(
            _values_text(line), (1.03, row), xycoords=("axes fraction", "data"), va="center", fontsize=8.5, color=INK
        )
    axes.tick_params(axis="y", length=0)
    open_axes(axes, grid="x", left=False)


def _values_text(line: pd.Series) -> str:
    """Return both values and the difference with what the replicates say of it, in two lines."""
    difference = f"a {line['a']:.3f}, b {line['b']:.3f}: {line['difference']:+z.3f}"
    if not np.isfinite(line["ci_low"]):
        return f"{difference}\none subject: no interval"
    return (
        f"{difference} ({line['ci_low']:+z.3f} to {line['ci_high']:+z.3f})\n"
        f"b better in {line['share_b_better']:.1%} of the replicates"
    )
