"""A scanner of textured meshes beside the camera: what it sees of a head, its noise, spikes, holes and debris.

Its frame is that of the meshes, in mm: x right, y up, z towards the viewer, the origin 700 mm in front of the first
camera. It sees more than the face: ears, hair, neck and shoulders, and pieces of nothing in the air around them, as
reconstructions from pictures have them. All of this must be removed before a network sees a face.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from merflow.meshes.mesh import Mesh
from merflow.synthesis.asset import MATERIALS
from merflow.synthesis.head import HeadModel, load_head
from merflow.synthesis.pose import Pose
from merflow.synthesis.shading import encode_srgb

FloatArray = NDArray[np.float64]

WORLD_FROM_CAMERA = np.diag([1.0, -1.0, -1.0])
"""Axes of the meshes from those of the first camera; :data:`ORIGIN_MM` is taken off before."""

ORIGIN_MM = np.array([0.0, 0.0, 700.0])
"""Origin of the meshes in the frame of the first camera."""

_SEEN_MATERIALS = ("skin", "eye_left", "eye_right")
_SEEN_FROM_MM = -75.0
"""Of the head frame's z on the mean head: what lies farther back is hidden from the scanner."""

_DEBRIS_MM = 6.0
_DEBRIS_DISTANCE_MM = (110.0, 190.0)
_TETRAHEDRON = np.array([[0, 1, 2], [0, 3, 1], [1, 3, 2], [0, 2, 3]], dtype=np.int32)
_JPEG_QUALITY = 92


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """What the meshes of a clip are like.

    Parameters
    ----------
    noise_mm, landmark_noise_mm : float
        Standard deviation of each coordinate of a vertex, and of a 3D landmark.
    spike_share : float
        Share of the vertices of a frame that lie far off the surface.
    spike_mm : tuple of float
        Least and largest distance of such a vertex.
    holes : int
        Holes a frame. They take triangles out, so the topology of such a clip changes from frame to frame, and the
        vertices are counted anew. 0: one topology in all frames.
    hole_mm : tuple of float
        Smallest and largest radius.
    debris : int
        Pieces in the air around the head, a tetrahedron each.
    texture_step : int
        The texture has every so many texels of the painted one: 2 gives 700 x 512.
    """

    noise_mm: float = 0.05
    landmark_noise_mm: float = 0.05
    spike_share: float = 0.0005
    spike_mm: tuple[float, float] = (6.0, 25.0)
    holes: int = 0
    hole_mm: tuple[float, float] = (2.0, 6.0)
    debris: int = 4
    texture_step: int = 2


@dataclass(frozen=True, slots=True)
class Scan:
    """One frame of the scanner.

    Parameters
    ----------
    mesh : Mesh
        What the file holds.
    landmarks : ndarray of shape (68, 3)
        With their noise, mm.
    spikes : ndarray of int
        Vertices of `mesh` that lie off the surface.
    """

    mesh: Mesh
    landmarks: FloatArray
    spikes: NDArray[np.int64]


def to_world(points: FloatArray) -> FloatArray:
    """Return points (N, 3) of the first camera's frame in the frame of the meshes, mm."""
    moved: FloatArray = (points - ORIGIN_MM) @ WORLD_FROM_CAMERA.T
    return moved


def world_from_head(pose: Pose, pivot: FloatArray) -> FloatArray:
    """Return the matrix (3, 4) that takes head-frame points (x, y, z, 1) into the frame of the meshes, mm."""
    return np.column_stack([pose.rotation(), to_world(pose.to_camera(np.zeros((1, 3)), pivot))[0]])


