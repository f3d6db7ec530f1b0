"""Frames: number the pictures of a folder and read them strictly, so that half a picture is never taken for a whole."""

import os
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.datasets.picture_header import MAX_PICTURE_BYTES, MAX_PIXELS, picture_size
from merflow.errors import BadClipError
from merflow.reading import is_file, reading_clip

_FRAME_NAME = re.compile(r"(?<!\d)0*(\d{1,18})\.(?:jpe?g|png|bmp)\Z", re.IGNORECASE | re.ASCII)

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB\x60\x82"
_JPEG_START, _JPEG_END = b"\xff\xd8", b"\xff\xd9"
_JPEG_SCAN = 0xDA


def frame_number(name: str) -> int | None:
    """Return the frame number of a file name: its last integer (``006_05562.jpg`` is 5562); None = not a frame.

    Hidden files are no frames: copies made on macOS leave a ``._1.jpg`` beside each ``1.jpg``.
    """
    match = None if name.startswith(".") else _FRAME_NAME.search(name)
    return int(match[1]) if match else None


def list_frames(folder: Path) -> dict[int, Path]:
    """List the frames of a folder by number.

    Parameters
    ----------
    folder : Path
        Folder that holds the pictures itself; it is read once, not recursively.

    Returns
    -------
    dict
        Frame number -> path, numerically sorted (``10.jpg`` after ``9.jpg``). Numbers may be missing.

    Raises
    ------
    BadClipError
        When the folder does not exist, or two of its files carry one number.
    """
    names = _names_by_number(folder)
    return {number: Path(folder, names[number]) for number in sorted(names)}


def frame_numbers(folder: Path) -> list[int]:
    """Return the sorted frame numbers of a folder: :func:`list_frames` without the paths, for long recordings.

    Raises
    ------
    BadClipError
        As :func:`list_frames`.
    """
    return sorted(_names_by_number(folder))


def _names_by_number(folder: Path) -> dict[int, str]:
    with reading_clip(folder):
        try:
            with os.scandir(folder) as entries:
                found = sorted(entry.name for entry in entries)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise BadClipError("expected a folder of frames, found none", source=str(folder)) from error
    names: dict[int, str] = {}
    for name in found:
        number = frame_number(name)
        if number is None:
            continue
        if number in names:
            raise BadClipError(
                f"expected one file for frame {number}, found {names[number]} and {name}", source=str(folder)
            )
        names[number] = name
    return names


def read_color(path: Path) -> NDArray[np.uint8]:
    """Read a colour frame as it lies on the sensor: no rotation by EXIF tags, so that the depth grid still matches.

    Parameters
    ----------
    path : Path
        JPEG, PNG or BMP.

    Returns
    -------
    ndarray of shape (H, W, 3), uint8
        RGB.

    Raises
    ------
    BadClipError
        When the file is missing, empty, truncated, too large or not a picture.
    """
    import cv2

    data = _read_whole(path)
    bgr = _decode(data, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION, path)
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def is_grey(image: NDArray[np.uint8]) -> bool:
    """Tell whether an RGB picture (H, W, 3) holds grey levels only, whether its file had one channel or three."""
    return bool((image[..., 0] == image[..., 1]).all() and (image[..., 0] == image[..., 2]).all())


def read_depth(path: Path, shape: tuple[int, int]) -> NDArray[np.float32]:
    """Read a depth frame unchanged.

    Parameters
    ----------
    path : Path
        16-bit single-channel PNG, mm, 0 = missing.
    shape : tuple of int
        (H, W) of the colour frame, whose pixel grid the depth frame shares.

    Returns
    -------
    ndarray of shape (H, W), float32
        mm, NaN = missing.

    Raises
    ------
    BadClipError
        When the file is missing, truncated, too large or not a picture, has 8 bits or several channels, or another
        size.
    """
    raw = read_unchanged(path)
    if raw.dtype != np.uint16 or raw.ndim != 2:
        channels = 1 if raw.ndim == 2 else raw.shape[2]
        raise BadClipError(
            f"expected a 16-bit depth picture of 1 channel, found {raw.dtype.itemsize * 8} bits and "
            f"{channels} channel(s): it was converted; take the original file",
            source=str(path),
        )
    if raw.shape != tuple(shape):
        raise BadClipError(
            f"expected depth of {shape[1]}x{shape[0]} px like its colour frame, found {raw.shape[1]}x{raw.shape[0]}",
            source=str(path),
        )
    depth_mm = raw.astype(np.float32)
    depth_mm[raw == 0] = np.nan
    return depth_mm


def read_unchanged(path: Path) -> NDArray[Any]:
    """Read a picture as it is stored: its own bits and channels, colours in the order blue, green, red.

    Raises
    ------
    BadClipError
        As :func:`read_color`.
    """
    import cv2

    return _decode(_read_whole(path), cv2.IMREAD_UNCHANGED, path)


def _read_whole(path: Path) -> bytes:
    """Read a picture's bytes and refuse a truncated file: decoders fill the rest with grey and say nothing."""
    path = Path(path)
    with reading_clip(path):
        if not is_file(path):
            raise BadClipError("expected a picture, found no such file", source=str(path))
        if path.stat().st_size > MAX_PICTURE_BYTES:
            found = f"expected a picture of at most {MAX_PICTURE_BYTES} bytes, found {path.stat().st_size}"
            raise BadClipError(found, source=str(path))
        data = path.read_bytes()
    if not data:
        raise BadClipError("expected a picture, found an empty file", source=str(path))
    if not _is_complete(data):
        raise BadClipError(
            f"expected a whole picture, found one that ends early after {len(data)} bytes; copy it again",
            source=str(path),
        )
    _check_header(data, path)
    return data


def _check_header(data: bytes, path: Path) -> None:
    """Refuse what would fill the memory when decoded, and formats whose decoders nobody needs here."""
    size = picture_size(data)
    if size is None:
        raise BadClipError("expected a JPEG, PNG or BMP picture, found bytes that do not decode", source=str(path))
    width, height = size
    if width * height > MAX_PIXELS:
        raise BadClipError(
            f"expected a picture of at most {MAX_PIXELS // 10**6} million pixels, found {width}x{height}",
            source=str(path),
        )


def _is_complete(data: bytes) -> bool:
    """Whether the end of a JPEG, PNG or BMP is there; of other bytes the decoder is the judge."""
    if data.startswith(_JPEG_START):
        return _jpeg_is_complete(data)
    if data.startswith(_PNG_SIGNATURE):
        return data.find(_PNG_END) >= 0
    if data.startswith(b"BM"):
        return len(data) >= int.from_bytes(data[2:6], "little")
    return True


def _jpeg_is_complete(data: bytes) -> bool:
    """Whether an end-of-image marker follows the first scan; one before it belongs to a thumbnail in the header.

    Within the coded picture a byte FF is always followed by 00 or a restart marker, so FF D9 there is the end.
    """
    position = 2
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            return False
        marker = data[position + 1]
        if marker == 0xFF:  # padding before a marker
            position += 1
            continue
        position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
        if marker == _JPEG_SCAN:
            return data.find(_JPEG_END, position) >= 0
    return False


def _decode(data: bytes, flags: int, path: Path) -> NDArray[Any]:
    import cv2

    image: NDArray[Any] | None = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if image is None:
        raise BadClipError("expected a JPEG, PNG or BMP picture, found bytes that do not decode", source=str(path))
    return image
