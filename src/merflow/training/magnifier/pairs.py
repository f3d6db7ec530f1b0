"""Pairs of patches with a known motion between them, and what the second looks like when the motion is magnified."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional

from merflow.training.magnifier.settings import MagnifierSettings
from merflow.training.magnifier.textures import SUPERSAMPLING

_BUMPS = 3
_INVERSION_STEPS = 12
_INVERSION_PX = 0.01
_STEEPEST = 0.5
"""Largest slope of a magnified displacement: below 1 nothing folds over, and the inversion below converges."""


@dataclass(frozen=True, slots=True)
class MotionFields:
    """Smooth displacement fields: a sum of Gaussian bumps, known at every point.

    Attributes
    ----------
    centre : Tensor of shape (batch, bumps, 2)
        (x, y), px.
    width : Tensor of shape (batch, bumps)
        Standard deviation, px.
    shift : Tensor of shape (batch, bumps, 2)
        Displacement at the centre (u, v), px.
    """

    centre: Tensor
    width: Tensor
    shift: Tensor

    def at(self, points: Tensor) -> Tensor:
        """Return the displacement at points (batch, h, w, 2) in px, in the same shape."""
        total = torch.zeros_like(points)
        for k in range(self.width.shape[1]):
            away = points - self.centre[:, k, None, None]
            width = self.width[:, k, None, None]
            weight = torch.exp(-away.square().sum(-1) / (2 * width * width))
            total = total + weight[..., None] * self.shift[:, k, None, None]
        return total

    def origin(self, points: Tensor, factor: Tensor) -> Tensor:
        """Return where what is at `points` came from: x with ``x + factor u(x) = points``.

        Parameters
        ----------
        points : Tensor of shape (batch, h, w, 2)
            Pixels of the moved picture, px.
        factor : Tensor of shape (batch,)
            Multiple of the field.

        Returns
        -------
        Tensor of shape (batch, h, w, 2)
            To 0.01 px, by fixed-point iteration: each step halves the error at least.
        """
        scale = factor[:, None, None, None]
        origin = points
        for _ in range(_INVERSION_STEPS):
            before, origin = origin, points - scale * self.at(origin)
            if float((origin - before).abs().max()) < _INVERSION_PX:
                break
        return origin


@dataclass(frozen=True, slots=True)
class Pairs:
    """One batch to train on; pictures (batch, 3, side, side), float32, grey levels of 255.

    Attributes
    ----------
    onset, frame : Tensor
        What a camera gives: with noise, in whole grey levels.
    clean : Tensor
        The frame without noise and rounding.
    target : Tensor
        The clean frame with the motion magnified.
    factor : Tensor of shape (batch,)
    motion : MotionFields
        From onset to frame, on the onset's grid; stays on the CPU.
    """

    onset: Tensor
    frame: Tensor
    clean: Tensor
    target: Tensor
    factor: Tensor
    motion: MotionFields

    def to(self, device: torch.device) -> "Pairs":
        """Return the same batch on a device."""
        names = ("onset", "frame", "clean", "target", "factor")
        return replace(self, **{name: getattr(self, name).to(device) for name in names})


def make_pairs(textures: Tensor, settings: MagnifierSettings, generator: torch.Generator) -> Pairs:
    """Cut patches at random places, move them by random fields, and photograph them.

    Parameters
    ----------
    textures : Tensor of shape (n, 3, side, side)
        Pictures at ``SUPERSAMPLING`` samples a pixel.
    settings : MagnifierSettings
    generator : torch.Generator
        On the CPU; the only source of chance.

    Returns
    -------
    Pairs
    """
    batch, side = settings.batch_size, settings.patch_px
    chosen = torch.randint(len(textures), (batch,), generator=generator).tolist()
    factor = _between(settings.factor_min, settings.factor_max, (batch,), generator)
    motion = draw_fields(settings, factor, generator)
    place = _draw_places(settings, textures.shape[-1], generator)
    grid = pixel_grid(side).expand(batch, -1, -1, -1)
    flicker = (1 + settings.flicker * torch.randn(batch, generator=generator))[:, None, None, None]
    points = torch.cat([grid, motion.origin(grid, torch.ones(batch)), motion.origin(grid, factor)], 1)
    onset, clean, target = _photograph([textures[i] for i in chosen], place, points).chunk(3, 2)
    clean, target = clean * flicker, target * flicker
    noise = _between(0, settings.noise_max, (batch, 1, 1, 1), generator)
    return Pairs(
        onset=digitise(onset, noise, generator),
        frame=digitise(clean, noise, generator),
        clean=clean,
        target=target,
        factor=factor,
        motion=motion,
    )


def draw_fields(settings: MagnifierSettings, factor: Tensor, generator: torch.Generator) -> MotionFields:
    """Draw a field a pair: its largest displacement log-uniform, its bumps wide enough not to fold when magnified."""
    batch, side = len(factor), settings.patch_px
    low, high = math.log(settings.motion_min_px), math.log(settings.motion_max_px)
    largest = _between(low, high, (batch,), generator).exp()
    centre = _between(0, side - 1, (batch, _BUMPS, 2), generator)
    narrowest = (factor * largest * _BUMPS * math.exp(-0.5) / _STEEPEST / 2).clamp_min(5)[:, None]
    width = narrowest * _between(0, math.log(5), (batch, _BUMPS), generator).exp()
    angle = _between(0, 2 * math.pi, (batch, _BUMPS), generator)
    length = torch.rand(batch, _BUMPS, generator=generator)
    shift = length[..., None] * torch.stack([angle.cos(), angle.sin()], -1)
    raw = MotionFields(centre, width, shift)
    reached = raw.at(pixel_grid(side).expand(batch, -1, -1, -1)).norm(dim=-1).amax((1, 2)).clamp_min(1e-6)
    shift = shift * (largest / reached)[:, None, None]
    # Two bumps that cancel would be blown up to the wanted size, and fold: no slope may pass the steepest.
    slope = (factor[:, None] * shift.norm(dim=-1) * math.exp(-0.5) / width).sum(1)
    shift = shift * (_STEEPEST / slope).clamp_max(1)[:, None, None]
    return MotionFields(centre, width, shift)


def pixel_grid(side: int) -> Tensor:
    """Return the pixel centres (1, side, side, 2) as (x, y)."""
    y, x = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    return torch.stack([x, y], -1)[None].float()


def sample(pictures: Tensor, points: Tensor) -> Tensor:
    """Read pictures (batch, c, h, w) bilinearly at points (batch, h', w', 2), in samples from the first's centre."""
    height, width = pictures.shape[-2:]
    scale = torch.tensor([2 / (width - 1), 2 / (height - 1)])
    return functional.grid_sample(
        pictures, points * scale - 1, mode="bilinear", padding_mode="border", align_corners=True
    )


