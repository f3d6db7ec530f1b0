"""Confusion: which class was taken for which, with the scores that follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from merflow.counts import count
from merflow.drawing.canvas import INK, MUTED, TOP_IN, add_panel, colour_bar, new_figure, styled
from merflow.evaluation.metrics import confusion_matrix
from merflow.evaluation.metrics_text import leak_text
from merflow.evaluation.predictions import class_indices, classes_of
from merflow.evaluation.rows import headline_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from merflow.evaluation.rows import MetricRow

CELL_IN = 0.95


@styled
def draw_confusion(
    predictions: pd.DataFrame, metrics: Sequence[MetricRow], *, classes: Sequence[str] | None = None, title: str
) -> Figure:
    """Draw the confusion matrix of an experiment.

    Parameters
    ----------
    predictions : DataFrame
        ``predictions.csv``: all folds and seeds, ``label`` and ``predicted`` as class names.
    metrics : sequence of MetricRow
        ``metrics.csv`` of the same experiment; its headline stands in the title.
    classes : sequence of str, optional
        Order of rows and columns; by default that of the score columns.
    title : str
        Experiment and dataset.
    """
    names = classes_of(predictions) if classes is None else tuple(classes)
    pairs = [class_indices(predictions[column], names) for column in ("label", "predicted")]
    return plot_confusion(
        confusion_matrix(*pairs, classes=len(names)),
        names,
        title=title,
        headline=headline_of(metrics),
        seeds=int(predictions["seed"].nunique()),
    )


@styled
def plot_confusion(
    matrix: NDArray[Any],
    classes: Sequence[str],
    *,
    title: str = "Confusion matrix",
    headline: Sequence[MetricRow] = (),
    seeds: int = 1,
) -> Figure:
    """Draw a confusion matrix: counts and row-normalised recall.

    Parameters
    ----------
    matrix : ndarray of shape (c, c), counts
        Row = true class, column = predicted class; pooled over all folds and summed over seeds.
    classes : sequence of str
    title : str
        Experiment and dataset.
    headline : sequence of MetricRow, optional
        Scores that follow from the matrix, written over it with their protocol.
    seeds : int
        Number of seeds that the counts are summed over.

    Raises
    ------
    ValueError
        When the matrix does not have one row and one column a class.
    """
    matrix = np.asarray(matrix)
    if matrix.shape != (len(classes), len(classes)):
        raise ValueError(
            f"expected a matrix of {len(classes)} x {len(classes)} classes, but found shape {matrix.shape}"
        )
    side = max(CELL_IN * len(classes), 2.8)
    label_in = 0.3 + 0.085 * max(len(name) for name in classes) + 0.45
    width = max(label_in + side + 1.2, 6.6)
    figure = new_figure(title, _subtitle(matrix, headline, seeds), width_in=width, height_in=TOP_IN + 0.2 + side + 1.0)
    axes = add_panel(figure, (label_in + (width - label_in - side - 1.2) / 2, TOP_IN + 0.2, side, side))
    show_confusion(axes, matrix, classes)
    return figure


def row_recall(matrix: NDArray[Any]) -> NDArray[np.float64]:
    """Return each row divided by its sum; NaN for a class that has no clips."""
    counts = np.asarray(matrix, dtype=np.float64)
    total = counts.sum(axis=1, keepdims=True)
    share: NDArray[np.float64] = np.divide(counts, total, out=np.full_like(counts, np.nan), where=total > 0)
    return share


def show_confusion(axes: Axes, matrix: NDArray[Any], classes: Sequence[str]) -> None:
    """Show the matrix as colours (share of the true class, fixed from 0 to 1) with shares and counts written in."""
    from matplotlib import colormaps

    share = row_recall(matrix)
    colours = colormaps["Blues"].with_extremes(bad="#eceef1")
    shown = axes.imshow(np.ma.masked_invalid(share), cmap=colours, vmin=0, vmax=1)
    for (row, column), value in np.ndenumerate(share):
        known = np.isfinite(value)
        text = f"{value:.0%}" if known else "no clips"
        ink = "white" if known and value > 0.55 else INK
        axes.text(column, row - 0.08, text, ha="center", va="center", color=ink, fontsize=12 if known else 8.5,
                  fontweight="bold" if row == column else "normal")  # fmt: skip
        axes.text(column, row + 0.24, f"{int(matrix[row, column]):,}", ha="center", va="center", color=ink, fontsize=8)
    ticks = np.arange(len(classes))
    axes.set_xticks(
        ticks,
        [name.replace(" ", "\n") for name in classes],
        fontsize=9,
        color=INK,
        rotation=30 if len(classes) > 4 else 0,
    )
    axes.set_yticks(ticks, classes, fontsize=9, color=INK)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
    axes.set_xticks(ticks[:-1] + 0.5, minor=True)
    axes.set_yticks(ticks[:-1] + 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=2)
    axes.tick_params(which="both", length=0)
    for edge in axes.spines.values():
        edge.set_edgecolor(MUTED)
        edge.set_linewidth(0.6)
    colour_bar(axes, shown, "share of the true class (diagonal: recall)")


def _subtitle(matrix: NDArray[Any], headline: Sequence[MetricRow], seeds: int) -> str:
    total = int(matrix.sum())
    protocols = [f"protocol {name}" for name in dict.fromkeys(row.protocol for row in headline)]
    clips = count(total // seeds, "clip") + (f" x {seeds} seeds" if seeds > 1 else ", 1 seed")
    facts = ", ".join([*protocols, clips, "pooled over all folds"])
    lines = ["   ".join(map(_score_text, headline)), facts, leak_text(headline)]
    return "\n".join(filter(None, lines))


def _score_text(row: MetricRow) -> str:
    interval = "" if row.ci_low is None else f" ({row.ci_low:.2f} to {row.ci_high:.2f})"
    return f"{row.metric} {row.value:.3f}{interval}"
