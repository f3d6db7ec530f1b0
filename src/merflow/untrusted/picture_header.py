"""Picture header: size and format of a picture, read before a decoder takes the memory for it."""

from collections.abc import Iterator

from merflow.untrusted.tiff_header import (
    ORIENTATION,
    first,
    is_tiff,
    tiff_fields,
    tiff_is_complete,
    tiff_problem,
    tiff_size,
)

MAX_PIXELS = 64 * 10**6
"""Of a frame; the cameras of the datasets have 0.3 to 1.2 million."""

MAX_PICTURE_BYTES = 2**29
"""Of a picture file: `MAX_PIXELS` of 8 bytes, uncompressed."""

FORMATS = "JPEG, PNG, BMP, TIFF or WebP"
"""That are read, whatever the file is called."""

UPRIGHT = 1
"""Orientation by EXIF of a picture that is stored as it is to be seen."""

_PNG, _PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB\x60\x82"
JPEG = b"\xff\xd8"
"""How a JPEG begins."""

_JPEG_END = b"\xff\xd9"
_EXIF = b"Exif\0\0"
_SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""JPEG markers that begin a frame; the three left out define tables, or nothing."""

_ALONE = {0x01, *range(0xD0, 0xD8)}
"""JPEG markers that no length follows."""

_SCAN, _END, _APP1 = 0xDA, 0xD9, 0xE1
_OLD_BMP_HEADER = 12
_OTHERS = {
    b"GIF8": "a GIF",
    b"\0\0\0\x0cjP": "a JPEG 2000",
    b"version https://git-lfs": "a pointer of Git LFS, whose picture was not fetched",
    b"<": "a web page or other text",
    bytes(16): "zeros",
}
"""How files begin that lie in the place of a picture."""
_ANIMATED = 0x02  # a flag of the extended header of WebP


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height that the header of a picture says; None = it is of no format that is read, or has none.

    The formats are `FORMATS`.
    """
    if data.startswith(_PNG):
        return _png(data)
    if data.startswith(JPEG):
        return _jpeg(data)
    if data.startswith(b"BM"):
        return _bmp(data)
    return _webp(data) if _is_webp(data) else tiff_size(tiff_fields(data))


def what_else(data: bytes) -> str:
    """Return what bytes are that are no picture of these formats, as far as their beginning tells."""
    if data[4:8] == b"ftyp":
        return f"a file of the kind {data[8:12].decode('ascii', 'replace')!r}, as videos and HEIC pictures are"
    return next((found for begin, found in _OTHERS.items() if data.startswith(begin)), "bytes that do not decode")


def is_deep_grey_png(data: bytes) -> bool:
    """Return whether the beginning of a file, 26 bytes or more, is that of a PNG of one channel of 16 bits."""
    return data.startswith(_PNG) and data[24:26] == bytes((16, 0))  # bits a channel, and kind of colour


def picture_is_complete(data: bytes) -> bool:
    """Whether the end of a picture is there; of bytes of another format the decoder is the judge."""
    if data.startswith(JPEG):
        return _jpeg_is_complete(data)
    if data.startswith(_PNG):
        return data.find(_PNG_END) >= 0
    if data.startswith(b"BM"):
        return len(data) >= int.from_bytes(data[2:6], "little")
    if _is_webp(data):
        return len(data) >= 8 + int.from_bytes(data[4:8], "little")
    return not is_tiff(data) or tiff_is_complete(data)


def picture_problem(data: bytes) -> str:
    """Return what makes a picture unusable that its size does not tell; empty = nothing."""
    if _is_webp(data) and data[12:16] == b"VP8X" and data[20:21] and data[20] & _ANIMATED:
        return "expected one picture, found a moving WebP. Save each frame as a file of its own"
    return tiff_problem(tiff_fields(data), max_pixels=MAX_PIXELS) if is_tiff(data) else ""


