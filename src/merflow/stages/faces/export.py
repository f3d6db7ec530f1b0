"""Aligned faces as pictures or videos, and landmarks as a table."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from merflow.imaging.encoding import write_mp4, write_png
from merflow.landmarks.alignment import transform_points
from merflow.stages.exporting import Export, NoSettings, OneClip, Source, clip_path, write_csv

FRAMES = "frames.csv"
"""Table beside the pictures: which frame of which clip each file is."""


def write_faces(source: Source, out: Path, _settings: NoSettings) -> None:
    """Write each frame as ``<subject>/<clip>/<number>.png``, and ``frames.csv`` with their roles."""
    rows = []
    for one in source.each():
        frames, roles = _frames(one)
        for number, role, face in zip(frames, roles, one.read("aligned_color"), strict=True):
            path = clip_path(out, one.clip, "") / f"{number:05d}.png"
            path.parent.mkdir(exist_ok=True)
            write_png(path, face)
            rows.append([one.clip.subject, one.clip.id, number, role, path.relative_to(out).as_posix()])
    write_csv(out / FRAMES, ["subject", "clip", "frame", "role", "file"], rows)


def write_face_videos(source: Source, out: Path, _settings: NoSettings) -> None:
    """Write each clip as ``<subject>/<clip>.mp4``, each frame at its own time, and ``frames.csv``."""
    rows = []
    for one in source.each():
        frames, roles = _frames(one)
        path = clip_path(out, one.clip, ".mp4")
        write_mp4(path, one.read("aligned_color"), np.array(frames), rate=one.clip.fps)
        file = path.relative_to(out).as_posix()
        rows += [
            [one.clip.subject, one.clip.id, number, role, file, index]
            for index, (number, role) in enumerate(zip(frames, roles, strict=True))
        ]
    write_csv(out / FRAMES, ["subject", "clip", "frame", "role", "file", "index"], rows)


def write_landmarks(source: Source, out: Path, _settings: NoSettings) -> None:
    """Write ``landmarks.csv``: a row a frame, the 68 points in px of the full frame and of the aligned face."""
    points = range(68)
    columns = [f"{name}_{point}" for name in ("x", "y", "aligned_x", "aligned_y") for point in points]
    write_csv(out / "landmarks.csv", ["subject", "clip", "frame", "role", *columns], _landmark_rows(source))


def _landmark_rows(source: Source) -> Iterator[list[object]]:
    for one in source.each():
        matrix = one.read("aligned_from_image")
        for number, role, found in zip(*_frames(one), one.read("landmarks"), strict=True):
            aligned: NDArray[np.float32] = transform_points(matrix, found).astype(np.float32)
            yield [one.clip.subject, one.clip.id, number, role, *found.T.ravel(), *aligned.T.ravel()]


def _frames(one: OneClip) -> tuple[list[int], list[str]]:
    """Return the official numbers of a clip's frames, and their roles."""
    attrs = one.attrs
    return [int(number) for number in attrs["frames"]], [str(role) for role in attrs["roles"]]


EXPORTS = (
    Export(name="faces_png", summary="aligned faces as pictures, one folder a clip", write=write_faces),
    Export(name="faces_mp4", summary="aligned faces as videos without loss, one a clip", write=write_face_videos),
    Export(name="landmarks_csv", summary="the 68 landmarks of each kept frame as one table", write=write_landmarks),
)
