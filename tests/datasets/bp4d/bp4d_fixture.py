"""Builders that write BP4D as public loaders read it: pictures, and a table of action units for each sequence."""

from collections.abc import Mapping, Sequence
from pathlib import Path


def write_occurrences(
    root: Path, subject: str, task: str, frames: Sequence[int], units: Mapping[int, Sequence[int]]
) -> Path:
    """Write ``AUCoding/AU_OCC/F001_T1.csv``: the first row names the units, the first column the frames."""
    rows = [[0, *units], *([frame, *(units[unit][k] for unit in units)] for k, frame in enumerate(frames))]
    return _write(root / "AUCoding/AU_OCC" / f"{subject}_{task}.csv", rows)


def write_intensities(root: Path, subject: str, task: str, unit: int, values: Mapping[int, int]) -> Path:
    """Write ``AUCoding/AU_INT/AU06/F001_T1_AU06.csv``: a frame and its intensity a line, no header."""
    return _write(root / f"AUCoding/AU_INT/AU{unit:02d}/{subject}_{task}_AU{unit:02d}.csv", [*values.items()])


def add_sequence(root: Path, subject: str, task: str, numbers: Sequence[int], *, digits: int = 4) -> Path:
    """Write ``Sequences(2D+3D)/F001/T1/2440.jpg``."""
    folder = root / "Sequences(2D+3D)" / subject / task
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        (folder / f"{number:0{digits}d}.jpg").touch()
    return folder


def _write(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(",".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
    return path
