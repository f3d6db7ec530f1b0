"""Procedural pictures to move: shaded regions with sharp borders, strokes and grain, at several samples a pixel."""

import math

import torch
from torch import Tensor

SUPERSAMPLING = 3
"""Samples a pixel, along each axis."""

_SHARPNESS_PX = 0.45
"""Standard deviation of the blur that a camera's pixel and lens amount to, px."""


def make_textures(count: int, side: int, generator: torch.Generator) -> Tensor:
    """Return pictures to cut moving patches from.

    Parameters
    ----------
    count : int
        Number of pictures.
    side : int
        Samples along each side; a pixel of a patch is about three.
    generator : torch.Generator
        On the CPU; the only source of chance.

    Returns
    -------
    Tensor of shape (count, 3, side, side), float32
        Grey levels in 0 to 255, blurred so that one sample a pixel aliases little. They repeat at their borders.
    """
    return torch.cat([_texture(side, generator)[None] for _ in range(count)])


def _texture(side: int, generator: torch.Generator) -> Tensor:
    """Paint one picture: plain skin, then regions, strokes and grain over it."""
    rng = _Chance(generator)
    picture = rng.colour().expand(3, side, side)
    picture = picture + rng.between(5, 30) * _coloured(side, 1.5, generator)
    for _ in range(rng.whole(2, 5)):
        picture = _paint_region(picture, rng)
    for _ in range(rng.whole(1, 4)):
        picture = _paint_strokes(picture, rng)
    picture = picture + math.exp(rng.between(-0.7, 2.5)) * _coloured(side, rng.between(0.6, 1.1), generator)
    return _blur(picture, _SHARPNESS_PX * SUPERSAMPLING).clamp(0, 255)


class _Chance:
    """Numbers and smooth fields from one generator."""

    def __init__(self, generator: torch.Generator) -> None:
        self.generator = generator

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * float(torch.rand((), generator=self.generator))

    def whole(self, low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (), generator=self.generator))

    def colour(self) -> Tensor:
        """Draw a shade with a slight tint, as most of a face differs more in brightness than in hue."""
        shade = self.between(5, 240)
        return torch.tensor([shade + self.between(-25, 25) for _ in range(3)])[:, None, None]

    def smooth(self, side: int, low_px: float, high_px: float) -> Tensor:
        """Draw a field of unit deviation, smooth over a length between two (px, log-uniform)."""
        length = math.exp(self.between(math.log(low_px), math.log(high_px)))
        noise = torch.randn(1, side, side, generator=self.generator)
        return _unit(_blur(noise, length * SUPERSAMPLING))[0]


def _paint_region(picture: Tensor, rng: _Chance) -> Tensor:
    """Paint everything where a smooth field is high, with a border that is sharp or soft."""
    field = rng.smooth(picture.shape[-1], 6, 40)
    softness = math.exp(rng.between(-3.5, -0.7))
    cover = torch.sigmoid((field - rng.between(0.2, 1.2)) / softness)
    return torch.lerp(picture, rng.colour().expand_as(picture), cover * rng.between(0.1, 1.0))


def _paint_strokes(picture: Tensor, rng: _Chance) -> Tensor:
    """Draw along the zero contours of a smooth field, here and there: brows, lid lines, hair, folds."""
    side = picture.shape[-1]
    field = rng.smooth(side, 1.5, 16)
    slope = torch.stack(torch.gradient(field)).norm(dim=0) + 1e-6
    distance = field.abs() / slope
    line = torch.exp(-((distance / (SUPERSAMPLING * rng.between(0.4, 1.6))) ** 2))
    where = torch.sigmoid(4 * (rng.smooth(side, 10, 40) - 0.3))
    return torch.lerp(picture, rng.colour().expand_as(picture), line * where * rng.between(0.1, 0.9))


def _coloured(side: int, exponent: float, generator: torch.Generator) -> Tensor:
    """Return noise whose amplitude falls as frequency^-exponent, (3, side, side), mostly alike in the channels."""
    shared = torch.randn(1, side, side, generator=generator)
    noise = shared + 0.25 * torch.randn(3, side, side, generator=generator)
    radius = _frequency(side).clamp_min(1 / side)
    return _unit(_filter(noise, radius**-exponent))


def _blur(image: Tensor, sd: float) -> Tensor:
    """Blur with a Gaussian of standard deviation `sd` samples, periodic."""
    return _filter(image, torch.exp(-2 * (math.pi * sd * _frequency(image.shape[-1])) ** 2))


def _frequency(side: int) -> Tensor:
    """Return the radial frequency of each coefficient of ``rfft2``, cycles a sample."""
    return torch.hypot(torch.fft.fftfreq(side)[:, None], torch.fft.rfftfreq(side)[None])


def _filter(image: Tensor, response: Tensor) -> Tensor:
    filtered: Tensor = torch.fft.irfft2(torch.fft.rfft2(image) * response, s=image.shape[-2:])
    return filtered


def _unit(image: Tensor) -> Tensor:
    return (image - image.mean()) / image.std()
