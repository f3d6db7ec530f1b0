"""The faces of a clip in depth, straightened to the frontal mean face as meshes are: one sheet a frame."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.errors import BadClipError
from merflow.landmarks.alignment import transform_points
from merflow.landmarks.outline import face_mask
from merflow.stages.clouds.back_projection import Camera
from merflow.stages.clouds.eye_distance import check_eye_distance, eye_distance
from merflow.stages.depth_flow.denoise import masked_gaussian
from merflow.stages.faces.reading import image_size, native_depth
from merflow.stages.faces.registration import BODY_MM
from merflow.stages.meshes.reading import FaceMesh
from merflow.stages.meshes.straightening import moved, straighten
from merflow.stages.projections.face_sheet import DepthPicture, sheet_of
from merflow.stages.projections.registration import registered
from merflow.stages.projections.rgbd_settings import Fit, RgbdSettings

FloatArray = NDArray[np.float64]

WITHIN_FACE = slice(17, None)
"""Landmarks of brows, eyes, nose and mouth: those of the jaw lie where depth ends."""

PLACE_PX = 1
"""Half side of the patch whose median is the depth of a landmark."""


class SeenFace(NamedTuple):
    """One frame: the sheet of the face with its colours, and which of its triangles (T,) are no surface."""

    mesh: FaceMesh
    curtain: NDArray[np.bool_]


def faces_in_depth(faces: Shard, clip: str, settings: RgbdSettings, own: Camera | None = None) -> Iterator[SeenFace]:
    """Yield the face of each frame of a clip of a ``faces`` shard that has depth, seen by its own camera or theirs.

    Raises
    ------
    BadClipError
        When the clip has no depth, or its eyes are not as far apart as a person's.
    """
    depth, landmarks = native_depth(faces, clip), faces.read(clip, "landmarks").astype(np.float64)
    left, top = (int(value) for value in faces.attrs(clip)["native_origin"])
    camera = own or Camera.of_frames(image_size(faces, clip), settings.focal_px, settings.cx_px, settings.cy_px)
    eyes = eye_distance(depth[0], landmarks[0], camera, origin=(left, top))
    check_eye_distance(eyes, camera, settings.eye_distance_mm, block="projections.rgbd", own=own is not None)
    placed = landmarks - [left, top]
    pictures = [
        depth_picture(one, points, camera, origin=(left, top), sd_px=settings.sd_px)
        for one, points in zip(depth, placed, strict=True)
    ]
    in_space = np.stack([landmarks_in_space(one, points) for one, points in zip(pictures, placed, strict=True)])
    frontal_from_camera = straightened(pictures, placed, in_space, settings.fit)
    textures, aligned_from_image = faces.read(clip, "aligned_color"), faces.read(clip, "aligned_from_image")
    for picture, points, matrix, texture in zip(pictures, in_space, frontal_from_camera, textures, strict=True):
        sheet = sheet_of(picture, matrix, moved(points, matrix), settings)
        uv = (transform_points(aligned_from_image, sheet.pixels) + 0.5) / len(texture)
        mesh = FaceMesh(sheet.vertices.astype(np.float32), sheet.triangles, uv.astype(np.float32), texture)
        yield SeenFace(mesh, sheet.curtain)


def straightened(pictures: Sequence[DepthPicture], landmarks: FloatArray, in_space: FloatArray, fit: Fit) -> FloatArray:
    """Return the rigid matrices (T, 3, 4) that take mm of the camera frame to the frontal frame.

    Parameters
    ----------
    pictures : sequence of DepthPicture
    landmarks : ndarray of shape (T, 68, 2), px of the pictures
    in_space : ndarray of shape (T, 68, 3), mm, camera frame
        The same landmarks.
    fit : {"surface", "landmarks"}
        As in ``RgbdSettings``.
    """
    if fit == "landmarks":
        return straighten(in_space, "robust", rows=WITHIN_FACE)
    first = straighten(in_space[:1], "mean_face", rows=WITHIN_FACE)[0]
    to_first = registered(pictures, landmarks)
    last = np.broadcast_to([0.0, 0.0, 0.0, 1.0], (len(to_first), 1, 4))
    return np.asarray(first @ np.concatenate([to_first, last], axis=1))


def depth_picture(
    depth: NDArray[np.floating], landmarks: FloatArray, camera: Camera, *, origin: tuple[int, int], sd_px: float
) -> DepthPicture:
    """Return a depth picture of the person without holes.

    Parameters
    ----------
    depth : ndarray of shape (h, w)
        mm; NaN = missing.
    landmarks : ndarray of shape (68, 2), px of the picture
    camera : Camera
    origin : tuple of int
        Full-frame (x, y) of pixel (0, 0).
    sd_px : float
        Of the Gaussian that smooths the person's depth; holes have no weight.

    Raises
    ------
    BadClipError
        When no pixel of the face has depth.
    """
    from scipy.ndimage import distance_transform_edt

    on_face = face_mask(landmarks, (depth.shape[0], depth.shape[1])) & np.isfinite(depth)
    if not on_face.any():
        raise BadClipError("expected depth on the face in every frame, found none in one")
    with np.errstate(invalid="ignore"):
        person = np.abs(depth - np.median(depth[on_face])) < BODY_MM
    values = np.where(person, depth, np.nan)
    if sd_px:
        smooth = masked_gaussian(values, sd_px=sd_px)
        values = np.where(person & np.isfinite(smooth), smooth, values)
    nearest = distance_transform_edt(~person, return_distances=False, return_indices=True)
    return DepthPicture(values[tuple(nearest)].astype(np.float64), person, origin, camera)


def landmarks_in_space(picture: DepthPicture, landmarks: FloatArray) -> FloatArray:
    """Return landmarks (68, 3), mm, camera frame, of those in a picture (68, 2), px of it."""
    height, width = picture.depth.shape
    depth = []
    for x, y in np.rint(landmarks).astype(int):
        rows = slice(min(max(y - PLACE_PX, 0), height - 1), max(y + PLACE_PX + 1, 1))
        columns = slice(min(max(x - PLACE_PX, 0), width - 1), max(x + PLACE_PX + 1, 1))
        depth.append(np.median(picture.depth[rows, columns]))
    return picture.points(landmarks, np.array(depth))
