"""Compare the motion of landmarks with the truth: detected in each frame, or tracked from the onset by optical flow.

The embedded data have the exact landmarks of every frame. A graph needs the motion of a landmark since the onset, not
its place. Errors here are of that motion, in px of the recording. Frames without head motion are compared with the
motion of the same expression with the head held still. Magnified motion is divided by its factor first.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from merflow.artefacts import Shard, open_shard
from merflow.datasets.clip import Clip
from merflow.datasets.reading.frames import list_frames, read_color
from merflow.files import atomic_path
from merflow.imaging.interpolation import bilinear
from merflow.landmarks.alignment import invert_affine, transform_points
from merflow.stages.faces.detector import FaceDetector
from merflow.stages.faces.reading import role_index
from merflow.stages.faces.settings import FaceSettings
from merflow.stages.flow.dense_flow import dense_flow
from merflow.stages.flow.grey import Flow
from merflow.stages.flow.optical_flow import FlowSettings, estimate_flow
from merflow.stages.graphs.landmarks import find_landmarks, follow
from merflow.stages.graphs.node_sets import NODE_SETS
from merflow.stages.graphs.settings import GraphSettings
from merflow.synthesis.ground_truth import GroundTruth
from merflow.verification.clips import INNER, truth_of

COLUMNS = (
    *("frames", "motion", "method", "clips"),
    *("true_px", "error_px", "slope", "true_px_14", "error_px_14", "slope_14"),
)
"""Of the table: means over the 51 landmarks inside the face, then over the 14 nodes."""

POINTS = {"": np.arange(68)[INNER], "_14": np.array(NODE_SETS[14].landmarks)}
"""Landmarks that are compared, by the ending of their columns."""

RECORDING = "as recorded"
ROLES = ("apex", "offset")

Points = NDArray[np.float64]


class Motion(NamedTuple):
    """Motion of the 68 landmarks of one clip as one method sees it.

    Attributes
    ----------
    frames : str
        Variant of the frames that it was measured on.
    motion : str
        Which motion it is.
    method : str
    estimated, true : ndarray of shape (68, 2)
        Native px; NaN where the truth is not known.
    """

    frames: str
    motion: str
    method: str
    estimated: Points
    true: Points


def measure_landmarks(
    root: Path, clips: Sequence[Clip], faces: Sequence[Path], magnified: Mapping[str, Sequence[Path]] | None = None
) -> pd.DataFrame:
    """Measure the motion of landmarks on every clip of an embedded dataset.

    Parameters
    ----------
    root : Path
        Folder of the recordings, which holds ``gt``.
    clips : sequence of Clip
        All clips of the dataset: where their recordings lie.
    faces : sequence of Path
        Faces shards with onset, apex and offset, one a subject.
    magnified : mapping of str to sequence of Path, optional
        Magnified shards of the same subjects, by variant.

    Returns
    -------
    DataFrame
        One row for each kind of frames, motion and method, columns ``COLUMNS``. ``true_px`` and ``error_px`` are mean
        lengths of the true motion and of its error, native px; ``slope`` is that of the regression of estimated on
        true components, 1 where motion is seen in full.
    """
    folders = {clip.id: root / clip.color for clip in clips}
    found = [motion for path in faces for motion in _motions_in_faces(path, root, folders)]
    shard_of, detector = {path.stem: path for path in faces}, FaceDetector(FaceSettings())
    for variant, paths in (magnified or {}).items():
        for path in paths:
            found += _motions_in_magnified(path, shard_of[path.stem], root, variant=variant, detector=detector)
    groups: dict[tuple[str, str, str], list[Motion]] = {}
    for motion in found:
        groups.setdefault((motion.frames, motion.motion, motion.method), []).append(motion)
    return pd.DataFrame([pool_clips(motions) for motions in groups.values()], columns=list(COLUMNS))


def write_landmarks_table(
    path: Path,
    root: Path,
    clips: Sequence[Clip],
    faces: Sequence[Path],
    magnified: Mapping[str, Sequence[Path]] | None = None,
) -> pd.DataFrame:
    """Write the table of ``measure_landmarks`` as CSV, four significant digits, and return it."""
    table = measure_landmarks(root, clips, faces, magnified)
    with atomic_path(path) as partial:
        table.to_csv(partial, index=False, float_format="%.4g", lineterminator="\n")
    return table


def recorded_motions(faces: Shard, clip: str, truth: GroundTruth, native: NDArray[np.uint8]) -> Iterator[Motion]:
    """Measure the total motion from onset to apex and to offset of one clip on the frames as they were recorded.

    Parameters
    ----------
    faces : Shard
        Open shard of kind ``faces``.
    clip : str
        Clip id.
    truth : GroundTruth
        Of the clip.
    native : ndarray of shape (T, h, w, 3), uint8
        Native crops of the frames that the shard holds.
    """
    matrix, landmarks = faces.read(clip, "aligned_from_image"), faces.read(clip, "landmarks")
    aligned = faces.read(clip, "aligned_color")
    numbers, origin = faces.attrs(clip)["frames"], np.asarray(faces.attrs(clip)["native_origin"])
    known = truth.landmarks[[number - numbers[0] for number in numbers]][..., :2].astype(np.float64)
    start = transform_points(matrix, landmarks[0])
    for role in ROLES:
        k = role_index(faces, clip, role)
        flow = _settings().flow
        in_aligned = {
            "tracked, DIS": dense_flow(aligned[0], aligned[k], flow),
            "tracked, TV-L1": estimate_flow(aligned[0], aligned[k], FlowSettings()),
        }
        estimates = {
            "no motion": np.zeros((68, 2)),
            "detected in each frame": landmarks[k] - landmarks[0],
            **{name: _to_native(_moved(start, field), matrix) for name, field in in_aligned.items()},
            "tracked, DIS, not aligned": _moved(landmarks[0] - origin, dense_flow(native[0], native[k], flow)),
        }
        for method, estimated in estimates.items():
            yield Motion(RECORDING, f"total, onset to {role}", method, estimated, known[k] - known[0])


def magnified_motions(
    magnified: Shard, clip: str, truth: GroundTruth, *, matrix: Points, variant: str, detector: FaceDetector
) -> Iterator[Motion]:
    """Measure the expression's motion from onset to apex of one clip on frames without the motion of the head.

    Parameters
    ----------
    magnified : Shard
        Open shard of kind ``magnified``.
    clip : str
        Clip id.
    truth : GroundTruth
        Of the clip.
    matrix : ndarray of shape (2, 3)
        ``aligned_from_image`` of the clip's faces.
    variant : str
        Name of the frames in the table.
    detector : FaceDetector
    """
    pair = magnified.read(clip, "magnified_color")[[role_index(magnified, clip, role) for role in ("onset", "apex")]]
    factor = float(magnified.attrs(clip)["factor"])
    known = expression_motion(truth)
    flows = [dense_flow(pair[0], pair[1], _settings().flow)]
    estimates = {"no motion": np.zeros((68, 2))}
    for method, followed in {"detected in each frame": None, "tracked, DIS": flows}.items():
        points = find_landmarks(pair, followed, detector).astype(np.float64)
        estimates[method] = _to_native(points[1] - points[0], matrix) / factor
    for method, estimated in estimates.items():
        yield Motion(variant, "expression, onset to apex", method, estimated, known)


def expression_motion(truth: GroundTruth) -> Points:
    """Return the exact motion (68, 2) of the onset's landmarks with the head held still, native px.

    It is that of the skin under each landmark's pixel; NaN where the onset sees no face there.
    """
    x, y = (truth.landmarks[0, :, :2] - np.asarray(truth.bbox[:2])).T
    return bilinear(truth.expression_flow[:2], x, y).T.astype(np.float64)


def native_crops(faces: Shard, clip: str, folder: Path) -> NDArray[np.uint8]:
    """Cut the native crops (T, h, w, 3) of a clip's frames out of the recording; `folder` holds its colour frames."""
    attrs, paths = faces.attrs(clip), list_frames(folder)
    (left, top), (width, height) = attrs["native_origin"], attrs["native_size"]
    frames = [read_color(paths[number])[top : top + height, left : left + width] for number in attrs["frames"]]
    return np.stack(frames)


