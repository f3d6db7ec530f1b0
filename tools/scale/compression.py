"""What each compression makes of the shards of one embedded subject: bytes and CPU time."""

import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from merflow.artefacts import ShardWriter, open_shard

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Stored:
    """A clip in one compression: bytes, CPU seconds to write and read back, and to read."""

    size: float
    write_s: float
    read_s: float


def compared(shard: Path, kind: str, compressions: tuple[str, ...] = ("gzip", "zstd")) -> dict[str, Stored]:
    """Return what a shard is in each compression, medians of several rounds in turn.

    Parameters
    ----------
    shard : Path
        Any shard.
    kind : str
        Its kind.
    compressions : tuple of str
        As ``execution.compression``.
    """
    clips = _read(shard, kind)
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in compressions}
    sizes = {}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(ROUNDS + 1):
            for name in compressions:
                path = Path(folder) / f"{name}.h5"
                written = _seconds(partial(_write, path, kind, clips, name))
                read = _seconds(partial(_read, path, kind))
                sizes[name] = path.stat().st_size
                if turn:  # the first turn loads libraries
                    times[name].append((written, read))
    return {name: Stored(sizes[name] / len(clips), *_medians(found, len(clips))) for name, found in times.items()}


def _medians(rounds: list[tuple[float, float]], clips: int) -> list[float]:
    """Return the median seconds of a clip to write and to read."""
    return [statistics.median(part) / clips for part in zip(*rounds, strict=True)]


def _seconds(action: Callable[[], object]) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


def _read(path: Path, kind: str) -> dict[str, tuple[dict[str, Any], Mapping[str, Any]]]:
    with open_shard(path, kind=kind) as shard:
        return {
            clip: ({field: shard.read(clip, field) for field in shard.fields(clip)}, shard.attrs(clip))
            for clip in shard.clips
        }


def _write(path: Path, kind: str, clips: Mapping[str, tuple[dict[str, Any], Mapping[str, Any]]], name: str) -> None:
    with ShardWriter(
        path, kind=kind, variant="v", dataset="d", subject="s", params={}, code="", inputs={}, compression=name
    ) as shard:
        for clip, (arrays, attrs) in clips.items():
            shard.add(clip, arrays, attrs)
