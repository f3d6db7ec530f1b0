"""Graphs: nodes and edges on the onset face, and how far each node has moved at apex and offset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.drawing.canvas import INK, LEFT_IN, TOP_IN, add_panel, bare, new_figure, styled
from merflow.drawing.upstream import Upstream, aligned_face, find_field, frame_index, heading

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ARROW_GAIN = 3.0
"""Arrows are drawn this many times as long as the motion: magnified motion reaches 9 px."""

LISTED = 14
"""Nodes in the list of motions: those that move farthest at the apex."""

EDGE, NODE, COPY, ARROW = "#ffffff", "#19d3a2", "#ffd23f", "#e4003a"
PANEL_IN, GAP_IN, LIST_IN = 3.3, 0.2, 1.9

Images = tuple[NDArray[np.uint8] | None, ...]


@styled
def draw_graphs(shard: Shard, clip: str, upstream: Upstream) -> Figure:
    """Draw one clip of a ``graphs`` shard over the frames that its landmarks were found on."""
    copies = shard.read(clip, "copies") if shard.has(clip, "copies") else None
    return plot_graph(
        shard.read(clip, "position"),
        shard.read(clip, "node"),
        shard.read(clip, "edge_index"),
        graph_frames(upstream, clip, shard.attrs(clip)["roles"]),
        copies=copies,
        interocular_px=shard.attrs(clip)["interocular_px"],
        size_px=shard.attrs(clip)["aligned_size"],
        title=f"Landmark graph: {heading(shard, clip)}",
    )


def graph_frames(upstream: Upstream, clip: str, roles: list[str]) -> Images:
    """Return the picture behind each frame: magnified where that shard is there, else as aligned, else None."""
    magnified = find_field(upstream, "magnified", clip, "magnified_color")
    if magnified is None:
        return tuple(aligned_face(upstream, clip, role) for role in roles)
    found = upstream["magnified"].attrs(clip)["roles"]
    return tuple(np.asarray(magnified[frame_index(found, role)], dtype=np.uint8) for role in roles)


@styled
def plot_graph(
    position: NDArray[Any],
    landmarks: NDArray[Any],
    edge_index: NDArray[Any],
    frames: Images,
    *,
    copies: NDArray[Any] | None = None,
    interocular_px: float,
    size_px: int,
    title: str,
) -> Figure:
    """Draw the graph within the onset, and the motion of its nodes at apex and offset.

    Parameters
    ----------
    position : ndarray of shape (3, N, 2)
        Nodes on onset, apex and offset, aligned px.
    landmarks : ndarray of shape (N,)
        0-based dlib number of each node.
    edge_index : ndarray of shape (2, E)
        As in the artefact; edges within the onset are drawn.
    frames : tuple of 3 ndarrays of shape (S, S, 3), uint8, or None
        Picture behind each panel; None draws on grey and says so.
    copies : ndarray of shape (K, 3, N, 2), optional
        Altered copies for training, drawn as dots on the onset.
    interocular_px : float
        Distance of the eyes, the unit of the features.
    size_px : int
        Side of the aligned face.
    title : str
    """
    subtitle = (
        "Left: nodes by their dlib number, edges within a frame; each node is also joined to itself in the next frame."
        f"\nArrows: motion since the onset, {ARROW_GAIN:g} times as long as it is. {_behind(frames)}"
    )
    width, height = LEFT_IN + 3 * (PANEL_IN + GAP_IN) + LIST_IN, TOP_IN + PANEL_IN + 0.5
    figure = new_figure(title, subtitle, width_in=width, height_in=height)
    names = ("onset, nodes and edges" + _copies_text(copies), "onset to apex", "onset to offset")
    for column, name in enumerate(names):
        axes = add_panel(figure, (LEFT_IN + column * (PANEL_IN + GAP_IN), TOP_IN + 0.2, PANEL_IN, PANEL_IN))
        show_frame(axes, frames[column], size_px, name)
        if column == 0:
            _draw_onset(axes, position[0], landmarks, edge_index, copies)
        else:
            draw_arrows(axes, position[0], position[column] - position[0])
    figure.text(
        (LEFT_IN + 3 * (PANEL_IN + GAP_IN)) / width,
        1 - (TOP_IN + 0.2) / height,
        motion_list(position, landmarks, interocular_px),
        fontsize=7.5,
        family="DejaVu Sans Mono",
        color=INK,
        va="top",
    )
    return figure


def show_frame(axes: Axes, frame: NDArray[np.uint8] | None, size_px: int, title: str) -> None:
    """Show a frame, darkened so that lines stand out, or grey where there is none."""
    behind = np.full((size_px, size_px, 3), 150, np.uint8) if frame is None else (frame * 0.8).astype(np.uint8)
    axes.imshow(behind)
    axes.set_xlim(-0.5, size_px - 0.5)
    axes.set_ylim(size_px - 0.5, -0.5)
    bare(axes, title)


def draw_arrows(axes: Axes, start: NDArray[Any], motion: NDArray[Any]) -> None:
    """Draw the motion (N, 2) of points (N, 2), enlarged, and the points that it starts from."""
    axes.scatter(start[:, 0], start[:, 1], s=10, c=NODE, edgecolors=INK, linewidths=0.4, zorder=3)
    axes.quiver(
        *start.T, *motion.T, angles="xy", scale_units="xy", scale=1 / ARROW_GAIN,
        width=0.006, headwidth=3.6, headlength=4, headaxislength=3.6, minlength=0, color=ARROW, zorder=4,
    )  # fmt: skip


def motion_list(position: NDArray[Any], landmarks: NDArray[Any], interocular_px: float) -> str:
    """Return the lengths of motion, aligned px, of the nodes that move farthest at the apex, in falling order."""
    length = np.linalg.norm(np.asarray(position[1:], dtype=np.float64) - position[0], axis=-1)
    order = np.argsort(-length[0], kind="stable")[:LISTED]
    lines = ["motion, aligned px", f"{'landmark':<9}{'apex':>6}{'offset':>8}"]
    lines += [f"{landmarks[node]:<9}{length[0, node]:6.2f}{length[1, node]:8.2f}" for node in order]
    if len(order) < len(landmarks):
        lines.append(f"... of {len(landmarks)} nodes")
    return "\n".join([*lines, "", "distance of eyes", f"{interocular_px:.1f} aligned px"])


def _draw_onset(
    axes: Axes, nodes: NDArray[Any], landmarks: NDArray[Any], edge_index: NDArray[Any], copies: NDArray[Any] | None
) -> None:
    first, second = edge_index[:, (edge_index < len(nodes)).all(axis=0)]
    for a, b in zip(first, second, strict=True):
        if a < b:
            axes.plot(*nodes[[a, b]].T, color=EDGE, linewidth=1.1, alpha=0.9, solid_capstyle="round")
    if copies is not None:
        x, y = copies[:, 0].reshape(-1, 2).T
        axes.scatter(x, y, s=3, c=COPY, edgecolors=INK, linewidths=0.2, zorder=4)
    size = 16 if len(nodes) < 40 else 7
    axes.scatter(nodes[:, 0], nodes[:, 1], s=size, c=NODE, edgecolors=INK, linewidths=0.4, zorder=3)
    if len(nodes) < 40:  # the numbers of 68 would hide the face
        for number, (x, y) in zip(landmarks, nodes, strict=True):
            axes.annotate(str(number), (x, y), (2.5, 2.5), textcoords="offset points", fontsize=6, color="#ffffff")


def _behind(frames: Images) -> str:
    if any(frame is None for frame in frames):
        return "No magnified and no faces artefact here: no face is drawn."
    return "Behind: the frames that the landmarks were found on."


def _copies_text(copies: NDArray[Any] | None) -> str:
    return "" if copies is None else f"; yellow: {len(copies)} copies"
