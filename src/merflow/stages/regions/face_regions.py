"""The eight facial regions of Lite-Point-GCN, Table I, as polygons of landmarks, and the points inside them.

Left and right are sides of the image. The table gives sets of landmarks, not the order in which to join them; the
vertex orders here give polygons without self-intersection:

===  ================  ============================  ==========================================================
no.  region            vertices (0-based dlib)       way round
===  ================  ============================  ==========================================================
0    left cheek        1 2 3 4 5 31                  down the jaw, back over the nostril
1    right cheek       12 13 14 15 16 35             up the jaw, back over the nostril
2    left mandible     7 6 5 4 31 48                 up the jaw, nostril, mouth corner
3    right mandible    10 11 12 13 35 54             up the jaw, nostril, mouth corner
4    mouth             48 49 50 51 52 53 54 55       upper lip from corner to corner, 55, straight back to 48
5    chin              6 7 8 9 10 11 55 .. 60        along the jaw, back under the lower lip to the left corner
6    left brow         17 18 19 20 21, lifted back   along the ridge, back 0.25 interocular distances higher
7    right brow        22 23 24 25 26, lifted back   along the ridge, back 0.25 interocular distances higher
===  ================  ============================  ==========================================================

The table prints the right mandible as "10-13, 35, 54": joined as printed it passes jaw, nostril, mouth corner. The
left one is its mirror image, so its jaw runs 7 to 4 ("4-7, 31, 48" joined as printed would cut through the mouth).
The table's right jaw indices are those of the left in a 1-based count: 12-16 and 10-13 mirror 4-0 and 6-3, not 1-5 and
4-7. Mouth and chin reach further on one side as well: 55 has its mirror image at 59, 11 at 5. All are kept as printed
unless ``symmetric`` asks for the left half of the table and its mirror image. Regions may overlap, as the printed ones
do.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.landmarks.outline import BROW_EXTENSION, face_up, interocular_px

REGION_NAMES = (
    "left cheek",
    "right cheek",
    "left mandible",
    "right mandible",
    "mouth",
    "chin",
    "left brow",
    "right brow",
)

PRINTED: tuple[tuple[int, ...], ...] = (
    (1, 2, 3, 4, 5, 31),
    (12, 13, 14, 15, 16, 35),
    (7, 6, 5, 4, 31, 48),
    (10, 11, 12, 13, 35, 54),
    (48, 49, 50, 51, 52, 53, 54, 55),
    (6, 7, 8, 9, 10, 11, 55, 56, 57, 58, 59, 60),
    (17, 18, 19, 20, 21),
    (22, 23, 24, 25, 26),
)
"""Landmarks of each region in the order that they are joined; of the brows only the ridge."""

SYMMETRIC: dict[int, tuple[int, ...]] = {
    1: (11, 12, 13, 14, 15, 35),
    3: (9, 10, 11, 12, 35, 54),
    4: (48, 49, 50, 51, 52, 53, 54),
    5: (6, 7, 8, 9, 10, 64, 55, 56, 57, 58, 59, 60),
}
"""Regions whose printed landmarks do not mirror those of the left side of the face: ones that do."""

MIRRORED_REGIONS = (1, 0, 3, 2, 4, 5, 7, 6)
"""Region that each one becomes in a mirrored face: cheeks, mandibles and brows swap sides, mouth and chin stay."""

BROW_REGIONS = (6, 7)


def region_polygons(
    landmarks: NDArray[Any], *, symmetric: bool = False, brow_height: float = BROW_EXTENSION
) -> list[NDArray[np.float64]]:
    """Return the polygons of the eight regions.

    Parameters
    ----------
    landmarks : ndarray of shape (68, 2), px
        Of the apex frame.
    symmetric : bool
        Right half of the face that mirrors the left half, in place of the printed landmarks (``SYMMETRIC``).
    brow_height : float
        Height of the brow regions in interocular distances (outer eye corners), square to the eye line.

    Returns
    -------
    list of 8 ndarray of shape (vertices, 2), px, in the order of ``REGION_NAMES``
    """
    points = np.asarray(landmarks, dtype=np.float64)
    lift = brow_height * interocular_px(points) * face_up(points)
    polygons = []
    for number, printed in enumerate(PRINTED):
        indices = SYMMETRIC.get(number, printed) if symmetric else printed
        polygon = points[list(indices)]
        if number in BROW_REGIONS:
            polygon = np.concatenate([polygon, polygon[::-1] + lift])
        polygons.append(polygon)
    return polygons


def points_in_polygon(points: NDArray[Any], polygon: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell which points lie inside a polygon: even-odd rule, exact, no raster.

    Parameters
    ----------
    points : ndarray of shape (N, 2)
    polygon : ndarray of shape (V, 2)
        Closed by itself.

    Returns
    -------
    ndarray of shape (N,), bool
        A point on an edge counts for one side only (edges are half open), so that polygons that share an edge
        share no point and leave none out.
    """
    inside = np.zeros(len(points), dtype=bool)
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    x, y = points[:, 0], points[:, 1]
    near = np.flatnonzero((x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1]))
    x, y = x[near].astype(np.float64), y[near].astype(np.float64)
    odd = np.zeros(len(near), dtype=bool)
    for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if y0 == y1:
            continue
        spans = (y >= min(y0, y1)) & (y < max(y0, y1))
        odd ^= spans & (x < x0 + (y - y0) * ((x1 - x0) / (y1 - y0)))
    inside[near] = odd
    return inside


def region_members(pixel: NDArray[Any], polygons: list[NDArray[np.float64]]) -> list[NDArray[np.intp]]:
    """Return, for each polygon, the rows of `pixel` (N, 2) inside it, ascending."""
    columns = np.asfortranarray(pixel, dtype=np.float64)  # x and y each in one piece: eight passes over them
    return [np.flatnonzero(points_in_polygon(columns, polygon)) for polygon in polygons]
