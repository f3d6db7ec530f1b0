"""Write pictures and videos that decode to the same pixels."""

from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_LARGEST_DENOMINATOR = 1001
"""Of a frame rate: those of television are 24000, 30000 and 60000 / 1001."""

_PARTS = 1000
"""Of the time between two recorded frames: interpolated frames lie between them."""


def write_png(path: Path, rgb: NDArray[np.uint8]) -> None:
    """Write a picture (H, W, 3) of red, green, blue."""
    path.write_bytes(png_bytes(rgb))


def png_bytes(rgb: NDArray[np.uint8]) -> bytes:
    """Return a picture (H, W, 3) of red, green, blue as a PNG."""
    import cv2

    _, encoded = cv2.imencode(".png", np.ascontiguousarray(rgb[..., ::-1]))
    return encoded.tobytes()


def write_mp4(path: Path, frames: NDArray[np.uint8], positions: NDArray[np.number], *, rate: float) -> None:
    """Write a video in which each frame is shown at its own time, without loss.

    H.264 of RGB (libx264rgb, quantiser 0): YUV 4:2:0 has a quarter of the colour, and its 8 bits tell fewer colours
    apart than those of RGB.

    Parameters
    ----------
    path : Path
        Ends in ``.mp4``.
    frames : ndarray of shape (T, H, W, 3), uint8
        Red, green, blue.
    positions : ndarray of shape (T,)
        Number of each among the frames of the recording, ascending, also between two of them. The video begins with the
        first.
    rate : float
        Frames per second of the recording, above 0.
    """
    import av

    fps = Fraction(rate).limit_denominator(_LARGEST_DENOMINATOR)
    unit = 1 / (fps * _PARTS)
    times = np.rint((np.asarray(positions, dtype=np.float64) - positions[0]) * _PARTS).astype(int).tolist()
    with av.open(str(path), "w") as container:  # noqa: TID251  # writes: nothing that others have made is opened
        stream = container.add_stream("libx264rgb", rate=fps, options={"qp": "0", "bf": "0"})
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "rgb24"
        stream.codec_context.time_base = unit
        for frame, time in zip(frames, times, strict=True):
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
            picture.pts, picture.time_base = time, unit
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
