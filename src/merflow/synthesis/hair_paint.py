"""Paint the hair of the head and the brows, strand by strand."""

import numpy as np
from numpy.typing import NDArray

from merflow.synthesis.atlas import TEXELS_PER_MM, Atlas
from merflow.synthesis.hair import HairTraits, hairline_mm
from merflow.synthesis.paint import lay_over, noise, strokes, texel
from merflow.synthesis.texture_map import COLUMNS

Float32Array = NDArray[np.float32]

BROW_STROKES = 620
"""Hairs of one brow."""


def paint_hair(rng: np.random.Generator, albedo: Float32Array, atlas: Atlas, hair: HairTraits) -> None:
    """Lay the hair over `albedo` (1024, 1400, 3) in place: vertical strands that end raggedly at the hairline."""
    strands = noise(rng, 1.6, 55.0)
    locks = noise(rng, 9.0, 90.0)
    height = atlas.y - hairline_mm(atlas.theta.astype(np.float64), hair).astype(np.float32)
    height += 2.2 * strands + 2.6 * locks
    alpha = np.clip(0.5 + height / 1.2, 0, 1) * (1 - np.clip(2.5 * atlas.masks["ears"], 0, 1))
    shade = np.clip(1.0 + 0.38 * strands + 0.22 * locks + 0.15 * noise(rng, 0.8, 18.0), 0.25, 2.5)
    lay_over(albedo, alpha, np.array(hair.colour), shade)


def paint_brows(rng: np.random.Generator, albedo: Float32Array, hair: HairTraits) -> None:
    """Draw both brows in place, hair by hair: upright at the nose, then outwards, downwards at the tail."""
    thickness, density = rng.uniform(0.75, 1.25), rng.uniform(0.75, 0.95)
    mask = np.zeros(albedo.shape[:2], dtype=np.float32)
    for side in (-1, 1):
        starts, ends = _brow_strokes(rng, thickness)
        if side < 0:
            starts[:, 0], ends[:, 0] = COLUMNS - 1 - starts[:, 0], COLUMNS - 1 - ends[:, 0]
        mask = np.maximum(mask, strokes(starts, ends))
    lay_over(albedo, np.float32(density) * mask, 1.3 * np.array(hair.colour) + 0.004)


def _brow_strokes(rng: np.random.Generator, thickness: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both ends (n, 2: column, row) of the hairs of the image-right brow."""
    t = rng.uniform(0, 1, BROW_STROKES)
    x, y = brow_spine(t)
    x = x + rng.normal(0, 0.9, t.size)
    half = thickness * 3.4 * np.sqrt(np.clip(np.minimum(1, 6 * t + 0.25) * (1.05 - t), 0, 1))
    y = y + half * np.clip(rng.normal(0, 0.45, t.size), -1, 1)
    heading = np.radians(np.interp(t, [0, 0.25, 0.6, 1], [75, 40, 12, -25]) + rng.normal(0, 9, t.size))
    length = rng.uniform(3.0, 6.0, t.size) * (1.0 - 0.35 * t) * TEXELS_PER_MM
    starts = np.array([texel(a, b) for a, b in zip(x, y, strict=True)])
    middle = 0.5 * length[:, None] * np.stack([np.cos(heading), -np.sin(heading)], axis=1)
    return starts - middle, starts + middle


def brow_spine(t: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (x, y), mm on the mean head, of the brow's middle line at `t` from the nose (0) to the tail (1)."""
    return 12.0 + 41.0 * t, np.interp(t, [0, 0.35, 0.65, 1], [14.5, 17.0, 18.5, 13.0])
