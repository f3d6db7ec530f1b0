"""HOOF: the directions of motion of each block, on the face and as rows of bins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.drawing.canvas import (
    LEFT_IN,
    TOP_IN,
    add_panel,
    colour_bar,
    new_figure,
    show_absent,
    show_image,
    styled,
)
from merflow.drawing.upstream import Upstream, aligned_face, heading
from merflow.imaging.blocks import block_spans

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANEL_IN, BAR_IN = 3.6, 0.95
RAY, LINE = "#d1495b", "#ffd166"

LONGEST = 0.48
"""Length of the longest ray of the picture, in blocks."""


@styled
def draw_hoof(shard: Shard, clip: str, upstream: Upstream) -> Figure:
    """Draw one clip of a ``hoof`` shard; the face comes from its ``faces`` shard."""
    return plot_hoof(
        shard.read(clip, "histogram"),
        aligned_face(upstream, clip, "onset"),
        shard.read(clip, "pairs"),
        symmetric=bool(shard.params.get("symmetric", True)),
        notes=str(shard.attrs(clip)["notes"]),
        title=f"HOOF: {heading(shard, clip)}",
    )


@styled
def plot_hoof(
    histogram: NDArray[Any],
    face: NDArray[np.uint8] | None,
    pairs: NDArray[np.integer],
    *,
    symmetric: bool,
    notes: str = "",
    title: str,
) -> Figure:
    """Draw the histograms of a clip, mean over its pairs of frames.

    Parameters
    ----------
    histogram : ndarray of shape (pairs, blocks, blocks, bins)
    face : ndarray of shape (S, S, 3), uint8, or None
        Aligned onset; None says that there is none.
    pairs : ndarray of shape (n, 2)
        Frames of the sequence that flow was measured between.
    symmetric : bool
        Whether bins hold motion to the right and to the left: rays then point to both sides.
    notes : str
        Of the clip.
    title : str
    """
    mean = np.asarray(histogram, dtype=np.float64).mean(axis=0)
    blocks, bins = len(mean), mean.shape[-1]
    measured = f"frames {pairs[0][0]} to {pairs[0][1]}" if len(pairs) == 1 else f"mean of {len(pairs)} pairs of frames"
    sides = "motion left counts as right" if symmetric else "all directions"
    subtitle = (
        f"{blocks}x{blocks} blocks, {bins} bins, {sides}; flow of {measured}; "
        f"{notes or 'no notes'}.\nRays: share of the motion of a block by its direction, from the middle of the block; "
        "the longest of the picture is half a block."
    )
    width = LEFT_IN + 2 * (PANEL_IN + BAR_IN) + 0.6
    figure = new_figure(title, subtitle, width_in=max(width, 10.0), height_in=TOP_IN + PANEL_IN + 0.6)
    axes = add_panel(figure, (LEFT_IN, TOP_IN + 0.25, PANEL_IN, PANEL_IN))
    _show_rays(axes, face, mean, symmetric=symmetric)
    axes = add_panel(figure, (LEFT_IN + PANEL_IN + 0.5, TOP_IN + 0.25, PANEL_IN, PANEL_IN))
    rows = mean.reshape(blocks**2, bins)
    mappable = show_image(axes, rows, "rows: blocks from above; columns: bins from up, clockwise", cmap="magma")
    axes.set_aspect("auto")
    colour_bar(axes, mappable, "share of the motion, or px where not normalised")
    return figure


def ray_ends(mean: NDArray[np.float64], *, symmetric: bool) -> NDArray[np.float64]:
    """Return where rays end, from the middle of their block and in blocks, (blocks, blocks, rays, 2) as (x, y).

    Parameters
    ----------
    mean : ndarray of shape (blocks, blocks, bins)
    symmetric : bool
        Bins from up to down on the right: each has a second ray to the left. By hand: of 2 symmetric bins the first
        points up and right, at 45 degrees, and up and left.
    """
    bins = mean.shape[-1]
    around = np.pi if symmetric else 2 * np.pi
    angle = -np.pi / 2 + (np.arange(bins) + 0.5) * around / bins
    ends = np.stack([mean * np.cos(angle), mean * np.sin(angle)], axis=-1)
    if symmetric:
        ends = np.concatenate([ends, ends * (-1, 1)], axis=-2)
    return ends * (LONGEST / max(float(mean.max()), np.finfo(np.float64).tiny))


def _show_rays(axes: Axes, face: NDArray[np.uint8] | None, mean: NDArray[np.float64], *, symmetric: bool) -> None:
    """Draw the rays of each block over the onset."""
    from matplotlib.collections import LineCollection

    if face is None:
        show_absent(axes, "directions of motion", "no faces artefact here")
        return
    show_image(axes, face, "directions of motion, on the aligned onset")
    spans = block_spans(len(face), len(mean))
    for edge in spans[1:, 0]:
        axes.axhline(edge - 0.5, color=LINE, linewidth=0.7)
        axes.axvline(edge - 0.5, color=LINE, linewidth=0.7)
    side = len(face) / len(mean)
    middle = spans.mean(axis=1) - 0.5
    start = np.stack(np.meshgrid(middle, middle), axis=-1)[:, :, None]
    ends = start + ray_ends(mean, symmetric=symmetric) * side
    rays = np.stack([np.broadcast_to(start, ends.shape), ends], axis=-2).reshape(-1, 2, 2)
    axes.add_collection(LineCollection(list(rays), colors=RAY, linewidths=1.1), autolim=False)
