"""Quality of faces: whether the right face was found, and whether onset and apex show it under the same conditions."""

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.datasets.clip import Clip
from merflow.drawing.upstream import frame_index
from merflow.imaging.luma import luma
from merflow.landmarks.alignment import ANCHORS, transform_points
from merflow.landmarks.groups import BRIDGE
from merflow.landmarks.outline import EYES, eye_distance_px, face_mask
from merflow.quality_columns import Quality, QualityColumn, Value

NOSE_TIP = 30
_SIDES = (2, 14)
"""Landmarks of the jaw at the height of the nose, image left first."""
_RESTING = (*BRIDGE, *ANCHORS)
_PATCHES = 16
"""Along a side of the aligned face."""
_BLACK, _WHITE = 2, 253
"""Grey levels at and beyond which a pixel holds no more light."""


def measure(faces: Shard, clip: Clip, upstream: Mapping[str, Shard]) -> dict[str, Value]:
    """Return the columns of `QUALITY` of one clip of an open shard of kind ``faces``; `upstream` is not read."""
    attrs = faces.attrs(clip.id)
    roles = [str(role) for role in attrs["roles"]]
    pair = [frame_index(roles, role) for role in ("onset", "apex")]
    pictures = faces.read(clip.id, "aligned_color")[pair]
    landmarks = faces.read(clip.id, "landmarks")[pair]
    matrix = faces.read(clip.id, "aligned_from_image")
    values: dict[str, Value] = {
        "face_score": float(attrs["score"]),
        "faces_found": float(attrs["faces_found"]),
        "doubts": float(sum(note.startswith("expected") for note in str(attrs["notes"]).split("; "))),
        "picture": hashlib.sha256(pictures.tobytes()).hexdigest()[:12],
        **of_landmarks(landmarks, matrix),
        **of_pictures(luma(pictures), face_mask(transform_points(matrix, landmarks[0]), pictures.shape[1:3])),
    }
    if faces.has(clip.id, "native_depth"):
        origin = np.asarray(attrs["native_origin"])
        values |= of_depth(faces.read(clip.id, "native_depth")[pair], landmarks - origin)
    return values


def of_landmarks(landmarks: NDArray[Any], aligned_from_image: NDArray[np.float64]) -> dict[str, Value]:
    """Measure the pose on the onset, and what landmarks do between the frames.

    Parameters
    ----------
    landmarks : ndarray of shape (2, 68, 2), full-frame px
        Of onset and apex.
    aligned_from_image : ndarray of shape (2, 3)
    """
    onset, apex = (transform_points(aligned_from_image, points) for points in landmarks)
    left, right = (abs(float(onset[NOSE_TIP, 0] - onset[side, 0])) for side in _SIDES)
    resting = list(_RESTING)
    shift = apex[resting] - onset[resting]
    turned = np.degrees(np.arctan2(aligned_from_image[1, 0], aligned_from_image[0, 0]))
    return {
        "eye_distance_px": eye_distance_px(landmarks[0]),
        "roll_deg": -float(turned),
        "turn": (left - right) / (left + right),
        "landmark_jitter": float(np.linalg.norm(shift - np.median(shift, axis=0), axis=1).mean()),
        "eyes_closing": 1 - eye_opening(apex) / eye_opening(onset),
    }


def eye_opening(landmarks: NDArray[Any]) -> float:
    """Return height over width of the eyes (Soukupova and Cech 2016, eq. 1), the mean of both."""

    def one(eye: NDArray[Any]) -> float:
        heights = np.linalg.norm(eye[1] - eye[5]) + np.linalg.norm(eye[2] - eye[4])
        return float(heights / (2 * np.linalg.norm(eye[0] - eye[3])))

    return float(np.mean([one(landmarks[eye]) for eye in EYES]))


def of_pictures(grey: NDArray[Any], face: NDArray[np.bool_]) -> dict[str, Value]:
    """Measure light and sharpness.

    Parameters
    ----------
    grey : ndarray of shape (2, S, S), grey levels
        Aligned onset and apex.
    face : ndarray of shape (S, S), bool
    """
    onset, apex = np.asarray(grey, dtype=np.float64)
    sharp = sharpness(onset, face)
    ends = (onset[face] <= _BLACK) | (onset[face] >= _WHITE)
    return {
        "brightness": float(onset[face].mean()),
        "saturated": float(ends.mean()),
        "light_change": float(apex[face].mean() - onset[face].mean()),
        "sharpness": sharp,
        "sharpness_ratio": sharpness(apex, face) / sharp if sharp > 0 else float("nan"),
        "picture_change": float(np.abs(apex - onset)[face].mean()),
        "patch_change": patch_change(apex - onset, face),
    }


