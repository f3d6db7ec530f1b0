"""Errors of one clip's artefacts against the ground truth of its rendering."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.landmarks.alignment import transform_points
from merflow.landmarks.outline import face_mask
from merflow.stages.depth_flow.depth_change import nasal_shift
from merflow.stages.faces.reading import role_index
from merflow.stages.flow.head_motion import HEAD_MOTION_METHODS, FaceMotion, remove_head_motion
from merflow.synthesis.ground_truth import GroundTruth, read_ground_truth
from merflow.verification.flow_error import endpoint_error, measure_flow, visible_face

INNER = slice(17, 68)
"""Landmarks inside the face; dlib's jaw line follows the silhouette, which is no point of the skin."""

Errors = dict[str, float]


def truth_of(root: Path, clip: str) -> GroundTruth:
    """Return the ground truth of a clip of an embedded dataset."""
    return read_ground_truth(root / "gt" / f"{clip}.npz")


def landmark_errors(faces: Shard, clip: str, truth: GroundTruth) -> Errors:
    """Return the mean distance of the inner landmarks from the truth, px, and whether one face was found.

    The onset is the first frame of a rendered clip, the apex the one where the expression is strongest.
    """
    frames = faces.attrs(clip)["frames"]
    found = faces.read(clip, "landmarks")[:, INNER]
    known = truth.landmarks[[number - frames[0] for number in frames]][:, INNER, :2]
    return {
        "one face found": float(faces.attrs(clip)["faces_found"] == 1),
        "inner landmarks": float(np.linalg.norm(found - known, axis=-1).mean()),
    }


def flow_errors(faces: Shard, flow: Shard, clip: str, truth: GroundTruth) -> Errors:
    """Return true motion and error of the total flow (native px) and of the expression flow (aligned px)."""
    measured = measure_flow(
        flow.read(clip, "flow"),
        flow.read(clip, "expression_flow"),
        truth=truth.flow[:2],
        expression_truth=truth.expression_flow[:2],
        visible=truth.visible,
        origin=truth.bbox[:2],
        landmarks=faces.read(clip, "landmarks")[role_index(faces, clip, "onset")],
        aligned_from_image=faces.read(clip, "aligned_from_image"),
    )
    return {
        "true motion": measured.motion_px,
        "flow": measured.flow_error_px,
        "true expression": measured.expression_px,
        "expression flow": measured.expression_error_px,
    }


def head_motion_errors(faces: Shard, flow: Shard, clip: str, truth: GroundTruth) -> Errors:
    """Return the error of the expression flow for every method that takes the head's motion off, aligned px."""
    matrix = faces.read(clip, "aligned_from_image")
    pair = [role_index(faces, clip, role) for role in ("onset", "apex")]
    landmarks = transform_points(matrix, faces.read(clip, "landmarks")[pair])
    total = flow.read(clip, "flow").astype(np.float32)
    pixels = visible_face(faces.read(clip, "landmarks")[pair[0]], truth.visible, origin=truth.bbox[:2])
    errors = {}
    for method in HEAD_MOTION_METHODS:
        rest, _ = remove_head_motion(FaceMotion(total, landmarks[0], landmarks[1]), method)
        distance = endpoint_error(
            rest, truth.expression_flow[:2], aligned_from_image=matrix, origin=truth.bbox[:2], unit="aligned"
        )
        errors[f"expression flow, {method}"] = float(np.nanmean(distance[pixels]))
    return errors


def depth_errors(faces: Shard, depth_flow: Shard, clip: str, truth: GroundTruth) -> Errors:
    """Return the median error of dz over the visible face, mm, and the median size of the true change.

    The truth is the expression's own change of depth, aligned at the nose as the measurement is.
    """
    origin = np.asarray(faces.attrs(clip)["native_origin"])
    dz, raw = (depth_flow.read(clip, name).astype(np.float32) for name in ("dz", "dz_raw"))
    landmarks = faces.read(clip, "landmarks")[role_index(faces, clip, "onset")] - origin
    shift = np.asarray(truth.bbox[:2]) - origin
    known = _on_grid(truth.expression_flow[2].astype(np.float32), dz.shape, shift, fill=np.nan)
    visible = _on_grid(truth.visible.astype(np.float32), dz.shape, shift, fill=0.0) > 0
    known -= nasal_shift(known, landmarks)
    pixels = face_mask(landmarks, dz.shape) & visible & np.isfinite(known) & np.isfinite(dz) & np.isfinite(raw)
    return {
        "true dz": float(np.median(np.abs(known[pixels]))),
        "dz": float(np.median(np.abs(dz - known)[pixels])),
        "dz rms": float(np.sqrt(np.mean((dz - known)[pixels] ** 2))),
        "dz rms, raw": float(np.sqrt(np.mean((raw - known)[pixels] ** 2))),
    }


def clip_errors(shards: Mapping[str, Shard], clip: str, truth: GroundTruth) -> Errors:
    """Return all errors of one clip from its open shards: ``faces``, ``flow`` and ``depth_flow``."""
    return {
        **landmark_errors(shards["faces"], clip, truth),
        **flow_errors(shards["faces"], shards["flow"], clip, truth),
        **head_motion_errors(shards["faces"], shards["flow"], clip, truth),
        **depth_errors(shards["faces"], shards["depth_flow"], clip, truth),
    }


def _on_grid(
    values: NDArray[np.float32], shape: tuple[int, ...], shift: NDArray[np.integer], *, fill: float
) -> NDArray[np.float32]:
    """Lay a window over a grid: pixel (0, 0) of `values` comes to `shift` (x, y); what it does not cover is `fill`."""
    grid = np.full(shape, fill, dtype=np.float32)
    x, y = (int(number) for number in shift)
    height, width = values.shape
    top, left = max(y, 0), max(x, 0)
    bottom, right = min(y + height, shape[0]), min(x + width, shape[1])
    grid[top:bottom, left:right] = values[top - y : bottom - y, left - x : right - x]
    return grid
