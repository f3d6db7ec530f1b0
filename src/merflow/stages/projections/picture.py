"""Projections: depth, its change from onset to apex, enhanced depth and texture of each view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.drawing.canvas import (
    BOTTOM_IN,
    LEFT_IN,
    MISSING,
    RIGHT_IN,
    TOP_IN,
    add_panel,
    bare,
    fill_colour_bar,
    new_figure,
    show_absent,
    styled,
)
from merflow.drawing.upstream import Upstream, heading

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CHANGE_MM = 2.0
"""Change of depth that the colours reach to, mm."""

HIDDEN = (0xE9, 0xD8, 0xB4, 0xFF)
"""Colour of pixels that the camera could not see, RGBA."""

_PANEL_IN, _GAP_IN, _TITLE_IN, _BAR_IN = 2.1, 0.12, 0.3, 0.8
_FIELDS = ("depth", "enhanced", "texture", "hidden")
_ROWS = ("depth (DPI), onset", "change at the apex", "enhanced (E-DPI), apex", "texture, apex")


@styled
def draw_projections(shard: Shard, clip: str, upstream: Upstream) -> Figure:
    """Draw one clip of a ``projections`` shard."""
    attrs = shard.attrs(clip)
    yaws, apex = [float(yaw) for yaw in attrs["yaws"]], int(attrs["apex"])
    pictures = {name: shard.read(clip, name) for name in _FIELDS if shard.has(clip, name)}
    covered = shard.read(clip, "covered")
    subtitle = (
        f"{len(covered) // len(yaws)} frames, {float(attrs['mm_per_px']):.2f} mm a pixel; the face covers "
        f"{100 * covered.min():.0f} to {100 * covered.max():.0f} % of a picture. Grey: nothing seen."
    )
    if "hidden" in pictures:
        subtitle += f"\nSand: hidden from the camera, up to {100 * pictures['hidden'].mean(axis=(1, 2)).max():.0f} %."
    width = LEFT_IN + len(yaws) * (_PANEL_IN + _GAP_IN) + _BAR_IN + RIGHT_IN
    height = TOP_IN + len(_ROWS) * (_PANEL_IN + _TITLE_IN) + BOTTOM_IN
    figure = new_figure(f"Projections: {heading(shard, clip)}", subtitle, width_in=max(width, 5.5), height_in=height)
    for row, name in enumerate(_ROWS):
        top = TOP_IN + row * (_PANEL_IN + _TITLE_IN)
        image = None
        for column, yaw in enumerate(yaws):
            axes = add_panel(figure, (LEFT_IN + column * (_PANEL_IN + _GAP_IN), top, _PANEL_IN, _PANEL_IN))
            image = _panel(axes, row, pictures, first=column, last=apex * len(yaws) + column)
            title = f"{yaw:+.0f} degrees" if yaw else "front"
            if image is None:
                show_absent(axes, name, "There is no texture.")
            else:
                bare(axes, name if column == 0 else title)
        if row < 2:
            left = LEFT_IN + len(yaws) * (_PANEL_IN + _GAP_IN)
            fill_colour_bar(add_panel(figure, (left, top, 0.12, _PANEL_IN)), image, "mm")
    return figure


def _panel(axes: Axes, row: int, pictures: dict[str, NDArray[Any]], *, first: int, last: int) -> Any:
    """Show one picture of the onset or the apex; None where there is none."""
    depth = pictures["depth"]
    axes.set_facecolor(MISSING)
    if "hidden" in pictures:
        axes.imshow(pictures["hidden"][first if row == 0 else last][..., None] * np.array(HIDDEN, dtype=np.uint8))
    if row == 0:
        return axes.imshow(depth[first], cmap="cividis", vmin=np.nanmin(depth), vmax=np.nanmax(depth))
    if row == 1:
        return axes.imshow(depth[last] - depth[first], cmap="RdBu_r", vmin=-CHANGE_MM, vmax=CHANGE_MM)
    if row == 2:
        return axes.imshow(np.ma.masked_equal(pictures["enhanced"][last], 0), cmap="gray")
    if "texture" not in pictures:
        return None
    shown = np.isfinite(depth[last])
    return axes.imshow(np.dstack([pictures["texture"][last], np.where(shown, 255, 0).astype(np.uint8)]))
