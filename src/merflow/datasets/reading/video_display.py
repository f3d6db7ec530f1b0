"""Video display: what a file says of how its pictures are to be shown, beside their rotation."""

import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

from merflow.errors import BadClipError

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream


def check_not_mirrored(shown: "VideoFrame", path: Path) -> None:
    """Refuse a video that is to be shown as a mirror image: what FFmpeg calls its rotation leaves the mirror out.

    Raises
    ------
    BadClipError
        When its matrix has a negative determinant.
    """
    beside: Any = shown.side_data  # its stub knows motion vectors alone
    found = beside.get("DISPLAYMATRIX")
    if found is None:
        return
    a, b, _, c, d = struct.unpack("=9i", bytes(found))[:5]
    if a * d - b * c < 0:
        raise BadClipError(
            "expected pictures that are turned at most, found a video that is to be shown as a mirror image, as some "
            "front cameras write it. Store them as they are shown, without loss: ffmpeg -i in -c:v ffv1 out.mkv",
            source=str(path),
        )


def pixel_sides(stream: "VideoStream", *, turned: bool) -> tuple[int, int]:
    """Return width and height of a pixel of the upright picture, by their ratio; (1, 1) where the file says nothing.

    Parameters
    ----------
    stream : VideoStream
    turned : bool
        Whether the stored pictures lie on their side.
    """
    sides = stream.sample_aspect_ratio
    if not sides:
        return 1, 1
    return (sides.denominator, sides.numerator) if turned else (sides.numerator, sides.denominator)


def no_squares(sides: tuple[int, int]) -> list[str]:
    """Return the note of pixels that are no squares, which every stage takes them for; empty = they are."""
    width, height = sides
    if width == height:
        return []
    share, how = 1 - min(sides) / max(sides), "narrower" if width > height else "lower"
    return [f"pixels of {width}:{height} are read as squares: the face is {100 * share:.0f} % {how} than it was"]
