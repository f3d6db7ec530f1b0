"""Farthest points against a loop in numpy, and rows of clouds by their index."""

import numpy as np
import pytest
import torch

from merflow.models.point_sampling import farthest_points, take_rows


def farthest_by_loop(points, count):
    """Return the rows by definition: each the first of those farthest from all before."""
    chosen = [0]
    while len(chosen) < count:
        distances = ((points[:, None] - points[chosen]) ** 2).sum(2).min(1)
        chosen.append(int(distances.argmax()))
    return chosen


@pytest.mark.parametrize("count", [1, 7, 40])
def test_farthest_points_are_those_of_a_loop(count):
    clouds = torch.randn(3, 40, 3, generator=torch.Generator().manual_seed(0))
    expected = [farthest_by_loop(cloud, count) for cloud in clouds.double().numpy()]
    np.testing.assert_array_equal(farthest_points(clouds, count), expected)


def test_of_points_at_the_same_distance_the_first_is_taken():
    square = torch.tensor([[[0.0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]]])
    assert farthest_points(square, 4).tolist() == [[0, 3, 1, 2]]


def test_equal_points_are_chosen_only_when_no_others_are_left():
    cloud = torch.randn(5, 3).repeat(4, 1)[None]
    chosen = farthest_points(cloud, 12)[0]
    assert sorted((chosen[:5] % 5).tolist()) == [0, 1, 2, 3, 4]
    assert chosen[5:].tolist() == [0] * 7
    assert farthest_points(torch.ones(2, 6, 3), 4).tolist() == [[0] * 4] * 2


def test_the_farthest_of_the_farthest_are_a_prefix():
    clouds = torch.randn(2, 60, 3)
    first = farthest_points(clouds, 30)
    again = farthest_points(take_rows(clouds, first), 12)
    assert again.tolist() == [list(range(12))] * 2


def test_rows_are_those_of_their_cloud_and_pass_the_gradient():
    clouds = torch.randn(2, 5, 4, requires_grad=True)
    index = torch.tensor([[[0, 4], [1, 1]], [[3, 2], [0, 0]]])
    rows = take_rows(clouds, index)
    for cloud in range(2):
        assert torch.equal(rows[cloud], clouds[cloud][index[cloud]])
    rows.sum().backward()
    assert clouds.grad[..., 0].tolist() == [[1, 2, 0, 0, 1], [2, 0, 1, 1, 0]]
