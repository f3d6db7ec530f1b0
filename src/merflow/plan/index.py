"""The index of a dataset as planning reads it: once per version of the file, however many jobs ask."""

from functools import lru_cache
from pathlib import Path

from merflow.datasets.clip import Clip, read_clips


def indexed(clips_csv: str | Path) -> tuple[Clip, ...]:
    """Return the clips of an index, in its order."""
    return _read(str(clips_csv), Path(clips_csv).stat().st_mtime_ns)


@lru_cache(maxsize=32)
def _read(path: str, _modified_ns: int) -> tuple[Clip, ...]:
    return tuple(read_clips(Path(path)))