def scan_frame(
    vertices: FloatArray, head: HeadModel, scanner: Scanner, rng: np.random.Generator, debris: FloatArray
) -> Scan:
    """Scan one frame.

    Parameters
    ----------
    vertices : ndarray of shape (V, 3)
        The posed head in the frame of the first camera, mm.
    head : HeadModel
        Its topology.
    scanner : Scanner
    rng : numpy.random.Generator
    debris : ndarray of shape (n, 4, 3)
        As :func:`draw_debris` draws it for a clip.
    """
    ids, triangles = seen_surface()
    world = to_world(vertices)
    landmarks = world[head.landmarks] + rng.normal(0.0, scanner.landmark_noise_mm, (len(head.landmarks), 3))
    points = world[ids] + rng.normal(0.0, scanner.noise_mm, (len(ids), 3))
    spikes = np.flatnonzero(rng.random(len(ids)) < scanner.spike_share)
    normals = head.vertex_normals(world)[ids[spikes]]
    signs = rng.choice([-1.0, 1.0], len(spikes)) * rng.uniform(*scanner.spike_mm, len(spikes))
    points[spikes] += normals * signs[:, None]
    faces = triangles[_outside_holes(world[ids], triangles, scanner, rng)]
    corners = _TETRAHEDRON + len(points) + 4 * np.arange(len(debris), dtype=np.int32)[:, None, None]
    mesh = Mesh(
        np.concatenate([points, debris.reshape(-1, 3)]),
        np.concatenate([faces, corners.reshape(-1, 3)]),
        np.concatenate([head.uv[ids], np.full((4 * len(debris), 2), 0.5, dtype=np.float32)]),
    )
    if not scanner.holes:
        return Scan(mesh, landmarks, spikes)
    kept, counted = np.unique(mesh.triangles, return_inverse=True)
    renumbered = Mesh(mesh.vertices[kept], counted.reshape(-1, 3).astype(np.int32), _rows(mesh.uv, kept))
    return Scan(renumbered, landmarks, np.flatnonzero(np.isin(kept, spikes)))


def draw_debris(scanner: Scanner, middle: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return the corners (n, 4, 3) of the pieces in the air of one clip, mm; `middle` (3,) is that of the head."""
    direction = rng.normal(size=(scanner.debris, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    places = middle + direction * rng.uniform(*_DEBRIS_DISTANCE_MM, (scanner.debris, 1))
    pieces: FloatArray = places[:, None] + rng.uniform(-_DEBRIS_MM, _DEBRIS_MM, (scanner.debris, 4, 3))
    return pieces


def texture_jpeg(texture: NDArray[np.float32], scanner: Scanner, light: float) -> bytes:
    """Return a painted texture (h, w, 3; linear) in the lamp's light as a JPEG."""
    rows, columns = (size // scanner.texture_step for size in texture.shape[:2])
    small = cv2.resize(texture, (columns, rows), interpolation=cv2.INTER_AREA) * np.float32(light)
    levels = np.rint(encode_srgb(small)).astype(np.uint8)
    _, encoded = cv2.imencode(
        ".jpg", np.ascontiguousarray(levels[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    )
    return encoded.tobytes()


@cache
def seen_surface() -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return what the scanner sees of every head: vertices of the head (n,), and triangles of these (T, 3).

    The back of the head is hidden, and so is the inside of the mouth.
    """
    head = load_head()
    seen = np.isin(head.materials, [MATERIALS.index(name) for name in _SEEN_MATERIALS])
    seen &= head.mean[:, 2] > _SEEN_FROM_MM
    ids, counted = np.unique(head.triangles[seen[head.triangles].all(axis=1)], return_inverse=True)
    return ids.astype(np.int64), counted.reshape(-1, 3).astype(np.int32)


def _outside_holes(
    points: FloatArray, triangles: NDArray[np.int32], scanner: Scanner, rng: np.random.Generator
) -> NDArray[np.bool_]:
    lost = np.zeros(len(points), dtype=bool)
    for centre in rng.choice(len(points), scanner.holes, replace=False):
        lost |= np.linalg.norm(points - points[centre], axis=1) < rng.uniform(*scanner.hole_mm)
    return np.asarray(~lost[triangles].any(axis=1))


def _rows(uv: NDArray[np.float32] | None, rows: NDArray[np.integer]) -> NDArray[np.float32] | None:
    return None if uv is None else uv[rows]
