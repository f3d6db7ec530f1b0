"""A picture known between its pixels, so that every motion of it is exact and no interpolation stands in the truth."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

SIZE = 96
SHORTEST_PX, LONGEST_PX = 5.0, 40.0


def wave_picture(u, v, *, size: int = SIZE, grey: bool = False) -> NDArray[np.float64]:
    """Evaluate a sum of waves at (x - u, y - v): the content moved by (u, v), which may vary over the picture."""
    rng = np.random.default_rng(7)
    y, x = np.mgrid[:size, :size].astype(float)
    length = np.exp(rng.uniform(np.log(SHORTEST_PX), np.log(LONGEST_PX), 60))
    angle, start = rng.uniform(0, 2 * np.pi, (2, 60))
    height = rng.normal(0, 1, (60, 3)) * np.sqrt(length / LONGEST_PX)[:, None]
    height = height[:, :1].repeat(3, axis=1) if grey else height
    along = (x - u)[..., None] * np.cos(angle) + (y - v)[..., None] * np.sin(angle)
    return 128 + 9 * np.cos(2 * np.pi * along / length + start) @ height


@pytest.fixture
def picture() -> Callable[..., NDArray[np.float64]]:
    """Function from a motion (u, v), in px, to float grey levels (SIZE, SIZE, 3)."""
    return wave_picture


@pytest.fixture
def eight_bit() -> Callable[[NDArray[np.float64]], NDArray[np.uint8]]:
    """Function that rounds grey levels as a camera does."""
    return lambda image: np.clip(np.rint(image), 0, 255).astype(np.uint8)
