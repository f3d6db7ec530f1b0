"""Tiny videos whose frames carry their number as a pattern of eight blocks, dark or bright."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

BITS = 8
SIZE = (64, 48)
"""(width, height), px: a block is 8 px wide and 32 high."""


def pattern(number: int) -> np.ndarray:
    """Return the picture of a number: the lowest bit left; the lowest 8 rows are grey."""
    picture = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    for bit in range(BITS):
        picture[8:40, 8 * bit : 8 * bit + 8] = 255 * (number >> bit & 1)
    picture[40:] = 128
    return picture


def number_of(rgb: np.ndarray) -> int:
    """Return the number that a picture shows."""
    return sum(int(rgb[24, 8 * bit + 4].mean() > 128) << bit for bit in range(BITS))


def write_video(
    path: Path,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    *,
    times: Sequence[int] = range(40),
    fps: int = 25,
    b_frames: int | None = None,
    keys_every: int = 12,
    options: Mapping[str, str] | None = None,
    interlaced: bool = False,
    mux: Mapping[str, str] | None = None,
    numbers: Sequence[int] | None = None,
    sides: Fraction | None = None,
) -> Path:
    """Write a video that shows frame k, which carries the number k, at `times[k]` / `fps` seconds."""
    with av.open(str(path), "w", options=dict(mux or {})) as container:
        stream = container.add_stream(codec, rate=fps, options=dict(options or {}))
        (stream.width, stream.height), stream.pix_fmt = SIZE, pixels
        stream.codec_context.gop_size = keys_every
        stream.codec_context.time_base = Fraction(1, fps)
        if sides is not None:
            stream.codec_context.sample_aspect_ratio = sides
        if b_frames is not None:
            stream.codec_context.max_b_frames = b_frames
        for number, time in zip(numbers or range(len(times)), times, strict=True):
            frame = av.VideoFrame.from_ndarray(pattern(number), format="rgb24")
            frame.pts, frame.time_base = time, Fraction(1, fps)
            if interlaced:
                frame = frame.reformat(format=pixels)
                frame.pts, frame.time_base = time, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
