"""Meshes: the face of a clip turned, at its onset and its apex, and how far it has moved in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from merflow.meshes.orthographic import look_up, project
from merflow.meshes.views import View
from merflow.stages.meshes.reading import ClipMeshes, FaceMesh, read_meshes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

YAWS = (-45.0, 0.0, 45.0)
SIZE_PX, MM_PER_PX = 320, 0.62
MIDDLE_MM = (0.0, -38.0, 0.0)
"""Of the frontal frame: the middle of the pictures lies below the eyes."""

MOTION_MM = 3.0
"""Longest motion that the colours tell apart."""

_PANEL_IN, _GAP_IN, _TITLE_IN, _BAR_IN = 2.3, 0.12, 0.3, 0.75
_LIGHT = np.array([0.3, 0.5, 0.8]) / np.linalg.norm([0.3, 0.5, 0.8])


@styled
def draw_meshes(shard: Shard, clip: str, upstream: Upstream) -> Figure:
    """Draw one clip of a ``meshes`` shard."""
    attrs = shard.attrs(clip)
    meshes, apex = read_meshes(shard, clip), int(attrs["apex"])
    topology = "one topology" if meshes.constant else "another topology in each frame"
    n_missing = int(np.sum(attrs["missing_vertices"]))
    residual = shard.read(clip, "residual")
    subtitle = (
        f"{len(meshes.frames)} frames, {len(meshes.frames[0].vertices):,} vertices at the onset, {topology}; "
        f"{n_missing} vertices off the surface are missing. Landmarks {residual.mean():.1f} mm (rms) from the mean."
    )
    columns = len(YAWS) + 1
    width = LEFT_IN + columns * (_PANEL_IN + _GAP_IN) + _BAR_IN + RIGHT_IN
    height = TOP_IN + 2 * (_PANEL_IN + _TITLE_IN) + BOTTOM_IN
    figure = new_figure(f"Meshes: {heading(shard, clip)}", subtitle, width_in=width, height_in=height)
    for row, (name, frame) in enumerate((("onset", meshes.frames[0]), ("apex", meshes.frames[apex]))):
        top = TOP_IN + row * (_PANEL_IN + _TITLE_IN)
        for column, yaw in enumerate(YAWS):
            axes = add_panel(figure, (_left(column), top, _PANEL_IN, _PANEL_IN))
            axes.imshow(picture_of(frame, yaw))
            bare(axes, f"{name}, {yaw:+.0f} degrees" if yaw else f"{name}, from the front")
        axes = add_panel(figure, (_left(len(YAWS)), top, _PANEL_IN, _PANEL_IN))
        if row == 0:
            axes.imshow(picture_of(frame, 0.0, textured=False))
            bare(axes, "onset, shape alone")
        elif meshes.constant:
            image = axes.imshow(_motion(meshes, apex), cmap="viridis", vmin=0, vmax=MOTION_MM)
            bare(axes, "motion, onset to apex")
            bar = add_panel(figure, (_left(columns), top, 0.12, _PANEL_IN))
            fill_colour_bar(bar, image, "mm")
        else:
            show_absent(axes, "motion, onset to apex", "Not known: the topology changes\nfrom frame to frame.")
    return figure


def picture_of(frame: FaceMesh, yaw: float, *, textured: bool = True) -> NDArray[np.uint8]:
    """Return a view (H, W, 3) of one frame, with its texture or with the shade of its shape; holes are grey."""
    view = View(yaw, SIZE_PX, MM_PER_PX, MIDDLE_MM)
    seen = project(frame.vertices, frame.triangles, view)
    if textured and frame.uv is not None and frame.texture is not None:
        colours = look_up(seen, frame.triangles, frame.uv, frame.texture).astype(float)
    else:
        a, b, c = (view.turned(frame.vertices.astype(float))[frame.triangles[:, k]] for k in range(3))
        normals = np.cross(b - a, c - a)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        colours = np.repeat((60 + 180 * np.abs(normals @ _LIGHT))[seen.triangle][..., None], 3, axis=2)
    colours[seen.triangle < 0] = [int(MISSING[k : k + 2], 16) for k in (1, 3, 5)]
    return np.asarray(colours.clip(0, 255), dtype=np.uint8)


def _motion(meshes: ClipMeshes, apex: int) -> NDArray[np.float64]:
    """Return how far what a pixel sees at the onset has moved at the apex, mm (H, W); NaN where nothing is seen."""
    first, last = meshes.frames[0], meshes.frames[apex]
    seen = project(first.vertices, first.triangles, View(0.0, SIZE_PX, MM_PER_PX, MIDDLE_MM))
    length = np.linalg.norm(last.vertices - first.vertices, axis=1)
    values = (seen.weights * length[first.triangles][seen.triangle]).sum(axis=-1)
    return np.where(seen.triangle >= 0, values, np.nan)


def _left(column: int) -> float:
    return LEFT_IN + column * (_PANEL_IN + _GAP_IN)
