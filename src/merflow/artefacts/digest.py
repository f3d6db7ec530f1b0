"""Digest of the content of an example. It finds the same content under another name."""

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray


def content_digest(x: NDArray[Any]) -> str:
    """Return a hash that two arrays share when they hold the same numbers, and else do not.

    A blank example has none: one that is the same everywhere, such as the flow of a clip without motion, looks alike in
    clips that have nothing to do with each other, so that it cannot tell whose content it is.

    Parameters
    ----------
    x : ndarray of numbers
        One example, its channels last. How it lies in memory, its byte order and the sign of zeros do not count; shape
        and type do.

    Returns
    -------
    str
        SHA-256, 64 hexadecimal digits, of type, shape and bytes; empty for a blank example.
    """
    values = np.ascontiguousarray(x)
    if _is_blank(values):
        return ""
    little = values.dtype.newbyteorder("<")
    if np.issubdtype(little, np.inexact):
        values = values + 0  # -0 becomes 0
    digest = hashlib.sha256(f"{little.str} {values.shape} ".encode())
    digest.update(values.astype(little, copy=False).data)
    return digest.hexdigest()


def _is_blank(values: NDArray[Any]) -> bool:
    """Whether each channel has one value at all places; a single place is blank when its channels agree."""
    places = values.reshape(-1, values.shape[-1]) if values.size else values
    if len(places) == 1:
        places = places.T
    return bool((places == places[:1]).all())
