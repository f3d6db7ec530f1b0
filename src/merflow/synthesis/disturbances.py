"""What the conditions of a clip change in its performance: faces that move beside the label, and the light."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from merflow.synthesis.conditions import Conditions
from merflow.synthesis.performance import STILL_AUS, Performance
from merflow.synthesis.render import Studio
from merflow.synthesis.settings import SynthesisSettings
from merflow.synthesis.shading import Light

FloatArray = NDArray[np.float64]

_BLINK = 45
_BLINK_MM = (8.0, 12.0)
_BLINK_S = (0.13, 0.40)
_DISTRACTOR_S = (0.25, 0.60)
_LAMP_UP = (0.15, 0.6)


def settings_under(settings: SynthesisSettings, conditions: Conditions) -> SynthesisSettings:
    """Return the settings of a dataset with the strengths of one clip in their place."""
    return replace(
        settings,
        amp_mm=conditions.amp_mm,
        head_motion=conditions.head_motion,
        pose_spread=conditions.pose_spread,
        light_sd=conditions.light_sd,
        noise_sd=conditions.noise_sd,
        blur_px=conditions.blur_px,
        au_jitter_mm=conditions.au_jitter_mm,
        depth_noise=conditions.depth_noise,
        depth_holes=conditions.depth_holes,
    )


def disturbed(rng: np.random.Generator, performance: Performance, conditions: Conditions, fps: float) -> Performance:
    """Return a performance with what else the face does, and the light as it is in the clip.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws which action units move beside those of the label, and when.
    performance : Performance
        Drawn with the settings of :func:`settings_under`.
    conditions : Conditions
        Of the clip.
    fps : float
        Frames per second.

    Returns
    -------
    Performance
        Its ``amplitudes`` are those of the label alone.
    """
    au_mm = performance.au_mm.copy()
    n = len(au_mm)
    free = [au for au in performance.aus if au not in STILL_AUS and au not in performance.amplitudes]
    for au in rng.choice(free, size=conditions.distractors, replace=False):
        au_mm[:, performance.aus.index(int(au))] += conditions.distractor_mm * _pulse(rng, n, _DISTRACTOR_S, fps)
    blink = rng.uniform(*_BLINK_MM) * _pulse(rng, n, _BLINK_S, fps)
    if conditions.blink and _BLINK not in performance.amplitudes:
        au_mm[:, performance.aus.index(_BLINK)] += blink
    ramp = 1.0 + conditions.light_drift * np.linspace(-0.5, 0.5, n)
    return replace(performance, au_mm=au_mm, light=performance.light * ramp * conditions.lamp_gain)


def lit(rng: np.random.Generator, studio: Studio, conditions: Conditions) -> Studio:
    """Return a studio with its lamp where it stands in the clip."""
    towards = np.array([conditions.lamp_side, rng.uniform(*_LAMP_UP), 1.0])
    x, y, z = (float(value) for value in towards / np.linalg.norm(towards))
    return replace(studio, lamp=Light(key=(x, y, z)))


def _pulse(rng: np.random.Generator, n_frames: int, seconds: tuple[float, float], fps: float) -> FloatArray:
    """Draw one raised cosine (n_frames,) from 0 to 1 and back, its peak within the clip."""
    length, peak = rng.uniform(*seconds) * fps, rng.uniform(0, n_frames - 1)
    phase = np.clip(np.abs(np.arange(n_frames) - peak) / (length / 2), 0.0, 1.0)
    pulse: FloatArray = 0.5 + 0.5 * np.cos(np.pi * phase)
    return pulse
