"""Dynamic images: each domain of each view as a network sees it, and the magnified copies beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.drawing.canvas import (
    LEFT_IN,
    RIGHT_IN,
    TOP_IN,
    add_panel,
    bare,
    fill_colour_bar,
    new_figure,
    styled,
)
from merflow.drawing.upstream import Upstream, heading

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_PANEL_IN, _GAP_IN, _TITLE_IN, _BAR_IN = 1.75, 0.12, 0.45, 0.75


@styled
def draw_dynamic_images(shard: Shard, clip: str, upstream: Upstream) -> Figure:
    """Draw one clip of a ``dynamic_images`` shard."""
    attrs = shard.attrs(clip)
    yaws, domains = [float(yaw) for yaw in attrs["yaws"]], [str(name) for name in attrs["domains"]]
    groups = [("as recorded", shard.read(clip, "image"), shard.read(clip, "range"))]
    if shard.has(clip, "magnified"):
        groups.append(("magnified", shard.read(clip, "magnified"), shard.read(clip, "magnified_range")))
    columns = len(groups) * len(yaws)
    width = max(LEFT_IN + columns * (_PANEL_IN + _GAP_IN) + _BAR_IN + RIGHT_IN, 6.5)
    height = TOP_IN + 0.2 + len(domains) * (_PANEL_IN + _TITLE_IN) + 0.2
    title = f"Dynamic images: {heading(shard, clip)}"
    figure = new_figure(title, _subtitle(shard, clip, attrs), width_in=width, height_in=height)
    shown = None
    for row, domain in enumerate(domains):
        top = TOP_IN + 0.2 + row * (_PANEL_IN + _TITLE_IN)
        for column in range(columns):
            called, images, ranges = groups[column // len(yaws)]
            view = column % len(yaws)
            axes = add_panel(figure, (LEFT_IN + column * (_PANEL_IN + _GAP_IN), top, _PANEL_IN, _PANEL_IN))
            shown = axes.imshow(images[view, :, :, row], cmap="gray", vmin=0, vmax=255)
            unit = " mm" if domain == "depth" and shard.params.get("method") != "svr" else ""
            bare(axes, _title(domain, yaws[view], called, ranges[view, row], unit))
    left = LEFT_IN + columns * (_PANEL_IN + _GAP_IN)
    fill_colour_bar(add_panel(figure, (left, TOP_IN + 0.2, 0.1, _PANEL_IN)), shown, "level")
    return figure


def _title(domain: str, yaw: float, called: str, low_high: NDArray[np.float32], unit: str) -> str:
    """Return what a panel is of, and what 0 and 255 stand for."""
    low, high = (float(value) for value in low_high)
    limits = f"±{_number(high)}" if low == -high else f"{_number(low)} to {_number(high)}"
    return f"{domain}, {f'{yaw:+.0f}°' if yaw else 'front'}\n{called}: {limits}{unit}"


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.2g}"


def _subtitle(shard: Shard, clip: str, attrs: dict[str, Any]) -> str:
    seen, filled = shard.read(clip, "seen"), shard.read(clip, "filled")
    passed = [float(one) for one in attrs["passed_hz"]]
    band = f" Magnified: {passed[0]:.2g} to {passed[1]:.2g} Hz." if passed else ""
    return (
        f"{attrs['n_frames']} frames, {shard.params.get('method', 'rank')} pooling; pooled pixels "
        f"{100 * seen.min():.0f} to {100 * seen.max():.0f} %, at most {100 * filled.max():.1f} % of their values "
        f"interpolated in time.{band}\nAbove each picture: what 0 and 255 stand for. Grey beside the face: no change."
    )
