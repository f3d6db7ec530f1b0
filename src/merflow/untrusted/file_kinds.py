"""File kinds: whether a sheet is an Excel file, old or new, or text, by its content, whatever its name says."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from merflow.errors import DatasetError
from merflow.reading import hidden_fault, is_file, reading
from merflow.untrusted.limits import MAX_XLS_BYTES

Kind = Literal["xlsx", "xls", "text"]

ZIP = b"PK\x03\x04"
"""How an ``.xlsx`` begins, and every other archive."""

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How an ``.xls`` begins, and an ``.xlsx`` with a password."""

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the stream of an OLE file that holds a protected .xlsx
_SAVE = "Open it in Excel or LibreOffice and save it as .xlsx."
_OTHERS: Mapping[bytes, tuple[str, str]] = {
    b"%PDF": ("a PDF", "Take the file of the release."),
    b"version https://git-lfs": ("a pointer of Git LFS in place of the file", "Fetch the file: git lfs pull."),
    b"<": ("an HTML or XML page, which some websites hand out in place of a file or call .xls", _SAVE),
}
_START = 512


def kind_of(path: Path) -> Kind:
    """Return how a sheet is read.

    Raises
    ------
    DatasetError
        When there is no such file, or it is of another kind: says which, and what to do.
    """
    if not is_file(path):
        raise DatasetError(f"expected the sheet {path}, but there is no such file.")
    with reading(path):
        with path.open("rb") as file:
            start = file.read(_START)
        if start.startswith(ZIP):
            _refuse_other_archives(path)
            return "xlsx"
        if start.startswith(OLE):
            _refuse_protected(path)
            return "xls"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise no_sheet(path, "an empty file", "Copy it again.")
    for beginning, (found, advice) in _OTHERS.items():
        if text.startswith(beginning):
            raise no_sheet(path, found, advice)
    return "text"


def no_sheet(path: Path, found: str, advice: str) -> DatasetError:
    """Return the error of a file that is no sheet: what was found in its place, and the next move."""
    return DatasetError(f"{path}: expected an Excel workbook or a CSV, found {found}. {advice}")


def _refuse_protected(path: Path) -> None:
    if path.stat().st_size <= MAX_XLS_BYTES and _ENCRYPTED in path.read_bytes():
        raise no_sheet(path, "one that is protected by a password", "Open it in Excel, remove the password, save.")


def _refuse_other_archives(path: Path) -> None:
    """Refuse what is packed as an ``.xlsx`` is, and is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile as error:
        if fault := hidden_fault(error):
            raise fault from error
        raise no_sheet(path, f"one that is damaged ({error})", "Copy it again.") from error
    if "xl/workbook.bin" in names:
        raise no_sheet(path, "a binary workbook (.xlsb)", _SAVE)
    if "content.xml" in names:
        raise no_sheet(path, "an OpenDocument sheet (.ods)", _SAVE)
    if "[Content_Types].xml" not in names:
        raise no_sheet(path, "an archive (.zip)", "Unpack it.")
