"""What the colour and depth cameras make of a perfect image: noise, holes and rounding."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]

STEREO_BASE_MM = 55.0
DISPARITY_SD_PX = 0.06
FARTHEST_MM = 1100.0
EDGE_RANGE_MM = 25.0
EDGE_HOLE_SHARE = 0.7
RANDOM_HOLE_SHARE = 0.0005
"""Share of the pixels away from edges at which nothing is measured, unless a dataset says otherwise."""
_BLUR_SD_PX = 5.0 / 2.3548  # 5 px full width at half maximum
_COARSE_SHARE, _FINE_SHARE = 0.8, 0.6  # squares add up to one
_BANK_MARGIN = 64
_EDGE_PX = 2


@dataclass(frozen=True, slots=True)
class NoiseBank:
    """One large field of colour noise and one of depth noise; each frame uses a window at a random place.

    Drawing a few hundred million normal numbers per subject would take longer than rendering; two windows out of
    4096 places are as good as independent.

    Parameters
    ----------
    color : ndarray of shape (H + 64, W + 64, 3) or, of a grey sensor, (H + 64, W + 64), float32
        Unit standard deviation.
    depth : ndarray of shape (H + 64, W + 64), float32
        Unit standard deviation; partly smooth over 5 px, as stereo matching windows make it.
    """

    color: Float32Array
    depth: Float32Array

    @classmethod
    def sample(cls, rng: np.random.Generator, *, height: int, width: int, grey: bool = False) -> "NoiseBank":
        """Draw the bank for images of ``height`` x ``width``, with three colours or one."""
        shape = (height + _BANK_MARGIN, width + _BANK_MARGIN)
        coarse = cv2.GaussianBlur(rng.standard_normal(shape, dtype=np.float32), (0, 0), _BLUR_SD_PX)
        coarse = coarse / coarse.std()
        fine = rng.standard_normal(shape, dtype=np.float32)
        return cls(
            color=rng.standard_normal(shape if grey else (*shape, 3), dtype=np.float32),
            depth=(_COARSE_SHARE * coarse + _FINE_SHARE * fine).astype(np.float32),
        )

    def window(self, field: Float32Array, rng: np.random.Generator) -> Float32Array:
        """Cut a window of the image's size out of ``field`` (:attr:`color` or :attr:`depth`) at a random place."""
        top, left = (int(i) for i in rng.integers(0, _BANK_MARGIN, size=2))
        height, width = (size - _BANK_MARGIN for size in field.shape[:2])
        return field[top : top + height, left : left + width]


def sense_color(
    image: Float32Array, bank: NoiseBank, rng: np.random.Generator, *, noise_sd: float, blur_px: float = 0.0
) -> NDArray[np.uint8]:
    """Blur the image, add the noise of the sensor and round.

    Parameters
    ----------
    image : ndarray of shape (H, W, 3) or (H, W), float32
        sRGB-encoded RGB or grey levels, 0-255, not rounded.
    bank : NoiseBank
        Noise of unit standard deviation, as many channels; at least as large as the image.
    rng : numpy.random.Generator
        Chooses the window of the bank.
    noise_sd : float
        Grey levels.
    blur_px : float
        Standard deviation of the blur, px; 0 is in focus.

    Returns
    -------
    ndarray of the shape of `image`, uint8
    """
    height, width = image.shape[:2]
    noise = np.ascontiguousarray(bank.window(bank.color, rng)[:height, :width])
    focused = cv2.GaussianBlur(image, (0, 0), blur_px) if blur_px else image
    noisy = cv2.scaleAdd(noise, noise_sd, focused)
    return cv2.convertScaleAbs(np.maximum(noisy, 0.0)).astype(np.uint8, copy=False)


def depth_noise_sd(z_mm: Float32Array | float, f: float) -> Float32Array | float:
    """Return the depth error in mm of a stereo sensor with a 55 mm base: 0.06 px of disparity, 0.35 mm at 650 mm."""
    return z_mm * z_mm * (DISPARITY_SD_PX / (f * STEREO_BASE_MM))


def sense_depth(
    depth: Float32Array,
    bank: NoiseBank,
    rng: np.random.Generator,
    *,
    f: float,
    depth_sub: int = 1,
    noise: float = 1.0,
    hole_share: float = RANDOM_HOLE_SHARE,
) -> NDArray[np.uint16]:
    """Make a depth sensor's image of the exact depth: noise, holes along edges, whole millimetres.

    Parameters
    ----------
    depth : ndarray of shape (H, W), float32
        Exact z in mm, infinity for background.
    bank : NoiseBank
        Noise of unit standard deviation.
    rng : numpy.random.Generator
        Chooses the window of the bank and the holes.
    f : float
        Focal length, px.
    depth_sub : int
        Measure every ``depth_sub``-th pixel only, and repeat it.
    noise : float
        Factor on :func:`depth_noise_sd`.
    hole_share : float
        Share of the pixels away from edges at which nothing is measured.

    Returns
    -------
    ndarray of shape (H, W), uint16
        mm, 0 = nothing measured (background beyond 1100 mm, holes).
    """
    chance = rng.random(depth.shape, dtype=np.float32)
    error = bank.window(bank.depth, rng)
    near = _part_with(depth <= FARTHEST_MM)
    far = np.minimum(depth[near], np.float32(2.0 * FARTHEST_MM))
    hole = chance[near] < np.where(_at_edges(depth, near), EDGE_HOLE_SHARE, hole_share)
    measured = far + noise * depth_noise_sd(far, f) * error[near]
    measured[hole | (far > FARTHEST_MM)] = 0.0
    millimetres = np.zeros(depth.shape, dtype=np.uint16)
    millimetres[near] = np.rint(measured)
    return _repeat_every(millimetres, depth_sub)


def _part_with(mask: NDArray[np.bool_]) -> tuple[slice, slice]:
    """Return the rows and columns from the first to the last in which a mask is true; beyond them all is far away."""
    along = (np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0)))
    rows, columns = (slice(int(found[0]), int(found[-1]) + 1) if len(found) else slice(0, 0) for found in along)
    return rows, columns


def _at_edges(depth: Float32Array, part: tuple[slice, slice]) -> NDArray[np.bool_]:
    """Return where depth changes by more than 25 mm within two pixels, in a part of the image."""
    wide = tuple(slice(max(one.start - _EDGE_PX, 0), one.stop + _EDGE_PX) for one in part)
    around = np.minimum(depth[wide], np.float32(2.0 * FARTHEST_MM))
    window = np.ones((2 * _EDGE_PX + 1, 2 * _EDGE_PX + 1), dtype=np.uint8)
    edge = cv2.dilate(around, window) - cv2.erode(around, window) > EDGE_RANGE_MM
    inner = tuple(slice(one.start - out.start, one.stop - out.start) for one, out in zip(part, wide, strict=True))
    return edge[inner]


def _repeat_every(image: NDArray[np.uint16], step: int) -> NDArray[np.uint16]:
    """Keep every ``step``-th pixel in x and y, and fill the block to its right and below with it."""
    if step == 1:
        return image
    height, width = image.shape
    return image[::step, ::step].repeat(step, axis=0).repeat(step, axis=1)[:height, :width]
