"""Intrinsics: the pinhole camera of a recording with depth, where the index knows it clip by clip."""

import math
from dataclasses import dataclass

from merflow.checks import check_setting

NUMBERS = ("fx", "fy", "cx", "cy")
"""What a camera must name, in the order of a text of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intrinsics:
    """A pinhole camera without distortion; pixel centres are integers, (0, 0) is that of the top left pixel.

    Parameters
    ----------
    fx, fy : float
        Focal lengths, px.
    cx, cy : float
        Principal point, px of the frames as they lie. Where frames were cut out of the calibrated picture, it is that
        of the calibration minus the left and top pixel of the cut, and may lie outside.
    width, height : int or None
        Size of the pictures that these numbers are of, px, with which the frames are compared; None = not said.

    Raises
    ------
    ConfigError
        When a value is outside its range.
    """

    fx: float
    fy: float
    cx: float
    cy: float
    width: int | None = None
    height: int | None = None

    def __post_init__(self) -> None:
        for name in ("fx", "fy"):
            found = getattr(self, name)
            check_setting(0 < found < math.inf, f"intrinsics.{name}", expected="a length above 0 px", found=found)
        for name in ("cx", "cy"):
            found = getattr(self, name)
            check_setting(math.isfinite(found), f"intrinsics.{name}", expected="a place in px", found=found)
        sizes = [one for one in (self.width, self.height) if one is not None]
        expected = "width and height above 0 px, or neither"
        check_setting(
            len(sizes) != 1 and all(one > 0 for one in sizes), "intrinsics.width", expected=expected, found=sizes
        )

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height of the calibrated pictures; None = not said."""
        return (self.width, self.height) if self.width and self.height else None

    @property
    def text(self) -> str:
        """``fx fy cx cy``, as a table of clips holds it; :func:`camera_of_text` reads the same numbers back."""
        return " ".join(repr(float(one)) for one in (self.fx, self.fy, self.cx, self.cy))


def camera_of_text(text: str) -> tuple[float, float, float, float]:
    """Return fx, fy, cx and cy of :attr:`Intrinsics.text`, px.

    Raises
    ------
    ValueError
        When it is not four finite numbers, the first two above 0.
    """
    numbers = [float(one) for one in text.split()]
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)) or min(numbers[:2]) <= 0:
        raise ValueError(f"expected fx, fy, cx and cy in px, found {text!r}")
    fx, fy, cx, cy = numbers
    return fx, fy, cx, cy
