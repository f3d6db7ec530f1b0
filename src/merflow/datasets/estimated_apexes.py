"""Estimated apexes: a table of frames that take the place of midpoints, for clips whose annotation names no apex.

``merflow apexes`` writes it, a person may correct it, and ``apexes`` of a dataset's block names it.
"""

import csv
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from merflow.checks import few, nearest
from merflow.counts import count
from merflow.datasets.clip import Clip
from merflow.datasets.index import Index
from merflow.errors import DatasetError
from merflow.files import atomic_path, sha256
from merflow.untrusted.limits import read_as_csv

COLUMNS = ("clip", "onset", "offset", "apex", "rule")
_NEXT = "Move the table away and estimate the apexes again: merflow apexes <dataset>"

_MIDPOINT = re.compile(r"no apex in (?P<where>[^;]+), midpoint (?P<frame>\d+) taken")
"""What :func:`midpoint_note` gives."""

_ESTIMATED = re.compile(r"no apex in [^;]+, \d+ estimated \(")
"""What :func:`with_estimated_apex` makes of it."""


class EstimatedApex(NamedTuple):
    """One row: the frame, by which rule, and between which frames it was looked for."""

    onset: int
    offset: int
    apex: int
    rule: str


def midpoint_note(missing_from: str, apex: int) -> str:
    """Return the note of a clip whose annotation names no apex, so that the midpoint stands in."""
    return f"no apex in {missing_from}, midpoint {apex} taken"


def has_midpoint(clip: Clip) -> bool:
    """Say whether the apex of a clip is the midpoint that stands in for an annotated one: its notes say it."""
    return _MIDPOINT.search(clip.notes) is not None


def has_estimate(clip: Clip) -> bool:
    """Say whether the apex of a clip is an estimate: its notes say it."""
    return _ESTIMATED.search(clip.notes) is not None


def with_estimated_apex(clip: Clip, apex: int, *, rule: str) -> Clip:
    """Give a clip with a midpoint an estimated apex, noted with its rule."""

    def noted(found: re.Match[str]) -> str:
        return f"no apex in {found['where']}, {apex} estimated ({rule}, midpoint {found['frame']})"

    return replace(clip, apex=apex, notes=_MIDPOINT.sub(noted, clip.notes))


def write_apexes(path: Path, rows: Mapping[str, EstimatedApex]) -> None:
    """Write the table, one row a clip."""
    with atomic_path(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        table.writerows([clip, *row] for clip, row in rows.items())


def read_apexes(path: Path) -> dict[str, EstimatedApex]:
    """Read what :func:`write_apexes` wrote, or a person has corrected.

    Raises
    ------
    DatasetError
        When the file is missing, lacks a column, names a clip twice, or has a number that is none, or an apex outside
        its clip; names the line.
    """
    if not path.is_file():
        raise DatasetError(
            f"expected the table of apexes {path}, which `apexes` of the dataset names, but there is no such file."
            f"{_tables_there(path)} Name the right one in config.yaml; or leave `apexes` out and write one: "
            "merflow apexes <dataset>"
        )
    with read_as_csv(path), path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
        if missing:
            raise DatasetError(
                f"{path}: expected the columns {', '.join(COLUMNS)}; missing {', '.join(missing)}. {_NEXT}"
            )
        found: dict[str, EstimatedApex] = {}
        for row in rows:
            where = f"{path}, line {rows.line_num}"
            cells = {name: str(row[name] or "").strip() for name in COLUMNS}
            if cells["clip"] in found:
                raise DatasetError(
                    f"{where}: expected each clip once, found {cells['clip']!r} again. Keep one of the rows."
                )
            found[cells["clip"]] = _row(cells, where)
        return found


def _tables_there(path: Path) -> str:
    """Return the nearest name among the tables beside a path; else a few of those that lie there."""
    names = sorted(one.name for one in path.parent.glob("*.csv"))
    return nearest(path.name, names) or (f" Tables there: {few(names)}." if names else "")


def _row(cells: Mapping[str, str], where: str) -> EstimatedApex:
    try:
        onset, offset, apex = (int(cells[name]) for name in ("onset", "offset", "apex"))
    except ValueError as error:
        raise DatasetError(f"{where}: expected frame numbers, found {error}. Correct the row.") from error
    if not onset <= apex <= offset:
        raise DatasetError(f"{where}: expected an apex from {onset} to {offset}, found {apex}. Correct the row.")
    return EstimatedApex(onset, offset, apex, cells["rule"])


def with_apexes(index: Index, rows: Mapping[str, EstimatedApex], *, source: str) -> Index:
    """Return an index whose clips have the apexes of a table where the midpoint stood in, each noted.

    An annotated apex stays. A clip that the table does not name keeps its midpoint.

    Parameters
    ----------
    index : Index
    rows : mapping
        By clip.
    source : str
        File of the table, for the notes.

    Raises
    ------
    DatasetError
        When a row is of no clip of the dataset, or of other frames than the clip has now: the table is of another
        dataset, or of an earlier annotation, and its apexes would be other moments.
    """
    _check_known(rows, {clip.id for clip in index.clips} | {row["clip"] for row in index.exclusions}, source)
    clips = tuple(_filled(clip, rows.get(clip.id), source) for clip in index.clips)
    annotated = [clip.id for clip in index.clips if clip.id in rows and not has_midpoint(clip)]
    filled = sum(new is not old for new, old in zip(clips, index.clips, strict=True))
    left = [clip.id for clip in clips if has_midpoint(clip)]
    notes = [f"apex of {count(filled, 'clip')} from {source}, estimated"]
    notes += [f"{source} has an apex of clips whose annotation names one, which is taken: {few(annotated)}"] * bool(
        annotated
    )
    midpoints = f"apex of {count(len(left), 'clip')} is the midpoint, {source} does not name them: {few(left)}"
    notes += [midpoints] * bool(left)
    return replace(index, clips=clips, notes=(*index.notes, *notes))


def _filled(clip: Clip, row: EstimatedApex | None, source: str) -> Clip:
    if row is None or not has_midpoint(clip):
        return clip
    if (row.onset, row.offset) != (clip.onset, clip.offset):
        raise DatasetError(
            f"{source}: expected the frames {clip.onset} to {clip.offset} of {clip.id}, found {row.onset} to "
            f"{row.offset}: the annotation has changed since. {_NEXT}"
        )
    return with_estimated_apex(clip, row.apex, rule=row.rule)


def _check_known(rows: Iterable[str], known: Collection[str], source: str) -> None:
    for clip in rows:
        if clip not in known:
            raise DatasetError(
                f"{source}: expected clips of the dataset, found {clip!r}.{nearest(clip, known)} {_NEXT}"
            )


def content_of_apexes(path: Path) -> str:
    """Return the SHA-256 of a table, once it is known that it can be read: before any work."""
    read_apexes(path)
    return sha256(path)
