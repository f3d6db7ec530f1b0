"""Flow: total motion, the head's share of it, and the expression that remains, over the onset's face."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.drawing.canvas import INK, LEFT_IN, TOP_IN, add_panel, bare, new_figure, styled
from merflow.drawing.flow_colours import RANGE_PX, draw_wheel, flow_over_face
from merflow.drawing.upstream import Upstream, aligned_face, heading, onset_face_mask

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ARROW_STEP_PX = 14
"""Distance between arrows, aligned px."""
ARROW_GAIN = 5.0
"""Arrows are drawn this many times as long as the motion."""
ARROW_MIN_PX = 0.3
"""Shorter motion has no arrow: it is within the error of the flow."""

PANEL_IN, GAP_IN, WHEEL_IN = 3.3, 0.2, 1.75


@styled
def draw_flow(shard: Shard, clip: str, upstream: Upstream) -> Figure:
    """Draw one clip of a ``flow`` shard over the onset of its ``faces`` shard."""
    return plot_flow(
        shard.read(clip, "flow"),
        shard.read(clip, "expression_flow"),
        shard.read(clip, "head_motion"),
        aligned_face(upstream, clip, "onset"),
        onset_face_mask(upstream, clip),
        title=f"Optical flow, onset to apex: {heading(shard, clip)}",
    )


@styled
def plot_flow(
    flow: NDArray[Any],
    expression_flow: NDArray[Any],
    head_motion: NDArray[Any],
    face: NDArray[np.uint8] | None,
    mask: NDArray[np.bool_] | None = None,
    *,
    title: str,
) -> Figure:
    """Draw total flow, head motion and expression flow with one colour wheel.

    Parameters
    ----------
    flow, expression_flow : ndarray of shape (2, S, S), aligned px
    head_motion : ndarray of shape (2, 3)
        Flow of the head at (x, y) is ``head_motion @ (x, y, 1)``.
    face : ndarray of shape (S, S, 3), uint8, or None
        Aligned onset; None draws on white and says so.
    mask : ndarray of shape (S, S), bool, optional
        The face: expression flow is drawn, and lengths are counted, inside it only; None takes the whole crop.
    title : str
    """
    where = (
        "Expression flow is drawn on the face only."
        if face is not None
        else "No faces artefact here: no face is drawn."
    )
    subtitle = (
        f"Hue is direction, saturation length; full at {RANGE_PX:g} aligned px in all three. Grey: nothing moves.\n"
        f"Arrows: {ARROW_GAIN:g} times as long as the motion, none below {ARROW_MIN_PX:g} px. {where}"
    )
    width = LEFT_IN + 3 * (PANEL_IN + GAP_IN) + WHEEL_IN + 0.35
    figure = new_figure(title, subtitle, width_in=width, height_in=TOP_IN + PANEL_IN + 0.5)
    head = affine_flow(head_motion, flow.shape[-1])
    expression = expression_flow if mask is None else np.where(mask, expression_flow, 0.0)
    panels = {"total flow": flow, "head motion": head, "expression flow = total - head": expression}
    for column, (name, field) in enumerate(panels.items()):
        axes = add_panel(figure, (LEFT_IN + column * (PANEL_IN + GAP_IN), TOP_IN + 0.2, PANEL_IN, PANEL_IN))
        show_flow(axes, field, face, name)
    left = LEFT_IN + 3 * (PANEL_IN + GAP_IN) + 0.15
    draw_wheel(add_panel(figure, (left, TOP_IN + 0.2, WHEEL_IN, WHEEL_IN)))
    figure.text(
        left / width,
        0.95 / (TOP_IN + PANEL_IN + 0.5),
        _numbers({"total": flow, "head": head, "expression": expression_flow}, mask),
        fontsize=7.5,
        family="DejaVu Sans Mono",
        color=INK,
        va="center",
    )
    return figure


def affine_flow(head_motion: NDArray[Any], size: int) -> NDArray[np.float64]:
    """Return the flow field (2, size, size) of an affine motion (2, 3) on the aligned grid."""
    y, x = np.mgrid[0:size, 0:size]
    flow: NDArray[np.float64] = np.einsum(
        "ck,kyx->cyx", np.asarray(head_motion, float), np.stack([x, y, np.ones_like(x)])
    )
    return flow


def show_flow(
    axes: Axes, flow: NDArray[Any], face: NDArray[np.uint8] | None, title: str, *, arrows: bool = True
) -> None:
    """Show a flow field over a face, with sparse arrows."""
    flow = np.asarray(flow, dtype=np.float64)
    size = flow.shape[-1]
    behind = np.full((size, size, 3), 255, dtype=np.uint8) if face is None else face
    axes.imshow(flow_over_face(flow, behind))
    if arrows:
        _draw_arrows(axes, flow)
    axes.set_xlim(-0.5, size - 0.5)
    axes.set_ylim(size - 0.5, -0.5)
    bare(axes, title)


def _draw_arrows(axes: Axes, flow: NDArray[np.float64]) -> None:
    size = flow.shape[-1]
    line = np.arange(ARROW_STEP_PX // 2, size, ARROW_STEP_PX)
    x, y = (grid.ravel() for grid in np.meshgrid(line, line))
    u, v = flow[:, y, x]
    moving = np.hypot(u, v) >= ARROW_MIN_PX
    axes.quiver(
        x[moving], y[moving], u[moving], v[moving], angles="xy", scale_units="xy", scale=1 / ARROW_GAIN,
        width=0.0045, headwidth=3.6, headlength=4, headaxislength=3.6, color=INK, alpha=0.85,
    )  # fmt: skip


def _numbers(fields: dict[str, NDArray[Any]], mask: NDArray[np.bool_] | None) -> str:
    """Return a small table of lengths, on the face where it is known."""
    lines = ["on the face" if mask is not None else "on the whole crop", f"{'length, px':<11}{'median':>7}{'99 %':>7}"]
    for name, field in fields.items():
        length = np.hypot(*np.asarray(field, dtype=np.float64))
        length = length.ravel() if mask is None else length[mask]
        lines.append(f"{name:<11}{np.median(length):7.2f}{np.quantile(length, 0.99):7.2f}")
    return "\n".join(lines)
