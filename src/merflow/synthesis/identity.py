"""Who a subject is: shape coefficients, skin, hair, eyes and clothes, all drawn from one seed."""

import colorsys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from merflow.synthesis.asset import MATERIALS
from merflow.synthesis.hair import HairTraits, hair_offsets
from merflow.synthesis.head import MACRO_NAMES, HeadModel, load_head

FloatArray = NDArray[np.float64]
Rgb = tuple[float, float, float]

SKIN_TONES: tuple[Rgb, ...] = (
    (244, 214, 192),
    (234, 198, 170),
    (222, 180, 146),
    (202, 156, 118),
    (176, 128, 92),
    (142, 98, 70),
    (110, 72, 50),
)
"""Base tones, sRGB, light to dark."""
IRIS_COLOURS: tuple[Rgb, ...] = ((62, 40, 26), (84, 54, 32), (104, 78, 46), (96, 106, 72), (92, 116, 134))
RACE_CONCENTRATION = (0.7, 0.7, 0.5)
PAIR_SD, PAIR_LIMIT, TAMED_FACTOR = 0.30, 0.7, 0.6
TONE_OF_RACE = (0.6, 2.0, 5.3)
"""Mean index into :data:`SKIN_TONES` for the caucasian, asian and african head."""


@dataclass(frozen=True, slots=True)
class SkinTraits:
    """Colour and marks of the skin.

    Parameters
    ----------
    tone : tuple of float
        Base albedo, linear light 0 to 1.
    redness, freckles, stubble : float
        Strengths, 0 none to 1 strong.
    n_moles : int
        Moles on the face.
    """

    tone: Rgb
    redness: float
    freckles: float
    stubble: float
    n_moles: int


@dataclass(frozen=True, slots=True)
class EyeTraits:
    """Iris and pupil: radii in mm, colour in linear light."""

    iris_mm: float
    pupil_mm: float
    colour: Rgb


@dataclass(frozen=True, slots=True)
class Identity:
    """A subject.

    Parameters
    ----------
    seed : int
        Seed of everything drawn for this subject, the painted texture included.
    race : tuple of float
        Shares of the caucasian, asian and african heads; they sum to 1.
    gender : float
        0 female to 1 male.
    pairs : tuple of float
        Coefficient of each identity pair in the head's order; negative ones take the minus end.
    skin, hair, eyes
        What the texture is painted from.
    cloth : tuple of float
        Colour of the clothes, linear light.
    """

    seed: int
    race: tuple[float, float, float]
    gender: float
    pairs: tuple[float, ...]
    skin: SkinTraits
    hair: HairTraits
    eyes: EyeTraits
    cloth: Rgb


def sample_identity(seed: int) -> Identity:
    """Draw a subject; the same seed gives the same subject.

    Parameters
    ----------
    seed : int
        Any non-negative number.

    Returns
    -------
    Identity
    """
    rng = np.random.default_rng([seed, 0])
    race = rng.dirichlet(RACE_CONCENTRATION)
    gender = float(rng.uniform())
    names = load_head().pair_names
    pairs = np.clip(rng.normal(0.0, PAIR_SD, len(names)), -PAIR_LIMIT, PAIR_LIMIT)
    pairs *= [TAMED_FACTOR if "trans" in name or "age" in name else 1.0 for name in names]
    dominant = race**2 / (race**2).sum()  # shape mixes evenly, skin follows the larger share
    tone = float(np.clip(dominant @ TONE_OF_RACE + rng.normal(0.0, 0.7), 0, len(SKIN_TONES) - 1))
    return Identity(
        seed=seed,
        race=(float(race[0]), float(race[1]), float(race[2])),
        gender=gender,
        pairs=tuple(pairs.tolist()),
        skin=_sample_skin(rng, tone, gender),
        hair=HairTraits.sample(rng, lightness=max(0.0, float(race[0]) - tone / 6)),
        eyes=_sample_eyes(rng, blue=float(race[0])),
        cloth=linear_rgb(
            *(255 * c for c in colorsys.hsv_to_rgb(rng.uniform(), rng.uniform(0.3, 0.9), rng.uniform(0.35, 0.85)))
        ),
    )


def identity_geometry(head: HeadModel, identity: Identity) -> FloatArray:
    """Return the resting head of a subject, hair included.

    Parameters
    ----------
    head : HeadModel
        The head.
    identity : Identity
        The subject.

    Returns
    -------
    ndarray of shape (V, 3), float64
        mm, head frame: the midpoint between the eyeballs is the origin.
    """
    shares = [
        identity.race[k // 2] * (identity.gender if MACRO_NAMES[k][1] == "male" else 1 - identity.gender)
        for k in range(6)
    ]
    coefficients = np.array(identity.pairs)
    ends = np.stack([np.maximum(-coefficients, 0), np.maximum(coefficients, 0)], axis=1)
    with threadpool_limits(1):  # sums are split by threads, and a job has as many as it has cores
        coarse = head.base + np.tensordot(shares, head.macros, axes=1)
        coarse = coarse + np.tensordot(ends.astype(np.float32), head.pairs, axes=2)
    vertices: FloatArray = head.subdivision @ coarse
    vertices -= eye_centres(head, vertices).mean(axis=0)
    return vertices + hair_offsets(head, identity.hair, vertices)


def eye_centres(head: HeadModel, vertices: FloatArray) -> FloatArray:
    """Return the centres (2, 3) of the eyeballs, mm; image left first."""
    eyes = [head.materials == MATERIALS.index(name) for name in ("eye_left", "eye_right")]
    return np.stack([vertices[eye].mean(axis=0) for eye in eyes])


def linear_rgb(red: float, green: float, blue: float) -> Rgb:
    """Decode an sRGB colour (0 to 255) to linear light (0 to 1), IEC 61966-2-1."""
    c = np.array([red, green, blue]) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return (float(linear[0]), float(linear[1]), float(linear[2]))


def _sample_skin(rng: np.random.Generator, tone: float, gender: float) -> SkinTraits:
    """Draw the skin around a base tone (index into the list, fractions blend neighbours)."""
    low, high = int(np.floor(tone)), int(np.ceil(tone))
    mixed = np.array(SKIN_TONES[low]) * (1 - (tone - low)) + np.array(SKIN_TONES[high]) * (tone - low)
    base = np.array(linear_rgb(*mixed)) * (1 + rng.normal(0.0, 0.03))
    lightness = 1 - tone / (len(SKIN_TONES) - 1)
    has_stubble = rng.uniform() < 0.6 * gender
    return SkinTraits(
        tone=(float(base[0]), float(base[1]), float(base[2])),
        redness=float(rng.uniform(0.3, 1.0)),
        freckles=float(max(0.0, rng.uniform(-0.6, 1.0)) * lightness),
        stubble=float(rng.uniform(0.3, 1.0)) if has_stubble else 0.0,
        n_moles=int(rng.integers(4, 14)),
    )


def _sample_eyes(rng: np.random.Generator, blue: float) -> EyeTraits:
    """Draw the eyes; `blue`, 0 to 1, is how likely light irises are."""
    light = rng.uniform() < 0.6 * blue
    chosen = IRIS_COLOURS[int(rng.integers(2, 5) if light else rng.integers(0, 2))]
    return EyeTraits(float(rng.uniform(5.7, 6.5)), float(rng.uniform(2.0, 2.5)), linear_rgb(*chosen))
