"""The index of a dataset as planning reads it: once per version of the file, for all jobs."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from merflow.datasets.clip import Clip
from merflow.datasets.clip_table import read_clips


class Version(NamedTuple):
    """What tells one version of an index from another: its path and the nanosecond of its last change."""

    path: str
    modified_ns: int


class _Index(NamedTuple):
    clips: tuple[Clip, ...]
    by_subject: Mapping[str, tuple[Clip, ...]]


def indexed(clips_csv: str | Path) -> tuple[Clip, ...]:
    """Return the clips of an index, in its order."""
    return _read(index_version(clips_csv)).clips


def clips_by_subject(clips_csv: str | Path) -> Mapping[str, tuple[Clip, ...]]:
    """Return the clips of an index by subject, both in its order."""
    return _read(index_version(clips_csv)).by_subject


def index_version(clips_csv: str | Path) -> Version:
    """Return the version of an index that is there now."""
    return Version(str(clips_csv), Path(clips_csv).stat().st_mtime_ns)


@lru_cache(maxsize=32)
def _read(index: Version) -> _Index:
    clips = tuple(read_clips(Path(index.path)))
    by_subject: dict[str, list[Clip]] = {}
    for clip in clips:
        by_subject.setdefault(clip.subject, []).append(clip)
    return _Index(clips, {subject: tuple(own) for subject, own in by_subject.items()})
