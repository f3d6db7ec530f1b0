"""Texts of attributes in foreign files: many entries may share one long text, and HDF5 reads it once for each."""

import mmap
import re
from functools import cached_property
from reprlib import Repr

import h5py

from merflow.untrusted.long_texts import MAX_TEXT_BYTES

_SIZES = (8, 8)  # bytes of an address and of a length, as HDF5 writes them unless told otherwise
_COLLECTION = re.compile(rb"GCOL\x01(?=[\s\S]{3}([\s\S]{8}))")
"""Where texts lie in a file, and the size of such a place; ahead, so that one found hides none behind it."""

_SHORT = Repr()
_SHORT.maxstring = _SHORT.maxother = 100


def shortened(text: str, *, most: int = 200) -> str:
    """Return a text as a message may repeat it: no longer than `most` and a mark."""
    return text if len(text) <= most else f"{text[:most]}..."


def quoted(value: object) -> str:
    """Return what a file says, as a message may repeat it: ``repr``, of at most a hundred characters a text."""
    return _SHORT.repr(value)


class SharedTexts:
    """Bounds what the texts of an object's attributes take, from the structure of the file alone.

    Parameters
    ----------
    file : h5py.File
        Open.
    """

    def __init__(self, file: h5py.File) -> None:
        self._file = file.id

    def problem(self, entries: int) -> str:
        """Return what is wrong with attributes that have so many texts together; empty = nothing is."""
        if entries * self._file.get_filesize() <= MAX_TEXT_BYTES or entries * self._longest <= MAX_TEXT_BYTES:
            return ""
        return (
            f"expected attributes whose texts take at most {MAX_TEXT_BYTES} bytes together, found {entries} texts, "
            f"each of {self._longest} bytes or less"
        )

    def problem_of_sizes(self) -> str:
        """Return what is wrong with how the file writes addresses and lengths."""
        sizes = self._file.get_create_plist().get_sizes()
        return "" if sizes == _SIZES else f"expected addresses and lengths of 8 bytes, found {sizes}"

    @cached_property
    def _longest(self) -> int:
        """Size of the largest collection of texts, hence of any text; one that would not end in the file is none."""
        with mmap.mmap(self._file.get_vfd_handle(), 0, access=mmap.ACCESS_READ) as content:
            sizes = ((found.start(), int.from_bytes(found[1], "little")) for found in _COLLECTION.finditer(content))
            return max((size for start, size in sizes if start + size <= len(content)), default=0)
