"""What is shown: which emotion, by which action units, and the objective class that CAS(ME)^3 would give it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

NEGATIVE_EMOTIONS = ("disgust", "anger", "sad", "fear")
MACRO_EMOTIONS = ("happy", "disgust", "surprise", "anger", "sad", "fear")
_OTHERS = ("others",)
_CYCLE = ("negative", "happy", "surprise", "negative")


@dataclass(frozen=True, slots=True)
class Display:
    """One way to show an emotion.

    Parameters
    ----------
    emotion : str
        As the official sheet spells it: happy, surprise, anger, disgust, sad, fear or others; in 4DME one or two of its
        own words, joined by ``+``, or none.
    aus : tuple of int
        Action units that take part.
    objective : str
        Objective class of that set of action units, a Roman numeral I to VII (Davison et al. 2018); empty = a set
        without these classes.
    """

    emotion: str
    aus: tuple[int, ...]
    objective: str

    @property
    def au_string(self) -> str:
        """The action units as the official sheet writes them, such as ``4+7``."""
        return "+".join(str(au) for au in self.aus)


REPERTOIRE: dict[str, tuple[tuple[Display, float], ...]] = {
    "happy": (
        (Display("happy", (12,), "I"), 0.45),
        (Display("happy", (6, 12), "I"), 0.45),
        (Display("happy", (12, 25), "VII"), 0.10),
    ),
    "surprise": (
        (Display("surprise", (1, 2), "II"), 0.5),
        (Display("surprise", (5,), "II"), 0.1),
        (Display("surprise", (1, 2, 5), "II"), 0.2),
        (Display("surprise", (1, 2, 25), "II"), 0.2),
    ),
    "anger": (
        (Display("anger", (4,), "III"), 0.35),
        (Display("anger", (4, 7), "III"), 0.40),
        (Display("anger", (17, 24), "III"), 0.25),
    ),
    "disgust": (
        (Display("disgust", (10,), "IV"), 0.30),
        (Display("disgust", (9,), "IV"), 0.25),
        (Display("disgust", (4, 9), "IV"), 0.25),
        (Display("disgust", (4, 7, 10), "IV"), 0.20),
    ),
    "sad": (
        (Display("sad", (15,), "V"), 0.35),
        (Display("sad", (1, 4), "V"), 0.25),
        (Display("sad", (15, 17), "V"), 0.30),
        (Display("sad", (1,), "V"), 0.10),
    ),
    "fear": (
        (Display("fear", (20,), "VI"), 0.6),
        (Display("fear", (1, 2, 4), "VI"), 0.4),
    ),
    "others": (
        (Display("others", (14,), "VII"), 0.5),
        (Display("others", (17,), "VII"), 0.2),
        (Display("others", (4, 14), "VII"), 0.2),
        (Display("others", (18,), "VII"), 0.1),
    ),
}
"""The ways to show each emotion and how often each is drawn."""


def emotions_of_subject(subject_index: int, *, clips: int, others: int = 0) -> list[str]:
    """List the emotions that one subject shows, before they are shuffled over the videos.

    Half are negative, a quarter happy and a quarter surprise; the four negative emotions are rotated by the subject's
    index, so that no subject of a usual size lacks one and the demo as a whole holds each equally often.

    Parameters
    ----------
    subject_index : int
        0-based.
    clips : int
        Clips with one of the three classes.
    others : int
        Clips labelled ``others``, added to them.

    Returns
    -------
    list of str
    """
    emotions: list[str] = []
    for index in range(clips):
        kind = _CYCLE[index % len(_CYCLE)]
        if kind == "negative":
            nth = sum(emotion in NEGATIVE_EMOTIONS for emotion in emotions)
            kind = NEGATIVE_EMOTIONS[(nth + subject_index) % len(NEGATIVE_EMOTIONS)]
        emotions.append(kind)
    return emotions + ["others"] * others


def shown_by_subject(
    rng: np.random.Generator, subject_index: int, *, clips: int, others: int, macro: int
) -> list[tuple[str, str]]:
    """List what one subject shows, clip by clip: micro-expressions in an order that is drawn, then macro-expressions.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws the order.
    subject_index : int
        0-based.
    clips, others : int
        As for :func:`emotions_of_subject`.
    macro : int
        Macro-expressions; the emotions take turns, ``others`` among them where the subject shows such clips.

    Returns
    -------
    list of (str, str)
        Emotion, and ``micro`` or ``macro``.
    """
    micro = emotions_of_subject(subject_index, clips=clips, others=others)
    shown = [(str(emotion), "micro") for emotion in rng.permutation(micro)]
    emotions = MACRO_EMOTIONS + (_OTHERS if others else ())
    return shown + [(emotions[(subject_index + k) % len(emotions)], "macro") for k in range(macro)]


def macro_by_subject(subject_index: int, clips: int) -> list[tuple[str, str]]:
    """List what one subject shows in a set without micro-expressions, clip by clip: the emotions take turns.

    Returns
    -------
    list of (str, str)
        Emotion, and ``macro``.
    """
    return [(MACRO_EMOTIONS[(subject_index + k) % len(MACRO_EMOTIONS)], "macro") for k in range(clips)]


def sample_display(rng: np.random.Generator, emotion: str) -> Display:
    """Draw one way to show ``emotion`` from :data:`REPERTOIRE`."""
    choices = REPERTOIRE[emotion]
    index = rng.choice(len(choices), p=[probability for _, probability in choices])
    return choices[index][0]


def sample_amplitudes(rng: np.random.Generator, aus: Sequence[int], amp_mm: tuple[float, float]) -> dict[int, float]:
    """Draw how far each action unit moves its most mobile point of skin, in mm, uniformly in ``amp_mm``."""
    return {au: float(rng.uniform(*amp_mm)) for au in aus}
