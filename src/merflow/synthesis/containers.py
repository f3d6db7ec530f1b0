"""NumPy archives and Excel sheets without time stamps: the same content gives the same bytes."""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip entry can have
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def write_npz(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write a compressed ``.npz`` that :func:`numpy.load` reads, with fixed times and fast compression.

    Parameters
    ----------
    path : Path
        File to write.
    arrays : mapping of str to ndarray
        Written in this order; no objects.
    """
    entries = {}
    for name, array in arrays.items():
        buffer = io.BytesIO()
        np.lib.format.write_array(buffer, array, allow_pickle=False)
        entries[f"{name}.npy"] = buffer.getvalue()
    Path(path).write_bytes(_zip(entries))


def write_xlsx(
    path: Path,
    sheet: str,
    header: Sequence[str | None],
    rows: Iterable[Sequence[object]],
    *,
    above: Iterable[Sequence[object]] = (),
) -> None:
    """Write one worksheet with a header row.

    openpyxl stamps the time into the zip entries and into ``docProps/core.xml``; both are set back here.

    Parameters
    ----------
    path : Path
        File to write.
    sheet : str
        Name of the worksheet.
    header : sequence of str or None
        Names of the columns; None leaves the cell empty.
    rows : iterable of sequences
        Rows below the header: str, int or None.
    above : iterable of sequences
        Rows above the header.
    """
    import openpyxl  # type: ignore[import-untyped]

    workbook = openpyxl.Workbook(write_only=True)
    workbook.properties.created = datetime(*_EPOCH)
    worksheet = workbook.create_sheet(sheet)
    for row in (*above, header, *rows):
        worksheet.append(list(row))
    buffer = io.BytesIO()
    workbook.save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    stamp = workbook.properties.created.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    entries["docProps/core.xml"] = _MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", entries["docProps/core.xml"])
    Path(path).write_bytes(_zip(entries))


def _zip(entries: Mapping[str, bytes]) -> bytes:
    """Return a zip archive of ``entries`` in their order, without times, owners or platform."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            info = zipfile.ZipInfo(name, date_time=_EPOCH)
            info.create_system = 3
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content, compresslevel=1)
    return buffer.getvalue()
