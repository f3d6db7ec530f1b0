"""Regions: the points that the network sees, where they lie on the apex face, how they move, and how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.drawing.canvas import (
    INK,
    LEFT_IN,
    MUTED,
    TOP_IN,
    add_panel,
    bare,
    new_figure,
    open_axes,
    styled,
)
from merflow.drawing.upstream import Upstream, aligned_face, heading
from merflow.imaging.luma import luma
from merflow.stages.regions.face_regions import REGION_NAMES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

REGION_COLOURS = ("#0072b2", "#d55e00", "#56b4e9", "#e69f00", "#cc79a7", "#f0e442", "#009e73", "#000000")
"""Distinct also to colour-blind eyes (after P. Tol's schemes); left and right of a pair differ."""
CHANNEL_RANGES = (1.5, 1.5, 0.5)
"""|u|, |v| (aligned px) and |dz| (mm) of full red, green and blue."""

PANEL_IN, GAP_IN, BARS_IN = 3.3, 0.25, 2.7


@styled
def draw_regions(shard: Shard, clip: str, upstream: Upstream) -> Figure:
    """Draw one clip of a ``regions`` shard over the aligned apex of its ``faces`` shard."""
    return plot_regions(
        shard.read(clip, "points"),
        shard.read(clip, "aligned_xy"),
        shard.read(clip, "count"),
        aligned_face(upstream, clip, "apex"),
        title=f"Eight regions of the apex: {heading(shard, clip)}",
    )


@styled
def plot_regions(
    points: NDArray[Any], aligned_xy: NDArray[Any], count: NDArray[Any], face: NDArray[np.uint8] | None, *, title: str
) -> Figure:
    """Draw the selected points by region, their motion by channel, and the counts.

    Parameters
    ----------
    points : ndarray of shape (8, K, 6)
        x, y, z, u, v, dz; the last three are drawn.
    aligned_xy : ndarray of shape (8, K, 2), aligned px
    count : ndarray of shape (8,)
        Points that each region really has.
    face : ndarray of shape (S, S, 3), uint8, or None
        Aligned apex; None draws on white and says so.
    title : str
    """
    u, _, z = CHANNEL_RANGES
    samples = points.shape[1]
    subtitle = (
        f"{samples} points of each region. Motion: red |u|, green |v|, blue |dz|, as in the paper; "
        f"full at {u:g} px, {u:g} px, {z:g} mm; what moves the other way is black.\n"
    )
    subtitle += "Left and right are sides of the image." + (
        "" if face is not None else "  No faces artefact here: drawn without the face."
    )
    width = LEFT_IN + 3 * (PANEL_IN + GAP_IN) + BARS_IN + 1.25
    figure = new_figure(title, subtitle, width_in=width, height_in=TOP_IN + PANEL_IN + 0.6)
    boxes = [(LEFT_IN + i * (PANEL_IN + GAP_IN), TOP_IN + 0.2, PANEL_IN, PANEL_IN) for i in range(3)]
    show_regions(add_panel(figure, boxes[0]), aligned_xy, face, "selected points")
    motion = np.asarray(points, dtype=np.float64)[..., 3:]
    show_channels(add_panel(figure, boxes[1]), motion, aligned_xy, face, "motion right, down, away")
    show_channels(add_panel(figure, boxes[2]), -motion, aligned_xy, face, "motion left, up, nearer")
    left = LEFT_IN + 3 * (PANEL_IN + GAP_IN) + 1.1
    show_counts(add_panel(figure, (left, TOP_IN + 0.2, BARS_IN, PANEL_IN)), count, samples)
    return figure


def show_regions(axes: Axes, aligned_xy: NDArray[Any], face: NDArray[np.uint8] | None, title: str) -> None:
    """Show the points of each region in its colour over the grey face."""
    _show_backdrop(axes, aligned_xy, face)
    for positions, colour in zip(aligned_xy, REGION_COLOURS, strict=True):
        axes.scatter(positions[:, 0], positions[:, 1], s=2.2, c=colour, linewidths=0)
    bare(axes, title)


def show_channels(
    axes: Axes, motion: NDArray[Any], aligned_xy: NDArray[Any], face: NDArray[np.uint8] | None, title: str
) -> None:
    """Show motion (8, K, 3) as red, green and blue of each point; negative values are black."""
    _show_backdrop(axes, aligned_xy, face)
    colours = np.clip(motion / np.asarray(CHANNEL_RANGES), 0, 1).reshape(-1, 3)
    positions = aligned_xy.reshape(-1, 2)
    axes.scatter(positions[:, 0], positions[:, 1], s=2.2, c=colours, linewidths=0)
    bare(axes, title)


def show_counts(axes: Axes, count: NDArray[Any], samples: int) -> None:
    """Show how many points each region has, with the line of how many are taken; also the legend of the colours."""
    rows = np.arange(len(REGION_NAMES))
    axes.barh(rows, count, color=REGION_COLOURS, height=0.7)
    axes.axvline(samples, color=INK, linewidth=1, linestyle="--")
    axes.set_xlim(0, 1.18 * max(int(np.max(count)), samples))
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(rows, REGION_NAMES)
    for row, number in enumerate(np.asarray(count).tolist()):
        short = number < samples
        label = f" {number:,}" + ("  repeats" if short else "")
        axes.text(number, row, label, va="center", fontsize=7.5, color="#b3261e" if short else MUTED)
    axes.set_title(f"points; dashed: {samples} taken")
    axes.set_xlabel("points inside the region")
    open_axes(axes, grid="x", left=False)
    axes.tick_params(axis="y", length=0, labelsize=9, labelcolor=INK)


def _show_backdrop(axes: Axes, aligned_xy: NDArray[Any], face: NDArray[np.uint8] | None) -> None:
    if face is None:
        size = float(np.ceil(np.max(aligned_xy))) + 8
        axes.set_xlim(0, size)
        axes.set_ylim(size, 0)
        axes.set_aspect("equal")
        return
    grey = 0.25 + 0.6 * luma(face) / 255
    axes.imshow(grey, cmap="gray", vmin=0, vmax=1)
    axes.set_xlim(-0.5, face.shape[1] - 0.5)
    axes.set_ylim(face.shape[0] - 0.5, -0.5)
