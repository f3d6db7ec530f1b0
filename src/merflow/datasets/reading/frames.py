"""Frames: number the pictures of a folder and read them strictly, so that half a picture is never taken for a whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.datasets.reading.frame_names import FrameNames, frame_names
from merflow.errors import BadClipError
from merflow.memory import check_room
from merflow.reading import is_file, reading_clip
from merflow.untrusted.picture_header import (
    FORMATS,
    JPEG,
    MAX_PICTURE_BYTES,
    MAX_PIXELS,
    picture_is_complete,
    picture_orientation,
    picture_problem,
    picture_size,
    what_else,
)
from merflow.untrusted.tiff_code import tiff_code_problem
from merflow.untrusted.tiff_header import is_tiff, tiff_fields

_SENSOR_BITS = 12
"""Of cameras whose values are stored in 16 bits, the lowest bits first."""

_GREY_ROW_STEP = 64

_DECODING_TAKES = 24
"""Bytes a pixel that decoders may ask for: four channels of 16 bits, three times."""

HOLES = (0, 2**16 - 1)
"""Values of a depth picture that no distance is: 0, and the largest one, which sensors and exporters write where their
range ends."""


def list_frames(folder: Path) -> dict[int, Path]:
    """List the frames of a folder by number.

    Parameters
    ----------
    folder : Path
        Folder that holds the pictures itself; it is read once, not recursively.

    Returns
    -------
    dict
        Frame number -> path, numerically sorted (``10.jpg`` after ``9.jpg``). Numbers may be missing. A numbered
        picture that is not named as the others are is none of them.

    Raises
    ------
    BadClipError
        When the folder does not exist, its names follow no one pattern, or two of its frames carry one number.
    """
    names = names_of_frames(folder).names
    return {number: Path(folder, name) for number, name in names.items()}


def names_of_frames(folder: Path) -> FrameNames:
    """Return the names of a folder's frames, and of the pictures that are none: :func:`list_frames` without paths.

    Raises
    ------
    BadClipError
        As :func:`list_frames`.
    """
    with reading_clip(folder):
        try:
            with os.scandir(folder) as entries:
                found = [entry.name for entry in entries]
        except (FileNotFoundError, NotADirectoryError) as error:
            raise BadClipError("expected a folder of frames, found none", source=str(folder)) from error
    try:
        return frame_names(found)
    except BadClipError as error:
        raise BadClipError(error.reason, source=str(folder)) from error


@dataclass(frozen=True, slots=True)
class ColorPicture:
    """A colour frame and what its file says of it.

    Attributes
    ----------
    rgb : ndarray of shape (H, W, 3), uint8
        As it lies on the sensor.
    bits : int
        Bits of a value that `rgb` is made of: 8, or of a 16-bit file 12 or 16.
    highest : int
        Highest value in the file.
    orientation : int
        By EXIF, 1 = upright; not applied.
    """

    rgb: NDArray[np.uint8]
    bits: int
    highest: int
    orientation: int


def read_color(path: Path, *, bits: int | None = None) -> NDArray[np.uint8]:
    """Read a colour frame as it lies on the sensor: no rotation by EXIF tags, so that the depth grid still matches.

    Parameters
    ----------
    path : Path
        JPEG, PNG, BMP, TIFF or WebP.
    bits : int or None
        As for :func:`read_picture`.

    Returns
    -------
    ndarray of shape (H, W, 3), uint8
        RGB.

    Raises
    ------
    BadClipError
        As :func:`read_picture`.
    """
    return read_picture(path, bits=bits).rgb


def read_picture(path: Path, *, bits: int | None = None) -> ColorPicture:
    """Read a colour frame with what its file says of it.

    Values of 16 bits lose their lowest ones. Cameras of 12 bits store 0 to 4095 in 16, which would come out black by
    the highest 8: a picture without a higher value is taken for 12 bits. All frames of a clip must be brought to 8 bits
    alike, so that brightness does not change with the brightest pixel.

    Parameters
    ----------
    path : Path
        JPEG, PNG, BMP, TIFF or WebP.
    bits : int or None
        Bits in use that the picture must have, those of its clip's onset; None = told by its own values.

    Raises
    ------
    BadClipError
        When the file is missing, empty, truncated, too large or not a picture, or of other bits than asked for.
    """
    data = _read_whole(path)
    rgb = _jpeg_rgb(data, path) if data.startswith(JPEG) else _other_rgb(data, path)
    highest, stored = int(rgb.max()), 8 * rgb.itemsize
    used = stored if stored == 8 or highest >= 2**_SENSOR_BITS else _SENSOR_BITS
    if bits is not None and (used > bits or (stored == 8) != (bits == 8)):
        raise BadClipError(
            f"expected {bits} bits in use like the onset frame, found {used} (values up to {highest}): the frames come "
            "from two cameras or settings",
            source=str(path),
        )
    used = bits or used
    eight = rgb if stored == 8 else (rgb >> (used - 8)).astype(np.uint8)
    return ColorPicture(np.asarray(eight, dtype=np.uint8), used, highest, picture_orientation(data))


def is_grey(image: NDArray[np.uint8]) -> bool:
    """Tell whether an RGB picture (H, W, 3) holds grey levels only, whether its file had one channel or three.

    Some rows show most colour pictures to be none, so that the others need not be compared.
    """
    return _channels_are_equal(image[::_GREY_ROW_STEP]) and _channels_are_equal(image)


def _channels_are_equal(image: NDArray[np.uint8]) -> bool:
    return bool((image[..., 0] == image[..., 1]).all() and (image[..., 0] == image[..., 2]).all())


def read_depth(
    path: Path, shape: tuple[int, int], *, unit_mm: float = 1.0, window: tuple[int, int, int, int] | None = None
) -> NDArray[np.float32]:
    """Read a depth frame on its own grid, in mm: the one place where the unit of the files counts.

    Parameters
    ----------
    path : Path
        16-bit single-channel PNG or TIFF; `HOLES` are missing.
    shape : tuple of int
        (H, W) of the colour frame, whose pixel grid the depth frame shares.
    unit_mm : float
        Mm that 1 in the file stands for.
    window : tuple of int, optional
        Left, top, right, bottom, px, right and bottom exclusive: what is wanted of the frame; None = all of it.

    Returns
    -------
    ndarray of shape (H, W), or that of the window, float32
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
    if window is not None:
        left, top, right, bottom = window
        raw = raw[top:bottom, left:right]
    depth_mm = raw.astype(np.float32) * np.float32(unit_mm)
    for hole in HOLES:
        depth_mm[raw == hole] = np.nan
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
    if not picture_is_complete(data):
        raise BadClipError(
            f"expected a whole picture, found one that ends early after {len(data)} bytes; copy it again",
            source=str(path),
        )
    _check_header(data, path)
    return data


