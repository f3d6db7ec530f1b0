"""Chunks of foreign files: their inflated size, measured before HDF5 inflates them.

HDF5 inflates a gzip chunk to its end, however large that is, and only then takes what it needs. A large one is
therefore inflated here first, in pieces, until it exceeds what it says. A zstd chunk says its size, to which the
plug-in holds it.
"""

import math
import zlib
from typing import Any

import h5py
from h5py import h5d

CHECKSUM_BYTES = 4
"""Of a fletcher32 that lies inside what is compressed."""

_SMALL_CHUNK = 2**18  # compressed; gzip makes at most 2**28 of it
_PIECE = 2**16
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


def chunk_bytes(node: h5d.DatasetID) -> int:
    """Return the size of one chunk as the array declares it."""
    return int(math.prod(node.get_create_plist().get_chunk()) * node.get_type().get_size())


def zstd_size(head: bytes) -> int | None:
    """Return the size that a zstd frame says it has, from its first 18 bytes (RFC 8878); None = it says none."""
    if head[:4] != _ZSTD_MAGIC or len(head) < 5:
        return None
    single = head[4] >> 5 & 1
    width = (single, 2, 4, 8)[head[4] >> 6]
    start = 5 + (1 - single) + (0, 1, 2, 4)[head[4] & 3]
    value = head[start : start + width]
    if not width or len(value) < width:
        return None
    return int.from_bytes(value, "little") + (256 if width == 2 else 0)


class LargeChunks:
    """Looks into the large gzip chunks of an array before HDF5 inflates them.

    Parameters
    ----------
    node : h5py.Dataset
        Its file open.
    """

    def __init__(self, node: h5py.Dataset) -> None:
        self._node = node.id
        self._size = chunk_bytes(node.id) + CHECKSUM_BYTES

    def problem(self, offset: tuple[int, ...], stored: int) -> str:
        """Return what is wrong with the chunk at an offset, of which `stored` bytes are in the file."""
        if stored <= _SMALL_CHUNK:
            return ""
        _, data = self._node.read_direct_chunk(offset)
        if not inflates_beyond(bytes(data), self._size):
            return ""
        return f"expected chunks of {self._size} bytes, found one that inflates to more"

    def problem_of_any(self) -> str:
        """Return what is wrong with the first chunk that is not as it says."""
        chunks: list[Any] = []
        self._node.chunk_iter(chunks.append)
        return next(filter(None, (self.problem(chunk.chunk_offset, chunk.size) for chunk in chunks)), "")

    def problem_of_row(self, row: int) -> str:
        """Return what is wrong with the chunk of a row, in an array with one chunk a row."""
        offset = (row, *(0 for _ in self._node.shape[1:]))
        return self.problem(offset, self._node.get_chunk_info_by_coord(offset).size)


def inflates_beyond(data: bytes, size: int) -> bool:
    """Say whether a zlib stream inflates to more than `size` bytes, never holding more than 64 MiB of them."""
    stream, found = zlib.decompressobj(), 0
    try:
        for start in range(0, len(data), _PIECE):
            found += len(stream.decompress(data[start : start + _PIECE]))
            if found > size:
                return True
    except zlib.error:  # HDF5 inflates no further either, and refuses the chunk
        return False
    return False
