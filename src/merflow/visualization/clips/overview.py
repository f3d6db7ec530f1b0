"""Overview: one clip on one page through every stage, from two frames to the points that the network sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.drawing.canvas import (
    INK,
    LEFT_IN,
    MUTED,
    add_panel,
    bare,
    colour_bar,
    new_figure,
    show_absent,
    show_image,
    styled,
)
from merflow.drawing.flow_colours import RANGE_PX, draw_wheel
from merflow.drawing.landmark_lines import draw_landmarks
from merflow.drawing.point_render import view_points
from merflow.drawing.upstream import (
    Upstream,
    aligned_face,
    aligned_landmarks,
    find_field,
    frame_index,
    onset_face_mask,
    open_upstream,
)
from merflow.errors import ArtefactError
from merflow.stages.clouds.picture import colour_by_dz, show_cloud, skin_colours, splat_for
from merflow.stages.depth_flow.picture import RANGE_MM, native_onset, show_dz
from merflow.stages.faces.picture import depth_limits
from merflow.stages.flow.picture import show_flow
from merflow.stages.regions.face_regions import REGION_NAMES
from merflow.stages.regions.picture import REGION_COLOURS, show_regions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANEL_IN, GAP_IN, TOP_IN, ROW_IN = 2.55, 0.22, 1.0, 3.05
COLUMN_IN = PANEL_IN + GAP_IN
YAW_DEG = 35.0
"""Turn of the cloud: three quarters show its depth best."""


@styled
def draw_overview(regions: Shard, clip: str, upstream: Upstream | None = None, *, label: str = "") -> Figure:
    """Draw one clip through every stage.

    Parameters
    ----------
    regions : Shard
        Open shard of kind ``regions``, the end of the chain.
    clip : str
        Clip id.
    upstream : mapping of str to Shard, optional
        Open shards of the stages before; None looks for them beside `regions`. A stage that is not there keeps its
        panel and says so.
    label : str
        The clip's class, for the title.

    Raises
    ------
    ArtefactError
        When the shard does not hold the clip.
    """
    if clip not in regions:
        raise ArtefactError(f"{regions.path}: expected one of the clips {', '.join(regions.clips)}, but found {clip!r}")
    if upstream is None:
        with open_upstream(regions) as found:
            return draw_overview(regions, clip, found, label=label)
    what = f"{clip}, {label}" if label else clip
    figure = new_figure(
        f"From two RGB-D frames to what the network sees: {what}",
        f"Dataset {regions.dataset}. Motion colours are full at {RANGE_PX:g} px of a crop "
        f"{_face_size(upstream, clip)} px wide; depth flow runs from {-RANGE_MM:g} to {RANGE_MM:g} mm.",
        width_in=LEFT_IN + 5 * COLUMN_IN + 0.55,
        height_in=TOP_IN + 2 * ROW_IN + 0.05,
    )
    _draw_faces(figure, upstream, clip)
    _draw_flow(figure, upstream, clip)
    _draw_depth_flow(figure, upstream, clip)
    _draw_clouds(figure, upstream, clip)
    _draw_regions(figure, regions, upstream, clip)
    return figure


def _panel(figure: Figure, row: int, column: int) -> Axes:
    return add_panel(figure, (LEFT_IN + column * COLUMN_IN, TOP_IN + row * ROW_IN, PANEL_IN, PANEL_IN))


def _face_size(upstream: Upstream, clip: str) -> str:
    face = aligned_face(upstream, clip, "onset")
    return "256" if face is None else str(face.shape[1])


def _draw_faces(figure: Figure, upstream: Upstream, clip: str) -> None:
    """Show onset and apex with landmarks."""
    for row, role in enumerate(("onset", "apex")):
        axes, title = _panel(figure, row, 0), f"1  {role}, aligned, 68 landmarks"
        face, points = aligned_face(upstream, clip, role), aligned_landmarks(upstream, clip, role)
        if face is None or points is None:
            show_absent(axes, title, "no faces artefact here")
            continue
        show_image(axes, face, title)
        draw_landmarks(axes, points)


def _draw_flow(figure: Figure, upstream: Upstream, clip: str) -> None:
    """Show total flow above expression flow, with the wheel in the corner."""
    face, mask = aligned_face(upstream, clip, "onset"), onset_face_mask(upstream, clip)
    for row, (field, title) in enumerate(
        {"flow": "2  optical flow", "expression_flow": "3  without the head's motion"}.items()
    ):
        axes = _panel(figure, row, 1)
        flow = find_field(upstream, "flow", clip, field)
        if flow is None:
            show_absent(axes, title, "no flow artefact here")
            continue
        show_flow(axes, flow if row == 0 or mask is None else np.where(mask, flow, 0.0), face, title)
        if row == 0:
            draw_wheel(axes.inset_axes((0.715, 0.0, 0.285, 0.285)), range_px=RANGE_PX, labels=False)


def _draw_depth_flow(figure: Figure, upstream: Upstream, clip: str) -> None:
    """Show native onset depth above processed depth flow."""
    depth = find_field(upstream, "faces", clip, "native_depth")
    axes = _panel(figure, 0, 2)
    _, lines = native_onset(upstream, clip)
    if depth is None:
        show_absent(axes, "4  depth (darker: farther)", "no depth here")
    else:
        onset = depth[frame_index(upstream["faces"].attrs(clip)["roles"], "onset")]
        show_image(axes, onset, "4  depth (darker: farther)", cmap="viridis_r", limits=depth_limits(onset))
    axes = _panel(figure, 1, 2)
    dz = find_field(upstream, "depth_flow", clip, "dz")
    if dz is None:
        show_absent(axes, "5  depth flow", "no depth_flow artefact here")
        return
    show_dz(axes, dz, "5  depth flow (red: nearer)", lines)


def _draw_clouds(figure: Figure, upstream: Upstream, clip: str) -> None:
    """Show the cloud from the side: skin above, depth flow below."""
    xyz, motion, pixel = (find_field(upstream, "clouds", clip, name) for name in ("xyz", "motion", "pixel"))
    skin = None if pixel is None else skin_colours(upstream, clip, pixel)
    coloured: dict[str, NDArray[Any] | None] = {"6  point cloud of the apex": skin, "7  its motion in depth": None}
    if motion is not None:
        coloured["7  its motion in depth"] = colour_by_dz(motion)
    view = None if xyz is None else view_points(xyz, yaw_deg=YAW_DEG, splat_px=splat_for(YAW_DEG))
    for row, (title, colours) in enumerate(coloured.items()):
        axes = _panel(figure, row, 3)
        if view is None or colours is None:
            show_absent(axes, title, "no clouds artefact here")
        else:
            show_cloud(axes, view, colours, title)


def _draw_regions(figure: Figure, regions: Shard, upstream: Upstream, clip: str) -> None:
    """Show the eight regions, and below the normalised motion of each, strongest point first."""
    positions = regions.read(clip, "aligned_xy")
    axes = _panel(figure, 0, 4)
    show_regions(
        axes, positions, aligned_face(upstream, clip, "apex"), f"8  {positions.shape[1]} points of each region"
    )
    axes = _panel(figure, 1, 4)
    show_network_input(axes, regions.read(clip, "normalised"), "9  what the network sees")


def show_network_input(axes: Axes, normalised: NDArray[Any], title: str) -> None:
    """Show normalised motion (8, K, 3): eight bands of three rows (u, v, dz), points from left to right."""
    bands = np.asarray(normalised, dtype=np.float64).transpose(0, 2, 1)
    image = np.full((8 * 4 - 1, bands.shape[2]), np.nan)
    for number, band in enumerate(bands):
        image[4 * number : 4 * number + 3] = band
    shown = show_image(axes, image, title, cmap="PuOr", limits=(-1, 1))
    axes.set_aspect("auto")
    shown.set_cmap(shown.get_cmap().with_extremes(bad="white"))
    colour_bar(axes, shown, "normalised u, v, dz (three rows a region)")
    label = {"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 0.8}
    for number, (name, colour) in enumerate(zip(REGION_NAMES, REGION_COLOURS, strict=True)):
        axes.axhspan(4 * number - 0.5, 4 * number + 2.5, xmin=-0.02, xmax=0, color=colour, clip_on=False)
        axes.text(0.02 * bands.shape[2], 4 * number + 1, name, fontsize=6, color=INK, va="center", bbox=label)
    axes.set_xlabel("points, strongest motion first", fontsize=8, color=MUTED, labelpad=3)
    bare(axes, title)
