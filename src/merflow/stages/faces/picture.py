"""Faces: aligned onset and apex with landmarks, what changed between them, and the native crop with its depth."""

from __future__ import annotations

from collections.abc import Mapping
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
from merflow.drawing.landmark_lines import draw_landmark_lines, draw_landmarks
from merflow.drawing.native_grid import on_native_grid
from merflow.drawing.upstream import Upstream, frame_index, heading
from merflow.imaging.luma import luma

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DIFFERENCE_RANGE = 40
"""Grey levels at the ends of the difference map."""
DEPTH_SPAN_MM = 45
"""Half of the depth range shown, about the median of the crop's middle."""

PANEL_IN, GAP_IN = 3.0, 0.85


@styled
def draw_faces(shard: Shard, clip: str, upstream: Upstream) -> Figure:
    """Draw one clip of a ``faces`` shard; `upstream` is not used: faces come first."""
    arrays = {name: shard.read(clip, name) for name in shard.fields(clip)}
    return plot_faces(arrays, shard.attrs(clip), title=f"Faces and landmarks: {heading(shard, clip)}")


@styled
def plot_faces(arrays: Mapping[str, NDArray[Any]], attrs: Mapping[str, Any], *, title: str) -> Figure:
    """Draw the arrays of a clip of kind ``faces``.

    Parameters
    ----------
    arrays : mapping
        ``aligned_color``, ``landmarks``, ``aligned_from_image``, and ``native_depth`` if there is
        any; shapes as in ``merflow.artefacts.KINDS``.
    attrs : mapping
        ``frames``, ``roles``, ``native_origin``, ``native_size``, ``score`` and perhaps ``notes``.
    title : str
        First line of the picture.
    """
    shown = [frame_index(list(attrs["roles"]), role) for role in ("onset", "apex")]
    labels = [f"{attrs['roles'][i] or 'last frame'}, frame {attrs['frames'][i]}" for i in shown]
    notes = attrs.get("notes") or "no notes"
    subtitle = (
        f"Detector score {float(attrs['score']):.2f} (higher is surer); {notes}.\n"
        "Left to right: onset, apex, their change. Green: 68 landmarks."
    )
    figure = new_figure(
        title, subtitle, width_in=LEFT_IN + 3 * (PANEL_IN + GAP_IN) - 0.55, height_in=TOP_IN + 2 * PANEL_IN + 0.95
    )
    to_aligned = np.asarray(arrays["aligned_from_image"])
    for column, (i, label) in enumerate(zip(shown, labels, strict=True)):
        axes = add_panel(figure, _box(0, column))
        show_image(axes, arrays["aligned_color"][i], f"aligned {label}")
        draw_landmarks(axes, arrays["landmarks"][i] @ to_aligned[:, :2].T + to_aligned[:, 2])
    show_difference(add_panel(figure, _box(0, 2)), *(arrays["aligned_color"][i] for i in shown))
    _native_row(figure, arrays, attrs, shown)
    return figure


def _box(row: int, column: int) -> tuple[float, float, float, float]:
    top = TOP_IN + 0.2 + row * (PANEL_IN + 0.4)
    return LEFT_IN + column * (PANEL_IN + GAP_IN) - 0.6 * (column > 0), top, PANEL_IN, PANEL_IN


def show_difference(axes: Axes, onset: NDArray[np.uint8], apex: NDArray[np.uint8]) -> None:
    """Show apex minus onset in grey levels: what flickers when one switches between the two."""
    change = luma(apex) - luma(onset)
    limits = (-DIFFERENCE_RANGE, DIFFERENCE_RANGE)
    mappable = show_image(axes, change, "apex minus onset", cmap="PuOr_r", limits=limits)
    colour_bar(axes, mappable, "brightness change, grey levels")


def _native_row(figure: Figure, arrays: Mapping[str, NDArray[Any]], attrs: Mapping[str, Any], shown: list[int]) -> None:
    onset = shown[0]
    lines = np.asarray(arrays["landmarks"][onset]) - np.asarray(attrs["native_origin"])
    width, height = attrs["native_size"]
    face = on_native_grid(arrays["aligned_color"][onset], arrays["aligned_from_image"], attrs)
    axes = add_panel(figure, _box(1, 0))
    show_image(axes, face, f"onset on the native grid, {width} x {height} px")
    draw_landmark_lines(axes, lines, colour="#19d3a2")
    for column, i in enumerate(shown, start=1):
        axes = add_panel(figure, _box(1, column))
        title = f"native depth, frame {attrs['frames'][i]}"
        if "native_depth" not in arrays:
            show_absent(axes, title, "this dataset has no depth")
            continue
        depth = arrays["native_depth"]
        missing = float(np.isnan(depth[i]).mean())
        mappable = show_image(
            axes,
            depth[i],
            f"{title}, {missing:.0%} missing (grey)",
            cmap="viridis_r",
            limits=depth_limits(depth[onset]),
        )
        draw_landmark_lines(
            axes, np.asarray(arrays["landmarks"][i]) - np.asarray(attrs["native_origin"]), colour="#ffffff", width=0.5
        )
        colour_bar(axes, mappable, "distance from camera, mm")


def depth_limits(depth_mm: NDArray[Any]) -> tuple[float, float]:
    """Return the depth range shown: `DEPTH_SPAN_MM` on both sides of the median of the crop's middle ninth."""
    height, width = depth_mm.shape
    middle = depth_mm[height // 3 : 2 * height // 3 + 1, width // 3 : 2 * width // 3 + 1]
    known = middle[np.isfinite(middle)]
    centre = float(np.median(known)) if known.size else 0.0
    return centre - DEPTH_SPAN_MM, centre + DEPTH_SPAN_MM
