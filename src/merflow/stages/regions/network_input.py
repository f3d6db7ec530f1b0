"""The input of the point network: positions and motion of the points of a clip, on scales that suit a network."""

from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from merflow.stages.regions.motion_channels import Motion, deciding

Coordinates = Literal["aligned", "metres"]

ALIGNED_SCALE = 60.0
"""px of a 256 px aligned face that become 1."""
REFERENCE_SIZE = 256
DEPTH_UNIT_M = 0.05
"""Metres that become 1 along z: half the relief of a face."""


def network_input(
    points: NDArray[Any],
    normalised: NDArray[Any],
    aligned_xy: NDArray[Any],
    *,
    coordinates: Coordinates = "aligned",
    motion: Motion = "all",
    aligned_size: int = REFERENCE_SIZE,
) -> NDArray[np.float32]:
    """Put coordinates and motion of sampled points together.

    Parameters
    ----------
    points : ndarray of shape (..., 8, K, 6)
        x, y, z in metres (apex, camera frame), then the motion as measured, which is not used.
    normalised : ndarray of shape (..., 8, K, 3)
        u, v, dz in [-1, 1].
    aligned_xy : ndarray of shape (..., 8, K, 2), aligned px
    coordinates : {"aligned", "metres"}
        ``aligned`` (ours): x and y on the aligned face from its middle, in units of 60 px of 256, z minus the mean
        over the clip's points, in units of 50 mm. ``metres`` (as printed): x, y, z of `points`, where the face's
        place before the camera outweighs the place on the face, and no value reaches 1.
    motion : {"all", "flow"}
        ``flow`` leaves dz out.
    aligned_size : int
        Side of the aligned face, px.

    Returns
    -------
    ndarray of shape (..., 8, K, 6), float32
        x, y, z, u, v, dz; without dz (..., 8, K, 5).
    """
    if coordinates not in get_args(Coordinates):
        raise ValueError(f"coordinates must be one of {get_args(Coordinates)}, but got {coordinates!r}")
    if coordinates == "metres":
        place = np.asarray(points, dtype=np.float64)[..., :3]
    else:
        middle = (aligned_size - 1) / 2
        unit = ALIGNED_SCALE * aligned_size / REFERENCE_SIZE
        across = (np.asarray(aligned_xy, dtype=np.float64) - middle) / unit
        z = np.asarray(points, dtype=np.float64)[..., 2:3]
        place = np.concatenate([across, (z - z.mean(axis=(-3, -2), keepdims=True)) / DEPTH_UNIT_M], axis=-1)
    return np.concatenate([place, deciding(normalised, motion)], axis=-1).astype(np.float32)
