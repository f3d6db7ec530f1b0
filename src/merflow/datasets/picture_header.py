"""Picture header: the size that a picture says it has, read before a decoder takes the memory for it."""

MAX_PIXELS = 64 * 10**6
"""Of a frame; the cameras of the datasets have 0.3 to 1.2 million."""

MAX_PICTURE_BYTES = 2**29
"""Of a picture file: `MAX_PIXELS` of 8 bytes, uncompressed."""

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
"""JPEG markers that begin a frame; the three left out define tables, or nothing."""

_ALONE = {0x01, *range(0xD0, 0xD8)}
"""JPEG markers that no length follows."""

_SCAN, _END = 0xDA, 0xD9
_OLD_BMP_HEADER = 12


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height that the header of a JPEG, PNG or BMP says; None = it is none of these, or has none."""
    if data.startswith(_PNG):
        return _png(data)
    if data.startswith(_JPEG):
        return _jpeg(data)
    if data.startswith(b"BM"):
        return _bmp(data)
    return None


def _png(data: bytes) -> tuple[int, int] | None:
    """Read the first chunk, which must be IHDR."""
    if len(data) < 24 or data[12:16] != b"IHDR":
        return None
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def _jpeg(data: bytes) -> tuple[int, int] | None:
    """Go from marker to marker until one that begins a frame; a thumbnail lies inside another marker's segment."""
    position = 2
    while position + 9 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker in _SIZES:
            return int.from_bytes(data[position + 7 : position + 9]), int.from_bytes(data[position + 5 : position + 7])
        if marker in (_SCAN, _END):
            return None
        if marker == 0xFF:  # padding
            position += 1
        elif marker in _ALONE:
            position += 2
        else:
            position += 2 + int.from_bytes(data[position + 2 : position + 4])
    return None


def _bmp(data: bytes) -> tuple[int, int] | None:
    """Read either header; a height below 0 says that the rows run from the top."""
    if len(data) < 26:
        return None
    if int.from_bytes(data[14:18], "little") == _OLD_BMP_HEADER:
        return int.from_bytes(data[18:20], "little"), int.from_bytes(data[20:22], "little")
    width, height = (int.from_bytes(data[at : at + 4], "little", signed=True) for at in (18, 22))
    return abs(width), abs(height)
