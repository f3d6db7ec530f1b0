"""LBP-TOP: the blocks on the face, how much of each changes in time, and the histograms of all blocks."""

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
from merflow.stages.lbp_top.moving import moving_share, settings_told
from merflow.stages.lbp_top.ring import PLANES
from merflow.stages.lbp_top.settings import LbpTopSettings

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOVING_RANGE = (0.0, 100.0)
"""Per cent of the pixels at the ends of the maps: the background of the demo's clips has 12 to 81 %."""

MOST_SHARE = 20.0
"""Per cent of a block's pixels at the end of the histograms' colour map."""

PANEL_IN, BAR_IN, GAP_IN, WIDE_IN = 2.5, 0.95, 0.5, 3.1
LINE = "#ffd166"


@styled
def draw_lbp_top(shard: Shard, clip: str, upstream: Upstream) -> Figure:
    """Draw one clip of a ``lbp_top`` shard; the face comes from its ``faces`` shard."""
    return plot_lbp_top(
        shard.read(clip, "histogram"),
        aligned_face(upstream, clip, "onset"),
        settings_told(shard),
        attrs=shard.attrs(clip),
        title=f"LBP-TOP: {heading(shard, clip)}",
    )


@styled
def plot_lbp_top(
    histogram: NDArray[Any],
    face: NDArray[np.uint8] | None,
    settings: LbpTopSettings,
    *,
    attrs: dict[str, Any],
    title: str,
) -> Figure:
    """Draw the histograms of a clip.

    Parameters
    ----------
    histogram : ndarray of shape (blocks, blocks, 3, patterns)
    face : ndarray of shape (S, S, 3), uint8, or None
        Aligned onset; None says that there is none.
    settings : LbpTopSettings
        Reads ``neighbours``, ``patterns`` and ``overlap``.
    attrs : dict
        ``n_frames`` and ``notes`` of the clip.
    title : str
    """
    blocks = len(histogram)
    subtitle = (
        f"{attrs['n_frames']} frames, {blocks}x{blocks} blocks, {settings.neighbours} neighbours; "
        f"{attrs['notes'] or 'no notes'}.\nMaps: pixels whose pattern is not the same before and after. "
        "Below: rows are blocks from above; columns are patterns, the last all that are not uniform."
    )
    step = PANEL_IN + BAR_IN
    figure = new_figure(
        title, subtitle, width_in=LEFT_IN + 3 * step + 0.3, height_in=TOP_IN + PANEL_IN + GAP_IN + WIDE_IN + 0.75
    )
    top = TOP_IN + 0.25
    _show_blocks(add_panel(figure, (LEFT_IN, top, PANEL_IN, PANEL_IN)), face, blocks, settings.overlap)
    for column, plane in enumerate((1, 2), start=1):
        axes = add_panel(figure, (LEFT_IN + column * step, top, PANEL_IN, PANEL_IN))
        _show_moving(axes, histogram[:, :, plane], settings, f"{PLANES[plane]}: what changes in time")
    for plane, name in enumerate(PLANES):
        axes = add_panel(figure, (LEFT_IN + plane * step, top + PANEL_IN + GAP_IN, PANEL_IN, WIDE_IN))
        rows = 100 * np.asarray(histogram[:, :, plane], dtype=np.float64).reshape(blocks**2, -1)
        mappable = show_image(axes, rows, f"{name}: histograms", cmap="magma", limits=(0.0, MOST_SHARE))
        axes.set_aspect("auto")
        colour_bar(axes, mappable, "% of a block's pixels")
    return figure


def _show_blocks(axes: Axes, face: NDArray[np.uint8] | None, blocks: int, overlap: float) -> None:
    """Show the onset and the edges of the blocks."""
    if face is None:
        show_absent(axes, "aligned onset", "no faces artefact here")
        return
    show_image(axes, face, "aligned onset, blocks")
    for edge in np.unique(block_spans(len(face), blocks, overlap=overlap))[1:-1]:
        axes.axhline(edge - 0.5, color=LINE, linewidth=0.7)
        axes.axvline(edge - 0.5, color=LINE, linewidth=0.7)


def _show_moving(axes: Axes, histogram: NDArray[Any], settings: LbpTopSettings, title: str) -> None:
    """Show the share of each block that changes in time."""
    share = moving_share(histogram, settings)
    if share is None:
        show_absent(axes, title, "all patterns have columns of their own:\nnot summed up here")
        return
    mappable = show_image(axes, 100 * share, title, cmap="viridis", limits=MOVING_RANGE)
    colour_bar(axes, mappable, "% of a block's pixels")
