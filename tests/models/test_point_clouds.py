"""Clouds: their order, their scale, and what has no influence on it."""

import math

import numpy as np
import pytest
import torch

from merflow.errors import ConfigError
from merflow.models.point_clouds import Clouds, RegionHead, check_centres, unit_clouds


def clouds(shape=(8, 40, 6), scope="face", radius_mm=0.0, unit_mm=46.0):
    return Clouds("net", shape, scope=scope, radius_mm=radius_mm, unit_mm=unit_mm)


def test_a_face_has_the_first_points_of_all_regions_first_and_regions_stay_apart():
    x = torch.randn(2, 8, 40, 6)
    face = clouds()(x)
    assert face.shape == (2, 320, 6)
    for rank in (0, 1, 39):
        torch.testing.assert_close(face[:, 8 * rank : 8 * rank + 8, 3:], x[:, :, rank, 3:], rtol=0, atol=0)
    regions = clouds(scope="regions")(x)
    assert torch.equal(regions[..., 3:], x.view(16, 40, 6)[..., 3:])


def test_the_radius_is_that_of_95_percent_of_the_points_from_their_mean():
    x = torch.randn(3, 200, 6, generator=torch.Generator().manual_seed(0))
    x[:, 7, :3] *= 60  # a few points far away change the largest distance, not this one
    points = x[..., :3].double().numpy()
    distance = np.linalg.norm(points - points.mean(1, keepdims=True), axis=2)
    expected = np.sort(distance, axis=1)[:, math.ceil(0.95 * 200) - 1]
    np.testing.assert_allclose(expected, np.quantile(distance, 0.95, axis=1, method="inverted_cdf"))
    found = (points - points.mean(1, keepdims=True)) / expected[:, None, None]
    found[..., 2] = found[..., 2].clip(-3, 3)
    np.testing.assert_allclose(unit_clouds(x)[..., :3], found, rtol=2e-5, atol=2e-6)
    assert unit_clouds(x)[..., 2].abs().max() == 3


def test_a_radius_in_millimetres_is_one_in_units_of_the_input():
    """92 mm are 2 units of 46 mm, and .092 of metres."""
    x = torch.randn(1, 8, 40, 6)
    aligned = clouds(radius_mm=92.0)(x)
    middle = x[..., :3].mean((1, 2), keepdim=True)
    expected = ((x[..., :3] - middle) / 2).transpose(1, 2).flatten(1, 2)
    torch.testing.assert_close(aligned[..., :2], expected[..., :2])
    metres = x.clone()
    metres[..., :3] *= 0.046
    torch.testing.assert_close(clouds(radius_mm=92.0, unit_mm=1000.0)(metres), aligned)


def test_place_and_scale_have_no_influence():
    x = torch.randn(2, 50, 6)
    moved = x.clone()
    moved[..., :3] = moved[..., :3] * 0.05 + torch.tensor([0.1, -0.2, 0.8])
    torch.testing.assert_close(unit_clouds(moved), unit_clouds(x), rtol=1e-4, atol=1e-5)


def test_equal_points_have_no_radius_and_are_finite():
    x = torch.full((2, 20, 6), 0.3)
    assert unit_clouds(x)[..., :3].abs().max() < 0.1
    assert torch.isfinite(unit_clouds(x)).all()


def test_the_head_over_regions_joins_the_clouds_of_a_face():
    head = RegionHead(8, 5, 3, hidden=16).eval()
    x = torch.randn(4 * 8, 5)
    together = head(x)
    torch.testing.assert_close(head(x[8:16]), together[1:2])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape": (8, 40, 4)}, r"net: expected examples of shape \(regions, points, 5 or 6\), but found \(8, 40, 4\)"),
        ({"shape": (320, 6)}, r"net: expected examples of shape"),
        ({"scope": "Face"}, "unknown scope 'Face'. Allowed: face, regions"),
        ({"radius_mm": -1.0}, "net: expected radius_mm of 0 or more, but found -1.0"),
        ({"unit_mm": 0.0}, "net: expected unit_mm above 0"),
    ],
)
def test_what_cannot_work_is_refused(change, message):
    with pytest.raises(ConfigError, match=message):
        clouds(**change)


@pytest.mark.parametrize("centres", [(), (4, 8), (4, 0), (8, 4, 2)])
def test_centres_become_fewer(centres):
    with pytest.raises(ConfigError, match="expected centres of 2 numbers above 0, none above the one before"):
        check_centres("net", centres, levels=2)
    check_centres("net", (8, 8))
