"""Under which conditions each clip is recorded: what makes its expression hard to read, and how much of it there is.

A dataset with ``conditions`` deals a difficulty to each clip. Every strength of the clip is then drawn from one third
of its range: an easy clip from the mildest third, a hard one from the severest.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from merflow.errors import ConfigError
from merflow.synthesis.repertoire import NEGATIVE_EMOTIONS

DIFFICULTIES = ("easy", "medium", "hard")

Range = tuple[float, float]

_NOT_NEGATIVE = "expected two numbers that are not negative, from the mildest to the severest"
_SHARES = ("glasses", "fringe", "hand", "blink")


@dataclass(frozen=True, slots=True)
class ConditionRanges:
    """What makes clips hard to read, each as [mildest, severest].

    Parameters
    ----------
    amp_mm : tuple of float
        Displacement of the most mobile skin point of an action unit, mm; the severest is the smallest.
    head_motion : tuple of float
        Factor on the head's sway.
    pose_spread : tuple of float
        Factor on how far the head is turned away from the camera.
    distractors : tuple of int
        Action units, outside the label, that move in a clip too.
    distractor_mm : tuple of float
        Displacement of the most mobile skin point of such a unit, mm.
    au_jitter_mm : tuple of float
        Standard deviation of the constant displacement that each action unit has in a clip, mm.
    lamp_side : tuple of float
        How far the lamp stands to one side, in lengths of its distance before the face.
    lamp_gain : tuple of float
        Factor on all light; the severest is the darkest.
    light_sd : tuple of float
        Relative standard deviation of the lamp's brightness over time.
    light_drift : tuple of float
        Relative change of the brightness from the first to the last frame of a clip, up or down.
    noise_sd : tuple of float
        Standard deviation of the image sensor's noise, grey levels of 255.
    blur_px : tuple of float
        Standard deviation of the blur of an image that is out of focus, px.
    depth_noise : tuple of float
        Factor on the depth sensor's noise (1: 0.06 px of disparity, 0.35 mm at 650 mm).
    depth_holes : tuple of float
        Share of the pixels away from edges at which the depth sensor measures nothing.
    glasses : float
        Share of the subjects who wear glasses, in all of their clips.
    fringe : float
        Share of the subjects whose hair hangs over the forehead and the brows, in all of their clips.
    hand : tuple of float
        Share of the clips in which a hand is held to the cheek, over a corner of the mouth.
    blink : tuple of float
        Share of the clips in which the eyes blink.
    """

    amp_mm: Range = (2.0, 1.0)
    head_motion: Range = (0.6, 0.6)
    pose_spread: Range = (1.0, 1.0)
    distractors: tuple[int, int] = (0, 0)
    distractor_mm: Range = (0.2, 1.0)
    au_jitter_mm: Range = (0.12, 0.12)
    lamp_side: Range = (0.0, 0.6)
    lamp_gain: Range = (1.0, 1.0)
    light_sd: Range = (0.02, 0.02)
    light_drift: Range = (0.0, 0.0)
    noise_sd: Range = (1.5, 1.5)
    blur_px: Range = (0.0, 0.0)
    depth_noise: Range = (1.0, 1.0)
    depth_holes: Range = (0.0005, 0.0005)
    glasses: float = 0.0
    fringe: float = 0.0
    hand: Range = (0.0, 0.0)
    blink: Range = (0.0, 0.0)

    def __post_init__(self) -> None:
        """Refuse strengths that no clip can have."""
        for field in fields(self):
            value = getattr(self, field.name)
            ends = value if isinstance(value, tuple) else (value,)
            if min(ends) < 0:
                raise ConfigError(f"demo: conditions.{field.name}: {_NOT_NEGATIVE}, found {value}")
            if field.name in _SHARES and max(ends) > 1:
                raise ConfigError(f"demo: conditions.{field.name}: expected shares of 1 at most, found {value}")


@dataclass(frozen=True, slots=True)
class Worn:
    """What a subject wears in all of its clips."""

    glasses: bool
    fringe: bool


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions of one clip; units are those of :class:`ConditionRanges`.

    Parameters
    ----------
    difficulty : str
        One of :data:`DIFFICULTIES`.
    amp_mm : tuple of float
        Smallest and largest displacement that its action units are drawn from.
    head_motion, pose_spread, au_jitter_mm, light_sd, noise_sd, blur_px, depth_noise, depth_holes : float
        As the settings of the same names.
    distractors : int
        Action units outside the label.
    distractor_mm : float
        Displacement of each of them.
    lamp_side, light_drift : float
        Signed: positive is image right, and brighter.
    lamp_gain : float
        Factor on all light.
    glasses, fringe, hand, blink : bool
        Whether each is in the clip.
    """

    difficulty: str
    amp_mm: Range
    head_motion: float
    pose_spread: float
    distractors: int
    distractor_mm: float
    au_jitter_mm: float
    lamp_side: float
    lamp_gain: float
    light_sd: float
    light_drift: float
    noise_sd: float
    blur_px: float
    depth_noise: float
    depth_holes: float
    glasses: bool
    fringe: bool
    hand: bool
    blink: bool

    def record(self) -> dict[str, Any]:
        """Return the conditions as JSON and CSV hold them, numbers with four decimals."""
        plain = asdict(self)
        low, high = plain.pop("amp_mm")
        rounded = {name: round(value, 4) if isinstance(value, float) else value for name, value in plain.items()}
        return {"difficulty": rounded.pop("difficulty"), "amp_low_mm": round(low, 4), "amp_high_mm": round(high, 4)} | {
            name: int(value) if isinstance(value, bool) else value for name, value in rounded.items()
        }