def picture_orientation(data: bytes) -> int:
    """Return how a viewer turns a picture, by EXIF: 1 = not at all, 2 to 8; 1 where nothing is said."""
    found = first(tiff_fields(_exif(data)), ORIENTATION, UPRIGHT)
    return found if 1 <= found <= 8 else UPRIGHT


def _exif(data: bytes) -> bytes:
    """Return the EXIF block, which is a TIFF without a picture; of a TIFF the file itself; empty = there is none."""
    if data.startswith(JPEG):
        segments = (content for marker, content in _jpeg_segments(data) if marker == _APP1)
        return next((content[len(_EXIF) :] for content in segments if content.startswith(_EXIF)), b"")
    if data.startswith(_PNG):
        return _chunk(data, b"eXIf", start=len(_PNG), webp=False)
    return _chunk(data, b"EXIF", start=12, webp=True).removeprefix(_EXIF) if _is_webp(data) else data


def _chunk(data: bytes, wanted: bytes, *, start: int, webp: bool) -> bytes:
    """Return what a chunk holds; empty = there is none of that name.

    Of PNG come length, name, content and checksum; of WebP name, length and content, filled up to an even length.
    """
    while start + 8 <= len(data):
        head = data[start : start + 8]
        name, length = (head[:4], int.from_bytes(head[4:], "little")) if webp else (head[4:], int.from_bytes(head[:4]))
        if name == wanted:
            return data[start + 8 : start + 8 + length]
        start += 8 + length + (length % 2 if webp else 4)
    return b""


def _png(data: bytes) -> tuple[int, int] | None:
    """Read the first chunk, which must be IHDR."""
    if len(data) < 24 or data[12:16] != b"IHDR":
        return None
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def _jpeg(data: bytes) -> tuple[int, int] | None:
    """Read the marker that begins a frame; a thumbnail lies inside another marker's segment."""
    for marker, content in _jpeg_segments(data):
        if marker in _SIZES:
            return (int.from_bytes(content[3:5]), int.from_bytes(content[1:3])) if len(content) >= 5 else None
    return None


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and content of each segment before the first scan."""
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker in (_SCAN, _END):
            return
        if marker == 0xFF:  # padding
            position += 1
        elif marker in _ALONE:
            position += 2
        else:
            end = position + 2 + int.from_bytes(data[position + 2 : position + 4])
            yield marker, data[position + 4 : end]
            position = end


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
        if marker == _SCAN:
            return data.find(_JPEG_END, position) >= 0
    return False


def _bmp(data: bytes) -> tuple[int, int] | None:
    """Read either header; a height below 0 says that the rows run from the top."""
    if len(data) < 26:
        return None
    if int.from_bytes(data[14:18], "little") == _OLD_BMP_HEADER:
        return int.from_bytes(data[18:20], "little"), int.from_bytes(data[20:22], "little")
    width, height = (int.from_bytes(data[at : at + 4], "little", signed=True) for at in (18, 22))
    return abs(width), abs(height)


def _is_webp(data: bytes) -> bool:
    return data.startswith(b"RIFF") and data[8:12] == b"WEBP"


def _webp(data: bytes) -> tuple[int, int] | None:
    """Read the first chunk: the extended header, which the picture after it must agree with, or the picture itself."""
    if len(data) < 30:
        return None
    kind, little = data[12:16], int.from_bytes(data[20:30], "little")
    if kind == b"VP8X":  # flags, 3 bytes that are 0, and 24 bits each of width and height, less 1
        return (little >> 32 & 0xFFFFFF) + 1, (little >> 56 & 0xFFFFFF) + 1
    if kind == b"VP8L" and data[20] == 0x2F:  # 14 bits each after the signature, less 1
        return (little >> 8 & 0x3FFF) + 1, (little >> 22 & 0x3FFF) + 1
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":  # 14 bits each after the start code; the rest is a scale
        return little >> 48 & 0x3FFF, little >> 64 & 0x3FFF
    return None
