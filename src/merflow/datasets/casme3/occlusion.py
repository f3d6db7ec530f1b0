"""Occlusion: the list of clips in which a hand or another object hides the face at the apex."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from merflow.datasets.casme3.layout import subject_number
from merflow.datasets.reading.annotation import Annotation
from merflow.datasets.reading.cells import cell_text
from merflow.datasets.reading.grids import read_grids
from merflow.datasets.reading.text_grids import decoded
from merflow.errors import DatasetError
from merflow.reading import is_file
from merflow.untrusted.file_kinds import kind_of
from merflow.untrusted.limits import read_as_csv

_FIELDS = re.compile(r"[,;\s]+")
_CLIP_ID = re.compile(r"(sp\s*no\.?\s*\d+)_([a-z])_(\d+)", re.IGNORECASE | re.ASCII)
_ONSET = "onset"
_Key = tuple[int, str, int]

NOT_OCCLUDED: Sequence[_Key] = ((216, "e", 0), (216, "e", 1))
"""The row of the official list that tells a wrong frame number, the sheet's and the right one; nothing hides the face.
It stands among the corrections (:data:`merflow.datasets.reading.corrections.CASME3_PART_A_MICRO`)."""


@dataclass(frozen=True, slots=True)
class OccludedClip:
    """One line of the list: who, which video, which onset, and where it says so."""

    key: _Key
    source: str


@dataclass(frozen=True, slots=True)
class _Line:
    """One line or row that is not empty.

    Parameters
    ----------
    cells : sequence of str
    source : str
        Where it stands.
    may_be_text : bool
        Whether it may be a heading or a remark.
    onset : int or None
        Position of the onset, where a heading says it.
    """

    cells: Sequence[str]
    source: str
    may_be_text: bool
    onset: int | None = None


def read_occluded(path: Path) -> list[OccludedClip]:
    """Read a list of occluded clips.

    Parameters
    ----------
    path : Path
        The official workbook, or text or CSV in its place: on each line subject, filename and onset, in this order,
        or one clip name ``spNO.10_a_116``; other columns may stand before and behind them. In a workbook a heading
        that names a column Onset says where that is. Headings, empty lines, remarks of one cell in a workbook, and
        lines of text that start with ``#`` are passed over.

    Returns
    -------
    list of OccludedClip
        In the order of the list, :data:`NOT_OCCLUDED` among them.

    Raises
    ------
    DatasetError
        When the file is missing, or a line is none of these.
    """
    if not is_file(path):
        raise DatasetError(f"expected the list of occluded clips {path}, but there is no such file.")
    clips = list[OccludedClip]()
    for line in _text_lines(path) if kind_of(path) == "text" else _workbook_lines(path):
        key = _parse(line)
        if key is not None:
            clips.append(OccludedClip(key, line.source))
        elif not line.may_be_text:
            raise DatasetError(
                f"{line.source}: expected subject, filename, onset (spNO.10,a,116), found {','.join(line.cells)!r}. "
                "Correct the line."
            )
    return clips


def occluded_sources(listed: Sequence[OccludedClip], annotations: Sequence[Annotation]) -> Mapping[str, str]:
    """Return clip id -> line of the list, for the micro-expressions of part A that are listed.

    A listed onset may be the sheet's or the corrected one. Lines of :data:`NOT_OCCLUDED` are left out.

    Raises
    ------
    DatasetError
        When a line names no annotated clip, since a typing error would leave an occluded clip in.
    """
    by_key = {key: one.clip.id for one in annotations for key in _keys(one)}
    occluded = [one for one in listed if one.key not in NOT_OCCLUDED]
    for one in occluded:
        if one.key not in by_key:
            number, video, onset = one.key
            raise DatasetError(
                f"{one.source}: expected a clip of the annotation, found none for spNO.{number}, {video}, onset "
                f"{onset}. Correct the line."
            )
    return {by_key[one.key]: one.source for one in occluded}


def occlusion_notes(listed: Sequence[OccludedClip]) -> list[str]:
    """Return a note of each line that is no occlusion."""
    return [
        f"{one.source} corrects a frame number of spNO.{one.key[0]}/{one.key[1]} and names no occlusion: not excluded"
        for one in listed
        if one.key in NOT_OCCLUDED
    ]


def _text_lines(path: Path) -> Iterator[_Line]:
    with read_as_csv(path):
        lines = decoded(path).splitlines()
    for number, line in enumerate(lines, start=1):
        text = line.strip().strip(",;")
        if text and not text.startswith("#"):
            heading = number == 1 and not any(map(str.isdigit, text))
            yield _Line(_FIELDS.split(text), f"{path.name}, line {number}", may_be_text=heading)


def _workbook_lines(path: Path) -> Iterator[_Line]:
    """Yield the rows of the first sheet that lists a clip; above the first clip stand headings, without numbers."""
    for grid in read_grids(path, ()):
        rows = [[cell_text(cell) for cell in row] for row in grid.rows]
        first = next((number for number, row in enumerate(rows) if any(map(_names_subject, row))), None)
        if first is None:
            continue
        headings = [[cell.casefold() for cell in row] for row in rows[:first]]
        onset = next((row.index(_ONSET) for row in headings if _ONSET in row), None)
        for number, row in enumerate(rows):
            if any(row):
                heading = number < first and not any(map(str.isdigit, row))
                may_be_text = heading or sum(map(bool, row)) == 1
                yield _Line(row, f"{path.name}, row {number + 1}", may_be_text, onset)
        return
    raise DatasetError(
        f"{path.name}: expected rows such as spNO.10, a, 116, found no subject of CAS(ME)^3 in it. Take "
        "the official list, or correct the dataset's occluded in config.yaml."
    )


def _keys(one: Annotation) -> list[_Key]:
    number = subject_number(one.clip.subject)
    if number is None or one.clip.expression != "micro" or one.clip.part != "A":
        return []
    return [(number, one.clip.video, onset) for onset in {one.sheet_onset, one.clip.onset}]


def _names_subject(cell: str) -> bool:
    return subject_number(cell) is not None or _CLIP_ID.fullmatch(cell) is not None


def _parse(line: _Line) -> _Key | None:
    """Return the clip that a line names; None = none."""
    for place, cell in enumerate(line.cells):
        match = _CLIP_ID.fullmatch(cell)
        if match:
            return _key(*match.groups())
        after = [text for text in line.cells[place + 1 :] if text]
        if subject_number(cell) is not None and len(after) > 1:
            onset = after[1] if line.onset is None else "".join(line.cells[line.onset : line.onset + 1])
            return _key(cell, after[0], onset)
    return None


def _key(subject: str, video: str, onset: str) -> _Key | None:
    number = subject_number(subject)
    if number is None or not (onset.isascii() and onset.isdigit() and len(onset) < 10):
        return None
    return number, video.casefold(), int(onset)
