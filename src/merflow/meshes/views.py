"""Views of the frontal frame: from the front, or turned to a side, without perspective."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class View:
    """A square picture of the frontal frame, turned about the vertical axis through its middle.

    Parameters
    ----------
    yaw : float
        Degrees. Positive yaw turns the face to image right, so that its image-left side is seen.
    size_px : int
        Side of the picture.
    mm_per_px : float
        Size of a pixel.
    middle : tuple of float
        (x, y, z) of the frontal frame, mm, which lies in the middle of every view.
    """

    yaw: float
    size_px: int
    mm_per_px: float
    middle: tuple[float, float, float]

    def turned(self, vertices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return vertices (V, 3) of the frontal frame in that of the view, mm: x right, y up, z towards the viewer."""
        angle = np.radians(self.yaw)
        turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
        moved: NDArray[np.float64] = (vertices - self.middle) @ turn.T
        return moved

    def pixels(self, turned: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (x, y) px of turned points (V, 3): pixel centres at integers, y down."""
        half = (self.size_px - 1) / 2
        places: NDArray[np.float64] = turned[:, :2] * [1 / self.mm_per_px, -1 / self.mm_per_px] + half
        return places
