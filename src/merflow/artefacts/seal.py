"""The seal of an artefact: a SHA-256 of all its bytes, written after them, where HDF5 does not read.

HDF5's own checksums cover the chunks of large arrays. A bit that flips in a small array, a text, an attribute or the
structure passes them, and can change a number, or crash the library that follows a damaged address. The seal covers
every byte alike and is compared before HDF5 sees the file. A program that changes the file removes it.
"""

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from merflow.files import sha256

SealState = Literal["whole", "broken", "missing"]


class Digests(NamedTuple):
    """What one pass over a file tells: the state of its seal, and the SHA-256 of all its bytes, seal included."""

    seal: SealState
    file: str


_MARK = b"\nmerflow sha256 "
_BYTES = len(_MARK) + 64 + 1
_PIECE_BYTES = 2**20


def seal(path: Path) -> None:
    """Append the seal to a finished file.

    Raises
    ------
    FileNotFoundError
        When there is no such file any more; none is made, which would be a seal of nothing.
    """
    line = _MARK + sha256(path).encode("ascii") + b"\n"
    with Path(path).open("r+b") as file:
        file.seek(0, os.SEEK_END)
        file.write(line)


def seal_state(path: Path) -> SealState:
    """Say whether a file has the bytes that were sealed, others, or no seal at its end."""
    return digests(path).seal


def digests(path: Path) -> Digests:
    """Return the state of a file's seal, and the SHA-256 by which what was made of the file names it.

    A file is read once in a process, and again when its time, size or number on the disk is another.
    """
    status = Path(path).stat()
    return _digests(Path(path), status.st_ino, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=4096)
def _digests(path: Path, _inode: int, size: int, _mtime_ns: int) -> Digests:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        left = max(0, size - _BYTES)
        while left and (piece := file.read(min(left, _PIECE_BYTES))):
            digest.update(piece)
            left -= len(piece)
        end = file.read()
    content = digest.hexdigest()
    digest.update(end)
    return Digests(_state(end, content), digest.hexdigest())


def _state(end: bytes, content: str) -> SealState:
    """Compare the end of a file with the seal of what stands before it."""
    if not end.startswith(_MARK):
        return "missing"
    return "whole" if end == _MARK + content.encode("ascii") + b"\n" else "broken"