def patch_change(difference: NDArray[np.float64], face: NDArray[np.bool_]) -> float:
    """Return the largest change of the mean grey of a patch of the face, without that of the face as a whole.

    Parameters
    ----------
    difference : ndarray of shape (S, S), grey levels
        Apex minus onset.
    face : ndarray of shape (S, S), bool
        Patches are squares of S / 16; those that lie wholly in the face count.
    """
    side = len(face) // _PATCHES
    whole = (side * _PATCHES, side * _PATCHES)
    blocks = (_PATCHES, side, _PATCHES, side)
    inside = face[: whole[0], : whole[1]].reshape(blocks).all(axis=(1, 3))
    means = difference[: whole[0], : whole[1]].reshape(blocks).mean(axis=(1, 3))[inside]
    return float(np.abs(means - difference[face].mean()).max()) if means.size else float("nan")


def sharpness(grey: NDArray[np.float64], face: NDArray[np.bool_]) -> float:
    """Return the variance of the Laplacian on the face (Pech-Pacheco et al. 2000), grey levels squared."""
    import cv2

    return float(cv2.Laplacian(np.ascontiguousarray(grey), cv2.CV_64F)[face].var())


def of_depth(depth: NDArray[Any], landmarks: NDArray[Any]) -> dict[str, Value]:
    """Measure the depth on the face.

    Parameters
    ----------
    depth : ndarray of shape (2, h, w), mm, NaN = missing
        Native crops of onset and apex.
    landmarks : ndarray of shape (2, 68, 2), px of the crop
    """
    on_face = [one[face_mask(points, one.shape)] for one, points in zip(depth, landmarks, strict=True)]
    missing = max(float(np.isnan(values).mean()) for values in on_face)
    onset, apex = (float(np.nanmedian(values)) for values in on_face)
    return {"depth_missing": missing, "face_distance_mm": onset, "distance_change_mm": apex - onset}


