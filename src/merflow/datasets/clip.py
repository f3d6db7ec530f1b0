"""Clip: one annotated expression of one subject, and the tables that list clips and exclusions."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Literal, TypedDict, cast

from merflow.datasets.clip_checks import NEXT, check_row
from merflow.errors import DatasetError
from merflow.files import seal_problem, sealed_path
from merflow.untrusted.limits import read_as_csv
from merflow.untrusted.safe_names import check_names

NO_FRAME = -1
"""Apex or offset of a clip whose annotation names none."""

Expression = Literal["micro", "macro"]


class Exclusion(TypedDict):
    """One row of ``exclusions.csv``: what was left out, at which stage, why, and the file that shows it."""

    clip: str
    subject: str
    stage: str
    reason: str
    source: str


EXCLUSION_COLUMNS = tuple(Exclusion.__annotations__)


@dataclass(frozen=True, slots=True)
class Clip:
    """One annotated expression.

    Parameters
    ----------
    dataset, subject, video : str
        Name in the configuration, then subject and video as the annotation spells them (``006`` stays a string).
    part : str
        Part of the dataset (``A``, ``C``; ``HS``, ``VIS``, ``NIR``); empty when it has one part only.
    expression : {"micro", "macro"}
        Kind of expression.
    onset, apex, offset : int
        Frame numbers as in the file names; -1 = the annotation names none (apex and offset only). The onset of a ready
        picture, which has no frames, is 0.
    fps : float
        Frames per second of the recording; 0 = a ready picture, of which there is none.
    aus : str
        Action units as in the sheet.
    emotion : str
        anger, disgust, fear, happiness, sadness, surprise, others, contempt, repression; of sets that tell no finer
        negative, positive; empty = not labelled.
    objective : str
        Objective class, Roman ``I`` to ``VII``; empty = not labelled.
    color, depth : str
        Folders of the frames relative to the root of the dataset, POSIX; only depth may be absolute, under
        `depth_root`, and it is empty when there is none. Of a ready picture (reader ``flow_images``) color is the file
        itself.
    notes : str
        What was corrected or filled in, joined by ``"; "``.
    depth_unit_mm : float
        Mm that 1 in the depth pictures stands for.
    """

    dataset: str
    subject: str
    video: str
    part: str
    expression: Expression
    onset: int
    apex: int
    offset: int
    fps: float
    aus: str
    emotion: str
    objective: str
    color: str
    depth: str
    notes: str
    depth_unit_mm: float = 1.0

    @property
    def id(self) -> str:
        """``<subject>_<video>_<onset>``, the name of the clip in every table and artefact."""
        return clip_id(self.subject, self.video, self.onset)


_FIELDS = tuple(field.name for field in fields(Clip))
CLIP_COLUMNS = ("clip", *_FIELDS)


def clip_id(subject: str, video: str, onset: int) -> str:
    """Return the name of a clip: ``<subject>_<video>_<onset>``."""
    return f"{subject}_{video}_{onset}"


def write_clips(clips: Sequence[Clip], path: Path) -> None:
    """Write clips, one row each in the given order; the same clips give the same bytes.

    Parameters
    ----------
    clips : sequence of Clip
        Their ids differ.
    path : Path
        CSV file; its folder is made when missing.

    Raises
    ------
    DatasetError
        When two clips have one id, or a name cannot be a file's.
    """
    check_unique_ids(clips)
    for clip in clips:
        check_names(clip, source=f"clip {clip.id!r}")
        check_row(clip, named=clip.id, source=f"clip {clip.id!r}")
    _write_rows(path, CLIP_COLUMNS, ([clip.id, *astuple(clip)] for clip in clips))


def read_clips(path: Path) -> list[Clip]:
    """Read what :func:`write_clips` wrote; subjects such as ``006`` stay strings.

    Raises
    ------
    DatasetError
        When the file is missing or too large, lacks a column, or has a row that :func:`write_clips` would not write;
        names its line. Also when the table is another than was written (``merflow.files.seal_problem``).
    """
    lines: dict[str, str] = {}
    clips = []
    for line, row in _read_rows(path, CLIP_COLUMNS):
        source = f"{path}, line {line}"
        texts = {name: row[name] for name in _FIELDS}
        try:
            numbers = {name: int(texts[name]) for name in ("onset", "apex", "offset")}
            measures = {name: float(texts[name]) for name in ("fps", "depth_unit_mm")}
        except ValueError as error:
            raise DatasetError(f"{source}: {error}. {NEXT}") from error
        clip = Clip(**{**texts, **numbers, **measures})  # type: ignore[arg-type]
        check_names(clip, source=source)
        check_row(clip, named=row["clip"], source=source)
        if clip.id in lines:
            raise DatasetError(
                f"{source}: expected one clip named {clip.id!r}, found another in {lines[clip.id]}. {NEXT}"
            )
        lines[clip.id] = f"line {line}"
        clips.append(clip)
    _check_seal(path)  # last: what is wrong with a line says more
    return clips


def write_exclusions(rows: Iterable[Mapping[str, str]], path: Path) -> None:
    """Write exclusions, one row each in the given order, with the columns clip, subject, stage, reason, source."""
    _write_rows(path, EXCLUSION_COLUMNS, ([row[name] for name in EXCLUSION_COLUMNS] for row in rows))


def read_exclusions(path: Path) -> list[Exclusion]:
    """Read what :func:`write_exclusions` wrote.

    Raises
    ------
    DatasetError
        When the file is missing, lacks a column, or is another than was written.
    """
    rows = _read_rows(path, EXCLUSION_COLUMNS)
    _check_seal(path)
    return [cast(Exclusion, {name: row[name] for name in EXCLUSION_COLUMNS}) for _, row in rows]


def check_unique_ids(clips: Iterable[Clip]) -> None:
    """Raise DatasetError when two clips have one id, naming both."""
    seen: dict[str, Clip] = {}
    for clip in clips:
        if clip.id in seen:
            raise DatasetError(
                f"expected one clip named {clip.id!r}, found two: {_summary(seen[clip.id])} and {_summary(clip)}. "
                "Remove one of the rows, or index their parts or expressions as separate datasets."
            )
        seen[clip.id] = clip


def _summary(clip: Clip) -> str:
    part = f"part {clip.part} " if clip.part else ""
    return f"{part}{clip.expression} {clip.subject}/{clip.video} {clip.onset}-{clip.apex}-{clip.offset}"


def _write_rows(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with sealed_path(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _check_seal(path: Path) -> None:
    problem = seal_problem(path)
    if problem:
        raise DatasetError(f"{path}: {problem}; else delete {path.name} and index the dataset again.")


def _read_rows(path: Path, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """Read a table as strings, each row with its line. A quote that does not end and a row of other length are refused.

    The csv module never turns ``006`` into 6 or ``NA`` into nothing.
    """
    if not path.is_file():
        raise DatasetError(f"expected the table {path}, but there is no such file. Index the dataset first.")
    with read_as_csv(path), path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        found = reader.fieldnames or []
        missing = [name for name in columns if name not in found]
        if missing:
            raise DatasetError(
                f"{path}: expected the columns {', '.join(columns)}; missing {', '.join(missing)}. {NEXT}"
            )
        rows = []
        for row in reader:
            if None in row or None in row.values():
                raise DatasetError(f"{path}, line {reader.line_num}: expected {len(found)} cells, one a column. {NEXT}")
            rows.append((reader.line_num, row))
        return rows
