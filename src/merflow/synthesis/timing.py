"""When things happen in a clip: onset, apex and offset, the expression's course, and the flicker of the light."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

FloatArray = NDArray[np.float64]

FPS = 30.0
FRAMES_AFTER_OFFSET = 2
_RISE_FRAMES = {"micro": (4, 6), "macro": (9, 14)}
_FALL_FRAMES = {"micro": (4, 7), "macro": (12, 20)}
_LIGHT_SMOOTHING_FRAMES = 3.0


@dataclass(frozen=True, slots=True)
class Timing:
    """Frame indices of one clip, counted from its first frame, which is the neutral onset.

    Parameters
    ----------
    apex, offset : int
        Index of the strongest frame and of the first frame that is neutral again.
    """

    apex: int
    offset: int

    @property
    def n_frames(self) -> int:
        """Frames of the clip: onset to offset, and two more."""
        return self.offset + 1 + FRAMES_AFTER_OFFSET

    def intensity(self) -> FloatArray:
        """Return the expression's course (n_frames,): a raised cosine, 0 at the onset, 1 at the apex, 0 after."""
        t = np.arange(self.n_frames, dtype=np.float64)
        rise = t / self.apex
        fall = 1.0 - (t - self.apex) / (self.offset - self.apex)
        phase = np.clip(np.where(t <= self.apex, rise, fall), 0.0, 1.0)
        return 0.5 - 0.5 * np.cos(np.pi * phase)


def sample_timing(rng: np.random.Generator, expression: str) -> Timing:
    """Draw how long an expression takes to rise and to fall.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the draw.
    expression : str
        ``micro`` (onset to offset within 0.5 s at 30 fps) or ``macro`` (0.7 to 1.2 s).

    Returns
    -------
    Timing
    """
    rise = int(rng.integers(*_RISE_FRAMES[expression], endpoint=True))
    fall = int(rng.integers(*_FALL_FRAMES[expression], endpoint=True))
    return Timing(apex=rise, offset=rise + fall)


def sample_light(rng: np.random.Generator, n_frames: int, light_sd: float) -> FloatArray:
    """Draw the brightness of the lamp in each frame: 1 plus smooth noise of standard deviation ``light_sd``.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the draw.
    n_frames : int
        Frames of the clip.
    light_sd : float
        Relative standard deviation over time; 0 is a steady lamp.

    Returns
    -------
    ndarray of shape (n_frames,)
        Factors on linear light.
    """
    margin = int(4 * _LIGHT_SMOOTHING_FRAMES)
    white = rng.normal(size=n_frames + 2 * margin)
    smooth = gaussian_filter1d(white, _LIGHT_SMOOTHING_FRAMES)[margin : margin + n_frames]
    unit = smooth * np.sqrt(2.0 * np.sqrt(np.pi) * _LIGHT_SMOOTHING_FRAMES)  # smoothing shrinks white noise by this
    light: FloatArray = np.maximum(1.0 + light_sd * unit, 0.1)
    return light
