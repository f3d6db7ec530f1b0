"""Paint bare skin: mottling, redness, shadows under the eyes, lips, lids, freckles, moles and stubble."""

import numpy as np
from numpy.typing import NDArray

from merflow.synthesis.atlas import TEXELS_PER_MM, Atlas
from merflow.synthesis.identity import SkinTraits
from merflow.synthesis.paint import blot, lay_over, noise, spots, texel, tint
from merflow.synthesis.texture_map import COLUMNS, ROWS

Float32Array = NDArray[np.float32]

MOTTLING = ((90.0, 0.045), (30.0, 0.040), (8.0, 0.035), (3.0, 0.030), (1.2, 0.030))
"""Noise of the skin: standard deviation of its size in texels, and relative amplitude."""
LIP_FACTORS = (0.78, 0.50, 0.52)
LID_MARGIN_MM, LASHES_MM = 1.6, 0.8
LID_CORNERS_Y_MM = -2.5
_MOLE = (0.30, 0.20, 0.16)
_FRECKLE = (0.62, 0.46, 0.38)


def paint_skin(rng: np.random.Generator, atlas: Atlas, skin: SkinTraits) -> Float32Array:
    """Return the skin of a subject everywhere on the texture, linear light.

    Parameters
    ----------
    rng : numpy.random.Generator
        Places every mark.
    atlas : Atlas
        Maps of the head.
    skin : SkinTraits
        Tone and strengths.

    Returns
    -------
    ndarray of shape (1024, 1400, 3), float32
    """
    albedo = _mottled(rng, skin)
    redden = (
        0.9 * blot(40, -36, 14, 13) + 0.8 * blot(0, -42, 9, 8) + 0.4 * blot(0, -100, 14, 7) + 0.5 * atlas.masks["ears"]
    )
    tint(albedo, np.float32(skin.redness) * np.minimum(redden, 1), (1.03, 0.78, 0.80))
    tint(albedo, blot(27, -13, 10, 5) + 0.5 * blot(28, 8, 11, 4), (0.86, 0.82, 0.84))
    _paint_lips(rng, albedo, atlas, skin)
    _paint_freckles(rng, albedo, skin.freckles)
    _paint_moles(rng, albedo, skin.n_moles)
    if skin.stubble > 0:
        _paint_stubble(rng, albedo, atlas, skin.stubble)
    _paint_lids(albedo, atlas)
    return albedo


def _mottled(rng: np.random.Generator, skin: SkinTraits) -> Float32Array:
    """Return the base tone under noise of five sizes; blotches differ in hue, too, small noise in brightness only."""
    brightness = np.ones((ROWS, COLUMNS), dtype=np.float32)
    for sd, amplitude in MOTTLING:
        brightness += np.float32(amplitude) * noise(rng, sd, sd)
    albedo = brightness[..., None] * np.array(skin.tone, dtype=np.float32)
    tint(albedo, noise(rng, 30.0, 30.0), (1.0, 0.97, 0.97))
    return albedo


def _paint_lids(albedo: Float32Array, atlas: Atlas) -> None:
    """Darken the margin of the lids; the upper one, with its lashes, more."""
    upper = _step(atlas.y - LID_CORNERS_Y_MM, 0.8)
    rows, columns = atlas.face_window
    distance, window = atlas.lid_mm[rows, columns], albedo[rows, columns]
    margin = np.exp(-((distance / LID_MARGIN_MM) ** 2))
    tint(window, margin * (0.75 + 0.25 * upper[rows]), (0.34, 0.26, 0.25))
    tint(window, np.exp(-((distance / LASHES_MM) ** 2)) * upper[rows], (0.30, 0.28, 0.28))


def _paint_lips(rng: np.random.Generator, albedo: Float32Array, atlas: Atlas, skin: SkinTraits) -> None:
    """Colour the lips, with fine folds that run across them."""
    rows, columns = atlas.face_window
    lips = np.clip(1.3 * atlas.masks["lips"][rows, columns] - 0.15, 0, 1)
    folds = 1.0 + 0.06 * noise(rng, 1.5, 10.0, rows=lips.shape[0], columns=lips.shape[1])
    lay_over(albedo[rows, columns], np.float32(0.95) * lips, np.array(skin.tone) * LIP_FACTORS, folds)


def _paint_freckles(rng: np.random.Generator, albedo: Float32Array, strength: float) -> None:
    """Scatter freckles over the nose and the cheeks."""
    n = int(500 * strength)
    x, y = rng.normal(0, 30, n), rng.normal(-28, 16, n)
    columns, rows = np.array([texel(a, b) for a, b in zip(x, y, strict=True)]).reshape(-1, 2).T
    mask = spots(rows, columns, rng.uniform(0.4, 1.6, n))
    tint(albedo, np.float32(0.55) * mask, _FRECKLE)


def _paint_moles(rng: np.random.Generator, albedo: Float32Array, n: int) -> None:
    """Place moles of 0.5 to 1.2 mm radius on the face and the neck."""
    x, y = rng.uniform(-62, 62, n), rng.uniform(-120, 45, n)
    columns, rows = np.array([texel(a, b) for a, b in zip(x, y, strict=True)]).T
    mask = spots(rows, columns, rng.uniform(0.5, 1.2, n) * TEXELS_PER_MM)
    tint(albedo, np.float32(0.85) * mask, _MOLE)


def _paint_stubble(rng: np.random.Generator, albedo: Float32Array, atlas: Atlas, strength: float) -> None:
    """Darken the beard region and dot it with hairs of one or two texels."""
    rows, columns = atlas.face_window
    side, y = np.abs(atlas.theta[:, columns]), atlas.y[rows]
    jaw = _step(-74.0 + 34.0 * np.clip(side / 1.2, 0, 1) ** 2 - y, 3.0) * _step(y + 114.0, 4.0)
    moustache = np.exp(-0.5 * ((y + 55.0) / 5.0) ** 4) * np.exp(-0.5 * (side / 0.26) ** 4)
    region = np.maximum(jaw, moustache) * _step(1.25 - side, 0.06)
    region = region * (1 - np.clip(2 * atlas.masks["lips"][rows, columns], 0, 1))
    h, w = region.shape
    hairs = noise(rng, 0.7, 0.9, rows=h, columns=w) - 0.6 + 0.25 * noise(rng, 12.0, 12.0, rows=h, columns=w)
    tint(albedo[rows, columns], np.float32(strength) * region * np.clip(0.18 + hairs, 0, 1), (0.30, 0.30, 0.34))


def _step(x: NDArray[np.floating], width: float) -> Float32Array:
    """Return a soft step (logistic function) from 0 to 1 at 0."""
    return np.asarray(0.5 + 0.5 * np.tanh(x / np.float32(2.0 * width)), dtype=np.float32)
