"""Heaps of texts in foreign files. HDF5 reads each to its end, and never ends at free space of no bytes."""

import mmap
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

_MAGIC = b"GCOL\x01"
_HEADER = 16
"""Bytes before the first text of a place, and before each text: number, uses, and at byte 8 the size."""


def heap_problem(path: Path) -> str:
    """Return which place of texts would stop a reader for ever, ``expected ..., found ...``; empty = none.

    A file is looked through once in a process, and again when its time, size or number on the disk is another.

    Parameters
    ----------
    path : Path
        A file that HDF5 can open; nothing of it is read by HDF5.
    """
    status = path.stat()
    return _heap_problem(path, status.st_ino, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=4096)
def _heap_problem(path: Path, _inode: int, _size: int, _mtime_ns: int) -> str:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for start in _places(content):
            if not _ends(content, start):
                return f"expected texts and free space up to the end of their place, found others at byte {start}"
    return ""


def _places(content: mmap.mmap) -> Iterator[int]:
    start = content.find(_MAGIC)
    while start >= 0:
        yield start
        start = content.find(_MAGIC, start + 1)


def _ends(content: mmap.mmap, start: int) -> bool:
    """Whether the walk through a place comes to its end, each step by what is said of the size of a text.

    Free space has the number 0, and its size counts what stands before it.
    """
    end = start + int.from_bytes(content[start + 8 : start + 16], "little")
    if end > len(content):  # no place of texts, but numbers that begin like one: HDF5 refuses it
        return True
    at = start + _HEADER
    while at + _HEADER <= end:
        free = content[at : at + 2] == b"\0\0"
        size = int.from_bytes(content[at + 8 : at + 16], "little")
        step = size if free else _HEADER + (size + 7) // 8 * 8
        if step < _HEADER:
            return False
        at += step
    return True
