"""Labels that are told one by one: how well each is told, and which are shown and predicted together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from merflow.counts import count
from merflow.drawing.canvas import INK, MUTED, TOP_IN, add_panel, colour_bar, new_figure, open_axes, styled
from merflow.evaluation.headlines import TRUTH
from merflow.evaluation.metrics_text import leak_text
from merflow.evaluation.predictions import classes_of
from merflow.evaluation.rows import Scope, headline_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from merflow.evaluation.rows import MetricRow

CELL_IN, BARS_WIDTH_IN, COUNTS_IN, GAP_IN = 0.5, 2.9, 1.75, 0.75
BAR, CHANCE = "#4878a8", 0.5


@styled
def draw_labels(predictions: pd.DataFrame, metrics: Sequence[MetricRow], *, title: str) -> Figure:
    """Draw the f1_macro of each label with its interval, and the co-occurrence of truth and of prediction.

    Parameters
    ----------
    predictions : DataFrame
        ``predictions.csv``: all folds and seeds, a row a clip and label.
    metrics : sequence of MetricRow
        ``metrics.csv`` of the same experiment.
    title : str
        Experiment and dataset.
    """
    names = classes_of(predictions)
    side = max(CELL_IN * len(names), 2.4)
    label_in = 0.35 + 0.085 * max(map(len, names))
    left = [0.25 + label_in]
    left.append(left[0] + BARS_WIDTH_IN + COUNTS_IN + GAP_IN + label_in)
    left.append(left[1] + side + GAP_IN + label_in)
    width, top = left[2] + side + 1.2, TOP_IN + 0.45
    figure = new_figure(title, _subtitle(predictions, metrics), width_in=width, height_in=top + side + 0.95)
    _show_scores(add_panel(figure, (left[0], top, BARS_WIDTH_IN, side)), names, metrics)
    for place, column, said in ((left[1], TRUTH, "truth"), (left[2], "predicted", "prediction")):
        share, counts = co_occurrence(_shown(predictions, column, len(names)))
        axes = add_panel(figure, (place, top, side, side))
        _show_matrix(axes, share, counts, names, title=f"{said}: shown together")
        if column != TRUTH:
            colour_bar(axes, axes.images[0], "share of the row's clips")
    return figure


def co_occurrence(shown: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return which labels come together.

    Parameters
    ----------
    shown : ndarray of shape (clips, labels)
        0 or 1.

    Returns
    -------
    share : ndarray of shape (labels, labels)
        Of the clips with the row's label those that have the column's too; NaN where no clip has the row's.
    counts : ndarray of shape (labels, labels)
        Clips with both; on the diagonal those with the label.
    """
    counts = shown.T @ shown
    own = np.diag(counts)[:, None].astype(np.float64)
    share = np.divide(counts, own, out=np.full(counts.shape, np.nan), where=own > 0)
    return share, counts


def _shown(predictions: pd.DataFrame, column: str, labels: int) -> NDArray[np.int64]:
    """Return 0 or 1 for each clip of each seed (rows) and label."""
    return predictions[column].to_numpy(dtype=np.int64).reshape(-1, labels)


def _show_scores(axes: Axes, names: Sequence[str], metrics: Sequence[MetricRow]) -> None:
    """Show the scores of each label as bars, with the counts behind them."""
    of = {(row.metric, row.name): row for row in metrics if row.scope in (Scope.LABEL, Scope.LABEL_COUNT)}
    macro = [of["f1_macro", name] for name in names]
    places = np.arange(len(names))
    axes.barh(places, [row.value for row in macro], height=0.62, color=BAR)
    for place, row in zip(places, macro, strict=True):
        if row.ci_low is not None and row.ci_high is not None:
            axes.hlines(place, row.ci_low, row.ci_high, color=INK, linewidth=1.6)
    axes.plot([of["f1", name].value for name in names], places, "o", color="white", markeredgecolor=INK, markersize=5)
    axes.axvline(CHANCE, color=MUTED, linewidth=0.8, linestyle=":")
    axes.set_xlim(0, 1)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(places, names, fontsize=9, color=INK)
    axes.tick_params(axis="y", length=0)
    axes.set_title("f1_macro with 95 % interval; ring: f1")
    open_axes(axes, grid="x", left=False)
    for place, name in zip(places, names, strict=True):
        axes.annotate(
            _counts_text(of, name),
            (1.03, place),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=8,
            color=INK,
        )


def _counts_text(of: dict[tuple[str, str], MetricRow], name: str) -> str:
    """Return the scores and counts of a label in two lines."""
    shown, hits, false = (of[key, name].value for key in ("n_positive", "true_positive", "false_positive"))
    scores = f"{of['f1_macro', name].value:.3f}, f1 {of['f1', name].value:.3f}"
    return f"{scores}, acc {of['accuracy', name].value:.3f}\n{hits:.0f} of {shown:.0f} told, {false:.0f} wrongly"


def _show_matrix(
    axes: Axes, share: NDArray[np.float64], counts: NDArray[np.int64], names: Sequence[str], *, title: str
) -> None:
    """Show shares as colours, fixed from 0 to 1, with the counts written in."""
    from matplotlib import colormaps

    axes.imshow(np.ma.masked_invalid(share), cmap=colormaps["Blues"].with_extremes(bad="#eceef1"), vmin=0, vmax=1)
    for (row, column), value in np.ndenumerate(share):
        ink = "white" if np.isfinite(value) and value > 0.55 else INK
        axes.text(column, row, f"{int(counts[row, column])}", ha="center", va="center", color=ink, fontsize=8,
                  fontweight="bold" if row == column else "normal")  # fmt: skip
    ticks = np.arange(len(names))
    axes.set_xticks(ticks, names, fontsize=8.5, color=INK, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_yticks(ticks, names, fontsize=8.5, color=INK)
    axes.tick_params(which="both", length=0)
    axes.set_title(title)
    for edge in axes.spines.values():
        edge.set_edgecolor(MUTED)
        edge.set_linewidth(0.6)


def _subtitle(predictions: pd.DataFrame, metrics: Sequence[MetricRow]) -> str:
    headline = headline_of(metrics)
    written = "   ".join(
        f"{row.metric} {row.value:.3f}" + ("" if row.ci_low is None else f" ({row.ci_low:.2f} to {row.ci_high:.2f})")
        for row in headline
    )
    clips, seeds = predictions["clip"].nunique(), predictions["seed"].nunique()
    facts = [
        *(f"protocol {name}" for name in dict.fromkeys(row.protocol for row in headline)),
        count(clips, "clip") + (f" x {seeds} seeds" if seeds > 1 else ", 1 seed"),
        "pooled over all folds, means over the labels; counts of the bars: mean over the seeds",
    ]
    return "\n".join(filter(None, [written, ", ".join(facts), leak_text(headline)]))
