"""Video file: open one with the demuxers that recordings need, and no other.

FFmpeg also opens playlists, which name further files and addresses, and formats that nobody records faces in. A file
that calls itself a video is opened by its content with a short list of formats, from the disk alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from merflow.errors import BadClipError
from merflow.reading import is_file, reading_clip
from merflow.untrusted.picture_header import MAX_PIXELS

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,asf"
"""Demuxers of FFmpeg: MP4 and MOV, Matroska and WebM, AVI, MPEG, WMV."""

VIDEO_SUFFIXES = (".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ts", ".webm", ".wmv")
"""How files of these formats are called."""

_OPTIONS = {"protocol_whitelist": "file", "format_whitelist": FORMATS}
_START = 512
_OTHERS = {
    b"version https://git-lfs": "a pointer of Git LFS, whose video was not fetched",
    b"<": "a web page or other text",
    b"#EXTM3U": "a playlist",
    b"GIF8": "a GIF",
    b"PK\x03\x04": "an archive",
}


@contextmanager
def open_video(path: Path) -> Iterator[tuple["InputContainer", "VideoStream"]]:
    """Open a video for reading, with its stream of pictures, and close it.

    Parameters
    ----------
    path : Path
        Of any of `FORMATS`, whatever its name says.

    Raises
    ------
    BadClipError
        When there is no such file, it is no video of these formats, has no pictures, or too large ones.
    """
    import av

    with reading_clip(path):
        if not is_file(path):
            raise BadClipError("expected a video, found no such file", source=str(path))
        with path.open("rb") as file:
            start = file.read(_START)
    try:
        container = av.open(f"file:{path}", options=_OPTIONS, metadata_errors="replace")
    except av.FFmpegError as error:
        raise BadClipError(f"expected a video, found {_what_else(start, error)}", source=str(path)) from error
    with container:
        if not container.streams.video:
            raise BadClipError("expected a video, found a file without pictures", source=str(path))
        stream = container.streams.video[0]
        if stream.codec_context is None:  # FFmpeg has no decoder
            raise BadClipError("expected a video, found one of an unknown codec", source=str(path))
        width, height = stream.codec_context.width, stream.codec_context.height
        if not 0 < width * height <= MAX_PIXELS:
            raise BadClipError(
                f"expected pictures of at most {MAX_PIXELS // 10**6} million pixels, found {width}x{height}",
                source=str(path),
            )
        yield container, stream


def _what_else(start: bytes, error: Exception) -> str:
    """Return what a file is that FFmpeg does not open, as far as its beginning tells."""
    if not start:
        return "an empty file"
    known = next((found for begin, found in _OTHERS.items() if start.startswith(begin)), "")
    if known:
        return known
    if not start.strip(b"\0"):
        return "zeros: the file was not copied whole"
    if b"\0" not in start and _is_text(start):
        return "a text"
    said = getattr(error, "strerror", None) or str(error)
    advice = ": the index at its end is missing, so the file was cut off" if start[4:8] == b"ftyp" else ""
    return f"a file that FFmpeg does not open ({said}){advice}"


def _is_text(start: bytes) -> bool:
    try:
        start[: start.rfind(b" ") if len(start) == _START else None].decode()
    except UnicodeDecodeError:
        return False
    return True