QUALITY = Quality(
    measure=measure,
    columns=(
        QualityColumn(
            name="face_score",
            unit="1",
            meaning="Score of the face detector on the onset frame.",
            bad="The detector was unsure: look whether the landmarks are on a face.",
            low=0.5,
            why="Whole pictures of faces score above 1 here, closely cropped ones above 0.65, false boxes below 0.2.",
        ),
        QualityColumn(
            name="faces_found",
            unit="1",
            meaning="Faces that the detector saw on the onset frame; the largest is used.",
            bad="Another person or a picture of a face is in the frame: look whether the subject was taken.",
            low=1.0,
            high=1.0,
            why="A recording shows one subject.",
        ),
        QualityColumn(
            name="doubts",
            unit="1",
            meaning="Findings of the stage that make the clip suspect: eyes unlike the subject's, depth beside colour.",
            bad="The notes of the clip name them.",
            high=0.0,
            why="A clip without fault has none.",
        ),
        QualityColumn(
            name="picture",
            unit="text",
            meaning="Start of the SHA-256 of aligned onset and apex.",
            bad="Another clip has the same pictures: one recording stands twice in the table, perhaps in two classes.",
            unique=True,
            why="A camera never takes the same picture twice.",
        ),
        QualityColumn(
            name="eye_distance_px",
            unit="px",
            meaning="Distance of the middles of the eyes on the onset frame, as recorded.",
            bad="The face is small in the frame: skin moves by less than a pixel.",
            low=60.0,
            why="Below 60 px a motion of 0.5 mm is less than half a pixel.",
        ),
        QualityColumn(
            name="roll_deg",
            unit="degrees",
            meaning="Tilt of the face in the picture; alignment takes it off.",
            bad="The head or the camera is tilted unlike in the other clips.",
            low=-20.0,
            high=20.0,
            why="The face detector is made for upright faces.",
        ),
        QualityColumn(
            name="turn",
            unit="1",
            meaning="Difference of the two sides of the face from the nose, over their sum; 0 looks at the camera.",
            bad="The head is turned: the far side is foreshortened and partly hidden.",
            outlier="both",
            least_spread=0.05,
            why="How far a head may turn depends on the method; dlib's landmarks are made for frontal faces.",
        ),
        QualityColumn(
            name="landmark_jitter",
            unit="aligned px",
            meaning="Mean change of the landmarks of nose and eye corners from onset to apex, without their shift.",
            bad="Landmarks jumped, or the frames are not of one face.",
            outlier="high",
            least_spread=0.3,
            why="Landmarks are whole pixels and jitter by about one.",
        ),
        QualityColumn(
            name="eyes_closing",
            unit="1",
            meaning="Share of the opening of the eyes that is gone at the apex.",
            bad="The subject blinks at the apex: the flow of the lids hides that of the expression.",
            high=0.45,
            outlier="low",
            least_spread=0.08,
            why="Lids that are tightened (AU 7) close by less than half.",
        ),
        QualityColumn(
            name="brightness",
            unit="grey levels",
            meaning="Mean grey of the face at the onset.",
            bad="Too dark or too bright to show fine motion, or another camera setting.",
            low=35.0,
            high=225.0,
            why="Near the ends of the range noise or saturation hides the skin's texture.",
        ),
        QualityColumn(
            name="saturated",
            unit="1",
            meaning="Share of the face's pixels that are black or white at the onset.",
            bad="Light or exposure: there is no texture to follow there.",
            high=0.1,
            why="A tenth of the face without texture is a region of it.",
        ),
        QualityColumn(
            name="light_change",
            unit="grey levels",
            meaning="Mean grey of the face at the apex minus that at the onset.",
            bad="The light changed, or a frame is of another recording: optical flow takes light for motion.",
            low=-5.0,
            high=5.0,
            why="An expression moves shadows by less; the demo, whose lamp flickers by 2 %, stays within 4.8.",
        ),
        QualityColumn(
            name="sharpness",
            unit="grey levels squared",
            meaning="Variance of the Laplacian on the face at the onset.",
            bad="Out of focus or strongly compressed (low), or noisy (high).",
            outlier="both",
            log=True,
            least_spread=0.15,
            why="It depends on the camera and on the skin: compared within the dataset.",
        ),
        QualityColumn(
            name="sharpness_ratio",
            unit="1",
            meaning="Sharpness of the apex over that of the onset.",
            bad="One of the two frames is blurred, compressed or noisy: both would give false motion.",
            low=0.8,
            high=1.25,
            why="Two frames of one clip are taken by one camera in half a second; on the demo it is 0.94 to 1.08.",
        ),
        QualityColumn(
            name="picture_change",
            unit="grey levels",
            meaning="Mean absolute difference of apex and onset on the face.",
            bad="Near 0: the apex is a copy of the onset. High: another frame, light or a moved head.",
            outlier="both",
            log=True,
            least_spread=0.12,
            why="Sensor noise alone gives more than a grey level: less is a copy.",
        ),
        QualityColumn(
            name="patch_change",
            unit="grey levels",
            meaning="Largest change of the mean grey of a patch (1/16 of the picture), without that of the whole face.",
            bad="Something is before the face in one of the frames, a shadow moved, or the eyes closed.",
            outlier="high",
            least_spread=4.0,
            why="An expression moves edges within patches; what covers skin changes patches as a whole.",
        ),
        QualityColumn(
            name="depth_missing",
            unit="1",
            meaning="Share of the face without depth, of onset and apex the larger.",
            bad="Glasses, hair, a hand or the wrong distance: points of clouds are missing there.",
            high=0.1,
            why="A tenth of the face is one of its regions.",
        ),
        QualityColumn(
            name="face_distance_mm",
            unit="mm",
            meaning="Median depth of the face at the onset.",
            bad="Depth is in another unit, or of something else.",
            low=300.0,
            high=2000.0,
            why="Depth cameras measure faces well from 0.3 to 2 m.",
        ),
        QualityColumn(
            name="distance_change_mm",
            unit="mm",
            meaning="Median depth of the face at the apex minus that at the onset.",
            bad="The head moved much, or a depth frame is of another moment or subject.",
            low=-10.0,
            high=10.0,
            why="A head that rests moves by a few mm in half a second.",
        ),
    ),
)
