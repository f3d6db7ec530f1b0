"""Landmark lines: jaw, brows, nose, eyes and lips of the 68 points, for orientation on maps without a face."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PARTS: tuple[tuple[int, ...], ...] = (
    tuple(range(17)),
    tuple(range(17, 22)),
    tuple(range(22, 27)),
    tuple(range(27, 31)),
    tuple(range(31, 36)),
    (*range(36, 42), 36),
    (*range(42, 48), 42),
    (*range(48, 60), 48),
    (*range(60, 68), 60),
)
"""Polylines over 0-based dlib landmarks; eyes and lips are closed."""


def draw_landmark_lines(axes: Axes, points: NDArray[Any], *, colour: str, width: float = 0.8) -> None:
    """Draw the lines of landmarks (68, 2), px of the panel."""
    for part in PARTS:
        line = np.asarray(points, dtype=np.float64)[list(part)]
        axes.plot(line[:, 0], line[:, 1], color=colour, linewidth=width, alpha=0.75, solid_capstyle="round")


def draw_landmarks(axes: Axes, points: NDArray[Any]) -> None:
    """Draw landmarks (68, 2) as dots joined by thin lines."""
    draw_landmark_lines(axes, points, colour="#ffffff", width=0.6)
    axes.scatter(points[:, 0], points[:, 1], s=9, c="#19d3a2", edgecolors="#0b3d31", linewidths=0.4, zorder=3)
