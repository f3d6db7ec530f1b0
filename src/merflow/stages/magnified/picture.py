"""Magnified: the apex before and after magnification, its difference from the onset, and close-ups."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from merflow.drawing.upstream import Upstream, frame_index, heading, onset_face_mask
from merflow.imaging.luma import luma
from merflow.stages.magnified.before import apex_before

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Image = NDArray[np.uint8]

DIFFERENCE_RANGE = 40
"""Grey levels at the ends of both difference maps, as in the picture of the faces."""

CLOSE_UP_PX = 56
"""Side of a close-up, aligned px: a brow or a corner of the mouth."""

SMOOTH_SD_PX = 8.0
"""Differences are averaged over this width to find where most changes, so that no single hair decides."""

RIM_PX = 10
"""What lies this near to the face's outline does not count: a head that turned shows hair and background there."""

COLOURS = ("#d1495b", "#2e6f95")
"""Boxes of the two close-ups."""

PANEL_IN, GAP_IN, TITLE_IN, BAR_IN = 2.9, 0.2, 0.35, 0.75
CLOSE_UP_IN = (PANEL_IN - 0.1) / 2
DIFFERENCE_IN = (PANEL_IN + CLOSE_UP_IN) / 2


@styled
def draw_magnified(shard: Shard, clip: str, upstream: Upstream) -> Figure:
    """Draw one clip of a ``magnified`` shard, the apex before magnification from its ``faces`` shard."""
    attrs = shard.attrs(clip)
    images = shard.read(clip, "magnified_color")
    onset, apex = (frame_index(list(attrs["roles"]), role) for role in ("onset", "apex"))
    return plot_magnified(
        images[onset],
        images[apex],
        apex_before(shard, upstream, clip),
        onset_face_mask(upstream, clip),
        factor=float(attrs["factor"]),
        title=f"Motion magnification, onset to {attrs['roles'][apex] or 'last frame'}: {heading(shard, clip)}",
    )


@styled
def plot_magnified(
    onset: Image,
    magnified: Image,
    before: Image | None,
    mask: NDArray[np.bool_] | None = None,
    *,
    factor: float,
    title: str,
) -> Figure:
    """Draw onset, apex and magnified apex, two close-ups of each, and both differences from the onset.

    Parameters
    ----------
    onset, magnified : ndarray of shape (S, S, 3), uint8
    before : ndarray of shape (S, S, 3), uint8, or None
        The apex before magnification, head motion taken off; None says so in its place.
    mask : ndarray of shape (S, S), bool, optional
        The face: close-ups are taken inside it only.
    factor : float
        How many times as large the motion was to become.
    title : str
    """
    subtitle = (
        f"Motion since the onset x {factor:g}; head motion is taken off. Boxes: the two places that change most.\n"
        f"Right: brightness minus that of the onset, both full at {DIFFERENCE_RANGE} grey levels."
    )
    width = LEFT_IN + 3 * (PANEL_IN + GAP_IN) + DIFFERENCE_IN + BAR_IN
    height = TOP_IN + 0.2 + PANEL_IN + TITLE_IN + CLOSE_UP_IN + 0.2
    figure = new_figure(title, subtitle, width_in=width, height_in=height)
    shown = {"onset": onset, "apex": before, f"apex, motion x {factor:g}": magnified}
    centres = busiest_places(onset, magnified, mask)
    for column, (name, image) in enumerate(shown.items()):
        axes = add_panel(figure, (LEFT_IN + column * (PANEL_IN + GAP_IN), TOP_IN + 0.2, PANEL_IN, PANEL_IN))
        _show_framed(axes, image, name, centres)
    _close_ups(figure, shown, centres)
    _differences(figure, onset, {f"apex x {factor:g} minus onset": magnified, "apex minus onset": before})
    return figure


def busiest_places(onset: Image, changed: Image, mask: NDArray[np.bool_] | None = None) -> list[tuple[int, int]]:
    """Return the centres (x, y) of the two close-ups: where a picture differs most, and where most beside that.

    Parameters
    ----------
    onset, changed : ndarray of shape (S, S, 3), uint8
    mask : ndarray of shape (S, S), bool, optional
        Where to look.

    Returns
    -------
    list of tuple of int
        A close-up around each lies wholly in the picture, and the two do not overlap.
    """
    from scipy.ndimage import binary_erosion, gaussian_filter

    side = close_up_px(len(onset))
    half = side // 2
    change = np.abs(luma(changed) - luma(onset))
    if mask is not None:
        change = np.where(binary_erosion(mask, iterations=RIM_PX), change, 0.0)
    change = gaussian_filter(change, SMOOTH_SD_PX)
    free = np.full(change.shape, -1.0)
    free[half:-half, half:-half] = change[half:-half, half:-half]
    centres = []
    for _ in COLOURS:
        row, column = (int(i) for i in np.unravel_index(np.argmax(free), free.shape))
        centres.append((column, row))
        free[max(row - side, 0) : row + side, max(column - side, 0) : column + side] = -1.0
    return centres


def close_up_px(size_px: int) -> int:
    """Return the side of a close-up: less on a small face, where two that do not overlap must find place."""
    return min(CLOSE_UP_PX, size_px // 4)


def _show_framed(axes: Axes, image: Image | None, title: str, centres: list[tuple[int, int]]) -> None:
    """Show a whole face and where its close-ups are taken."""
    if image is None:
        show_absent(axes, title, "no faces artefact here")
        return
    show_image(axes, image, title)
    for (x, y), colour in zip(centres, COLOURS, strict=True):
        half = close_up_px(len(image)) // 2
        left, right, top, bottom = x - half - 0.5, x + half - 0.5, y - half - 0.5, y + half - 0.5
        corners = ([left, right, right, left, left], [top, top, bottom, bottom, top])
        axes.plot(*corners, color=colour, linewidth=1.4)


def _close_ups(figure: Figure, shown: dict[str, Image | None], centres: list[tuple[int, int]]) -> None:
    """Show both places below each picture, in the colours of their boxes."""
    for place, ((x, y), colour) in enumerate(zip(centres, COLOURS, strict=True)):
        for column, (name, image) in enumerate(shown.items()):
            left = LEFT_IN + column * (PANEL_IN + GAP_IN) + place * (CLOSE_UP_IN + 0.1)
            axes = add_panel(figure, (left, TOP_IN + 0.2 + PANEL_IN + TITLE_IN, CLOSE_UP_IN, CLOSE_UP_IN))
            title = "" if place else f"{name}: close-ups"
            if image is None:
                show_absent(axes, title, "")
                continue
            half = close_up_px(len(image)) // 2
            show_image(axes, image[y - half : y + half, x - half : x + half], title)
            for side in axes.spines.values():
                side.set_edgecolor(colour)
                side.set_linewidth(1.6)


def _differences(figure: Figure, onset: Image, changed: dict[str, Image | None]) -> None:
    left = LEFT_IN + 3 * (PANEL_IN + GAP_IN)
    limits = (-DIFFERENCE_RANGE, DIFFERENCE_RANGE)
    for row, (name, image) in enumerate(changed.items()):
        axes = add_panel(figure, (left, TOP_IN + 0.2 + row * (DIFFERENCE_IN + TITLE_IN), DIFFERENCE_IN, DIFFERENCE_IN))
        if image is None:
            show_absent(axes, name, "no faces artefact here")
            continue
        mappable = show_image(axes, luma(image) - luma(onset), name, cmap="PuOr_r", limits=limits)
        colour_bar(axes, mappable, "brightness change, grey levels")
