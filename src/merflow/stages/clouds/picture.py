"""Clouds: the apex face in space from the front and from the side, coloured by skin, by motion and by depth flow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.drawing.canvas import (
    INK,
    LEFT_IN,
    TOP_IN,
    add_panel,
    bare,
    colour_bar,
    new_figure,
    show_absent,
    styled,
)
from merflow.drawing.flow_colours import RANGE_PX
from merflow.drawing.point_render import SIZE_PX, SPAN_M, View, view_points
from merflow.drawing.upstream import Upstream, aligned_face, heading
from merflow.imaging.interpolation import bilinear
from merflow.stages.clouds.point_cloud import to_aligned
from merflow.stages.depth_flow.picture import COLOURS, LABEL, RANGE_MM

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

VIEWS = {"from the front": 0.0, "from the side": 60.0}
"""Name of each view and its turn about the vertical axis, degrees."""
MOTION_COLOURS = "viridis"
UNKNOWN = 0.6
"""Grey of a point that the aligned face does not show."""

PANEL_IN, GAP_IN = 3.3, 0.95


@styled
def draw_clouds(shard: Shard, clip: str, upstream: Upstream) -> Figure:
    """Draw one clip of a ``clouds`` shard; skin colour comes from the apex of its ``faces`` shard."""
    pixel = shard.read(clip, "pixel")
    return plot_cloud(
        shard.read(clip, "xyz"),
        shard.read(clip, "motion"),
        skin_colours(upstream, clip, pixel),
        title=f"Point cloud of the apex: {heading(shard, clip)}",
    )


def skin_colours(upstream: Upstream, clip: str, pixel: NDArray[Any]) -> NDArray[np.float64] | None:
    """Return the colour (N, 3) in [0, 1] of full-frame apex pixels (N, 2), or None without a faces shard."""
    face = aligned_face(upstream, clip, "apex")
    if face is None:
        return None
    x, y = to_aligned(pixel, upstream["faces"].read(clip, "aligned_from_image")).T
    colours = bilinear(np.moveaxis(face, -1, 0), x, y).T / 255
    return np.nan_to_num(colours.astype(np.float64), nan=UNKNOWN)


@styled
def plot_cloud(xyz: NDArray[Any], motion: NDArray[Any], skin: NDArray[Any] | None, *, title: str) -> Figure:
    """Draw a cloud from the front and from the side.

    Parameters
    ----------
    xyz : ndarray of shape (N, 3), metres
        Camera frame.
    motion : ndarray of shape (N, 3)
        u, v (aligned px) and dz (mm).
    skin : ndarray of shape (N, 3) in [0, 1], or None
        Colour of each point; None says that there is none.
    title : str
    """
    z = np.asarray(xyz, dtype=np.float64)[:, 2]
    subtitle = (
        f"{len(xyz):,} points, {1000 * z.min():.0f} to {1000 * z.max():.0f} mm from the camera; orthographic, "
        f"{1000 * SPAN_M:.0f} mm across; shaded by shape.\n"
        f"Fixed colours: motion 0 to {RANGE_PX:g} aligned px, depth flow {-RANGE_MM:g} to {RANGE_MM:g} mm."
    )
    width = LEFT_IN + 3 * (PANEL_IN + GAP_IN) - 0.75
    figure = new_figure(title, subtitle, width_in=width, height_in=TOP_IN + 2 * PANEL_IN + 0.85)
    coloured = {"skin": skin, "motion (u, v)": colour_by_motion(motion), "depth flow": colour_by_dz(motion)}
    for row, (name_of_view, yaw) in enumerate(VIEWS.items()):
        view = view_points(xyz, yaw_deg=yaw, splat_px=splat_for(yaw))
        for column, (name, colours) in enumerate(coloured.items()):
            left = LEFT_IN + column * (PANEL_IN + GAP_IN) - 0.75 * (column > 0)
            axes = add_panel(figure, (left, TOP_IN + 0.2 + row * (PANEL_IN + 0.35), PANEL_IN, PANEL_IN))
            if colours is None:
                show_absent(axes, f"{name}, {name_of_view}", "no faces artefact here:\nno colour of the skin")
                continue
            show_cloud(axes, view, colours, f"{name}, {name_of_view}")
            if column:
                cloud_colour_bar(axes, "motion" if column == 1 else "dz")
    return figure


def splat_for(yaw_deg: float) -> int:
    """Return the size of points, px: seen from the side, surfaces that face away from the camera are sparse."""
    return 5 if abs(yaw_deg) > 20 else 3


def show_cloud(axes: Axes, view: View, colours: NDArray[Any], title: str) -> None:
    """Show a rendered cloud with a bar of 50 mm."""
    axes.imshow(view.paint(colours))
    length = 0.05 / SPAN_M * SIZE_PX
    left, low = 0.04 * SIZE_PX, 0.95 * SIZE_PX
    axes.plot([left, left + length], [low, low], color=INK, linewidth=2, solid_capstyle="butt")
    axes.text(left + length / 2, low - 6, "50 mm", ha="center", va="bottom", fontsize=7.5)
    bare(axes, title)


def colour_by_motion(motion: NDArray[Any]) -> NDArray[np.float64]:
    """Return colours (N, 3) for the length of (u, v) of motion (N, 3)."""
    length = np.hypot(*np.asarray(motion, dtype=np.float64)[:, :2].T)
    return _mapped(length / RANGE_PX, MOTION_COLOURS)


def colour_by_dz(motion: NDArray[Any]) -> NDArray[np.float64]:
    """Return colours (N, 3) for dz of motion (N, 3): red towards the camera, blue away."""
    return _mapped((np.asarray(motion, dtype=np.float64)[:, 2] / RANGE_MM + 1) / 2, COLOURS)


def cloud_colour_bar(axes: Axes, channel: str) -> None:
    """Add the colour bar of ``motion`` or ``dz`` to a rendered panel, whose own image has no scale."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    if channel == "motion":
        colour_bar(axes, ScalarMappable(Normalize(0, RANGE_PX), MOTION_COLOURS), "length of (u, v), aligned px")
    else:
        colour_bar(axes, ScalarMappable(Normalize(-RANGE_MM, RANGE_MM), COLOURS), LABEL)


def _mapped(share: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    from matplotlib import colormaps

    colours: NDArray[np.float64] = np.asarray(colormaps[name](np.clip(share, 0, 1)))[:, :3]
    return colours
