"""Frames of a stored sequence: the onset, and the onset plus what each later frame differs by."""

import numpy as np
from numpy.typing import NDArray


def sequence_frames(onset_color: NDArray[np.uint8], difference: NDArray[np.int16]) -> NDArray[np.uint8]:
    """Give back the frames of a clip of kind ``sequences``.

    Parameters
    ----------
    onset_color : ndarray of shape (S, S, 3), uint8
    difference : ndarray of shape (L - 1, S, S, 3), int16
        Each later frame minus the onset.

    Returns
    -------
    ndarray of shape (L, S, S, 3), uint8
        Exactly the frames that the stage computed.
    """
    frames = np.empty((len(difference) + 1, *onset_color.shape), dtype=np.uint8)
    frames[0] = onset_color
    frames[1:] = difference + onset_color  # int16: a sum that fits 8 bits again
    return frames


def sequence_difference(frames: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Return each later frame minus the first one, (L - 1, S, S, 3); the inverse of ``sequence_frames``."""
    return np.asarray(frames[1:].astype(np.int16) - frames[0])