def digitise(clean: Tensor, noise: Tensor, generator: torch.Generator) -> Tensor:
    """Return what a camera stores: noise of a standard deviation added, then rounded to 0 to 255."""
    return (clean + noise * torch.randn(clean.shape, generator=generator)).round().clamp(0, 255)


def _draw_places(settings: MagnifierSettings, texture_side: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Draw a similarity from patch pixels to texture samples: matrices (batch, 2, 2) and centres (batch, 2)."""
    batch = settings.batch_size
    zoom = SUPERSAMPLING * _between(math.log(0.6), math.log(1.3), (batch,), generator).exp()
    angle = _between(0, 2 * math.pi, (batch,), generator)
    cosine, sine = zoom * angle.cos(), zoom * angle.sin()
    matrix = torch.stack([torch.stack([cosine, -sine], -1), torch.stack([sine, cosine], -1)], -2)
    reach = SUPERSAMPLING * 1.3 * settings.patch_px * math.sqrt(0.5)
    centre = _between(min(reach, texture_side / 2), max(texture_side - reach, texture_side / 2), (batch, 2), generator)
    return matrix, centre


def _photograph(textures: Sequence[Tensor], place: tuple[Tensor, Tensor], points: Tensor) -> Tensor:
    """Return the pictures whose pixels show one texture each at patch coordinates `points`."""
    matrix, centre = place
    middle = (points.shape[2] - 1) / 2
    there = (points - middle).flatten(1, 2) @ matrix.mT + centre[:, None]
    there = there.view(points.shape)
    # One texture at a time: a batch of them would copy each as a whole.
    return torch.cat([sample(texture[None], at[None]) for texture, at in zip(textures, there, strict=True)])


def _between(low: float, high: float, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    return low + (high - low) * torch.rand(shape, generator=generator)