def deal_difficulties(rng: np.random.Generator, emotions: Sequence[str]) -> list[str]:
    """Deal a difficulty to each clip of a subject, as evenly within each of the three classes as their sizes allow.

    Parameters
    ----------
    rng : numpy.random.Generator
        Deals.
    emotions : sequence of str
        Emotion of each clip; the four negative ones are one class.

    Returns
    -------
    list of str
        Of :data:`DIFFICULTIES`, one a clip.
    """
    classes = ["negative" if emotion in NEGATIVE_EMOTIONS else emotion for emotion in emotions]
    dealt = [""] * len(classes)
    for name in sorted(set(classes)):
        places = rng.permutation([place for place, found in enumerate(classes) if found == name])
        first = int(rng.integers(len(DIFFICULTIES)))
        for turn, place in enumerate(places):
            dealt[place] = DIFFICULTIES[(first + turn) % len(DIFFICULTIES)]
    return dealt


def sample_worn(rng: np.random.Generator, ranges: ConditionRanges) -> Worn:
    """Draw what a subject wears."""
    glasses, fringe = rng.random(2)
    return Worn(glasses=bool(glasses < ranges.glasses), fringe=bool(fringe < ranges.fringe))


def sample_conditions(rng: np.random.Generator, ranges: ConditionRanges, difficulty: str, worn: Worn) -> Conditions:
    """Draw the conditions of one clip.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of every draw.
    ranges : ConditionRanges
        Of the dataset.
    difficulty : str
        Which third of each range is drawn from.
    worn : Worn
        What the subject wears.

    Returns
    -------
    Conditions
    """
    rank = DIFFICULTIES.index(difficulty)

    def third(ends: Sequence[float]) -> Range:
        low, high = sorted(ends[0] + (ends[1] - ends[0]) * k / len(DIFFICULTIES) for k in (rank, rank + 1))
        return low, high

    def strength(ends: Range) -> float:
        return float(rng.uniform(*third(ends)))

    def happens(shares: Range) -> bool:
        return bool(rng.random() < np.mean(third(shares)))

    def either_way(ends: Range) -> float:
        return strength(ends) * float(rng.choice((-1.0, 1.0)))

    return Conditions(
        difficulty=difficulty,
        amp_mm=third(ranges.amp_mm),
        head_motion=strength(ranges.head_motion),
        pose_spread=strength(ranges.pose_spread),
        distractors=round(strength(ranges.distractors)),
        distractor_mm=strength(ranges.distractor_mm),
        au_jitter_mm=strength(ranges.au_jitter_mm),
        lamp_side=either_way(ranges.lamp_side),
        lamp_gain=strength(ranges.lamp_gain),
        light_sd=strength(ranges.light_sd),
        light_drift=either_way(ranges.light_drift),
        noise_sd=strength(ranges.noise_sd),
        blur_px=strength(ranges.blur_px),
        depth_noise=strength(ranges.depth_noise),
        depth_holes=strength(ranges.depth_holes),
        glasses=worn.glasses,
        fringe=worn.fringe,
        hand=happens(ranges.hand),
        blink=happens(ranges.blink),
    )
