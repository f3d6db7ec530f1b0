"""Learning curve: the score against the number of training subjects, each draw a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from merflow.counts import count
from merflow.drawing.canvas import INK, LEFT_IN, MUTED, TOP_IN, add_panel, new_figure, open_axes, styled
from merflow.evaluation.learning_curve import ALL

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN, HEIGHT_IN = 5.6, 3.4
BLUE, ORANGE = "#0072b2", "#d55e00"


@styled
def plot_learning_curve(table: pd.DataFrame, *, title: str = "Learning curve") -> Figure:
    """Draw the first metric of the headline against the number of training subjects.

    Parameters
    ----------
    table : DataFrame
        As from ``merflow.evaluation.learning_curve.curve_table``.
    title : str
        Experiment and dataset.

    Raises
    ------
    ValueError
        When no point has a number.
    """
    known = table[table["value"].notna()]
    if known.empty:
        raise ValueError("expected a point with a number, but the curve has none")
    metric = known["metric"].iloc[0]
    drawn = known[known["metric"] == metric]
    draws = drawn.loc[drawn["draw"] != ALL, "draw"].nunique()
    lost = sorted(set(table.loc[table["value"].isna(), "subjects"]))
    subtitle = (
        f"{metric} of all test clips, by the training subjects of each fold. "
        f"Thin: {count(draws, 'draw')}, one seed each.\n"
        f"Thick: their median. Diamonds: all training subjects, one a seed."
        + (f" Not trained in some draws: {', '.join(map(str, lost))} subjects." if lost else "")
    )
    figure = new_figure(title, subtitle, width_in=LEFT_IN + 0.5 + WIDTH_IN + 0.3, height_in=TOP_IN + HEIGHT_IN + 0.85)
    _show(add_panel(figure, (LEFT_IN + 0.5, TOP_IN + 0.2, WIDTH_IN, HEIGHT_IN)), drawn, metric)
    return figure


def _show(axes: Axes, drawn: pd.DataFrame, metric: str) -> None:
    part, whole = drawn[drawn["draw"] != ALL], drawn[drawn["draw"] == ALL]
    for _, own in part.groupby("draw"):
        axes.plot(own["subjects"], own["value"], color=BLUE, linewidth=0.9, alpha=0.5, marker="o", markersize=3)
    median = part.groupby("subjects")["value"].median()
    axes.plot(median.index, median.to_numpy(), color=BLUE, linewidth=2.4)
    axes.plot(whole["subjects"], whole["value"], "D", color=ORANGE, markersize=6, markerfacecolor="none")
    axes.set_xlabel("training subjects of each fold (logarithmic)", color=INK)
    axes.set_ylabel(metric, color=INK)
    axes.set_xscale("log")
    ticks = sorted(set(drawn["subjects"].astype(int)))
    axes.set_xticks(ticks, [str(tick) for tick in ticks], color=MUTED)
    axes.minorticks_off()
    axes.set_ylim(0, 1.02)
    open_axes(axes)
