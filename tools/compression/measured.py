"""How far the flow of a compressed clip is from that of the frames it was made of, and from the truth."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tools.compression.study import CODINGS, Coding, as_study, frames_of_clip, write_video

from merflow.datasets.clip import Clip
from merflow.datasets.reading.frame_source import frames_of
from merflow.landmarks.alignment import transform_points, warp_aligned
from merflow.landmarks.outline import face_mask
from merflow.stages.faces.crops import FaceGeometry, find_geometry
from merflow.stages.faces.detector import FaceDetector
from merflow.stages.faces.settings import FaceSettings
from merflow.stages.flow.head_motion import FaceMotion, remove_head_motion
from merflow.stages.flow.optical_flow import FlowSettings, estimate_flow
from merflow.synthesis.ground_truth import read_ground_truth
from merflow.synthesis.writer import ground_truth_path
from merflow.verification.flow_error import measure_flow

MOVES_PX = 0.3
"""Shorter expression flow has no direction to speak of: it is within the error of the flow; aligned px."""

SETTINGS = FaceSettings()


class Flows(NamedTuple):
    """Total and expression flow of a clip, (2, S, S), aligned px."""

    total: NDArray[np.float32]
    expression: NDArray[np.float32]


class Error(NamedTuple):
    """What one coding does to one clip.

    Attributes
    ----------
    moved_px, expression_px : float
        Mean length over the face of total and expression flow of the frames themselves, aligned px.
    total_px, rest_px : float
        Mean length of the difference of both from those, aligned px.
    angle_deg : float
        Median angle between the two expression flows where that of the frames is longer than `MOVES_PX`.
    truth_px : float
        Mean distance of the expression flow from the generator's, aligned px.
    own_face_px : float
        The same where the face is found and aligned in the video itself, as the workflow does.
    kilobytes : float
        Of the video, a frame.
    """

    moved_px: float
    expression_px: float
    total_px: float
    rest_px: float
    angle_deg: float
    truth_px: float
    own_face_px: float
    kilobytes: float


def flows(clip: Clip, root: Path, geometry: FaceGeometry) -> Flows:
    """Measure the flow of a clip by the default settings, on the grid of the frames it was made of.

    Alignment is that of the frames: landmarks that move by a pixel would move the grid, and hide what the flow does.
    """
    source = frames_of(clip, root)
    matrix, size = geometry.aligned_from_image, SETTINGS.size_px
    onset, apex = (warp_aligned(source.read(number).rgb, matrix, size_px=size) for number in (clip.onset, clip.apex))
    total = estimate_flow(onset, apex, FlowSettings())
    aligned = transform_points(matrix, geometry.landmarks)
    expression, _ = remove_head_motion(FaceMotion(total, aligned, aligned), "robust_affine")
    return Flows(total, expression)


def compare(found: Flows, frames: Flows, mask: NDArray[np.bool_]) -> tuple[float, float, float, float, float]:
    """Return the first five fields of :class:`Error`.

    Convention
    ----------
    By hand: flow (3, 4) in place of (3, 0) everywhere differs by 4 px and by the angle whose tangent is 4/3, 53.1
    degrees, of 3 px of motion.
    """
    lengths = [float(np.hypot(*flow)[mask].mean()) for flow in frames]
    differences = [float(np.hypot(*(one - other))[mask].mean()) for one, other in zip(found, frames, strict=True)]
    moves = mask & (np.hypot(*frames.expression) > MOVES_PX)
    (u, v), (a, b) = found.expression[:, moves], frames.expression[:, moves]
    angles = np.abs(np.rad2deg(np.arctan2(u * b - v * a, u * a + v * b)))
    return lengths[0], lengths[1], differences[0], differences[1], float(np.median(angles)) if moves.any() else np.nan


def errors_of_clip(clip: Clip, root: Path, work: Path) -> dict[str, Error]:
    """Write a clip in every coding and compare each with the clip itself; the first entry is the clip itself."""
    detector = FaceDetector(SETTINGS)
    geometry = find_geometry(frames_of(clip, root).read(clip.onset), SETTINGS, detector)
    size, frames = SETTINGS.size_px, flows(clip, root, geometry)
    mask = face_mask(transform_points(geometry.aligned_from_image, geometry.landmarks), (size, size))
    pictures = frames_of_clip(clip, root)
    source = frames_of(clip, root)
    files = [Path(source.where(number)) for number in source.numbers if clip.onset <= number <= clip.offset]
    stored = sum(path.stat().st_size for path in files) / len(files) / 1e3
    truth = _truth(frames, clip, root, geometry)
    found = {"frames as they are": Error(*compare(frames, frames, mask), truth, truth, stored)}
    for coding in CODINGS:
        found[coding.title] = _error(clip, root, work, coding, pictures, geometry, frames, mask, detector)
    return found


def _error(
    clip: Clip,
    root: Path,
    work: Path,
    coding: Coding,
    pictures: list[np.ndarray],
    geometry: FaceGeometry,
    frames: Flows,
    mask: NDArray[np.bool_],
    detector: FaceDetector,
) -> Error:
    path = work / coding.folder / clip.id / f"{clip.id}{coding.suffix}"
    write_video(path, pictures, coding, fps=clip.fps)
    [again] = as_study([clip], path.parent, coding)
    coded = flows(again, path.parent, geometry)
    size = path.stat().st_size / len(pictures) / 1e3
    own = find_geometry(frames_of(again, path.parent).read(again.onset), SETTINGS, detector)
    own_truth = _truth(flows(again, path.parent, own), clip, root, own)
    return Error(*compare(coded, frames, mask), _truth(coded, clip, root, geometry), own_truth, size)


def _truth(found: Flows, clip: Clip, root: Path, geometry: FaceGeometry) -> float:
    """Return the mean distance of the expression flow from the known one, aligned px."""
    truth = read_ground_truth(ground_truth_path(root, clip.id))
    return measure_flow(
        found.total,
        found.expression,
        truth=truth.flow[:2],
        expression_truth=truth.expression_flow[:2],
        visible=truth.visible,
        origin=truth.bbox[:2],
        landmarks=geometry.landmarks,
        aligned_from_image=geometry.aligned_from_image,
    ).expression_error_px
