"""Paint a subject's albedo: skin, then brows, hair and clothes, then the patches of eyes, teeth and mouth."""

import numpy as np
from numpy.typing import NDArray

from merflow.synthesis.atlas import Atlas, load_atlas
from merflow.synthesis.hair_paint import paint_brows, paint_hair
from merflow.synthesis.head import HeadModel
from merflow.synthesis.identity import EyeTraits, Identity
from merflow.synthesis.paint import lay_over, noise
from merflow.synthesis.skin import paint_skin
from merflow.synthesis.texture_map import COLUMNS, EYE_RADIUS_TEXELS, EYE_TEXELS_PER_MM, PATCH_CENTRES, ROWS

Float32Array = NDArray[np.float32]

TEXTURE_SHAPE = (ROWS, COLUMNS, 3)
_FLAT = {"teeth": (0.60, 0.52, 0.40), "tongue": (0.36, 0.12, 0.11), "inside_mouth": (0.20, 0.045, 0.04)}
_FLAT_HALF_TEXELS = 8
_CLOTH_FROM_ROW = 955  # above the highest neckline


def paint_texture(head: HeadModel, identity: Identity) -> Float32Array:
    """Paint the texture of a subject; the same subject gives the same texels.

    Parameters
    ----------
    head : HeadModel
        The head; the texture fits its ``uv``.
    identity : Identity
        The subject.

    Returns
    -------
    ndarray of shape (1024, 1400, 3), float32
        Albedo, linear light, 0 to 1. Row 0 is v = 0; the centre of texel (i, j) is at
        u = (j + .5) / 1400, v = (i + .5) / 1024.
    """
    rng = np.random.default_rng([identity.seed, 1])
    atlas = load_atlas()
    albedo = paint_skin(rng, atlas, identity.skin)
    paint_brows(rng, albedo, identity.hair)
    paint_hair(rng, albedo, atlas, identity.hair)
    _paint_cloth(rng, albedo, atlas, np.array(identity.cloth))
    _paint_patches(rng, albedo, identity.eyes)
    return np.clip(albedo, 0.0, 1.0, out=albedo)


def _paint_cloth(rng: np.random.Generator, albedo: Float32Array, atlas: Atlas, colour: NDArray[np.float64]) -> None:
    """Dress the subject: a neckline that dips in front; all below it is cloth, down to the texture's last row."""
    rows = slice(_CLOTH_FROM_ROW, ROWS)
    neckline = -150.0 - 11.0 * np.exp(-((atlas.theta / 0.5) ** 2)) + 2.0 * np.sin(3 * atlas.theta + rng.uniform(0, 6))
    alpha = np.clip(0.5 + (neckline - atlas.y[rows]) * 2.0, 0, 1).astype(np.float32)
    lay_over(albedo[rows], alpha, colour, 1 + 0.04 * noise(rng, 1.0, 1.0, rows=ROWS - _CLOTH_FROM_ROW))


def _paint_patches(rng: np.random.Generator, albedo: Float32Array, eyes: EyeTraits) -> None:
    """Fill the strip beside the skin: two eyeballs and the flat colours of the mouth."""
    for name, (row, column) in PATCH_CENTRES.items():
        half = EYE_RADIUS_TEXELS if name.startswith("eye") else _FLAT_HALF_TEXELS
        window = albedo[row - half : row + half + 1, column - half : column + half + 1]
        window[...] = paint_eye(rng, eyes, half) if name.startswith("eye") else np.array(_FLAT[name], dtype=np.float32)


def paint_eye(rng: np.random.Generator, eyes: EyeTraits, half: int) -> Float32Array:
    """Return an eyeball from the front, 2 half + 1 texels square: the white, iris with rays and rim, pupil, a glint."""
    v, u = np.mgrid[-half : half + 1, -half : half + 1] / EYE_TEXELS_PER_MM
    r, phase = np.hypot(u, v), np.arctan2(v, u)
    white = np.array([0.68, 0.62, 0.57]) * (1 - 0.25 * np.clip(r / 13, 0, 1) ** 2)[..., None]
    white[..., 1:] *= (1 - 0.10 * np.clip((np.abs(u) - 6) / 6, 0, 1))[..., None]
    rays = 1 + 0.22 * np.sin(phase * 29 + rng.uniform(0, 6) + 2 * np.sin(5 * phase)) * np.clip(r / eyes.iris_mm, 0, 1)
    limbus = 1 - 0.55 * np.clip((r - 0.72 * eyes.iris_mm) / (0.28 * eyes.iris_mm), 0, 1)
    iris = np.array(eyes.colour) * (rays * limbus)[..., None]
    eye = _mix(white, iris, np.clip((eyes.iris_mm - r) * EYE_TEXELS_PER_MM * 0.6 + 0.5, 0, 1))
    eye = _mix(eye, np.full(3, 0.006), np.clip((eyes.pupil_mm - r) * EYE_TEXELS_PER_MM + 0.5, 0, 1))
    glint = np.exp(-((((u + 1.6) ** 2 + (v + 2.0) ** 2) / 0.55) ** 2))
    return _mix(eye, np.full(3, 0.95), 0.9 * glint).astype(np.float32)


def _mix(under: NDArray[np.float64], over: NDArray[np.float64], alpha: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return `under` with `over` laid on it by `alpha` (H, W)."""
    return under + alpha[..., None] * (over - under)
