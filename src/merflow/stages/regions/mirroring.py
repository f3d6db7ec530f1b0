"""The mirror image of sampled points: left and right regions swap, x and u change their sign, before any scaling.

Positive and negative motion have different divisors (`merflow.stages.regions.normalisation`). A mirrored u has the
other one, and the divisors are others too: normalised motion cannot be mirrored, measured motion can.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.stages.regions.face_regions import MIRRORED_REGIONS

Array = NDArray[np.float32]


def mirrored_motion(motion: NDArray[Any]) -> NDArray[Any]:
    """Return u, v, dz of shape (..., 3) as they are in the mirror: u has the opposite sign."""
    mirrored: NDArray[Any] = motion * np.array([-1, 1, 1], dtype=motion.dtype)
    return mirrored


def mirrored_points(points: NDArray[Any], aligned_xy: NDArray[Any], *, aligned_size: int) -> tuple[Array, Array]:
    """Return the points of the mirrored face, each in the region that it then lies in.

    Parameters
    ----------
    points : ndarray of shape (8, K, 6)
        x, y, z (m) and measured u, v (aligned px), dz (mm).
    aligned_xy : ndarray of shape (8, K, 2), aligned px
    aligned_size : int
        Side of the aligned face, px; it is mirrored at its middle column.

    Returns
    -------
    points : ndarray of shape (8, K, 6), float32
        x counts from the optical axis: of use where only y and z are read of it.
    aligned_xy : ndarray of shape (8, K, 2), float32, aligned px
    """
    swapped = np.array(points, dtype=np.float32)[list(MIRRORED_REGIONS)]
    swapped[..., 0] *= -1
    swapped[..., 3:] = mirrored_motion(swapped[..., 3:])
    place = np.array(aligned_xy, dtype=np.float32)[list(MIRRORED_REGIONS)]
    place[..., 0] = aligned_size - 1 - place[..., 0]
    return swapped, place


def unmirrored_setting(regions: Mapping[str, Any]) -> tuple[str, Any] | None:
    """Return the first setting with which the mirror image of a sample is not a sample of the mirrored face.

    Parameters
    ----------
    regions : mapping
        Settings of a variant of the regions.

    Returns
    -------
    tuple of str and value, or None
        The setting and the value that it needs; None where all agree.
    """
    if not regions["symmetric"]:
        return "symmetric", True  # the printed right regions hold other points than the mirrored left ones
    if regions["selection"] == "sort" and regions["rank_on"] != "raw":
        return "rank_on", "raw"  # the mirrored face has other divisors, and with them another order
    return None
