"""TIFF header: the first directory of a TIFF, and of the EXIF block of other formats, which is one too."""

import math
from collections.abc import Mapping
from typing import Literal, NamedTuple

Fields = Mapping[int, tuple[int, ...]]
"""Tag -> values."""

WIDTH, HEIGHT, ORIENTATION = 256, 257, 274
_BITS, _COMPRESSION, _CHANNELS = 258, 259, 277
_STRIP_ROWS, _TILE_WIDTH, _TILE_HEIGHT = 278, 322, 323
_FILL_ORDER, _PLANES = 266, 284
_PLACES = ((273, 279), (324, 325))
"""Offsets and lengths of strips, or of tiles."""

_NEXT = -1
"""In place of a tag: where the next directory lies; 0 = there is none."""

_SIZE_OF = {1: 1, 3: 2, 4: 4}
"""Type of a field -> bytes of a value: BYTE, SHORT, LONG, which hold all numbers that writers give a picture."""

_MAX_VALUES = 2**16
"""Of a field. Only strips and tiles have many: one for each row at most, as writers make them."""

_UNREADABLE = 2**32 - 2
"""In place of a value of another type, or of too many, which libtiff may still read: above every limit."""

PLAIN, LZW, PACKBITS, DEFLATE = 1, 5, 32773, (8, 32946)
_COMPRESSIONS = {PLAIN: "none", LZW: "LZW", **dict.fromkeys(DEFLATE, "deflate"), PACKBITS: "PackBits"}
_ALLOWED = ", ".join(dict.fromkeys(_COMPRESSIONS.values()))
_WHOLE = 2**32 - 1  # rows of a strip: all of them
_SEPARATE = 2  # channels that lie one after another


class Block(NamedTuple):
    """Where a strip or tile lies, bytes, and how many bytes its pixels may take: the last strip may be filled up."""

    start: int
    length: int
    sizes: tuple[int, ...]


def is_tiff(data: bytes) -> bool:
    """Whether bytes begin as a TIFF does, of either byte order; a BigTIFF is none."""
    return data.startswith((b"II*\0", b"MM\0*"))


def tiff_fields(data: bytes) -> Fields:
    """Return the whole numbers of the first directory; empty when it is not there, or not all of it."""
    if not is_tiff(data):
        return {}
    order: Literal["little", "big"] = "little" if data.startswith(b"II") else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(data[at : at + size], order)

    start = number(4, 4)
    count = number(start, 2)
    end = start + 2 + 12 * count
    if not 8 <= start < end <= len(data) - 4:
        return {}
    fields: dict[int, tuple[int, ...]] = {_NEXT: (number(end, 4),)}
    for at in range(start + 2, end, 12):
        tag, size, n_values = number(at, 2), _SIZE_OF.get(number(at + 2, 2)), number(at + 4, 4)
        if tag in fields:
            continue  # libtiff takes the first too
        if size is None or n_values > _MAX_VALUES:
            fields[tag] = (_UNREADABLE,)
            continue
        place = at + 8 if size * n_values <= 4 else number(at + 8, 4)
        if place + size * n_values > len(data):
            return {}
        fields[tag] = tuple(number(place + i * size, size) for i in range(n_values))
    return fields


def first(fields: Fields, tag: int, default: int) -> int:
    """Return the first value of a field."""
    return fields[tag][0] if fields.get(tag) else default


def tiff_size(fields: Fields) -> tuple[int, int] | None:
    """Return width and height; None = a field is missing."""
    size = first(fields, WIDTH, 0), first(fields, HEIGHT, 0)
    return size if all(size) else None


def tiff_is_complete(data: bytes) -> bool:
    """Whether the directory, which may lie at the end, and all of every strip or tile are in the file."""
    fields = tiff_fields(data)
    places = (
        (start, length)
        for starts, lengths in _PLACES
        for start, length in zip(fields.get(starts, ()), fields.get(lengths, ()), strict=False)
    )
    return bool(fields) and all(start + length <= len(data) for start, length in places)


def tiff_problem(fields: Fields, *, max_pixels: int) -> str:
    """Return what was expected of a TIFF and what was found; empty = it can be read.

    The decoder takes memory for a strip or a tile by the header, turns the picture by its orientation, and reads the
    first page alone.
    """
    block, coding = _block_shape(fields), compression(fields)
    bits, channels = max(fields.get(_BITS) or (1,)), first(fields, _CHANNELS, 1)
    fill, turn = first(fields, _FILL_ORDER, 1), first(fields, ORIENTATION, 1)
    checks = (
        (first(fields, _NEXT, 0) == 0, "one page", "several; save each frame as a file of its own"),
        (bits in (8, 16) and channels <= 4, "8 or 16 bits, at most 4 channels", f"{bits} bits, {channels} channels"),
        (coding in _COMPRESSIONS, f"compression {_ALLOWED}", f"compression {coding}"),
        (all(block), "strips or tiles that hold pixels", f"{block[0]}x{block[1]}"),
        (block[0] * block[1] <= max_pixels, f"strips or tiles of at most {max_pixels} px", f"{block[0]}x{block[1]}"),
        (turn == 1, "pixels stored upright (orientation 1)", f"orientation {turn}; save it upright"),
        (fill == 1, "bytes whose highest bit comes first (fill order 1)", f"fill order {fill}; save it anew"),
    )
    return next((f"expected a TIFF of {wanted}, found {found}" for holds, wanted, found in checks if not holds), "")


def compression(fields: Fields) -> int:
    """Return how strips and tiles are coded."""
    return first(fields, _COMPRESSION, PLAIN)


def coded_blocks(fields: Fields) -> tuple[int, list[Block]]:
    """Return how many strips or tiles a picture has, and those of which the header says where they lie."""
    width, height = first(fields, WIDTH, 0), first(fields, HEIGHT, 0)
    across, down = _block_shape(fields)
    channels = first(fields, _CHANNELS, 1)
    planes = channels if first(fields, _PLANES, 1) == _SEPARATE else 1
    n_down, tiled = math.ceil(height / down), _TILE_WIDTH in fields
    n_plane = n_down * math.ceil(width / across)
    row_bytes = across * channels // planes * max(fields.get(_BITS) or (1,)) // 8
    full, last = row_bytes * down, row_bytes * (height - (n_down - 1) * down)
    starts, lengths = (fields.get(tag, ()) for tag in _PLACES[tiled])
    places = list(zip(starts, lengths, strict=False))[: n_plane * planes]
    end = n_plane - 1
    blocks = [
        Block(*place, (last, full) if number % n_plane == end and not tiled else (full,))
        for number, place in enumerate(places)
    ]
    return n_plane * planes, blocks


def _block_shape(fields: Fields) -> tuple[int, int]:
    """Return width and height of a strip or tile, px."""
    width, height = first(fields, WIDTH, 0), first(fields, HEIGHT, 0)
    rows = first(fields, _STRIP_ROWS, _WHOLE)
    return first(fields, _TILE_WIDTH, width), first(fields, _TILE_HEIGHT, height if rows == _WHOLE else rows)
