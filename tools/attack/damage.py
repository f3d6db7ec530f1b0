"""Kinds of damage: what a failing disk, a broken copy or a careless hand leaves of a file."""

from collections.abc import Callable, Mapping
from random import Random

MAX_RANGE = 512
"""Bytes that are zeroed or lost at most: a sector of a disk."""


def bit_flipped(data: bytes, draw: Random, _other: bytes) -> bytes:
    """Return the bytes with one bit changed."""
    changed, at = bytearray(data), draw.randrange(len(data))
    changed[at] ^= 1 << draw.randrange(8)
    return bytes(changed)


def cut(data: bytes, draw: Random, _other: bytes) -> bytes:
    """Return the beginning alone, as a copy that broke off."""
    return data[: draw.randrange(len(data))]


def zeroed(data: bytes, draw: Random, _other: bytes) -> bytes:
    """Return the bytes with a range of zeros."""
    start, end = _range(data, draw)
    return data[:start] + bytes(end - start) + data[end:]


def lost(data: bytes, draw: Random, _other: bytes) -> bytes:
    """Return the bytes without a range."""
    start, end = _range(data, draw)
    return data[:start] + data[end:]


def swapped(_data: bytes, _draw: Random, other: bytes) -> bytes:
    """Return another file of the kind."""
    return other


def _range(data: bytes, draw: Random) -> tuple[int, int]:
    length = draw.randint(1, min(MAX_RANGE, len(data)))
    start = draw.randrange(len(data) - length + 1)
    return start, start + length


SWAPPED = "another file of the kind"

DAMAGES: Mapping[str, Callable[[bytes, Random, bytes], bytes]] = {
    "a bit flipped": bit_flipped,
    "cut": cut,
    "up to 512 bytes zeroed": zeroed,
    "up to 512 bytes lost": lost,
    SWAPPED: swapped,
}
