"""Flow-image table: a CSV that names the pictures of a flat folder, their subjects, clips and labels."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from merflow.datasets.flow_images.clip import clip_of_picture
from merflow.datasets.reading.annotation import Annotation
from merflow.datasets.reading.sheet_choice import with_nearest
from merflow.datasets.reading.text_grids import decoded, separated
from merflow.errors import DatasetError
from merflow.reading import is_file
from merflow.untrusted.limits import read_as_csv

COLUMNS = ("file", "subject", "clip", "label")
_NAME = re.compile(r"[\w.-]+")
_WHOLE_NUMBER = re.compile(r"(\d+)\.0*", re.ASCII)


def read_table(path: Path, *, dataset: str, classes: Sequence[str]) -> list[Annotation]:
    """Read the table.

    Parameters
    ----------
    path : Path
        CSV in UTF-8, or UTF-16 with a byte-order mark, with the columns file (below the root), subject, clip and
        label, in any order; others are passed over. Its cells are parted by commas, semicolons or tabs, as the header
        shows.
    dataset : str
        Name in the configuration.
    classes : sequence of str
        Emotion of each label; the table names labels by number (2 or 2.0) or by emotion.

    Raises
    ------
    DatasetError
        When the table, a column or a value is missing, the file is no such text, a label is outside the classes, a
        name cannot be a file's, or two rows name one picture: the two sides of a fold could share it.
    """
    annotations = list[Annotation]()
    rows_of: dict[str, int] = {}
    for number, row in _rows(path):
        source = f"{path.name}, line {number}"
        file = PurePosixPath(row["file"].replace("\\", "/")).as_posix()
        other = rows_of.setdefault(file, number)
        if other != number:
            raise DatasetError(
                f"{source}: expected a picture of its own, found {file}, which line {other} names too. Remove one."
            )
        for column in ("subject", "clip"):
            if not _NAME.fullmatch(row[column]):
                raise DatasetError(
                    f"{source}, column {column!r}: expected letters, digits, '_', '.' and '-', found {row[column]!r}. "
                    "Correct it."
                )
        emotion = _emotion(row["label"], classes, source)
        clip = clip_of_picture(dataset, subject=row["subject"], video=row["clip"], emotion=emotion, color=file)
        annotations.append(Annotation(clip, source=source, sheet_onset=0))
    return annotations


def check_table(path: Path) -> None:
    """Raise DatasetError when the table is not there."""
    if not is_file(path):
        raise DatasetError(f"expected the table {path}, but there is no such file. Correct it in config.yaml.")


def _rows(path: Path) -> list[tuple[int, Mapping[str, str]]]:
    """Return line number and cells, blanks around them removed, of each row that holds anything."""
    check_table(path)
    with read_as_csv(path):
        return _cells(path, _text(path))


def _cells(path: Path, text: str) -> list[tuple[int, Mapping[str, str]]]:
    table = separated(text, COLUMNS)
    reader = csv.DictReader(io.StringIO(table.text, newline=""), delimiter=table.separator, strict=True)
    found = {name.strip().casefold(): name for name in reader.fieldnames or [] if name}
    missing = [name for name in COLUMNS if name not in found]
    if missing:
        raise DatasetError(
            f"{path.name}: expected the columns {', '.join(COLUMNS)} in line 1; missing "
            f"{', '.join(with_nearest(name, list(found.values())) for name in missing)}; found "
            f"{', '.join(found.values()) or 'an empty line'}. Rename the column."
        )
    _check_once(path, [name.strip().casefold() for name in reader.fieldnames or [] if name])
    rows: list[tuple[int, Mapping[str, str]]] = []
    for raw in reader:
        line = reader.line_num + table.skipped
        if any(raw.get(None) or ()):  # cells beyond the header
            raise DatasetError(
                f"{path.name}, line {line}: expected {len(found)} cells, as the header has, found more. A "
                "cell that holds a separator stands in quotation marks."
            )
        cells = {name: str(raw[found[name]] or "").strip() for name in COLUMNS}
        if any(cells.values()):
            rows.append((line, cells))
    for number, row in rows:
        empty = [name for name, value in row.items() if not value]
        if empty:
            raise DatasetError(
                f"{path.name}, line {number}: expected a value of {', '.join(empty)}, found none. Fill it in, or "
                "remove the line."
            )
    return rows


def _check_once(path: Path, names: Sequence[str]) -> None:
    """Refuse a column that is there twice: which of its two values is meant would be a guess."""
    for name in COLUMNS:
        if names.count(name) > 1:
            raise DatasetError(
                f"{path.name}: expected one column {name}, found {names.count(name)} in line 1. Remove or rename one."
            )


def _text(path: Path) -> str:
    text = decoded(path)
    if not text.strip():
        raise DatasetError(
            f"{path.name}: expected the columns {', '.join(COLUMNS)} in line 1, found an empty file. Write a header "
            "and a line for each picture."
        )
    return text


def _emotion(label: str, classes: Sequence[str], source: str) -> str:
    """Return the emotion that a label names by its number or by itself."""
    known = {str(number): emotion for number, emotion in enumerate(classes)} | {name: name for name in classes}
    whole = _WHOLE_NUMBER.fullmatch(label)
    key = whole[1] if whole else label.casefold()
    if key not in known:
        raise DatasetError(
            f"{source}, column 'label': expected one of {', '.join(known)}, found {label!r}. Correct it, or name the "
            "emotion of each label in the dataset's classes."
        )
    return known[key]
