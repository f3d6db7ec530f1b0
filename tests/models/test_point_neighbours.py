"""Neighbours against SciPy's tree and against brute force in double precision."""

import numpy as np
import pytest
import torch
from scipy.spatial import cKDTree

from merflow.models import point_neighbours
from merflow.models.point_neighbours import in_ball, nearest_points
from merflow.models.point_sampling import take_rows

RADIUS = 0.7


@pytest.fixture
def clouds():
    return torch.randn(3, 90, 3, generator=torch.Generator().manual_seed(1))


@pytest.fixture(params=[40, 500, 10**6], ids=["part of a cloud", "one cloud", "all clouds"])
def block(request, monkeypatch):
    """Let distances be computed in blocks of several sizes."""
    monkeypatch.setattr(point_neighbours, "BLOCK", request.param)


@pytest.mark.usefixtures("block")
@pytest.mark.parametrize("count", [1, 4, 32])
def test_the_first_points_in_a_ball_are_the_lowest_rows_and_fill_short_lists(clouds, count):
    centres = clouds[:, 5:25]
    found = in_ball(centres, clouds, radius=RADIUS, count=count)
    lengths = set()
    for cloud, of_cloud, rows in zip(clouds.double(), centres.double(), found, strict=True):
        for within, row in zip(cKDTree(cloud).query_ball_point(of_cloud, RADIUS), rows.tolist(), strict=True):
            expected = sorted(within)[:count]
            assert row == expected + [expected[0]] * (count - len(expected))
            lengths.add(len(within))
    assert min(lengths) < 4 < 5 < max(lengths)  # short lists and full ones


@pytest.mark.usefixtures("block")
def test_the_nearest_points_are_those_of_a_tree(clouds):
    centres = clouds[:, ::4]
    index, squared = nearest_points(centres, clouds, count=16)
    for cloud, of_cloud, rows, distances in zip(clouds.double(), centres.double(), index, squared, strict=True):
        expected_distances, expected = cKDTree(cloud).query(of_cloud, 16)
        np.testing.assert_array_equal(rows, expected)
        np.testing.assert_allclose(distances.sqrt(), expected_distances, rtol=1e-6, atol=1e-7)


def test_the_nearest_in_a_ball_are_cut_at_the_radius_and_filled_with_the_centre(clouds):
    centres = clouds[:, :20]
    found = in_ball(centres, clouds, radius=RADIUS, count=120, neighbours="nearest")
    assert found.shape == (3, 20, 120)
    for cloud, of_cloud, rows in zip(clouds.double(), centres.double(), found, strict=True):
        distance = (of_cloud[:, None] - cloud).norm(dim=2)
        for i, row in enumerate(rows):
            expected = [j for j in distance[i].argsort().tolist() if distance[i, j] <= RADIUS]
            assert row.tolist() == expected + [i] * (120 - len(expected))


def test_equal_points_are_at_distance_0_of_each_other():
    cloud = torch.randn(4, 3).repeat(5, 1)[None] * 100
    assert nearest_points(cloud, cloud, count=5)[1].abs().max() == 0
    assert in_ball(cloud, cloud, radius=1e-6, count=6)[0, 7].tolist() == [3, 7, 11, 15, 19, 3]


def test_a_point_on_the_sphere_is_within_and_a_centre_without_points_has_row_0():
    cloud = torch.tensor([[[2.0, 0, 0], [0.5, 0, 0], [0, 0.25, 0]]])
    centres = torch.tensor([[[0.0, 0, 0], [50, 0, 0]]])
    assert in_ball(centres, cloud, radius=0.5, count=3).tolist() == [[[1, 2, 1], [0, 0, 0]]]
    assert in_ball(centres[:, 1:], cloud, radius=0.5, count=2).tolist() == [[[0, 0]]]


def test_neighbours_have_no_gradient(clouds):
    clouds.requires_grad_()
    _, squared = nearest_points(clouds, clouds, count=3)
    assert not squared.requires_grad
    assert take_rows(clouds, in_ball(clouds, clouds, radius=RADIUS, count=3)).requires_grad