def _jpeg_rgb(data: bytes, path: Path) -> NDArray[np.uint8]:
    """Decode a JPEG to colours and refuse one of which libjpeg says that its coded picture is damaged.

    Both in one pass, in half the time of a check and OpenCV, which drops what libjpeg says and gives the same pixels.
    """
    import simplejpeg

    with _told_by_libjpeg(data, path):
        return np.asarray(simplejpeg.decode_jpeg(data, "RGB", strict=True), dtype=np.uint8)


def _other_rgb(data: bytes, path: Path) -> NDArray[Any]:
    """Decode a picture of another format to colours of its own bits."""
    import cv2

    bgr = _decode(data, cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH | cv2.IMREAD_IGNORE_ORIENTATION, path)
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))


def _check_jpeg(data: bytes, path: Path) -> None:
    """Refuse a damaged JPEG: at an eighth of its size and in grey the whole of the code is read, in half the time."""
    import simplejpeg

    with _told_by_libjpeg(data, path):
        simplejpeg.decode_jpeg(data, "GRAY", min_height=1, min_width=1, strict=True)


@contextmanager
def _told_by_libjpeg(data: bytes, path: Path) -> Iterator[None]:
    """Refuse a JPEG with what libjpeg says of it."""
    try:
        yield
    except ValueError as error:
        _check_room_for(data)
        raise BadClipError(
            f"expected a whole JPEG, found one of which libjpeg says: {error}; copy it again, or look at the picture "
            "and save it anew as PNG if it is whole",
            source=str(path),
        ) from error


def _check_tiff(data: bytes, path: Path) -> None:
    """Refuse a TIFF of which OpenCV would leave a part black, or shifted, and say nothing."""
    problem = tiff_code_problem(data, tiff_fields(data))
    if problem:
        raise BadClipError(f"{problem}: it is damaged; copy it again", source=str(path))


def _check_header(data: bytes, path: Path) -> None:
    """Refuse what would fill the memory when decoded, and formats whose decoders nobody needs here."""
    size = picture_size(data)
    if size is None:
        raise BadClipError(f"expected a {FORMATS} picture, found {what_else(data)}", source=str(path))
    width, height = size
    if width * height > MAX_PIXELS:
        raise BadClipError(
            f"expected a picture of at most {MAX_PIXELS // 10**6} million pixels, found {width}x{height}",
            source=str(path),
        )
    problem = picture_problem(data)
    if problem:
        raise BadClipError(problem, source=str(path))


def _decode(data: bytes, flags: int, path: Path) -> NDArray[Any]:
    """Decode with OpenCV, after it is known whether the code of a JPEG or TIFF is whole."""
    import cv2

    if data.startswith(JPEG):
        _check_jpeg(data, path)
    elif is_tiff(data):
        _check_tiff(data, path)
    image: NDArray[Any] | None = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if image is None:
        _check_room_for(data)
        raise BadClipError(f"expected a {FORMATS} picture, found {what_else(data)}", source=str(path))
    return image


def _check_room_for(data: bytes) -> None:
    """Raise MemoryError where a decoder failed for lack of memory: a clip would else be left out for it."""
    width, height = picture_size(data) or (0, 0)
    check_room(_DECODING_TAKES * width * height)
