"""Flow colours: the wheel of Baker et al. (2011), hue = direction, saturation = length.

Source: S. Baker et al., "A Database and Evaluation Methodology for Optical Flow", IJCV 92 (2011), figure 1: 55 hues,
spaced as the eye tells them apart. By hand, v pointing down: right (1, 0) is red, down (0, 1) yellow, left (-1, 0)
blue-cyan, up (0, -1) violet, rest (0, 0) white; longer than the range is darkened to three quarters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from merflow.imaging.luma import luma

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RANGE_PX = 2.0
"""Length of full saturation in aligned px: micro-expressions move skin by 0.3 to 3 px on a face of 256 px."""

_SEGMENTS = ((15, 0, 1, 1), (6, 1, 0, -1), (4, 1, 2, 1), (11, 2, 1, -1), (13, 2, 0, 1), (6, 0, 2, -1))
"""Length of each arc of the wheel, its dominant channel, the channel that changes, and whether it rises or falls."""


def colour_wheel() -> NDArray[np.float64]:
    """Return the 55 hues (55, 3) in [0, 1]: red, yellow, green, cyan, blue, magenta, and back."""
    arcs = []
    for steps, dominant, changing, sign in _SEGMENTS:
        ramp = np.floor(255 * np.arange(steps) / steps) / 255
        arc = np.zeros((steps, 3))
        arc[:, dominant] = 1.0
        arc[:, changing] = ramp if sign > 0 else 1 - ramp
        arcs.append(arc)
    return np.concatenate(arcs)


def flow_to_rgb(flow: NDArray[Any], *, range_px: float = RANGE_PX) -> NDArray[np.uint8]:
    """Colour a flow field.

    Parameters
    ----------
    flow : ndarray of shape (2, H, W), px
        u right, v down.
    range_px : float
        Length of full saturation.

    Returns
    -------
    ndarray of shape (H, W, 3), uint8
        White where nothing moves, mid grey where the flow is not finite.
    """
    u, v = np.asarray(flow, dtype=np.float64) / range_px
    known = np.isfinite(u) & np.isfinite(v)
    u, v = np.where(known, u, 0.0), np.where(known, v, 0.0)
    length = np.hypot(u, v)[..., None]
    wheel = colour_wheel()
    # Adding 0.0 turns -0.0 into 0.0: both mean the same direction, but not to arctan2.
    position = (np.arctan2(-v + 0.0, -u + 0.0) / np.pi + 1) / 2 * (len(wheel) - 1)
    position = np.where((v == 0) & (u > 0), 0.0, position)
    first = np.floor(position).astype(int)
    share = (position - first)[..., None]
    hue = (1 - share) * wheel[first] + share * wheel[(first + 1) % len(wheel)]
    colour = np.where(length <= 1, 1 - length * (1 - hue), 0.75 * hue)
    colour[~known] = 0.5
    rgb: NDArray[np.uint8] = np.floor(255 * colour).astype(np.uint8)
    return rgb


def flow_over_face(flow: NDArray[Any], face: NDArray[np.uint8], *, range_px: float = RANGE_PX) -> NDArray[np.uint8]:
    """Tint a face by its flow: where nothing moves the face stays grey.

    Parameters
    ----------
    flow : ndarray of shape (2, S, S), px
    face : ndarray of shape (S, S, 3), uint8
    range_px : float

    Returns
    -------
    ndarray of shape (S, S, 3), uint8
        The product of flow colour and lightened grey face, so that dark hair does not hide motion.
    """
    light = 0.35 + 0.65 * luma(face) / 255
    return (flow_to_rgb(flow, range_px=range_px) * light[..., None]).astype(np.uint8)


def draw_wheel(axes: Axes, *, range_px: float = RANGE_PX, size: int = 161, labels: bool = True) -> None:
    """Draw the legend: the disc of all directions up to `range_px`, with its scale in px unless `labels` is false."""
    from merflow.drawing.canvas import INK, MUTED

    line = np.linspace(-range_px, range_px, size)
    u, v = np.meshgrid(line, line)
    disc = flow_to_rgb(np.stack([u, v]), range_px=range_px)
    alpha = np.clip((range_px - np.hypot(u, v)) / (line[1] - line[0]) + 0.5, 0, 1)
    axes.imshow(np.dstack([disc, (255 * alpha).astype(np.uint8)]), extent=(-range_px, range_px, range_px, -range_px))
    axes.set_xlim(-1.15 * range_px, 1.15 * range_px)
    axes.set_ylim(1.15 * range_px, -1.15 * range_px)
    axes.set_aspect("equal")
    axes.axis("off")
    if not labels:
        return
    for radius in (range_px / 2, range_px):
        angle = np.linspace(0, 2 * np.pi, 90)
        axes.plot(radius * np.cos(angle), radius * np.sin(angle), color=INK, linewidth=0.5, alpha=0.6)
        axes.text(0.05, radius + 0.03, f"{radius:g} px", fontsize=7, color=INK, va="bottom", ha="left")
    for x, y, text, across, along in (
        (1.08, 0, "right", "left", "center"),
        (-1.08, 0, "left", "right", "center"),
        (0, 1.1, "down", "center", "top"),
        (0, -1.1, "up", "center", "bottom"),
    ):
        axes.text(x * range_px, y * range_px, text, fontsize=7.5, color=MUTED, ha=across, va=along)
