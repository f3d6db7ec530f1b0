"""Pictures: a few recorded frames in every format and compression that is read."""

from collections.abc import Mapping
from pathlib import Path

import cv2

from merflow.datasets.reading.frames import read_unchanged

SIZE = 240, 320
"""Rows and columns that are kept of a frame, from its middle."""

FRAMES = 4
FORMATS: Mapping[str, tuple[str, tuple[int, ...]]] = {
    "JPEG": (".jpg", ()),
    "JPEG, progressive": (".jpg", (cv2.IMWRITE_JPEG_PROGRESSIVE, 1)),
    "PNG": (".png", ()),
    "BMP": (".bmp", ()),
    "TIFF, not compressed": (".tif", (cv2.IMWRITE_TIFF_COMPRESSION, 1)),
    "TIFF, LZW": (".tif", (cv2.IMWRITE_TIFF_COMPRESSION, 5)),
    "TIFF, deflate": (".tif", (cv2.IMWRITE_TIFF_COMPRESSION, 8)),
    "TIFF, PackBits": (".tif", (cv2.IMWRITE_TIFF_COMPRESSION, 32773)),
    "WebP": (".webp", (cv2.IMWRITE_WEBP_QUALITY, 90)),
    "WebP, lossless": (".webp", (cv2.IMWRITE_WEBP_QUALITY, 101)),
}


def write_pictures(raw: Path, folder: Path) -> dict[str, tuple[Path, ...]]:
    """Write the middle of the first recorded frames in each format; return the files by format."""
    frames = [read_unchanged(path) for path in sorted(raw.rglob("*.jpg"))[:FRAMES]]
    top, left = ((have - want) // 2 for have, want in zip(frames[0].shape, SIZE, strict=False))
    folder.mkdir()
    written: dict[str, tuple[Path, ...]] = {}
    for number, (name, (suffix, options)) in enumerate(FORMATS.items()):
        paths = []
        for frame, picture in enumerate(frames):
            path = folder / f"{number}_{frame}{suffix}"
            part = picture[top : top + SIZE[0], left : left + SIZE[1]]
            path.write_bytes(cv2.imencode(suffix, part, options)[1].tobytes())
            paths.append(path)
        written[name] = tuple(paths)
    return written
