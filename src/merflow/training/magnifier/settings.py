"""Settings of the training of the learned motion magnifier."""

from dataclasses import dataclass

from merflow.checks import check_setting

MARGIN_PX = 8
"""Rim of a patch that the loss leaves out: what moved in from outside the patch cannot be known there."""


@dataclass(frozen=True, slots=True)
class MagnifierSettings:
    """What decides the weights of the learned magnifier, beside the seed.

    Parameters
    ----------
    steps : int
        Optimiser steps.
    batch_size : int
        Pairs of patches a step.
    patch_px : int
        Side of a patch, px; a multiple of 8 above 16.
    textures : int
        Procedural pictures that the patches are cut from.
    texture_px : int
        Side of such a picture at three samples a pixel; at least 6 times `patch_px`.
    motion_min_px, motion_max_px : float
        Range of the largest displacement of a pair, px; the logarithm is uniform.
    factor_min, factor_max : float
        Range of the magnification, uniform.
    noise_max : float
        Largest standard deviation of the noise on each frame, grey levels of 255; uniform from 0.
    flicker : float
        Standard deviation of the relative change of brightness between the two frames.
    learning_rate : float
        Largest step size of Adam; it rises over 100 steps and falls as half a cosine.
    amplitude_weight : float
        Weight of the amplitude term of the loss, which punishes motion that is magnified too little or too much.

    Raises
    ------
    ConfigError
        When a value is outside its range.
    """

    steps: int = 1000
    batch_size: int = 8
    patch_px: int = 64
    textures: int = 12
    texture_px: int = 768
    motion_min_px: float = 0.05
    motion_max_px: float = 4.0
    factor_min: float = 2.0
    factor_max: float = 4.0
    noise_max: float = 2.0
    flicker: float = 0.01
    learning_rate: float = 2e-3
    amplitude_weight: float = 1.0

    def __post_init__(self) -> None:
        for name in ("steps", "batch_size", "textures"):
            value = getattr(self, name)
            check_setting(value >= 1, f"magnifier.{name}", expected="1 or more", found=value)
        patch, texture = self.patch_px, self.texture_px
        fits = patch > 2 * MARGIN_PX and patch % 8 == 0
        check_setting(fits, "magnifier.patch_px", expected=f"a multiple of 8 above {2 * MARGIN_PX}", found=patch)
        check_setting(texture >= 6 * patch, "magnifier.texture_px", expected="6 patch_px or more", found=texture)
        self._check_range("motion_min_px", "motion_max_px", lowest=0.001)
        self._check_range("factor_min", "factor_max", lowest=1.0)
        for name in ("noise_max", "flicker", "amplitude_weight"):
            value = getattr(self, name)
            check_setting(value >= 0, f"magnifier.{name}", expected="0 or more", found=value)
        rate = self.learning_rate
        check_setting(rate > 0, "magnifier.learning_rate", expected="a number above 0", found=rate)

    def _check_range(self, low: str, high: str, *, lowest: float) -> None:
        a, b = getattr(self, low), getattr(self, high)
        check_setting(a >= lowest, f"magnifier.{low}", expected=f"{lowest:g} or more", found=a)
        check_setting(b >= a, f"magnifier.{high}", expected=f"{low} ({a:g}) or more", found=b)
