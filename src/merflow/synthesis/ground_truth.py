"""Exact motion, depth change and landmarks of a rendered clip, and the file that holds them.

``gt/<subject>_<video>_<onset>.npz`` (not part of any official layout) holds

================  ===========================  ==================================================================
name              dtype, shape                 meaning
================  ===========================  ==================================================================
bbox              i4 (4,)                      x0, y0, x1, y1 of the window in the image, px, x1 and y1 exclusive
flow              f2 (3, h, w)                 u, v (px) and dz (mm) from onset to apex, on the onset's pixels;
                                               NaN where the onset sees background
expression_flow   f2 (3, h, w)                 the same with the head held in the onset's pose
vis               bool (h, w)                  the face's surface point is seen at the onset and still at the apex
occluded          bool (h, w)                  something before the face hides it at the onset: glasses, hair, a hand.
                                               The flow there is that of the face behind
landmarks         f4 (n, 68, 3)                x, y (px) and z (mm) of each frame from the onset on
intensity         f4 (n,)                      course of the expression from the onset on, 0 to 1
au                str                          JSON object: action unit -> amplitude at the apex, mm
conditions        str                          JSON object: what the clip was recorded under, as
                                               :meth:`merflow.synthesis.conditions.Conditions.record` gives it;
                                               empty in a dataset without ``conditions``
================  ===========================  ==================================================================
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.errors import DatasetError
from merflow.synthesis.camera import Camera
from merflow.synthesis.containers import write_npz
from merflow.synthesis.rasterise import Raster

FloatArray = NDArray[np.float64]

VISIBLE_WITHIN_MM = 2.0
_MARGIN_SHARES = (0.35, 0.60, 0.35, 0.20)  # of the landmarks' box: left (ear), top (forehead), right, bottom (neck)


@dataclass(frozen=True, slots=True)
class GroundTruth:
    """What is known exactly about one clip; shapes, units and meaning as in the module's table."""

    bbox: tuple[int, int, int, int]
    flow: NDArray[np.float16]
    expression_flow: NDArray[np.float16]
    visible: NDArray[np.bool_]
    occluded: NDArray[np.bool_]
    landmarks: NDArray[np.float32]
    intensity: NDArray[np.float32]
    aus: dict[str, float]
    conditions: Mapping[str, Any]


def face_window(landmarks_xy: FloatArray, camera: Camera) -> tuple[int, int, int, int]:
    """Return the window (x0, y0, x1, y1; px, end-exclusive) around a face from ear to ear and from hair to neck.

    Parameters
    ----------
    landmarks_xy : ndarray of shape (68, 2)
        Landmarks (x, y) in the image, px.
    camera : Camera
        Bounds the window.
    """
    low, high = landmarks_xy.min(axis=0), landmarks_xy.max(axis=0)
    size = high - low
    left, top, right, bottom = _MARGIN_SHARES
    x0, y0 = np.floor(low - size * [left, top]).astype(int)
    x1, y1 = np.ceil(high + size * [right, bottom]).astype(int)
    return max(int(x0), 0), max(int(y0), 0), min(int(x1), camera.width), min(int(y1), camera.height)


