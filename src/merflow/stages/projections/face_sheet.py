"""A depth picture as the surface of a face, and what bounds the space that its camera could not see.

All pixels of the face, joined to their neighbours, are one sheet: before it the camera looks through empty space, and
behind it it sees nothing. Where neighbours lie at one depth the sheet is the surface of the face. Elsewhere (at an edge
with something behind it, across a hole, and around the outline, from where the sheet goes straight back to the rear end
of the face) it is a curtain. So a line of sight of another camera that meets a curtain first enters space that is not
known; one that meets no sheet sees nothing of the face.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from merflow.stages.clouds.back_projection import MM_PER_M, Camera, unproject
from merflow.stages.meshes.cropping import clamped_to_outline, in_outline
from merflow.stages.projections.rgbd_settings import RgbdSettings

FloatArray = NDArray[np.float64]
Bools = NDArray[np.bool_]


class DepthPicture(NamedTuple):
    """Depth of a face without holes.

    Parameters
    ----------
    depth : ndarray of shape (h, w), float64
        mm; a hole has the depth of the nearest pixel of the person.
    measured : ndarray of shape (h, w), bool
        Where the camera has measured the person.
    origin : tuple of int
        Full-frame (x, y) of pixel (0, 0).
    camera : Camera
    """

    depth: FloatArray
    measured: Bools
    origin: tuple[int, int]
    camera: Camera

    def points(self, pixels: FloatArray, depth: FloatArray) -> FloatArray:
        """Return points (n, 3), mm, camera frame, of pixels (n, 2) of this picture at depths (n,) mm."""
        full = pixels + np.asarray(self.origin, dtype=np.float64)
        return unproject(depth, full[:, 0], full[:, 1], self.camera) * MM_PER_M


class Sheet(NamedTuple):
    """The sheet of a face.

    Parameters
    ----------
    vertices : ndarray of shape (V, 3), float64
        Frontal frame, mm.
    triangles : ndarray of shape (T, 3), int32
    curtain : ndarray of shape (T,), bool
        Triangles that are no surface.
    pixels : ndarray of shape (V, 2), float64
        Full-frame (x, y) of each vertex.
    """

    vertices: FloatArray
    triangles: NDArray[np.int32]
    curtain: Bools
    pixels: FloatArray


def sheet_of(
    picture: DepthPicture, frontal_from_camera: FloatArray, landmarks: FloatArray, settings: RgbdSettings
) -> Sheet:
    """Return the sheet of a face.

    Parameters
    ----------
    picture : DepthPicture
    frontal_from_camera : ndarray of shape (3, 4)
        Rigid: mm of the camera frame, as (x, y, z, 1), to the frontal frame.
    landmarks : ndarray of shape (68, 3)
        Frontal frame, mm.
    settings : RgbdSettings
    """
    outline = {"brow_extension": settings.brow_extension, "margin_mm": settings.margin_mm}
    rear = landmarks[:, 2].max() - settings.depth_mm
    shape = picture.depth.shape
    turn, shift = frontal_from_camera[:, :3], frontal_from_camera[:, 3]
    y, x = np.indices(shape).reshape(2, -1)
    pixels = np.stack([x, y], axis=1).astype(np.float64)
    rays = picture.points(pixels, np.ones(len(pixels))) @ turn.T
    vertices = rays * picture.depth.reshape(-1, 1) + shift
    face = in_outline(vertices[:, :2], landmarks, **outline) & (vertices[:, 2] > rear)
    around = _corners(face.reshape(shape))
    kept = around.any(axis=0)
    surface = (around & _corners(picture.measured)).all(axis=0) & ~_steep(picture, settings.steepest)
    triangles = _corners(np.arange(face.size).reshape(shape))[:, kept].T
    used = np.zeros(face.size, dtype=bool)
    used[triangles] = True
    behind = used & ~face
    vertices[behind] = rays[behind] * ((rear - shift[2]) / rays[behind, 2:]) + shift
    vertices[behind, :2] = clamped_to_outline(vertices[behind, :2], landmarks, **outline)
    numbers = np.cumsum(used) - 1
    return Sheet(
        vertices[used],
        numbers[triangles].astype(np.int32),
        ~surface[kept],
        pixels[used] + np.asarray(picture.origin, dtype=np.float64),
    )


def _corners(values: NDArray[Any]) -> NDArray[Any]:
    """Return the values at the corners of the triangles that join pixels, (3, 2, h - 1, w - 1): two a square."""
    a, b, c, d = values[:-1, :-1], values[:-1, 1:], values[1:, :-1], values[1:, 1:]
    return np.stack([np.stack([a, b]), np.stack([b, d]), np.stack([c, c])])


def _steep(picture: DepthPicture, steepest: float) -> Bools:
    """Tell which triangles fall away from the line of sight by more than `steepest` degrees."""
    corners = _corners(picture.depth)
    near = corners.min(axis=0)
    return np.asarray(corners.max(axis=0) - near > np.tan(np.radians(steepest)) * near / min(picture.camera[:2]))
