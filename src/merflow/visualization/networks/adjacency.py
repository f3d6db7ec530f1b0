"""Adjacency: the matrix that each layer of GTS-GN or SS-GN learns beside the given graph, and whether runs agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from merflow.drawing.canvas import INK, LEFT_IN, TOP_IN, add_panel, fill_colour_bar, new_figure, styled
from merflow.landmarks.groups import group_runs

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from merflow.training.learned import LearnedGraphs

RANGE = 0.1
"""|value| of full colour. The given graph gives a node 1 of itself and between 1/7 and 1 of a neighbour."""
NODES_NAMED = 31
"""More nodes than this have no numbers on the axes, only the parts of the face."""

PANEL_IN, GAP_IN, ROW_GAP_IN, LABELS_IN, BAR_IN = 2.5, 0.62, 0.95, 0.55, 0.9


@styled
def draw_adjacency(learned: LearnedGraphs, nodes: Sequence[int], *, title: str = "Learnt adjacency") -> Figure:
    """Draw the learnt adjacency of each layer as a heat map, the mean over folds and seeds (GTS-GN, fig. 5).

    One column a layer; before the streams are added, one map a stream. The numbers over a map are the mean of all
    entries and of their absolute values, the standard deviation of an entry over the runs (root mean square over the
    entries), and how alike two runs are (`agreement`).

    Parameters
    ----------
    learned : LearnedGraphs
    nodes : sequence of int
        Landmark of each node, 0-based dlib order: the ``node`` field of a graphs artefact.
    title : str
        Experiment and dataset.

    Raises
    ------
    ValueError
        When the matrices have another number of nodes.
    """
    check_nodes(learned, nodes)
    columns = by_layer(learned)
    rows = max(len(streams) for streams in columns.values())
    step = PANEL_IN + ROW_GAP_IN
    width = LEFT_IN + LABELS_IN + len(columns) * (PANEL_IN + GAP_IN) + BAR_IN
    height = TOP_IN + 0.35 + rows * step
    figure = new_figure(title, _subtitle(learned), width_in=width, height_in=height)
    for column, (layer, streams) in enumerate(columns.items()):
        left = LEFT_IN + LABELS_IN + column * (PANEL_IN + GAP_IN)
        first_top = TOP_IN + 0.4 + (rows - len(streams)) * step / 2
        for row, stream in enumerate(streams):
            axes = add_panel(figure, (left, first_top + row * step, PANEL_IN, PANEL_IN))
            show_adjacency(axes, learned.matrices[stream, layer].mean(axis=0), nodes)
            axes.set_title(f"layer {layer}, {stream}\n{_numbers(learned, stream, layer)}", fontsize=8, linespacing=1.3)
    _add_colour_bar(figure, left + PANEL_IN + 0.2, TOP_IN + 0.4 + (rows - 1) * step / 2)
    return figure


def by_layer(learned: LearnedGraphs) -> dict[int, list[str]]:
    """Return the streams of each layer, in the order of the network."""
    layers: dict[int, list[str]] = {}
    for stream, layer in sorted(learned.matrices, key=lambda key: key[1]):
        layers.setdefault(layer, []).append(stream)
    return layers


def describe_runs(learned: LearnedGraphs) -> str:
    """Return how many runs there are, for a subtitle."""
    runs, folds, seeds = len(learned.folds), len(np.unique(learned.folds)), len(np.unique(learned.seeds))
    return f"{runs} runs (folds: {folds}, seeds: {seeds})"


def check_nodes(learned: LearnedGraphs, nodes: Sequence[int]) -> None:
    """Raise ValueError unless there is one landmark a node."""
    if learned.nodes != len(nodes):
        raise ValueError(f"expected the landmarks of {learned.nodes} nodes, but got {len(nodes)}")


def show_adjacency(axes: Axes, matrix: NDArray[np.float64], nodes: Sequence[int]) -> None:
    """Show a matrix (N, N), white at zero, with lines between the parts of the face."""
    axes.imshow(matrix, cmap="RdBu_r", vmin=-RANGE, vmax=RANGE)
    runs = group_runs(nodes)
    for _, start, _ in runs[1:]:
        axes.axhline(start - 0.5, color=INK, linewidth=0.9)
        axes.axvline(start - 0.5, color=INK, linewidth=0.9)
    places = np.arange(len(nodes))
    named = len(nodes) <= NODES_NAMED
    size = 6.5 if len(nodes) <= 14 else 5.0
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(places if named else [], [str(node) for node in nodes] if named else [], fontsize=size)
        axis.set_tick_params(length=0, pad=1.5)
    axes.tick_params(axis="x", rotation=90)
    for name, start, end in runs:
        middle = (start + end - 1) / 2
        axes.text(middle, len(nodes) * (1.045 if named else 1.0), name, ha="center", va="top", fontsize=7)
        axes.text(
            -0.5 - 0.11 * len(nodes) / (1 if named else 2),
            middle,
            name,
            ha="right",
            va="center",
            rotation=90,
            fontsize=7,
        )


def agreement(matrices: NDArray[np.float64], seeds: NDArray[np.int64]) -> dict[str, float]:
    """Return how alike the matrices of two runs are: the mean correlation of their entries.

    Folds of one seed start from the same weights and share most clips, so that they agree more than what is learnt
    deserves; runs of other seeds share the clips only.

    Parameters
    ----------
    matrices : ndarray of shape (r, N, N)
    seeds : ndarray of shape (r,)

    Returns
    -------
    dict of str to float
        ``same seed`` and ``other seed``, from -1 to 1; NaN where there is no such pair, or nothing was learnt.
    """
    flat = matrices.reshape(len(matrices), -1)
    centred = flat - flat.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    unit = np.divide(centred, length, out=np.full_like(centred, np.nan), where=length > 0)
    first, second = np.triu_indices(len(matrices), k=1)
    alike, same = (unit[first] * unit[second]).sum(axis=1), seeds[first] == seeds[second]
    pairs: Mapping[str, NDArray[np.float64]] = {"same seed": alike[same], "other seed": alike[~same]}
    finite = {name: values[np.isfinite(values)] for name, values in pairs.items()}
    return {name: float(values.mean()) if len(values) else float("nan") for name, values in finite.items()}


def _numbers(learned: LearnedGraphs, stream: str, layer: int) -> str:
    matrices = learned.matrices[stream, layer]
    mean, deviation = matrices.mean(axis=0), float(np.sqrt(matrices.var(axis=0).mean()))
    alike = agreement(matrices, learned.seeds)
    shown = ", ".join(f"{name} {value:.2f}" for name, value in alike.items() if np.isfinite(value))
    shown = shown or ("one run" if len(matrices) == 1 else "nothing learnt")
    return f"mean {mean.mean():+z.3f}, |mean| {np.abs(mean).mean():.3f}, sd {deviation:.3f}\nalike: {shown}"


def _subtitle(learned: LearnedGraphs) -> str:
    return (
        f"Mean over {describe_runs(learned)}. Row: the node that receives, column: the "
        f"node it takes from, beside the given graph; full colour at {RANGE:g}, the same in all.\n"
        "Numbers are landmarks. sd: of an entry over the runs. alike: correlation of the entries of two runs, folds of "
        "one seed and runs of other seeds."
    )


def _add_colour_bar(figure: Figure, left_in: float, top_in: float) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    axes = add_panel(figure, (left_in, top_in, 0.1, PANEL_IN))
    colours = ScalarMappable(Normalize(-RANGE, RANGE), cmap="RdBu_r")
    fill_colour_bar(axes, colours, "what is added to the given graph", extend="both")
