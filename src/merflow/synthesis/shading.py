"""How skin looks to the camera: one soft lamp, an opposite fill, light from everywhere, a dull highlight, sRGB."""

from dataclasses import dataclass, replace
from functools import cache

import numba
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Float32Array = NDArray[np.float32]

KEY, FILL, AMBIENT = 0.62, 0.22, 0.28
"""Irradiance of the three lights over that of a white card."""
WRAP = 0.3
"""Share by which the lamp reaches around the terminator, as it does on translucent skin."""
HIGHLIGHT, SHININESS = 0.10, 14.0
"""Strength and exponent of the Blinn-Phong highlight (Blinn 1977)."""
MATTE, MATTE_BELOW = 0.35, 0.20
"""Hair would look like plastic: below this sum of R, G and B the highlight weakens, at most to this share."""

_ENCODING_STEPS = 8192


@dataclass(frozen=True, slots=True)
class Light:
    """The lamp of a studio.

    Parameters
    ----------
    key : tuple of float
        Unit direction from the face to the lamp in the head's axes at rest: +x image right, +y up, +z to the camera.
    gain : float
        Factor on all light.
    """

    key: tuple[float, float, float]
    gain: float = 1.0

    @property
    def fill(self) -> tuple[float, float, float]:
        """Unit direction to the fill: the key mirrored to the other side of the face."""
        return (-self.key[0], self.key[1], self.key[2])

    def dimmed(self, factor: float) -> "Light":
        """Return the same light, `factor` times as bright."""
        return replace(self, gain=self.gain * factor)


def shade(albedo: Array, normal: Array, ao: Array, view: Array, light: Light) -> Float32Array:
    """Light and encode points of the surface.

    Parameters
    ----------
    albedo : ndarray of shape (N, 3)
        Linear reflectance, 0 to 1.
    normal : ndarray of shape (N, 3)
        Unit outward normals in the axes of ``light``.
    ao : ndarray of shape (N,)
        Ambient occlusion; it dims all light.
    view : ndarray of shape (N, 3)
        Unit directions from the points to the camera, same axes.
    light : Light
        The lamp.

    Returns
    -------
    ndarray of shape (N, 3), float32
        sRGB grey levels, 0 to 255, not rounded. By hand: a white, unoccluded point that faces key, fill and camera all
        at once (key along +z) is over-exposed and returns 255;
        a black one returns the matte share of the highlight alone.
    """
    colour, towards, sky, eye = (np.ascontiguousarray(a, dtype=np.float32) for a in (albedo, normal, ao, view))
    key, fill = (np.array(d, dtype=np.float32) for d in (light.key, light.fill))
    return encode_srgb(_reflect(colour, towards, sky, eye, key, fill, np.float32(light.gain)))


@numba.njit(cache=True)
def _reflect(albedo, normal, ao, view, key, fill, gain):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Input validated; see :func:`shade`. Returns linear light (N, 3)."""
    out = np.empty_like(albedo)
    for i in range(albedo.shape[0]):
        nx, ny, nz = normal[i, 0], normal[i, 1], normal[i, 2]
        to_key = nx * key[0] + ny * key[1] + nz * key[2]
        to_fill = nx * fill[0] + ny * fill[1] + nz * fill[2]
        diffuse = (
            KEY * max(to_key + WRAP, 0.0) / (1.0 + WRAP) + FILL * max(to_fill + WRAP, 0.0) / (1.0 + WRAP) + AMBIENT
        )
        hx, hy, hz = key[0] + view[i, 0], key[1] + view[i, 1], key[2] + view[i, 2]
        length = max(np.sqrt(hx * hx + hy * hy + hz * hz), 1e-6)
        cosine = max((nx * hx + ny * hy + nz * hz) / length, 0.0)
        sheen = min(max((albedo[i, 0] + albedo[i, 1] + albedo[i, 2]) / MATTE_BELOW, MATTE), 1.0)
        highlight = HIGHLIGHT * sheen * cosine**SHININESS
        scale = gain * ao[i]
        for c in range(3):
            out[i, c] = scale * (albedo[i, c] * diffuse + highlight)
    return out


def encode_srgb(linear: Array) -> Float32Array:
    """Encode linear light (any shape, 0 to 1, clipped) as sRGB grey levels 0 to 255, not rounded (IEC 61966-2-1)."""
    light = np.ascontiguousarray(linear, dtype=np.float32)
    encoded: Float32Array = _encode(light.ravel(), _encoding_table()).reshape(light.shape)
    return encoded


@cache
def _encoding_table() -> Float32Array:
    """Tabulate the encoding over the square root of linear light, where it is nearly straight: within .03 levels."""
    light = np.linspace(0.0, 1.0, _ENCODING_STEPS + 1) ** 2
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return (255.0 * encoded).astype(np.float32)


@numba.njit(cache=True)
def _encode(linear, table):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Input validated; see :func:`encode_srgb`."""
    steps = table.shape[0] - 1
    encoded = np.empty(linear.shape[0], dtype=np.float32)
    for i in range(linear.shape[0]):
        encoded[i] = table[int(np.sqrt(min(max(linear[i], np.float32(0.0)), np.float32(1.0))) * steps + 0.5)]
    return encoded
