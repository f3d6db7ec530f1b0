"""Ready flow images: the PNG files that researchers exchange in place of recordings."""

from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from merflow.checks import check_choice
from merflow.datasets.reading.frames import read_unchanged
from merflow.errors import BadClipError

ChannelOrder = Literal["rgb", "bgr"]


def read_flow_image(path: Path, *, size_px: int, channels: ChannelOrder) -> NDArray[np.float32]:
    """Read a ready flow image as it is stored.

    Parameters
    ----------
    path : Path
        PNG of 8 bits and three channels.
    size_px : int
        Side that it must have: pictures of two sizes cannot be one dataset, and resampling would hide the mistake.
    channels : {"rgb", "bgr"}
        Which colours hold u, v and strain, in that order.

    Returns
    -------
    ndarray of shape (size_px, size_px, 3), float32
        u, v and strain in [0, 1]: the file's values over 255.

    Raises
    ------
    BadClipError
        When the file is missing, truncated or no picture, has another size, depth or number of channels, or holds no
        motion: one value in each channel, as an apex that is a copy of the onset gives.
    """
    check_choice(channels, "channels", ("rgb", "bgr"))
    stored = read_unchanged(path)
    found = _described(stored)
    expected = f"{size_px}x{size_px} px, 8 bits, 3 channels"
    if found != expected:
        raise BadClipError(f"expected a flow image of {expected}, found {found}", source=str(path))
    if (stored == stored[0, 0]).all():
        raise BadClipError("expected a flow image, found one value in each channel: no motion", source=str(path))
    ordered = stored if channels == "bgr" else stored[..., ::-1]  # OpenCV gives blue first
    return np.ascontiguousarray(ordered, dtype=np.float32) / np.float32(255)


def _described(picture: NDArray[np.generic]) -> str:
    height, width = picture.shape[:2]
    channels = 1 if picture.ndim == 2 else picture.shape[2]
    kinds = {1: ": grey", 4: ": with transparency"}
    plural = "" if channels == 1 else "s"
    return f"{width}x{height} px, {picture.itemsize * 8} bits, {channels} channel{plural}{kinds.get(channels, '')}"
