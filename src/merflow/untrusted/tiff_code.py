"""Coded strips and tiles of a TIFF: whether each decodes to exactly the bytes that the header says.

OpenCV reads pictures of 8 bits with an interface of libtiff that leaves undecoded parts black and drops the messages of
libtiff. libtiff itself stops when a strip is full, and so compares no checksum of a strip that decodes to too much.
Here the decoded length of each strip or tile is computed, and the checksum of deflate is compared.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from merflow.untrusted.tiff_header import DEFLATE, LZW, PACKBITS, Block, Fields, coded_blocks, compression

_CLEAR, _END = 256, 257
_FIRST_FREE = 258
"""Codes of LZW: 0 to 255 are bytes; the later ones are texts met before."""

_MAX_CODES = 4096 - _FIRST_FREE + 2
"""From one clear code to the next, that one included: then the table is full."""

_FEWEST_CODES = 32
"""Between two clear codes on average; writers begin anew when the table is full, or after 10 000 bytes that grow."""

_WIDTHS = np.searchsorted([2**9 - 1, 2**10 - 1, 2**11 - 1], _FIRST_FREE - 1 + np.arange(_MAX_CODES), "right") + 9
_WIDTHS[0] = 9
_OFFSETS = np.concatenate([[0], np.cumsum(_WIDTHS)[:-1]])
"""Bits of each code after a clear code, and where they begin: wider one code before the table needs it."""

_NOTHING = 128
"""Header of PackBits; below it that many bytes and one follow, above it the next byte counts 257 less the header."""


def tiff_code_problem(data: bytes, fields: Fields) -> str:
    """Return which strip or tile does not decode to its pixels, ``expected ..., found ...``; empty = none.

    Parameters
    ----------
    data : bytes
        The file.
    fields : mapping
        Its header, of which ``tiff_problem`` finds nothing.
    """
    n_blocks, blocks = coded_blocks(fields)
    if len(blocks) < n_blocks:
        return f"expected a TIFF that says where its {n_blocks} strips or tiles lie, found {len(blocks)}"
    length_of = _LENGTHS.get(compression(fields))
    for number, block in enumerate(blocks):
        if length_of is None:  # not compressed: writers may leave room behind the pixels
            problem = "" if block.length >= min(block.sizes) else str(block.length)
        else:
            problem = _problem(data[block.start : block.start + block.length], block, length_of)
        if problem:
            return f"expected {max(block.sizes)} bytes of pixels in strip or tile {number}, found {problem}"
    return ""


def _problem(code: bytes, block: Block, length_of: Callable[[bytes, int], int | str]) -> str:
    most = max(block.sizes)
    found = length_of(code, most)
    if isinstance(found, str):
        return found
    return "" if found in block.sizes else f"a code of {'more' if found > most else found}"


def _deflated(code: bytes, most: int) -> int | str:
    stream = zlib.decompressobj()
    try:
        length = len(stream.decompress(code, most + 1))
        return length if stream.eof or length > most else "a code that ends early"
    except zlib.error as error:
        return f"a code that zlib refuses ({error})"


def _packed(code: bytes, most: int) -> int | str:
    """Add up the runs; one byte may fill up the last one to an even length."""
    at = length = 0
    while at + 1 < len(code) and length <= most:
        header = code[at]
        run = header + 1 if header < _NOTHING else 0 if header == _NOTHING else 257 - header
        at += 1 + (run if header < _NOTHING else int(header > _NOTHING))
        length += run
    return length if at <= len(code) else "a code that ends early"


def _lzw(code: bytes, most: int) -> int | str:
    """Add up the lengths of the texts that the codes stand for, from one clear code to the next."""
    length, ended = 0, False
    for codes, last in _lzw_codes(code):
        known = np.where(codes < _CLEAR, -1, codes - _FIRST_FREE)
        if (known >= np.arange(len(known))).any():
            return "a code of a text that was not met before"
        length, ended = length + int(_text_lengths(known).sum()), last == _END
        if length > most or ended:
            break
    return length if ended or length > most else "a code that ends early, or without a table"


def _lzw_codes(code: bytes) -> Iterator[tuple[NDArray[np.int64], int]]:
    """Yield the codes up to each clear code, or to the end code, and which of the two it is.

    A code that clears its table again and again would take minutes: what follows too many is not looked at.
    """
    octets = np.frombuffer(code + bytes(3), np.uint8).astype(np.int64)
    place, n_bits = 0, 8 * len(code)
    for _ in range(16 + n_bits // (9 * _FEWEST_CODES)):
        places = place + _OFFSETS
        inside = places + _WIDTHS <= n_bits
        places, widths = places[inside], _WIDTHS[inside]
        first = places >> 3
        windows = octets[first] << 16 | octets[first + 1] << 8 | octets[first + 2]
        codes = windows >> (24 - (places & 7) - widths) & ((1 << widths) - 1)
        ends = np.flatnonzero((codes == _CLEAR) | (codes == _END))
        if not ends.size:
            return
        end = int(ends[0])
        yield codes[:end], int(codes[end])
        place = int(places[end] + widths[end])


def _text_lengths(known: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the bytes that each code stands for.

    The text made after code j is that of code j and one byte. So a code is as long as its chain of earlier codes, whose
    ends are found by steps that double.

    Parameters
    ----------
    known : ndarray of int64
        For each code the earlier one whose text it lengthens; -1 = a byte alone.
    """
    before = np.append(known, -1)  # its last entry stands for -1: no step leads further
    steps = np.append(np.ones(len(known), np.int64), 0)
    while (before >= 0).any():
        steps, before = steps + steps[before], before[before]
    return steps[:-1]


_LENGTHS: Mapping[int, Callable[[bytes, int], int | str]] = {
    LZW: _lzw,
    PACKBITS: _packed,
    **dict.fromkeys(DEFLATE, _deflated),
}
"""By compression: code and the most bytes that it may stand for -> its bytes or more than the most, or its fault."""
