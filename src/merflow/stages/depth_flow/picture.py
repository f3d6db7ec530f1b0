"""Depth flow: by how much each point of the face came nearer or went away, raw beside processed."""

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
from merflow.drawing.landmark_lines import draw_landmark_lines
from merflow.drawing.upstream import Upstream, find_field, frame_index, heading, native_face

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RANGE_MM = 1.0
"""Ends of the colour map on both sides of 0: expressions move skin in depth by 0.1 to 1 mm."""
COLOURS = "RdBu"
"""Red: dz < 0, towards the camera. Blue: away from it."""
LABEL = "dz, mm  (red: nearer, blue: farther)"

PANEL_IN, GAP_IN = 3.3, 0.85


@styled
def draw_depth_flow(shard: Shard, clip: str, upstream: Upstream) -> Figure:
    """Draw one clip of a ``depth_flow`` shard beside the onset of its ``faces`` shard."""
    color, lines = native_onset(upstream, clip)
    return plot_depth_flow(
        shard.read(clip, "dz_raw"),
        shard.read(clip, "dz"),
        color,
        lines,
        nasal_shift_mm=float(shard.attrs(clip)["nasal_shift_mm"]),
        title=f"Depth flow, onset to apex: {heading(shard, clip)}",
    )


def native_onset(upstream: Upstream, clip: str) -> tuple[NDArray[np.uint8] | None, NDArray[np.float64] | None]:
    """Return the onset on the native grid (h, w, 3) and its landmarks (68, 2) in px of the crop; None where unknown."""
    color = native_face(upstream, clip, "onset")
    landmarks = find_field(upstream, "faces", clip, "landmarks")
    if color is None or landmarks is None:
        return None, None
    attrs = upstream["faces"].attrs(clip)
    onset = frame_index(attrs["roles"], "onset")
    return color, np.asarray(landmarks[onset], dtype=np.float64) - np.asarray(attrs["native_origin"])


@styled
def plot_depth_flow(
    dz_raw: NDArray[Any],
    dz: NDArray[Any],
    color: NDArray[np.uint8] | None,
    landmarks: NDArray[Any] | None,
    *,
    nasal_shift_mm: float,
    title: str,
) -> Figure:
    """Draw depth flow before and after processing with one colour map.

    Parameters
    ----------
    dz_raw, dz : ndarray of shape (h, w), mm
        NaN = no value, drawn grey.
    color : ndarray of shape (h, w, 3), uint8, or None
        Onset on the native grid; None says that there is none.
    landmarks : ndarray of shape (68, 2), px of the crop, or None
    nasal_shift_mm : float
        Depth change of the nose that was taken off.
    title : str
    """
    subtitle = (
        f"Colours from {-RANGE_MM:g} to {RANGE_MM:g} mm in both maps; grey: no value. "
        f"The nose's own change of {nasal_shift_mm:+.2f} mm was taken off first.\n"
        f"Spread of the values (5 % to 95 %): raw {_spread(dz_raw)}, processed {_spread(dz)}."
    )
    width = LEFT_IN + 3 * PANEL_IN + 2 * GAP_IN + 0.5
    figure = new_figure(title, subtitle, width_in=width, height_in=TOP_IN + PANEL_IN + 0.5)
    boxes = [(LEFT_IN + i * (PANEL_IN + GAP_IN) - 0.6 * (i > 0), TOP_IN + 0.2, PANEL_IN, PANEL_IN) for i in range(3)]
    axes = add_panel(figure, boxes[0])
    if color is None:
        show_absent(axes, "onset", "no faces artefact here:\nmaps are drawn without the face")
    else:
        show_image(axes, color, "onset")
    for box, values, name in ((boxes[1], dz_raw, "raw"), (boxes[2], dz, "processed")):
        axes = add_panel(figure, box)
        missing = float(np.isnan(values).mean())
        colour_bar(axes, show_dz(axes, values, f"{name} dz, {missing:.0%} without a value", landmarks), LABEL)
    return figure


def show_dz(axes: Axes, dz: NDArray[Any], title: str, landmarks: NDArray[Any] | None = None) -> Any:
    """Show a depth-flow map with the face's lines; return what `colour_bar` needs."""
    shown = show_image(axes, np.asarray(dz, dtype=np.float32), title, cmap=COLOURS, limits=(-RANGE_MM, RANGE_MM))
    if landmarks is not None:
        draw_landmark_lines(axes, landmarks, colour="#1b2330", width=0.7)
        height, width = dz.shape
        axes.set_xlim(-0.5, width - 0.5)
        axes.set_ylim(height - 0.5, -0.5)
    return shown


def _spread(dz: NDArray[Any]) -> str:
    known = np.asarray(dz, dtype=np.float64)[np.isfinite(dz)]
    if not known.size:
        return "no values"
    low, high = np.quantile(known, [0.05, 0.95])
    return f"{low:+.2f} to {high:+.2f} mm"
