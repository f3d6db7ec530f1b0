"""Video listing: which frames a video stores, told by its table or its packets before anything is decoded."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from merflow.errors import BadClipError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

MAX_SCANNED_BYTES = 4 * 2**30
"""Of a file without a table of its frames, which must be read to number them."""

MAX_FRAMES = 10**7
"""Of a video: 14 hours at 200 frames per second."""


class StoredFrames(NamedTuple):
    """The frames of a file in the order in which they are stored.

    Attributes
    ----------
    times : list of int
        Presentation or decoding times, of frames that are not shown too: those before the beginning of an edit list,
        as cutting without coding anew leaves them, from which the first that are shown are decoded.
    keys : list of bool
        Which are key frames.
    n_shown : int
        Frames that are shown.
    """

    times: list[int]
    keys: list[bool]
    n_shown: int


def stored_frames(container: "InputContainer", stream: "VideoStream", *, path: Path, size: int) -> StoredFrames:
    """Return the frames as the table of the file lists them, or else as its packets do.

    The table of an MP4 has decoding times; they lie on a regular grid if and only if the presentation times do.
    """
    entries = stream.index_entries
    if 0 < stream.frames == len(entries) and container.format.name != "matroska,webm":
        _check_count(len(entries), path)
        shown = sum(not one.is_discard for one in entries)
        return StoredFrames([one.timestamp for one in entries], [one.is_keyframe for one in entries], shown)
    if size > MAX_SCANNED_BYTES:
        raise BadClipError(
            f"expected a video with a table of its frames (MP4, MOV), or of at most {MAX_SCANNED_BYTES / 2**30:g} GiB, "
            f"found {container.format.name} of {size / 2**30:.3g} GiB, which would be read as a whole to "
            "number its frames. Copy it without loss: ffmpeg -i in -c copy out.mp4",
            source=str(path),
        )
    return _scanned(container, stream, path)


def _scanned(container: "InputContainer", stream: "VideoStream", path: Path) -> StoredFrames:
    """Return the times of all packets, without decoding them."""
    import av

    times: list[int] = []
    keys: list[bool] = []
    shown = 0
    try:
        for packet in container.demux(stream):
            time = packet.dts if packet.pts is None else packet.pts
            if packet.size and time is not None:
                times.append(time)
                keys.append(packet.is_keyframe)
                shown += not packet.is_discard
                _check_count(len(times), path)
    except av.FFmpegError as error:
        raise BadClipError(
            f"expected a whole video, found one that cannot be read: {error}", source=str(path)
        ) from error
    return StoredFrames(times, keys, shown)


def check_begin(stored: StoredFrames, path: Path, *, intra_only: bool) -> None:
    """Refuse a video without a frame, and one that was cut behind a key frame: decoders make pictures of its rest.

    Each frame of an `intra_only` codec is a key frame, whatever the file says.
    """
    if not stored.n_shown:
        raise BadClipError("expected a video, found one without a frame", source=str(path))
    if not stored.keys[0] and not intra_only:
        raise BadClipError(
            "expected a video that begins with a key frame, found one that was cut behind it: its first pictures "
            "cannot be decoded without what was cut off. Cut the original anew, each picture coded: ffmpeg -ss TIME "
            "-i in -c:v ffv1 out.mkv",
            source=str(path),
        )


def _check_count(count: int, path: Path) -> None:
    if count > MAX_FRAMES:
        raise BadClipError(f"expected a video of at most {MAX_FRAMES} frames, found more", source=str(path))
