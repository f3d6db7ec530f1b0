"""Where the ground truth goes, and how a frame becomes a file."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from merflow.errors import DatasetError
from merflow.synthesis.layout import FramePaths

_JPEG_QUALITY = 95


def ground_truth_path(root: Path, clip_id: str) -> Path:
    """Return where the demo keeps the ground truth of a clip."""
    return Path(root) / "gt" / f"{clip_id}.npz"


def write_frame(paths: FramePaths, color: NDArray[np.uint8], depth: NDArray[np.uint16] | None) -> None:
    """Write one frame: JPEG or BMP as its name says, PNG for the depth where the layout has it. Folders are made.

    Parameters
    ----------
    paths : FramePaths
        Files to write.
    color : ndarray of shape (H, W, 3) or (H, W), uint8
        RGB, or grey levels, which become a picture of one channel.
    depth : ndarray of shape (H, W), uint16, or None
        mm, 0 = missing; written where `paths` names a file for it.

    Raises
    ------
    DatasetError
        The frame exists already: two clips would share it.
    """
    import cv2

    for path in filter(None, paths):
        if path.exists():
            raise DatasetError(f"expected {path} not to exist yet; remove the dataset's folder before it is made again")
        path.parent.mkdir(parents=True, exist_ok=True)
    pixels = color if color.ndim == 2 else cv2.cvtColor(color, cv2.COLOR_RGB2BGR).astype(np.uint8, copy=False)
    _encode(paths.color, pixels, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY] if paths.color.suffix == ".jpg" else [])
    if paths.depth is not None and depth is not None:
        _encode(paths.depth, depth, _png_parameters())


def _png_parameters() -> list[int]:
    """Return how depth is packed: a row by the row above it takes half the time of all filters tried, and less room."""
    import cv2

    return [cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_UP, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE]


def _encode(path: Path, image: NDArray[np.uint8] | NDArray[np.uint16], parameters: list[int]) -> None:
    """Encode and write; OpenCV's own writer reports a full disk by a return value only."""
    import cv2

    _, encoded = cv2.imencode(path.suffix, image, parameters)
    path.write_bytes(encoded.tobytes())
