"""Whole aligned clips as pictures or videos."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from merflow.imaging.encoding import write_mp4, write_png
from merflow.stages.exporting import Export, NoSettings, OneClip, Source, clip_path, write_csv
from merflow.stages.sequences.frames import sequence_frames


def write_sequence_pictures(source: Source, out: Path, _settings: NoSettings) -> None:
    """Write each frame as ``<subject>/<clip>/<index>.png``, and ``frames.csv`` with their positions."""
    rows = []
    for one in source.each():
        folder = clip_path(out, one.clip, "")
        folder.mkdir()
        frames, positions = _frames(one)
        for index, (frame, position) in enumerate(zip(frames, positions, strict=True)):
            path = folder / f"{index:05d}.png"
            write_png(path, frame)
            file = path.relative_to(out).as_posix()
            rows.append([one.clip.subject, one.clip.id, index, position, _role(one, index), file])
    write_csv(out / "frames.csv", ["subject", "clip", "index", "position", "role", "file"], rows)


def write_sequence_videos(source: Source, out: Path, _settings: NoSettings) -> None:
    """Write each clip as ``<subject>/<clip>.mp4``, each frame at its own time, and ``frames.csv``."""
    rows = []
    for one in source.each():
        frames, positions = _frames(one)
        path = clip_path(out, one.clip, ".mp4")
        write_mp4(path, frames, positions, rate=float(one.attrs["fps"]))
        file = path.relative_to(out).as_posix()
        rows += [
            [one.clip.subject, one.clip.id, index, position, _role(one, index), file]
            for index, position in enumerate(positions)
        ]
    write_csv(out / "frames.csv", ["subject", "clip", "index", "position", "role", "file"], rows)


def _frames(one: OneClip) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Return the frames of a clip without its padding, and where each lies among the official numbers."""
    length = int(one.attrs["n_frames"])
    return sequence_frames(one.read("onset_color"), one.read("difference"))[:length], one.read("position")[:length]


def _role(one: OneClip, index: int) -> str:
    return {0: "onset", int(one.attrs["apex"]): "apex", int(one.attrs["n_frames"]) - 1: "offset"}.get(index, "")


EXPORTS = (
    Export(
        name="sequences_png",
        summary="whole aligned clips as pictures, one folder a clip",
        write=write_sequence_pictures,
    ),
    Export(
        name="sequences_mp4",
        summary="whole aligned clips as videos without loss, one a clip",
        write=write_sequence_videos,
    ),
)
