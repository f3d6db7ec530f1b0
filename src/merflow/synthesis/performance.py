"""What one clip shows, frame by frame: action units in mm, head pose and light."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from merflow.synthesis.pose import Pose, sample_base_pose, sample_sway, swayed
from merflow.synthesis.repertoire import Display, sample_amplitudes
from merflow.synthesis.settings import SynthesisSettings
from merflow.synthesis.timing import FPS, Recording, Timing, sample_light, sample_timing

FloatArray = NDArray[np.float64]

STILL_AUS = frozenset({18, 26, 28, 45})
"""Action units without jitter: a resting face does not pucker, open its jaw, suck its lips or half close its eyes."""

_SINE_SHARE = 2 / 3
_SINE_PERIOD_S = (1.0, 3.0)
_ASYMMETRY_SD = 0.06
_ASYMMETRY_HALF_WIDTH_MM = 15.0


@dataclass(frozen=True, slots=True)
class Performance:
    """A clip before it is rendered; n frames, k action units.

    Parameters
    ----------
    display : Display
        Emotion and action units.
    timing : Timing
        Onset, apex and offset.
    amplitudes : dict of int to float
        Action unit -> displacement at the apex, mm, without jitter.
    aus : tuple of int
        All k action units of the head, in the order of the columns below.
    au_mm : ndarray of shape (n, k)
        Displacement of each action unit, mm, jitter included.
    asymmetry : ndarray of shape (k,)
        Relative surplus of the image-right side of the face over the middle.
    poses : list of Pose
        One a frame.
    light : ndarray of shape (n,)
        Factor on the lamp.
    """

    display: Display
    timing: Timing
    amplitudes: dict[int, float]
    aus: tuple[int, ...]
    au_mm: FloatArray
    asymmetry: FloatArray
    poses: list[Pose]
    light: FloatArray


def sample_performance(
    rng: np.random.Generator,
    display: Display,
    *,
    expression: str,
    aus: Sequence[int],
    pivot_behind_eyes_mm: float,
    settings: SynthesisSettings,
    recording: Recording,
    unit_factors: Mapping[int, float] | None = None,
) -> Performance:
    """Draw one clip.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of every draw.
    display : Display
        Emotion and action units to show.
    expression : str
        ``micro`` or ``macro``.
    aus : sequence of int
        All action units that the head has.
    pivot_behind_eyes_mm : float
        See :func:`merflow.synthesis.pose.sample_base_pose`.
    settings : SynthesisSettings
        Amplitudes, motion, light and jitter.
    recording : Recording
        Frame rate, and what is filmed around the expression.
    unit_factors : mapping of int to float, or None
        Action unit -> factor on its amplitude; None, and units that it does not name: 1.

    Returns
    -------
    Performance
    """
    timing = sample_timing(rng, expression, recording)
    n = timing.n_frames
    drawn = sample_amplitudes(rng, display.aus, settings.amp_mm if expression == "micro" else settings.macro_amp_mm)
    amplitudes = {au: mm * (unit_factors or {}).get(au, 1.0) for au, mm in drawn.items()}
    au_mm = sample_jitter(rng, n, aus, settings.au_jitter_mm, recording.fps)
    for column, au in enumerate(aus):
        au_mm[:, column] += amplitudes.get(au, 0.0) * timing.intensity()
    sway = sample_sway(rng, n, fps=recording.fps, head_motion=settings.head_motion)
    return Performance(
        display=display,
        timing=timing,
        amplitudes=amplitudes,
        aus=tuple(aus),
        au_mm=au_mm,
        asymmetry=rng.normal(0.0, _ASYMMETRY_SD, size=len(aus)),
        poses=swayed(sample_base_pose(rng, pivot_behind_eyes_mm, settings.pose_spread), sway),
        light=sample_light(rng, n, settings.light_sd, recording.fps),
    )


def sample_jitter(
    rng: np.random.Generator, n_frames: int, aus: Sequence[int], jitter_mm: float, fps: float = FPS
) -> FloatArray:
    """Draw the displacement that each action unit has without any expression.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the draw.
    n_frames : int
        Frames of the clip.
    aus : sequence of int
        Action units, k of them; those of :data:`STILL_AUS` get none.
    jitter_mm : float
        Standard deviation of the constant part; that of the slow sine's amplitude is two thirds of it.
    fps : float
        Frames per second.

    Returns
    -------
    ndarray of shape (n_frames, k)
        mm.
    """
    k = len(aus)
    constant = rng.normal(0.0, jitter_mm, size=k)
    amplitude = rng.normal(0.0, jitter_mm * _SINE_SHARE, size=k)
    period, phase = rng.uniform(*_SINE_PERIOD_S, size=k), rng.uniform(0.0, 2.0 * np.pi, size=k)
    seconds = np.arange(n_frames)[:, None] / fps
    jitter = constant + amplitude * np.sin(2.0 * np.pi * seconds / period + phase)
    moving: FloatArray = jitter * np.array([au not in STILL_AUS for au in aus])
    return moving


def pose_face(
    neutral: FloatArray, bases: Mapping[int, NDArray[np.floating]], performance: Performance
) -> list[FloatArray]:
    """Return the head-frame vertices of each frame, before the head's pose.

    Parameters
    ----------
    neutral : ndarray of shape (V, 3)
        The subject's resting head, mm.
    bases : mapping of int to ndarray of shape (V, 3)
        Displacement of each vertex by 1 mm of an action unit, mm.
    performance : Performance
        What is shown.

    Returns
    -------
    list of ndarray of shape (V, 3)
        One a frame, mm.
    """
    side = np.tanh(neutral[:, :1] / _ASYMMETRY_HALF_WIDTH_MM)
    columns = [
        ((1.0 + asymmetry * side) * bases[au]).ravel()
        for au, asymmetry in zip(performance.aus, performance.asymmetry, strict=True)
    ]
    displacement = performance.au_mm @ np.stack(columns)
    return [neutral + row.reshape(neutral.shape) for row in displacement]
