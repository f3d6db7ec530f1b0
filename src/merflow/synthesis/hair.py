"""The hair: where it grows, how far it stands off the head, how it looks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from merflow.synthesis.head import HeadModel
from merflow.synthesis.texture_map import AXIS_BEHIND_EYES_MM, angle

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class HairTraits:
    """A haircut.

    Parameters
    ----------
    volume_mm : float
        How far the hair stands off the head.
    front_mm : float
        Height of the hairline over the forehead, mm above the eyes of the mean head.
    temple_mm : float
        Height of its lower end in front of the ears, same measure.
    colour : tuple of float
        Linear light.
    """

    volume_mm: float
    front_mm: float
    temple_mm: float
    colour: tuple[float, float, float]

    @classmethod
    def sample(cls, rng: np.random.Generator, *, lightness: float) -> "HairTraits":
        """Draw a haircut; `lightness`, 0 to 1, is how fair hair may be."""
        dark = np.array([0.010, 0.007, 0.005]) * rng.uniform(0.6, 1.6)
        brown = np.array([0.10, 0.055, 0.028]) * rng.uniform(0.3, 1.2)
        colour = dark + brown * lightness * rng.uniform()
        return cls(
            volume_mm=float(rng.uniform(4.0, 13.0)),
            front_mm=float(rng.uniform(52.0, 64.0)),
            temple_mm=float(rng.uniform(0.0, 15.0)),
            colour=(float(colour[0]), float(colour[1]), float(colour[2])),
        )


def hairline_mm(theta: FloatArray, hair: HairTraits) -> FloatArray:
    """Return the height of the mean head's hairline, mm above the eyes, at angles `theta` from the front, radians."""
    side = np.abs(theta)
    front = hair.front_mm - 10.0 * np.clip(side / 0.9, 0, 1) ** 2
    share = 1 / (1 + np.exp(-(side - 1.02) / 0.05))
    nape = 1 / (1 + np.exp(-(side - 1.75) / 0.08))
    return np.asarray(front * (1 - share) + hair.temple_mm * share - nape * (hair.temple_mm + 60.0))


def hair_offsets(head: HeadModel, hair: HairTraits, vertices: FloatArray) -> FloatArray:
    """Return how far the hair lifts each vertex (V, 3), mm: away from the head's middle, less near the hairline."""
    above = head.mean[:, 1] - hairline_mm(angle(head.mean), hair)
    cover = np.clip(above / 14.0, 0.0, 1.0)
    cover = cover * cover * (3 - 2 * cover) * np.clip(1 - 2 * head.masks["ears"], 0, 1) * (head.materials == 0)
    middle = np.array([0.0, 20.0, -AXIS_BEHIND_EYES_MM])
    outward = vertices - middle
    outward[:, 1] = np.maximum(outward[:, 1], 0.0)
    outward /= np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-9)
    return np.asarray(hair.volume_mm * cover[:, None] * outward)