def surface_motion(
    onset: Raster,
    vertices_after: FloatArray,
    triangles: NDArray[np.int32],
    camera: Camera,
    window: tuple[int, int, int, int],
) -> tuple[FloatArray, FloatArray]:
    """Follow the surface point under each onset pixel to where it lies later.

    Parameters
    ----------
    onset : Raster
        What the onset's pixels see.
    vertices_after : ndarray of shape (V, 3)
        The same mesh later, camera frame, mm.
    triangles : ndarray of shape (T, 3)
        Vertex ids.
    camera : Camera
        Projection of both frames.
    window : tuple of int
        x0, y0, x1, y1 of the pixels to follow.

    Returns
    -------
    motion : ndarray of shape (3, h, w)
        u, v (px) and dz (mm); NaN for background.
    points_after : ndarray of shape (h, w, 3)
        The followed points, camera frame, mm; NaN for background.
    """
    x0, y0, x1, y1 = window
    part = np.s_[y0:y1, x0:x1]
    triangle = onset.triangle[part]
    rows, columns = np.nonzero(triangle >= 0)
    corners = vertices_after[triangles[triangle[rows, columns]]]
    weights = onset.barycentric[part][rows, columns].astype(np.float64)
    points = np.einsum("nk,nkd->nd", weights, corners)
    pixels = np.stack([columns + x0, rows + y0], axis=1)
    motion = np.full((3, *triangle.shape), np.nan)
    motion[:2, rows, columns] = (camera.project(points) - pixels).T
    motion[2, rows, columns] = points[:, 2] - onset.depth[part][rows, columns]
    points_after = np.full((*triangle.shape, 3), np.nan)
    points_after[rows, columns] = points
    return motion, points_after


def still_visible(points_after: FloatArray, after: Raster, camera: Camera) -> NDArray[np.bool_]:
    """Tell which followed points the later frame really shows: its z-buffer holds them within 2 mm.

    Parameters
    ----------
    points_after : ndarray of shape (h, w, 3)
        Camera frame, mm; NaN where nothing was followed.
    after : Raster
        The later frame.
    camera : Camera
        Projection of the later frame.

    Returns
    -------
    ndarray of shape (h, w), bool
    """
    followed = np.isfinite(points_after[..., 2])
    visible = np.zeros(followed.shape, dtype=bool)
    points = points_after[followed]
    x, y = np.rint(camera.project(points)).astype(int).T
    inside = (x >= 0) & (x < camera.width) & (y >= 0) & (y < camera.height)
    seen = np.zeros(len(points), dtype=bool)
    seen[inside] = np.abs(after.depth[y[inside], x[inside]] - points[inside, 2]) < VISIBLE_WITHIN_MM
    visible[followed] = seen
    return visible


def landmark_rows(vertices: FloatArray, landmark_ids: NDArray[np.int32], camera: Camera) -> FloatArray:
    """Return x, y (px) and z (mm) of the landmark vertices of one frame, (68, 3)."""
    points = vertices[landmark_ids]
    return np.concatenate([camera.project(points), points[:, 2:]], axis=1)


def write_ground_truth(path: Path, truth: GroundTruth) -> None:
    """Write ``truth`` to ``path``, byte for byte the same for the same content."""
    write_npz(
        path,
        {
            "bbox": np.array(truth.bbox, dtype=np.int32),
            "flow": truth.flow.astype(np.float16),
            "expression_flow": truth.expression_flow.astype(np.float16),
            "vis": truth.visible,
            "occluded": truth.occluded,
            "landmarks": truth.landmarks.astype(np.float32),
            "intensity": truth.intensity.astype(np.float32),
            "au": np.array(json.dumps(truth.aus)),
            "conditions": np.array(json.dumps(dict(truth.conditions))),
        },
    )


def read_ground_truth(path: Path) -> GroundTruth:
    """Read a file of the demo's ``gt`` folder.

    Parameters
    ----------
    path : Path
        ``gt/<subject>_<video>_<onset>.npz``.

    Returns
    -------
    GroundTruth

    Raises
    ------
    DatasetError
        The file does not exist. Only the demo has ground truth.
    """
    if not Path(path).is_file():
        raise DatasetError(f"expected ground truth in {path}, found no such file: only clips of the demo have it")
    with np.load(path, allow_pickle=False) as file:
        x0, y0, x1, y1 = (int(value) for value in file["bbox"])
        return GroundTruth(
            bbox=(x0, y0, x1, y1),
            flow=file["flow"],
            expression_flow=file["expression_flow"],
            visible=file["vis"],
            occluded=file["occluded"],
            landmarks=file["landmarks"],
            intensity=file["intensity"],
            aus=json.loads(str(file["au"])),
            conditions=json.loads(str(file["conditions"])),
        )
