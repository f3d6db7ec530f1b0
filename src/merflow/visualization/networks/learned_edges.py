"""Learnt edges: the strongest of what a network adds to the given graph, drawn on a face."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.drawing.canvas import INK, LEFT_IN, TOP_IN, add_panel, bare, new_figure, styled
from merflow.drawing.upstream import Upstream, find_field, frame_index, heading
from merflow.imaging.luma import luma
from merflow.landmarks.groups import OTHER_COLOUR, PAIR_COLOURS, pair_colour
from merflow.visualization.networks.adjacency import RANGE, agreement, by_layer, check_nodes, describe_runs

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from merflow.training.learned import LearnedGraphs

STRONGEST = 10
"""As many as in GTS-GN, fig. 6."""
WIDTH_PT = (1.0, 4.5)
"""Width of a line at 0, and at `RANGE` and beyond: one scale for all panels, so that weak ones look weak."""
NOTHING = 0.05 * RANGE
"""Of a value: below it an edge is no finding."""
AGREE = 0.9
"""Share of the runs that must have the sign of the mean, or the edge is no finding."""

PANEL_IN, GAP_IN, LEGEND_IN = 3.3, 0.25, 1.6
MARGIN = 0.12
"""Around the nodes, in widths of their bounding box: the crop of the face that is drawn."""


@styled
def draw_learned_edges(learned: LearnedGraphs, graphs: Shard, clip: str, upstream: Upstream, *, title: str) -> Figure:
    """Draw the strongest learnt edges on the onset face of one clip of a ``graphs`` shard.

    Parameters
    ----------
    learned : LearnedGraphs
    graphs : Shard
        Open shard of the variant that the networks were trained on.
    clip : str
        Clip whose face is shown; the edges are those of the networks, the same for every clip.
    upstream : mapping of str to Shard
        Open shards further up, for the face.
    title : str
        Experiment and dataset.
    """
    onset = frame_index(graphs.attrs(clip)["roles"], "onset")
    frames = find_field(upstream, "magnified", clip, "magnified_color")
    return plot_learned_edges(
        learned,
        graphs.read(clip, "node").tolist(),
        graphs.read(clip, "position")[onset],
        None if frames is None else frames[frame_index(upstream["magnified"].attrs(clip)["roles"], "onset")],
        title=f"{title}, on {heading(graphs, clip)}",
    )


@styled
def plot_learned_edges(
    learned: LearnedGraphs,
    nodes: Sequence[int],
    position: NDArray[Any],
    face: NDArray[np.uint8] | None,
    *,
    title: str = "Strongest learnt edges",
) -> Figure:
    """Draw the strongest edges of the first and of the last layer side by side, one panel a stream.

    The paper's text names the last layer and its caption of fig. 6 layer 1, hence both.

    Parameters
    ----------
    learned : LearnedGraphs
    nodes : sequence of int
        Landmark of each node, 0-based dlib order.
    position : ndarray of shape (N, 2), aligned px
        Where the nodes lie.
    face : ndarray of shape (S, S, 3), uint8, or None
        Aligned face; None draws on white and says so.
    title : str
        Experiment and dataset.

    Raises
    ------
    ValueError
        When the matrices have another number of nodes.
    """
    check_nodes(learned, nodes)
    layers = by_layer(learned)
    ends = dict.fromkeys((min(layers), max(layers)))
    keys = [(stream, layer) for layer in ends for stream in layers[layer]]
    width = LEFT_IN + len(keys) * (PANEL_IN + GAP_IN) + LEGEND_IN
    figure = new_figure(title, _subtitle(learned, face), width_in=max(width, 9.2), height_in=TOP_IN + PANEL_IN + 0.9)
    for column, (stream, layer) in enumerate(keys):
        axes = add_panel(figure, (LEFT_IN + column * (PANEL_IN + GAP_IN), TOP_IN + 0.6, PANEL_IN, PANEL_IN))
        edges = strongest_edges(learned.matrices[stream, layer].mean(axis=0))
        found = agreed(edges, learned.matrices[stream, layer])
        show_edges(axes, edges, nodes, position, face, found=found)
        bare(axes, "")
        runs = f"runs agree on {sum(found)} of {len(edges)}"
        strength = f"layer {layer}, {stream}: {_strength(learned, stream, layer, edges)}"
        axes.set_title(f"{strength}\n{runs}\n{_novelty(learned, edges)}", fontsize=8)
    _add_legend(axes)
    return figure


def strongest_edges(matrix: NDArray[np.float64], count: int = STRONGEST) -> list[tuple[int, int, float]]:
    """Return the pairs of nodes with the largest |value| of ``(A + A^T) / 2``, strongest first.

    Parameters
    ----------
    matrix : ndarray of shape (N, N)
        Learnt adjacency; a node's own entry is no edge.
    count : int

    Returns
    -------
    list of (int, int, float)
        Nodes a < b and the value; equal ones in ascending order of a, then b.
    """
    first, second = np.triu_indices(len(matrix), k=1)
    values = ((matrix + matrix.T) / 2)[first, second]
    order = np.argsort(-np.abs(values), kind="stable")[:count]
    return [(int(first[i]), int(second[i]), float(values[i])) for i in order]


def agreed(edges: Sequence[tuple[int, int, float]], matrices: NDArray[np.float64]) -> list[bool]:
    """Return which edges are more than chance: a value that is not near 0, of one sign in nearly all runs.

    Parameters
    ----------
    edges : sequence of (int, int, float)
        As from `strongest_edges` of the mean.
    matrices : ndarray of shape (runs, N, N)
    """
    runs = (matrices + matrices.transpose(0, 2, 1)) / 2
    return [abs(value) >= NOTHING and (runs[:, a, b] * value > 0).mean() >= AGREE for a, b, value in edges]


def show_edges(
    axes: Axes,
    edges: Sequence[tuple[int, int, float]],
    nodes: Sequence[int],
    position: NDArray[Any],
    face: NDArray[np.uint8] | None,
    *,
    found: Sequence[bool],
) -> None:
    """Show edges as lines over a pale face: the wider the stronger, dashed where the value is negative.

    Those that are not `found` are thin dotted lines, whatever their value.
    """
    position = np.asarray(position, dtype=np.float64)
    if face is not None:
        axes.imshow(0.35 + 0.6 * luma(face) / 255, cmap="gray", vmin=0, vmax=1)
    for (a, b, value), real in zip(reversed(edges), reversed(found), strict=True):  # the strongest on top
        width = WIDTH_PT[0] + (WIDTH_PT[1] - WIDTH_PT[0]) * min(abs(value) / RANGE, 1.0)
        line = axes.plot(*position[[a, b]].T, color=pair_colour(nodes[a], nodes[b]), linewidth=width, alpha=0.85)[0]
        if not real:
            line.set(linewidth=0.8, linestyle=":")
        elif value < 0:
            line.set_dashes((2.2, 1.2))
        else:
            line.set_solid_capstyle("round")
    axes.scatter(position[:, 0], position[:, 1], s=16, c="white", edgecolors=INK, linewidths=0.8, zorder=3)
    if len(nodes) <= 31:
        for node, (x, y) in zip(nodes, position, strict=True):
            axes.annotate(str(node), (x, y), (0, -4), textcoords="offset points", ha="center", va="top", fontsize=6.5)
    _crop(axes, position)


def _crop(axes: Axes, position: NDArray[np.float64]) -> None:
    """Show a square around the nodes."""
    low, high = position.min(axis=0), position.max(axis=0)
    centre, half = (low + high) / 2, (0.5 + MARGIN) * float((high - low).max())
    axes.set_xlim(centre[0] - half, centre[0] + half)
    axes.set_ylim(centre[1] + half, centre[1] - half)
    axes.set_aspect("equal")


def _strength(learned: LearnedGraphs, stream: str, layer: int, edges: Sequence[tuple[int, int, float]]) -> str:
    """Return the largest value, and how alike the whole matrices of runs of other seeds are."""
    alike = agreement(learned.matrices[stream, layer], learned.seeds)["other seed"]
    return f"up to {abs(edges[0][2]):.3f}" + (f", seeds alike {alike:.2f}" if np.isfinite(alike) else "")


def _novelty(learned: LearnedGraphs, edges: Sequence[tuple[int, int, float]]) -> str:
    """Return how many of the edges the given graph does not have, and the share that chance gives."""
    given = {frozenset(edge) for edge in learned.edges}
    new = sum(frozenset((a, b)) not in given for a, b, _ in edges)
    pairs = learned.nodes * (learned.nodes - 1) // 2
    return f"{new} of {len(edges)} not in the given graph (of all pairs {1 - len(given) / pairs:.0%})"


def _subtitle(learned: LearnedGraphs, face: NDArray[np.uint8] | None) -> str:
    return (
        f"The {STRONGEST} pairs of nodes with the largest |value| of the learnt adjacency, both directions averaged, "
        f"mean over {describe_runs(learned)}.\n"
        "Wider: stronger. Dashed: negative. Dotted: near 0, or runs differ in sign. Alike: correlation of runs of "
        "other seeds." + ("" if face is not None else " No magnified artefact here: no face.")
    )


def _add_legend(axes: Axes) -> None:
    from matplotlib.lines import Line2D

    names = {f"{one} - {other}" if one != other else f"within the {one}": c for (one, other), c in PAIR_COLOURS.items()}
    handles = [
        Line2D([], [], color=c, linewidth=2.5, label=name) for name, c in {**names, "others": OTHER_COLOUR}.items()
    ]
    axes.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.03, 1.0))
