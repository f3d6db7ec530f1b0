"""The tables of clips: ``clips.csv`` and ``exclusions.csv``, written whole and refused with the line that is wrong."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import cast

from merflow.datasets.clip import EXCLUSION_COLUMNS, Clip, Exclusion
from merflow.datasets.clip_checks import NEXT, check_row
from merflow.errors import DatasetError
from merflow.files import seal_problem, sealed_path
from merflow.untrusted.limits import read_as_csv
from merflow.untrusted.safe_names import check_names

OPTIONAL_COLUMNS = (
    "emotions", "fold", "label", "first_frame", "meshes", "textures", "landmarks_3d", "camera", "coded_units",
)  # fmt: skip
"""Columns of an annotation of another kind than most have: they stand last, where a clip has something in them."""

_WHOLE_NUMBERS = ("onset", "apex", "offset", "first_frame")
_FIELDS = tuple(field.name for field in fields(Clip))
CLIP_COLUMNS = ("clip", *(name for name in _FIELDS if name not in OPTIONAL_COLUMNS))


def write_clips(clips: Sequence[Clip], path: Path) -> None:
    """Write clips, one row each in the given order; the same clips give the same bytes.

    The columns are `CLIP_COLUMNS`, then those of `OPTIONAL_COLUMNS` that a clip has something in.

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
    used = [name for name in OPTIONAL_COLUMNS if any(getattr(clip, name) for clip in clips)]
    columns = (*CLIP_COLUMNS, *used)
    _write_rows(path, columns, ([clip.id, *(getattr(clip, name) for name in columns[1:])] for clip in clips))


def read_clips(path: str | Path) -> list[Clip]:
    """Read what :func:`write_clips` wrote; subjects such as ``006`` stay strings.

    An optional column that is not there is empty. ``pandas.DataFrame(read_clips(path))`` is the table.

    Raises
    ------
    DatasetError
        When the file is missing or too large, lacks a column, or has a row that :func:`write_clips` would not write;
        names its line. Also when the table is another than was written (``merflow.files.seal_problem``).
    """
    path = Path(path)
    lines: dict[str, str] = {}
    clips = []
    for line, row in _read_rows(path, CLIP_COLUMNS):
        source = f"{path}, line {line}"
        texts = {name: row[name] for name in _FIELDS if name in row}
        try:
            numbers = {name: int(texts[name]) for name in _WHOLE_NUMBERS if name in texts}
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
