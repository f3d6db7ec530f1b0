"""LBP-TOP: histograms of local binary patterns on three orthogonal planes, block by block.

For T frames of H x W px and P neighbours there are 3 P T H W comparisons, each a pass over a shifted view of one frame,
so that what is worked on stays in the cache. Of 8 neighbours four lie at pixels, whose bytes are compared as they are;
the others need four multiplications each.

Values between pixels are compared in float64 with `TIE` below the middle. Of whole grey levels and of 4 or 8 neighbours
such a value is a sum of whole numbers of quarters and of quarters of the root of two. Where it is not the middle's own,
it differs from it by more than 1e-7. So rounding decides no comparison, and every processor finds the same patterns.
"""

import numpy as np
from numpy.typing import NDArray

from merflow.checks import check_setting
from merflow.errors import BadClipError
from merflow.imaging.blocks import block_spans
from merflow.stages.lbp_top.patterns import number_of_columns, pattern_columns
from merflow.stages.lbp_top.ring import PLANES, ring
from merflow.stages.lbp_top.settings import LbpTopSettings

TIE = 1e-9
"""Grey levels below the middle that count as its own: rounding of the interpolation."""


def lbp_top(grey: NDArray[np.uint8], settings: LbpTopSettings) -> NDArray[np.float32]:
    """Describe a clip by the patterns of its pixels in the planes XY, XT and YT (Zhao and Pietikainen 2007).

    Parameters
    ----------
    grey : ndarray of shape (T, H, W), uint8
        Grey levels of the frames.
    settings : LbpTopSettings

    Returns
    -------
    ndarray of shape (blocks, blocks, 3, patterns), float32
        Share of the pixels of a block (from above, from the left) that have a pattern in a plane; each histogram sums
        to one. A pixel counts where its rings in all three planes lie inside the clip. Blocks are equal parts of the
        whole picture, so those at its edge have a few pixels less.

    Raises
    ------
    ConfigError
        When a block has no such pixel.
    BadClipError
        When the clip has fewer frames than the rings along time.
    """
    counts = pattern_counts(grey, settings)
    shares: NDArray[np.float32] = (counts / counts.sum(axis=-1, keepdims=True)).astype(np.float32)
    return shares


def pattern_counts(grey: NDArray[np.uint8], settings: LbpTopSettings) -> NDArray[np.int64]:
    """Return how many pixels of each block have each pattern, (blocks, blocks, 3, patterns); as ``lbp_top``."""
    _check_frames(len(grey), settings)
    _, radius_y, radius_x = settings.radii
    rows, sides = (_inside(n, m, settings) for n, m in zip(grey.shape[1:], (radius_y, radius_x), strict=True))
    columns = pattern_columns(settings.neighbours, settings.patterns)
    width = number_of_columns(settings.neighbours, settings.patterns)
    counts = np.empty((settings.blocks, settings.blocks, len(PLANES), width), dtype=np.int64)
    for plane, patterns in enumerate(find_patterns(grey, settings)):
        column = columns[patterns]
        for row, (top, bottom) in enumerate(rows):
            for side, (left, right) in enumerate(sides):
                part = column[:, top:bottom, left:right]
                counts[row, side, plane] = np.bincount(part.ravel(), minlength=width)
    return counts


def find_patterns(grey: NDArray[np.uint8], settings: LbpTopSettings) -> NDArray[np.uint16]:
    """Return the patterns of the pixels that lie the radii inside a clip.

    Parameters
    ----------
    grey : ndarray of shape (T, H, W), uint8
    settings : LbpTopSettings
        Reads the radii, ``neighbours`` and ``interpolation``.

    Returns
    -------
    ndarray of shape (3, T - 2 r_t, H - 2 r_y, W - 2 r_x), uint16
        By plane. Bit n is set where neighbour n is at least as bright as the pixel.
    """
    radii = settings.radii
    places = ring(radii, neighbours=settings.neighbours, interpolation=settings.interpolation)
    patterns = np.zeros((len(PLANES), *(n - 2 * r for n, r in zip(grey.shape, radii, strict=True))), dtype=np.uint16)
    exact = grey.astype(np.float64)
    for frame in range(patterns.shape[1]):
        at = _Shifts(frame, radii, shape=grey.shape)
        middle, limit = grey[at(0, 0, 0)], exact[at(0, 0, 0)] - TIE
        for plane, n in np.ndindex(len(PLANES), settings.neighbours):
            steps, weights = places.steps[plane, n].tolist(), places.weights[plane, n].tolist()
            if weights[0] == 1:
                bright = grey[at(*steps[0])] >= middle
            else:
                bright = sum(w * exact[at(*step)] for step, w in zip(steps, weights, strict=True) if w) >= limit
            patterns[plane, frame] |= bright.astype(np.uint16) << n
    return patterns


class _Shifts:
    """Views of the pixels of one frame that have patterns, a step (time, height, width) away from them."""

    def __init__(self, frame: int, radii: tuple[int, int, int], *, shape: tuple[int, ...]) -> None:
        (self._t, self._y, self._x), (_, self._height, self._width) = radii, shape
        self._frame = frame

    def __call__(self, t: int, y: int, x: int) -> tuple[int, slice, slice]:
        rows = slice(self._y + y, self._height - self._y + y)
        return self._frame + self._t + t, rows, slice(self._x + x, self._width - self._x + x)


def _check_frames(frames: int, settings: LbpTopSettings) -> None:
    needed = 2 * settings.radius_t + 1
    if frames < needed:
        raise BadClipError(
            f"expected a clip of {needed} frames or more for lbp_top.radius_t: {settings.radius_t}, found {frames}. "
            "Name a variant of sequences with short_clips: stretch, or a smaller radius"
        )


def _inside(length: int, margin: int, settings: LbpTopSettings) -> NDArray[np.int64]:
    """Return the spans of the blocks along a side among the pixels that have patterns."""
    fit = settings.blocks <= length
    spans = block_spans(length, settings.blocks, overlap=settings.overlap) if fit else np.zeros((1, 2), np.int64)
    inside = (spans - margin).clip(0, max(length - 2 * margin, 0))
    check_setting(
        fit and bool((inside[:, 1] > inside[:, 0]).all()),
        "lbp_top.blocks",
        expected=f"blocks of {length} px with a pixel that is {margin} px from the edge of the picture in each",
        found=settings.blocks,
    )
    return inside
