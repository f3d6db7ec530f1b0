"""SMIC apexes: a sheet that was made later for the cut layouts, since the release names no apex."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from merflow.datasets.reading.annotation import Annotation
from merflow.datasets.reading.folders import listing
from merflow.datasets.reading.tables import SheetRow, read_sheet
from merflow.datasets.smic.layout import clip_name
from merflow.errors import DatasetError
from merflow.reading import is_file

APEX_COLUMNS = ("ApexF", "Apex", "ApexFrame")
"""How such sheets call the column, the first that is there."""

_ONSET_COLUMNS = ("OnsetF", "Onset", "OnsetFrame")
_Key = tuple[str, str]


class Apexes(NamedTuple):
    """Rows by subject and video, their columns of apex and onset, and what to note."""

    name: str
    rows: Mapping[_Key, SheetRow]
    apex: str
    onset: str
    note: str


def find_apex_sheet(annotation: Path) -> Path:
    """Return the sheet that a setting names for a cut layout.

    Raises
    ------
    DatasetError
        When it is no file: a sheet of apexes has no official name to be searched by.
    """
    if is_file(annotation):
        return annotation
    raise DatasetError(
        f"annotation: expected a sheet of apexes, since the folders of this layout say everything else, found "
        f"{annotation} with {listing(annotation)}. Name the sheet itself in config.yaml, or remove the setting."
    )


def read_apexes(path: Path) -> Apexes:
    """Read a sheet of apexes.

    Parameters
    ----------
    path : Path
        Workbook or table in text with the columns Filename (``s1_ne_01`` or ``s01_ne_01``) and one of
        :data:`APEX_COLUMNS`, in the numbers of the files. A column of onsets, where there is one, is compared.

    Raises
    ------
    DatasetError
        On a missing column, a sheet without rows, a file name that is no clip's, or two rows of one clip.
    """
    sheet = read_sheet(path, None, required=("Filename",), optional=(*APEX_COLUMNS, *_ONSET_COLUMNS))
    if not sheet.rows:
        raise DatasetError(f"{path.name}: expected a row for each clip, found none below the header. Copy it again.")
    apex = _first(APEX_COLUMNS, sheet.rows)
    if not apex:
        raise DatasetError(
            f"{path.name}: expected a column of apexes ({', '.join(APEX_COLUMNS)}), found none. In this layout the "
            "folders say everything else: add the column, or remove the dataset's annotation from config.yaml."
        )
    rows: dict[_Key, SheetRow] = {}
    for row in sheet.rows:
        key = _key(row)
        other = rows.setdefault(key, row)
        if other is not row:
            raise DatasetError(
                f"expected one apex of {'_'.join(key)}, found two: {other.source} and {row.source}. Remove one row."
            )
    unread = [name for name in APEX_COLUMNS if name != apex and name in sheet.rows[0].cells]
    note = "; ".join([sheet.note, *([f"apexes from column {apex}, not from {', '.join(unread)}"] if unread else [])])
    return Apexes(path.name, rows, apex, _first(_ONSET_COLUMNS, sheet.rows), note)


def with_apex(one: Annotation, apexes: Apexes) -> Annotation:
    """Give a clip that a folder holds the apex of its row.

    A row whose onset is another than the folder's first frame counts frames in another way: its apex would be a wrong
    frame, and the clip cannot be used.
    """
    row = apexes.rows.get((one.clip.subject, one.clip.video))
    apex = row.frame(apexes.apex) if row else None
    if row is None or apex is None:
        return one
    onset = row.frame(apexes.onset) if apexes.onset else None
    problem = one.problem
    if onset not in (None, one.clip.onset):
        problem = problem or f"expected frames from the onset {onset} of the sheet, found them from {one.clip.onset}"
    clip = replace(one.clip, apex=apex)
    return Annotation(clip, f"{one.source}; {row.source}", one.sheet_onset, problem)


def unused_rows(apexes: Apexes, annotations: Iterable[Annotation]) -> list[str]:
    """Return a note of each row whose clip has no folder."""
    there = {(one.clip.subject, one.clip.video) for one in annotations}
    rows = apexes.rows.items()
    return [f"{row.source} names {'_'.join(key)}, of which there is no folder" for key, row in rows if key not in there]


def _key(row: SheetRow) -> _Key:
    name = clip_name(row.text("Filename"))
    if name is None:
        raise DatasetError(
            f"{row.source}, column 'Filename': expected a clip such as s01_ne_01, found {row.text('Filename')!r}. "
            "Correct it."
        )
    return name.subject, name.video


def _first(columns: Sequence[str], rows: Sequence[SheetRow]) -> str:
    """Return the first column that a sheet with rows has; empty = none."""
    return next((name for name in columns if name in rows[0].cells), "")
