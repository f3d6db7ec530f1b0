"""PNG pictures: whether every byte is as it was written, by the checksums that the format has of its parts."""

import struct
import zlib
from pathlib import Path
from typing import BinaryIO

from merflow.audit.findings import Findings

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PIECE_BYTES = 2**20


def png_problem(path: Path) -> str:
    """Return what is wrong with a picture; empty = its parts are all there, and each has its checksum.

    Source: Portable Network Graphics, third edition, section 5: a signature, then chunks of length, type, data and
    CRC-32, the first of type IHDR, the last of type IEND.
    """
    with path.open("rb") as file:
        if file.read(len(_SIGNATURE)) != _SIGNATURE:
            return "no PNG"
        kind, first = b"", True
        while kind != b"IEND":
            head = file.read(8)
            if len(head) < 8:
                return "a picture that is cut off"
            length, kind = struct.unpack(">I4s", head)
            if first != (kind == b"IHDR"):
                return "parts of a PNG in another order"
            if _crc(file, kind, length) != file.read(4):
                return f"a part ({kind!r} before byte {file.tell()}) that does not match its checksum, or is cut off"
            first = False
        return "bytes behind the end of the picture" if file.read(1) else ""


def _crc(file: BinaryIO, kind: bytes, length: int) -> bytes:
    """Return the checksum of a chunk as the file has it; a length beyond the end of the file reads what there is."""
    value = zlib.crc32(kind)
    while length and (piece := file.read(min(length, _PIECE_BYTES))):
        value = zlib.crc32(piece, value)
        length -= len(piece)
    return struct.pack(">I", value)


def check_pictures(folder: Path, findings: Findings, *, then: Path | None) -> None:
    """Compare the parts of every picture below a folder with their checksums."""
    for path in sorted(folder.rglob("*.png")):
        if path.name.startswith("."):
            continue  # a temporary file
        findings.count(path)
        problem = png_problem(path)
        if problem:
            made = path.parent if path.parent.name == "clips" else path  # the job makes that folder as a whole
            findings.add(path, "a picture of which every part matches its checksum", problem, force=[made], then=then)
