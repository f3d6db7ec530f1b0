"""Occlusion: the list of clips in which a hand or another object hides the face at the apex."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from merflow.datasets.annotation import Annotation
from merflow.datasets.casme3_layout import subject_number
from merflow.datasets.limits import read_as_csv
from merflow.errors import DatasetError
from merflow.reading import is_file

_FIELDS = re.compile(r"[,;\s]+")
_CLIP_ID = re.compile(r"(sp\s*no\.?\s*\d+)_([a-z])_(\d+)", re.IGNORECASE | re.ASCII)
_Key = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class OccludedClip:
    """One line of the list: who, which video, which onset, and where it says so."""

    key: _Key
    source: str


def read_occluded(path: Path) -> list[OccludedClip]:
    """Read a list of occluded clips.

    Parameters
    ----------
    path : Path
        Text or CSV: subject, filename and onset on each line, separated by commas, semicolons, tabs or blanks, or one
        clip name ``spNO.10_a_116``. A heading, empty lines and lines that start with ``#`` are passed over.

    Raises
    ------
    DatasetError
        When the file is missing, or a line is none of these.
    """
    if not is_file(path):
        raise DatasetError(f"expected the list of occluded clips {path}, but there is no such file.")
    with read_as_csv(path):
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    clips = []
    for number, line in enumerate(lines, start=1):
        text = line.strip().strip(",;")
        key = _parse(text)
        if key is not None:
            clips.append(OccludedClip(key, f"{path.name}, line {number}"))
        elif text and not text.startswith("#") and number > 1:
            raise DatasetError(
                f"{path.name}, line {number}: expected subject, filename, onset (spNO.10,a,116), found {line!r}."
            )
    return clips


def occluded_sources(listed: Sequence[OccludedClip], annotations: Sequence[Annotation]) -> Mapping[str, str]:
    """Return clip id -> line of the list, for the micro-expressions of part A that are listed.

    A listed onset may be the sheet's or the corrected one.

    Raises
    ------
    DatasetError
        When a line names no annotated clip, since a typing error would leave an occluded clip in.
    """
    by_key = {key: one.clip.id for one in annotations for key in _keys(one)}
    for one in listed:
        if one.key not in by_key:
            number, video, onset = one.key
            raise DatasetError(
                f"{one.source}: expected a clip of the annotation, found none for spNO.{number}, {video}, onset "
                f"{onset}. Correct the line."
            )
    return {by_key[one.key]: one.source for one in listed}


def _keys(one: Annotation) -> list[_Key]:
    number = subject_number(one.clip.subject)
    if number is None or one.clip.expression != "micro" or one.clip.part != "A":
        return []
    return [(number, one.clip.video, onset) for onset in {one.sheet_onset, one.clip.onset}]


def _parse(text: str) -> _Key | None:
    match = _CLIP_ID.fullmatch(text)
    parts = list(match.groups()) if match else _FIELDS.split(text)
    if len(parts) != 3 or not (parts[2].isascii() and parts[2].isdigit() and len(parts[2]) < 10):
        return None
    number = subject_number(parts[0])
    return None if number is None else (number, parts[1].casefold(), int(parts[2]))
