"""The settings of LBP-TOP that change its result; each is a key of config.yaml."""

from dataclasses import dataclass
from typing import Literal

from merflow.checks import check_choice, check_setting

MOST_OF_ALL_PATTERNS = 8
"""Neighbours beyond which one column for each pattern would be more numbers than clips can fill."""


@dataclass(frozen=True, slots=True)
class LbpTopSettings:
    """What decides the content of an ``lbp_top`` shard.

    Parameters
    ----------
    radius_x, radius_y : int
        Half axes of the rings of neighbours along the width and the height, px.
    radius_t : int
        The same along time, frames. A clip needs twice as many frames and one more.
    neighbours : int
        On each ring, evenly spaced in angle.
    interpolation : {"bilinear", "nearest"}
        Value of a neighbour between the pixels: of the four around it, or of the nearest one.
    patterns : {"uniform", "all"}
        One column for each pattern with at most two changes around the ring and one for all others (59 of 8
        neighbours), or one for each pattern (256).
    blocks : int
        Parts along each side of the face, each with its own histograms.
    overlap : float
        Share of a block that it has in common with the next one along a side.

    Raises
    ------
    ConfigError
        When a word is unknown or a value outside its range.
    """

    radius_x: int = 1
    radius_y: int = 1
    radius_t: int = 2
    neighbours: int = 8
    interpolation: Literal["bilinear", "nearest"] = "bilinear"
    patterns: Literal["uniform", "all"] = "uniform"
    blocks: int = 5
    overlap: float = 0.0

    def __post_init__(self) -> None:
        check_choice(self.interpolation, "lbp_top.interpolation", ("bilinear", "nearest"))
        check_choice(self.patterns, "lbp_top.patterns", ("uniform", "all"))
        for name, unit in (("radius_x", "px"), ("radius_y", "px"), ("radius_t", "frames")):
            found = getattr(self, name)
            check_setting(1 <= found <= 16, f"lbp_top.{name}", expected=f"1 to 16 {unit}", found=found)
        most = 16 if self.patterns == "uniform" else MOST_OF_ALL_PATTERNS
        check_setting(
            4 <= self.neighbours <= most,
            "lbp_top.neighbours",
            expected=f"4 to {most} with patterns: {self.patterns}",
            found=self.neighbours,
        )
        check_setting(1 <= self.blocks <= 32, "lbp_top.blocks", expected="1 to 32 a side", found=self.blocks)
        check_setting(0 <= self.overlap <= 0.9, "lbp_top.overlap", expected="a share from 0 to 0.9", found=self.overlap)

    def without_effect(self, _upstream: str) -> dict[str, str]:
        """Return each setting that these settings do not read, and what it belongs to."""
        return {"overlap": "blocks above 1"} if self.blocks == 1 else {}

    @property
    def radii(self) -> tuple[int, int, int]:
        """Half axes along the axes of a volume: time, height, width."""
        return self.radius_t, self.radius_y, self.radius_x
