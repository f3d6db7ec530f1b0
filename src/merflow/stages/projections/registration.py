"""Registration: the rigid motion that lays the face of each depth frame on that of the first one, by the whole surface.

Landmarks in a picture jitter by a pixel from frame to frame, which turns a head by a third of a degree. A surface has
thousands of points. R: point to plane (Chen and Medioni 1992), each point looked up where it is seen in the first
frame, weighted again and again (Geman-McClure), so that what an expression moves does not turn the head.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from merflow.errors import BadClipError
from merflow.imaging.interpolation import bilinear
from merflow.landmarks.outline import face_mask
from merflow.stages.clouds.back_projection import MM_PER_M, project
from merflow.stages.depth_flow.denoise import masked_gaussian
from merflow.stages.meshes.straightening import moved
from merflow.stages.projections.face_sheet import DepthPicture

FloatArray = NDArray[np.float64]

ROUNDS = 12
STEP_PX = 4
"""Every fourth pixel of every fourth row: some 5 000 points."""
NORMAL_SD_PX = 4.0
"""Smooths the surface whose normals are taken."""
REACH_MM = 8.0
"""What lies farther from the surface is no part of it."""
LEAST_POINTS = 100
"""Fewer are no face."""
_SCALE, _LEAST_MM = 1.5, 0.05


class _Surface(NamedTuple):
    """Points and unit normals of the first frame, (6, h, w), camera frame, mm; NaN = missing."""

    values: NDArray[np.float32]
    picture: DepthPicture


def registered(pictures: Sequence[DepthPicture], landmarks: FloatArray) -> FloatArray:
    """Return the rigid matrices (T, 3, 4) that lay the face of each picture on that of the first one, camera frame, mm.

    Parameters
    ----------
    pictures : sequence of DepthPicture
        Of one camera and one window.
    landmarks : ndarray of shape (T, 68, 2), px of the pictures
        They say which pixels are face.

    Raises
    ------
    BadClipError
        When a face is far from that of the first frame.
    """
    surface = _surface(pictures[0], landmarks[0])
    matrix = np.eye(3, 4)
    found = [matrix]
    for picture, points in zip(pictures[1:], landmarks[1:], strict=True):
        matrix = _fitted(_points(picture, points), surface, matrix)
        found.append(matrix)
    return np.stack(found)


def _points(picture: DepthPicture, landmarks: FloatArray) -> FloatArray:
    """Return points (n, 3) of the face."""
    height, width = picture.depth.shape
    kept = face_mask(landmarks, (height, width)) & picture.measured
    y, x = STEP_PX * np.array(np.nonzero(kept[::STEP_PX, ::STEP_PX]))
    return picture.points(np.stack([x, y], axis=1).astype(np.float64), picture.depth[y, x])


def _surface(picture: DepthPicture, landmarks: FloatArray) -> _Surface:
    """Return the face of the first frame."""
    height, width = picture.depth.shape
    face = face_mask(landmarks, (height, width)) & picture.measured
    smooth = masked_gaussian(np.where(picture.measured, picture.depth, np.nan), sd_px=NORMAL_SD_PX)
    y, x = np.indices((height, width)).reshape(2, -1)
    pixels = np.stack([x, y], axis=1).astype(np.float64)
    points, plain = (
        picture.points(pixels, depth.ravel().astype(np.float64)).T.reshape(3, height, width)
        for depth in (smooth, picture.depth)
    )
    normals = np.cross(np.gradient(points, axis=2), np.gradient(points, axis=1), axis=0)
    normals /= np.linalg.norm(normals, axis=0)
    values = np.where(face, np.concatenate([plain, normals]), np.nan)
    return _Surface(values.astype(np.float32), picture)


def _fitted(points: FloatArray, surface: _Surface, matrix: FloatArray) -> FloatArray:
    """Return the matrix (3, 4) that lays points (n, 3) on a surface, from one that is near."""
    camera, origin = surface.picture.camera, np.asarray(surface.picture.origin)
    for _ in range(ROUNDS):
        placed = moved(points, matrix)
        x, y = (project(placed / MM_PER_M, camera) - origin).T
        seen = bilinear(surface.values, x, y).astype(np.float64)
        there = np.isfinite(seen).all(axis=0)
        on_surface, normals = seen[:3, there].T, seen[3:, there].T
        off = ((placed[there] - on_surface) * normals).sum(axis=1)
        near = np.abs(off) < REACH_MM
        if np.count_nonzero(near) < LEAST_POINTS:
            raise BadClipError(
                f"expected a face within {REACH_MM:g} mm of that of the first frame, found {np.count_nonzero(near)} "
                "points of it there: the head has moved too far, or a frame has no depth on the face"
            )
        matrix = _stepped(placed[there][near], normals[near], off[near]) @ np.vstack([matrix, [0, 0, 0, 1]])
    return matrix


def _stepped(points: FloatArray, normals: FloatArray, off: FloatArray) -> FloatArray:
    """Return the small motion (3, 4) that takes off what points are off along the normals."""
    from scipy.spatial.transform import Rotation

    scale = max(_SCALE * float(np.median(np.abs(off))), _LEAST_MM)
    weights = (scale**2 / (scale**2 + off**2)) ** 2
    middle = points.mean(axis=0)
    design = np.concatenate([np.cross(points - middle, normals), normals], axis=1)
    weighted = design * weights[:, None]
    motion = np.linalg.lstsq(weighted.T @ design, -weighted.T @ off)[0]
    turn = Rotation.from_rotvec(motion[:3]).as_matrix()
    return np.column_stack([turn, middle + motion[3:] - turn @ middle])