def _motions_in_faces(path: Path, root: Path, folders: Mapping[str, Path]) -> Iterator[Motion]:
    with open_shard(path, kind="faces") as faces:
        for clip in faces.clips:
            native = native_crops(faces, clip, folders[clip])
            yield from recorded_motions(faces, clip, truth_of(root, clip), native)


def _motions_in_magnified(
    path: Path, faces_path: Path, root: Path, *, variant: str, detector: FaceDetector
) -> Iterator[Motion]:
    with open_shard(path, kind="magnified") as magnified, open_shard(faces_path, kind="faces") as faces:
        for clip in magnified.clips:
            matrix = faces.read(clip, "aligned_from_image")
            truth = truth_of(root, clip)
            yield from magnified_motions(magnified, clip, truth, matrix=matrix, variant=variant, detector=detector)


def _settings() -> GraphSettings:
    return GraphSettings()


def _moved(points: NDArray[np.floating], flow: Flow) -> Points:
    """Return how far a flow moves points (N, 2), px of its grid."""
    start = points.astype(np.float32)
    return (follow(start, flow) - start).astype(np.float64)


def _to_native(vectors: NDArray[np.floating], matrix: NDArray[np.floating]) -> Points:
    """Turn vectors (N, 2) from aligned into native px."""
    return np.asarray(vectors @ invert_affine(matrix)[:, :2].T, dtype=np.float64)


def pool_clips(motions: Sequence[Motion]) -> dict[str, object]:
    """Return one row of the table.

    Parameters
    ----------
    motions : sequence of Motion
        Of all clips, by one method.

    Returns
    -------
    dict
        By ``COLUMNS``; points whose true motion is not known are left out.
    """
    estimated, true = np.stack([m.estimated for m in motions]), np.stack([m.true for m in motions])
    row: dict[str, object] = dict(zip(COLUMNS, (*motions[0][:3], len(motions)), strict=False))
    for ending, points in POINTS.items():
        e, t = estimated[:, points].reshape(-1, 2), true[:, points].reshape(-1, 2)
        known = np.isfinite(t).all(axis=1)
        e, t = e[known], t[known]
        row[f"true_px{ending}"] = float(np.linalg.norm(t, axis=1).mean())
        row[f"error_px{ending}"] = float(np.linalg.norm(e - t, axis=1).mean())
        row[f"slope{ending}"] = regression_slope(t.ravel(), e.ravel())
    return row


def regression_slope(x: Points, y: Points) -> float:
    """Slope of the least-squares line of y (n,) on x (n,), with a constant; NaN where x does not vary."""
    centred = x - x.mean()
    spread = float(centred @ centred)
    return float(centred @ (y - y.mean())) / spread if spread > 0 else float("nan")
