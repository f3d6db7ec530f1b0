"""Colours that stand beside each other differ for readers without one kind of cone too."""

from itertools import combinations

import numpy as np
import pytest

from merflow.landmarks.groups import OTHER_COLOUR, PAIR_COLOURS
from merflow.stages.regions.picture import REGION_COLOURS

SEEN = {
    "all cones": np.eye(3),
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
}
"""Linear RGB to linear RGB as it is seen: Machado, Oliveira and Fernandes (2009), severity 1."""

XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
LEAST = 15
"""CIE 1976 dE. 2.3 is just noticeable side by side; small marks apart from each other need several times that."""


def lab(colour, seen):
    """Return CIE L*a*b* (D65) of a colour as it is seen."""
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = np.array(XYZ) @ np.clip(np.array(seen) @ linear, 0, 1) / (0.95047, 1, 1.08883)
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("seen", SEEN.values(), ids=SEEN)
@pytest.mark.parametrize(
    "colours", [REGION_COLOURS, (*PAIR_COLOURS.values(), OTHER_COLOUR)], ids=["regions", "pairs of landmarks"]
)
def test_no_two_colours_look_alike(colours, seen):
    near = min(np.linalg.norm(lab(a, seen) - lab(b, seen)) for a, b in combinations(colours, 2))
    assert near > LEAST


def test_white_and_black_are_100_apart():
    assert np.linalg.norm(lab("#ffffff", np.eye(3)) - lab("#000000", np.eye(3))) == pytest.approx(100, abs=0.01)
