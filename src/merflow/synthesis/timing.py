"""When things happen in a clip: onset, apex and offset, the expression's course, and the flicker of the light."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

FPS = 30.0
"""Frame rate in which durations are given here; other rates have more frames in the same seconds."""
_RISE_FRAMES = {"micro": (4, 6), "macro": (9, 14)}
_FALL_FRAMES = {"micro": (4, 7), "macro": (12, 20)}
_LIGHT_SMOOTHING_FRAMES = 3.0


@dataclass(frozen=True, slots=True)
class Recording:
    """How often the camera takes a frame, and how long it runs around an expression.

    Parameters
    ----------
    fps : float
        Frames per second.
    frames_before, frames_after : int
        Frames filmed before the onset and after the offset.
    """

    fps: float = FPS
    frames_before: int = 0
    frames_after: int = 2


@dataclass(frozen=True, slots=True)
class Timing:
    """Frame indices of one clip, counted from the first frame that is filmed.

    Parameters
    ----------
    apex, offset : int
        Index of the strongest frame and of the first frame that is neutral again.
    onset : int
        Index of the last neutral frame before the expression.
    frames_after : int
        Frames filmed after the offset.
    """

    apex: int
    offset: int
    onset: int = 0
    frames_after: int = 2

    @property
    def n_frames(self) -> int:
        """Frames that are filmed."""
        return self.offset + 1 + self.frames_after

    def intensity(self) -> FloatArray:
        """Return the expression's course (n_frames,): a raised cosine, 0 to the onset, 1 at the apex, 0 after."""
        t = np.arange(self.n_frames, dtype=np.float64)
        rise = (t - self.onset) / (self.apex - self.onset)
        fall = 1.0 - (t - self.apex) / (self.offset - self.apex)
        phase = np.clip(np.where(t <= self.apex, rise, fall), 0.0, 1.0)
        return 0.5 - 0.5 * np.cos(np.pi * phase)


def sample_timing(rng: np.random.Generator, expression: str, recording: Recording) -> Timing:
    """Draw how long an expression takes to rise and to fall.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the draw.
    expression : str
        ``micro`` (onset to offset within 0.5 s) or ``macro`` (0.7 to 1.2 s).
    recording : Recording
        Frame rate, and what is filmed around the expression.

    Returns
    -------
    Timing
    """
    rate = recording.fps / FPS
    rise, fall = (
        int(rng.integers(round(low * rate), round(high * rate), endpoint=True))
        for low, high in (_RISE_FRAMES[expression], _FALL_FRAMES[expression])
    )
    onset = recording.frames_before
    return Timing(apex=onset + rise, offset=onset + rise + fall, onset=onset, frames_after=recording.frames_after)


def sample_light(rng: np.random.Generator, n_frames: int, light_sd: float, fps: float = FPS) -> FloatArray:
    """Draw the brightness of the lamp in each frame: 1 plus smooth noise of standard deviation ``light_sd``.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the draw.
    n_frames : int
        Frames of the clip.
    light_sd : float
        Relative standard deviation over time; 0 is a steady lamp.
    fps : float
        Frames per second: the lamp flickers as fast whatever the camera does.

    Returns
    -------
    ndarray of shape (n_frames,)
        Factors on linear light.
    """
    from scipy.ndimage import gaussian_filter1d  # planning imports this module, and SciPy takes .2 s

    smoothing = _LIGHT_SMOOTHING_FRAMES * (fps / FPS)
    margin = int(4 * smoothing)
    white = rng.normal(size=n_frames + 2 * margin)
    smooth = gaussian_filter1d(white, smoothing)[margin : margin + n_frames]
    unit = smooth * np.sqrt(2.0 * np.sqrt(np.pi) * smoothing)  # smoothing shrinks white noise by this
    light: FloatArray = np.maximum(1.0 + light_sd * unit, 0.1)
    return light
