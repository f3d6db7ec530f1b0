"""Brushes: noise of a given size, blots, spots, strokes, colours laid on; sizes in texels unless named mm."""

import cv2
import numba
import numpy as np
from numpy.typing import NDArray

from merflow.synthesis.atlas import TEXELS_PER_MM
from merflow.synthesis.texture_map import ANGLE_SPAN, COLUMNS, HEIGHT_MM, ROWS, TOP_MM

Float32Array = NDArray[np.float32]

_SUBTEXEL_BITS = 4
_COARSE_SD = 3.0  # noise is blurred at the resolution at which it has about this size, then enlarged


def noise(
    rng: np.random.Generator, sd_u: float, sd_v: float, *, rows: int = ROWS, columns: int = COLUMNS
) -> Float32Array:
    """Return Gaussian noise (rows, columns) of zero mean and unit variance, blurred by `sd_u` and `sd_v` texels."""
    steps = [max(1, int(sd / _COARSE_SD)) for sd in (sd_v, sd_u)]
    shape = [-(-size // step) + 1 for size, step in zip((rows, columns), steps, strict=True)]
    white = rng.standard_normal(shape, dtype=np.float32)
    field = cv2.GaussianBlur(
        white, (0, 0), sigmaX=sd_u / steps[1], sigmaY=sd_v / steps[0], borderType=cv2.BORDER_REFLECT
    )
    field = (field - field.mean()) / field.std()
    if max(steps) > 1:
        field = cv2.resize(field, (shape[1] * steps[1], shape[0] * steps[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(field[:rows, :columns], dtype=np.float32)


def texel(x_mm: float, y_mm: float, radius_mm: float = 96.0) -> tuple[float, float]:
    """Return (column, row) of a place on the mean face: `x_mm` beside the middle, `y_mm` above the eyes."""
    theta = np.arcsin(np.clip(x_mm / radius_mm, -1, 1))
    return float((theta / ANGLE_SPAN + 0.5) * COLUMNS - 0.5), float((TOP_MM - y_mm) / HEIGHT_MM * ROWS - 0.5)


def blot(x_mm: float, y_mm: float, sd_x: float, sd_y: float) -> Float32Array:
    """Return a Gaussian blot (1024, 1400) of height 1 on both sides of the face, sizes in mm."""
    column, row = texel(abs(x_mm), y_mm)
    mirrored = COLUMNS - 1 - column
    u, v = np.arange(COLUMNS), np.arange(ROWS)
    across = np.exp(-0.5 * ((u - column) / (sd_x * TEXELS_PER_MM)) ** 2)
    if x_mm != 0:
        across += np.exp(-0.5 * ((u - mirrored) / (sd_x * TEXELS_PER_MM)) ** 2)
    down = np.exp(-0.5 * ((v - row) / (sd_y * TEXELS_PER_MM)) ** 2)
    return np.outer(down, across).astype(np.float32)


def spots(rows: NDArray[np.float64], columns: NDArray[np.float64], radii: NDArray[np.float64]) -> Float32Array:
    """Return anti-aliased discs as a mask (1024, 1400), 0 to 1."""
    canvas = np.zeros((ROWS, COLUMNS), dtype=np.uint8)
    scale = 1 << _SUBTEXEL_BITS
    for row, column, radius in zip(rows, columns, radii, strict=True):
        centre = (round(column * scale), round(row * scale))
        cv2.circle(canvas, centre, max(1, round(radius * scale)), 255, -1, cv2.LINE_AA, _SUBTEXEL_BITS)
    return (canvas / np.float32(255)).astype(np.float32)


def strokes(starts: NDArray[np.float64], ends: NDArray[np.float64]) -> Float32Array:
    """Return anti-aliased lines one texel wide from `starts` to `ends` (n, 2: column, row) as a mask, 0 to 1."""
    canvas = np.zeros((ROWS, COLUMNS), dtype=np.uint8)
    scale = 1 << _SUBTEXEL_BITS
    for start, end in zip(np.rint(starts * scale).astype(int), np.rint(ends * scale).astype(int), strict=True):
        cv2.line(canvas, start.tolist(), end.tolist(), 255, 1, cv2.LINE_AA, _SUBTEXEL_BITS)
    return (canvas / np.float32(255)).astype(np.float32)


def lay_over(
    albedo: Float32Array, alpha: Float32Array, colour: NDArray[np.floating], brightness: Float32Array | None = None
) -> None:
    """Mix a colour into `albedo` in place.

    Parameters
    ----------
    albedo : ndarray of shape (h, w, 3), float32
        The texture, or a window of it.
    alpha : ndarray of shape (h, w), float32
        Opacity, 0 to 1.
    colour : ndarray of shape (3,)
        Linear light.
    brightness : ndarray of shape (h, w), float32, optional
        Factor on the colour at each texel.
    """
    factor = np.broadcast_to(np.float32(1.0), alpha.shape) if brightness is None else brightness
    _lay_over(albedo, alpha, np.asarray(colour, dtype=np.float32), factor)


def tint(albedo: Float32Array, amount: Float32Array, factors: tuple[float, float, float]) -> None:
    """Multiply `albedo` (h, w, 3) in place by `factors` where `amount` (h, w) is 1, by less where it is smaller."""
    _tint(albedo, amount, np.array(factors, dtype=np.float32))


@numba.njit(cache=True)
def _lay_over(albedo, alpha, colour, brightness):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Input validated; see :func:`lay_over`."""
    for i in range(albedo.shape[0]):
        for j in range(albedo.shape[1]):
            a = alpha[i, j]
            if a > 0.0:
                for c in range(3):
                    albedo[i, j, c] += a * (brightness[i, j] * colour[c] - albedo[i, j, c])


@numba.njit(cache=True)
def _tint(albedo, amount, factors):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Input validated; see :func:`tint`."""
    for i in range(albedo.shape[0]):
        for j in range(albedo.shape[1]):
            a = amount[i, j]
            if a != 0.0:
                for c in range(3):
                    albedo[i, j, c] *= np.float32(1.0) - a * (np.float32(1.0) - factors[c])
