"""Flow images: u, v and optical strain in their units, and as the network sees them, each pixel a square."""

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
from merflow.stages.flow_images.images import CHANNELS, raw_values

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LABELS = (
    "u, aligned px  (red: right, blue: left)",
    "v, aligned px  (red: down, blue: up)",
    "optical strain, % of length",
)
"""Of the colour bars of the channels in their units."""

MIN_RANGE_PX, MIN_RANGE_PERCENT = 0.2, 1.0
"""Ends of the colour maps when all values are smaller: a clip without motion looks like one."""

PANEL_IN, BAR_IN, ROW_GAP_IN = 2.5, 0.95, 0.45


@styled
def draw_flow_images(shard: Shard, clip: str, upstream: Upstream) -> Figure:
    """Draw one clip of a ``flow_images`` shard beside the onset of its ``faces`` shard."""
    return plot_flow_image(
        shard.read(clip, "image"),
        shard.read(clip, "range"),
        aligned_face(upstream, clip, "onset"),
        notes=str(shard.attrs(clip)["notes"]),
        title=f"Flow image, onset to apex: {heading(shard, clip)}",
    )


@styled
def plot_flow_image(
    image: NDArray[Any], bounds: NDArray[Any], face: NDArray[np.uint8] | None, *, notes: str = "", title: str
) -> Figure:
    """Draw the channels of a flow image.

    Parameters
    ----------
    image : ndarray of shape (size, size, 3)
        u, v and strain in [0, 1].
    bounds : ndarray of shape (3, 2)
        What 0 and 1 stand for; NaN for a picture that came ready, whose units nobody knows: that row is left out.
    face : ndarray of shape (S, S, 3), uint8, or None
        Aligned onset; None says that there is none.
    notes : str
        Of the clip.
    title : str
    """
    known = bool(np.isfinite(bounds).all())
    subtitle = (
        f"{image.shape[0]}x{image.shape[1]} px, enlarged without smoothing. "
        f"{'Above: in units. Below: what' if known else 'What'} the network sees, each channel scaled into 0 to 1."
        f"\n{notes[:1].upper() + notes[1:] + '.' if notes else ''}"
    )
    step = PANEL_IN + BAR_IN
    width = LEFT_IN + 4 * step - BAR_IN / 2
    height = TOP_IN + (1 + known) * (PANEL_IN + ROW_GAP_IN) + 0.1
    figure = new_figure(title, subtitle, width_in=width, height_in=height)
    rows = [TOP_IN + 0.25 + row * (PANEL_IN + ROW_GAP_IN) for row in range(1 + known)]
    columns = [LEFT_IN + column * step - 0.6 * (column > 0) for column in range(4)]
    axes = add_panel(figure, (columns[0], rows[0], PANEL_IN, PANEL_IN))
    if face is None:
        show_absent(axes, "aligned onset", "no faces artefact here")
    else:
        show_image(axes, face, "aligned onset")
    if known:
        _show_units(figure, raw_values(image, bounds), columns[1:], rows[0])
        axes = add_panel(figure, (columns[0], rows[1], PANEL_IN, PANEL_IN))
        show_image(axes, np.asarray(image, dtype=np.float64), "all three as red, green, blue")
    _show_scaled(figure, image, columns[1:], rows[-1])
    return figure


def _show_units(figure: Figure, values: NDArray[np.float64], columns: list[float], top: float) -> None:
    """Show u and v in one scale about their rest, and strain from 0."""
    shown = [values[0], values[1], 100 * values[2]]
    both = max(float(np.abs(values[:2]).max()), MIN_RANGE_PX)
    limits = [(-both, both), (-both, both), (0.0, max(float(shown[2].max()), MIN_RANGE_PERCENT))]
    for channel, name in enumerate(CHANNELS):
        axes = add_panel(figure, (columns[channel], top, PANEL_IN, PANEL_IN))
        colours = "viridis" if name == "strain" else "RdBu_r"
        mappable = show_image(axes, shown[channel], name, cmap=colours, limits=limits[channel])
        colour_bar(axes, mappable, LABELS[channel])


def _show_scaled(figure: Figure, image: NDArray[Any], columns: list[float], top: float) -> None:
    """Show each channel in grey from 0 to 1."""
    for channel, name in enumerate(CHANNELS):
        axes = add_panel(figure, (columns[channel], top, PANEL_IN, PANEL_IN))
        mappable = show_image(axes, image[..., channel], f"{name}, scaled", cmap="gray", limits=(0.0, 1.0))
        colour_bar(axes, mappable, "network input, 1")
