"""Videos: decode the frames of a clip, each once and in order, from the key frame before the first of them."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from merflow.datasets.reading.frames import ColorPicture
from merflow.datasets.reading.video_times import VideoTimes, video_times
from merflow.errors import BadClipError
from merflow.untrusted.picture_header import UPRIGHT
from merflow.untrusted.video_file import open_video

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

_BACK = 16
"""Frames that a second look for a key frame goes back, and twice as many each further one."""

_STRICT = {"err_detect": "explode"}
"""Damaged code is an error: decoders else fill the place with what was there before, and say nothing."""

_AHEAD = 32
"""Frames that are decoded to get to a later one before a key frame nearer to it is looked for."""


class Decoder:
    """The frames of a video, numbered from 0 in the order in which they are shown; the file is open until `close`.

    Parameters
    ----------
    path : Path
        The video.
    times : VideoTimes
        Of the same file.
    """

    def __init__(self, path: Path, times: VideoTimes) -> None:
        self._path, self._times, self._stack = path, times, ExitStack()
        self._next = 0
        self._rewind()

    def close(self) -> None:
        """Close the file."""
        self._stack.close()

    def frame(self, number: int) -> "VideoFrame":
        """Return a frame.

        Raises
        ------
        BadClipError
            When the video ends before it, or a frame on the way is damaged or missing.
        """
        if not self._next <= number <= self._next + _AHEAD:
            self._go_before(number)
        while True:
            found, frame = self._step()
            if found == number:
                return frame

    def _step(self) -> tuple[int, "VideoFrame"]:
        """Return the next frame, which must be the one after the last."""
        frame = next(self._frames, None)
        if frame is None:
            raise self._refused(
                f"expected {self._times.n_frames} frames, as the file says, found that it ends after {self._next}: its "
                "end is broken. Copy it again, or leave the clips behind it out"
            )
        number = self._number(frame)
        if number != self._next:
            raise self._refused(
                f"expected frame {self._next} next (counted from 0), found frame {number}: it is damaged"
            )
        self._next = number + 1
        return number, frame

    def _number(self, frame: "VideoFrame") -> int:
        if not self._times.timed or frame.pts is None:
            return self._next
        return self._times.number_at(frame.pts)

    def _go_before(self, number: int) -> None:
        """Go to a key frame at or before a frame, or to the beginning.

        What a container names a key frame may be shown after `number`, and frames that are shown before a key frame
        and stored behind it need the one before it. So the first frame that decodes is looked at.
        """
        back = 0
        while self._times.seekable and number - back > 0:
            self._container.seek(self._times.time_of(number - back), stream=self._stream)
            self._frames = self._decoded(after_seek=True)
            frame = self._first_key_frame()
            if frame is not None and frame.pts is not None and self._times.number_at(frame.pts) <= number:
                self._next, self._frames = self._times.number_at(frame.pts), chain([frame], self._frames)
                return
            back = 2 * back + _BACK
        self._rewind()

    def _first_key_frame(self) -> "VideoFrame | None":
        """Return the first frame from which the others decode; None = from here they do not, or there is none."""
        try:
            return next((one for one in self._frames if one.key_frame), None)
        except BadClipError:  # the key frame of an open group of pictures: decoders miss those before it
            return None

    def _rewind(self) -> None:
        """Begin anew: to seek the beginning is inexact in some containers."""
        self._stack.close()
        self._container, self._stream = self._stack.enter_context(open_video(self._path))
        self._stream.codec_context.options = _STRICT
        self._stream.codec_context.thread_count = 1
        self._next, self._frames = 0, self._decoded(after_seek=False)

    def _decoded(self, *, after_seek: bool) -> Iterator["VideoFrame"]:
        """Yield what decodes from here on; a frame that is damaged is an error.

        After a seek, pictures that are shown before the key frame and stored behind it are passed over: they need
        frames before it.
        """
        import av

        shown_first: int | None = None
        try:
            for packet in self._container.demux(self._stream):
                if after_seek and packet.pts is not None:
                    shown_first = packet.pts if shown_first is None else shown_first
                    if packet.pts < shown_first:
                        continue
                for frame in packet.decode():
                    if frame.is_corrupt:
                        raise self._refused(f"expected a whole frame {self._next}, found a damaged one")
                    yield frame
        except av.FFmpegError as error:
            raise self._refused(
                f"expected a whole video, found that frame {self._next} or one behind it does not decode ({error}). "
                "Copy it again, or leave the clips from there on out"
            ) from error

    def _refused(self, reason: str) -> BadClipError:
        return BadClipError(reason, source=str(self._path))


class VideoFrames:
    """The frames of a video as a stage reads them.

    The file is opened at the first frame that is asked for. Ascending numbers are decoded in one pass.

    Parameters
    ----------
    path : Path
        The video.
    first_frame : int
        Number of its first frame: 0 or 1.
    """

    def __init__(self, path: Path, *, first_frame: int = 0) -> None:
        self.path, self._first = path, first_frame
        self.times = video_times(path)
        self._decoder: Decoder | None = None

    @property
    def numbers(self) -> Sequence[int]:
        """Numbers of its frames, ascending."""
        return range(self._first, self._first + self.times.n_frames)

    def where(self, number: int) -> str:
        """Return the video, for messages."""
        return str(self.path)

    def read(self, number: int, *, bits: int | None = None) -> ColorPicture:
        """Decode a frame to RGB of 8 bits, turned as the video says.

        Parameters
        ----------
        number : int
        bits : int or None
            As for pictures; the frames of one video are brought to 8 bits alike.

        Raises
        ------
        BadClipError
            When there is no such frame, or it does not decode.
        """
        if number not in self.numbers:
            last = self.numbers[-1]
            raise BadClipError(
                f"frame {number} is missing: expected frames {self._first} to {last}", source=str(self.path)
            )
        if self._decoder is None:
            self._decoder = Decoder(self.path, self.times)
        try:
            rgb = upright(self._decoder.frame(number - self._first), self.times.rotation)
        except BadClipError:
            self.close()
            raise
        return ColorPicture(rgb, 8, int(rgb.max()), UPRIGHT)

    def digest(self, numbers: Sequence[int]) -> bytes:
        """Return a SHA-256 over the packets that some frames are decoded from, and over their times."""
        found = hashlib.sha256(f"{self._first} {self.times}\n".encode())
        if numbers:
            for piece in _packets(self.path, self.times, min(numbers) - self._first, max(numbers) - self._first):
                found.update(piece)
        return found.digest()

    def close(self) -> None:
        """Close the file; a later frame opens it again."""
        if self._decoder is not None:
            self._decoder.close()
        self._decoder = None

    def __del__(self) -> None:
        """Close the file with the last one who reads it."""
        if hasattr(self, "_decoder"):
            self.close()


def upright(frame: "VideoFrame", rotation: int) -> NDArray[np.uint8]:
    """Return a frame as RGB of 8 bits (H, W, 3), turned counter-clockwise by a multiple of 90 degrees."""
    from av.video.reformatter import Interpolation

    exact = Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT | Interpolation.BITEXACT  # on every processor
    converted = frame.reformat(format="rgb24", interpolation=Interpolation.BICUBIC | exact, threads=1)
    rgb = np.asarray(converted.to_ndarray(), dtype=np.uint8)
    return np.ascontiguousarray(np.rot90(rgb, rotation // 90))


def _packets(path: Path, times: VideoTimes, first: int, last: int) -> Iterator[bytes]:
    """Yield times and code of the packets from the key frame before a frame to the last that another one needs."""
    import av

    with open_video(path) as (container, stream):
        yield stream.codec_context.extradata or b""
        if times.seekable and first > 0:
            container.seek(times.time_of(first), stream=stream)
        end = times.time_of(last) if times.seekable else None
        count = 0
        try:
            for packet in container.demux(stream):
                done = end is not None and packet.dts is not None and packet.dts > end
                if done or (end is None and count > last + _BACK):
                    return
                count += 1
                yield f"{packet.pts} {packet.dts}\n".encode()
                yield bytes(packet)
        except av.FFmpegError as error:
            yield str(error).encode()
