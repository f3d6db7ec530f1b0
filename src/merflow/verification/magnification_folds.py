"""Painted wrinkles: dark lines that deepen as the skin moves, which motion alone does not explain.

The generator's skin moves and is shaded, but does not crease. Real skin does: brows that draw together carve lines
between them, a smile deepens the folds beside the nose. A magnifier should deepen these too; one that only moves pixels
cannot. So thin lines are painted where the folds of a display lie. They belong to the skin and move with it.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from merflow.landmarks.outline import interocular_px

FloatArray = NDArray[np.float64]

LINE_SD_PX = 1.0
"""Width (standard deviation) of a line across, px."""

DEPTH_PER_PX = 0.06
"""How much darker a line gets as a motion grows by 1 px, as a share of the skin's grey level."""

MAX_DEPTH = 0.3
"""A fold gets no darker than this."""

NASOLABIAL, GLABELLA, FOREHEAD = "nasolabial", "glabella", "forehead"

FOLD_OF_AU = {1: FOREHEAD, 2: FOREHEAD, 4: GLABELLA, 6: NASOLABIAL, 9: GLABELLA, 10: NASOLABIAL, 12: NASOLABIAL}
"""Where an action unit creases the skin."""


def fold_depth(size_px: float) -> float:
    """Return the share of the grey level that a line takes off at a motion of `size_px`."""
    return min(DEPTH_PER_PX * size_px, MAX_DEPTH)


def fold_lines(landmarks: FloatArray, aus: Sequence[int]) -> list[FloatArray]:
    """Return the lines (n, 2) of the folds of a display, px.

    Parameters
    ----------
    landmarks : ndarray of shape (68, 2)
        Of the onset, px.
    aus : sequence of int

    Raises
    ------
    ValueError
        When none of the action units has a fold here.
    """
    folds = sorted({FOLD_OF_AU[au] for au in aus if au in FOLD_OF_AU})
    if not folds:
        raise ValueError(f"expected one of AU {sorted(FOLD_OF_AU)}, which crease the skin, found {list(aus)}")
    unit = interocular_px(landmarks)
    lines_of = {FOREHEAD: _forehead, GLABELLA: _glabella, NASOLABIAL: _nasolabial}
    return [line for fold in folds for line in lines_of[fold](landmarks, unit)]


def fold_map(lines: Sequence[FloatArray], shape: tuple[int, int]) -> FloatArray:
    """Paint lines: 1 on a line, falling to 0 beside it as a Gaussian of ``LINE_SD_PX``.

    Parameters
    ----------
    lines : sequence of ndarray of shape (n, 2)
        Corners (x, y), px.
    shape : tuple of int
        (height, width).

    Returns
    -------
    ndarray of shape (height, width)
    """
    y, x = np.mgrid[: shape[0], : shape[1]]
    pixels = np.stack([x, y], axis=-1).astype(np.float64)
    distance = np.full(shape, np.inf)
    for line in lines:
        for start, end in pairwise(line):
            along = end - start
            share = np.clip((pixels - start) @ along / (along @ along), 0.0, 1.0)
            distance = np.minimum(distance, np.linalg.norm(pixels - start - share[..., None] * along, axis=-1))
    return np.asarray(np.exp(-0.5 * (distance / LINE_SD_PX) ** 2))


def paint_folds(
    picture: NDArray[np.float32], lines_on_skin: FloatArray, to_onset: FloatArray, *, depth: float
) -> NDArray[np.float32]:
    """Darken a picture along lines that are fixed to the skin.

    Parameters
    ----------
    picture : ndarray of shape (H, W, 3), float32
        Grey levels.
    lines_on_skin : ndarray of shape (H, W)
        ``fold_map`` on the onset's pixels.
    to_onset : ndarray of shape (2, H, W)
        From each pixel of the picture to where its skin lies on the onset, px.
    depth : float
        Share of the grey level that goes on a line.

    Returns
    -------
    ndarray of shape (H, W, 3), float32
    """
    from scipy.ndimage import map_coordinates

    rows, columns = np.indices(lines_on_skin.shape)
    at = np.stack([rows + to_onset[1], columns + to_onset[0]])
    lines = np.clip(map_coordinates(lines_on_skin, at, order=3, mode="nearest"), 0.0, 1.0)
    return np.asarray(picture * (1.0 - depth * lines[..., None]), dtype=np.float32)


def _forehead(landmarks: FloatArray, unit: float) -> list[FloatArray]:
    """Two lines across the forehead, above the brows."""
    brows = landmarks[[18, 19, 21, 22, 24, 25]]
    return [brows - [0.0, above * unit] for above in (0.16, 0.26)]


def _glabella(landmarks: FloatArray, unit: float) -> list[FloatArray]:
    """Two upright lines between the brows."""
    left, right = landmarks[21], landmarks[22]
    middles = [left + share * (right - left) for share in (0.2, 0.8)]
    return [middle + np.array([[0.0, -0.08], [0.0, 0.10]]) * unit for middle in middles]


def _nasolabial(landmarks: FloatArray, unit: float) -> list[FloatArray]:
    """From each wing of the nose, past the corner of the mouth."""
    lines = []
    for wing, corner, outward in ((31, 48, -1.0), (35, 54, 1.0)):
        first = landmarks[wing] + [outward * 0.08 * unit, -0.04 * unit]
        last = landmarks[corner] + [outward * 0.12 * unit, 0.02 * unit]
        middle = (first + last) / 2 + [outward * 0.04 * unit, -0.03 * unit]
        lines.append(np.stack([first, middle, last]))
    return lines
