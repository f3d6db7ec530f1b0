"""Neighbours of centres: their features, and the largest of them."""

import numpy as np
import torch
from scipy.spatial import cKDTree

from merflow.models.point_grouping import largest_neighbour, means_around, neighbours_first
from merflow.models.point_sampling import take_rows


def test_neighbours_come_first_and_are_those_of_their_cloud():
    features, index = torch.randn(3, 10, 4), torch.randint(0, 10, (3, 6, 5))
    found = neighbours_first(features, index)
    assert torch.equal(found, take_rows(features, index).permute(2, 0, 1, 3).reshape(5, 18, 4))


def test_the_largest_neighbour_is_that_of_torch_with_its_gradient():
    torch.manual_seed(0)
    features = torch.randn(3, 10, 4, dtype=torch.float64, requires_grad=True)
    other = features.detach().clone().requires_grad_()
    index = torch.stack([torch.randperm(10)[:5] for _ in range(18)]).view(3, 6, 5)
    found, expected = largest_neighbour(features, index), take_rows(other, index).max(2).values
    assert torch.equal(found, expected)
    weight = torch.randn_like(found)
    (found * weight).sum().backward()
    (expected * weight).sum().backward()
    torch.testing.assert_close(features.grad, other.grad)


def test_of_equal_neighbours_the_first_has_the_gradient():
    features = torch.tensor([[[1.0], [1.0], [0.0]]], requires_grad=True)
    largest_neighbour(features, torch.tensor([[[1, 0, 2], [2, 2, 2]]])).sum().backward()
    assert features.grad.flatten().tolist() == [0, 1, 1]


def test_means_are_over_the_points_that_are_nearer_to_no_other_centre():
    torch.manual_seed(0)
    features, xyz = torch.randn(2, 40, 3), torch.randn(2, 40, 3)
    chosen = torch.arange(6).expand(2, 6)
    found = means_around(features, xyz, chosen)
    for cloud in range(2):
        _, owner = cKDTree(xyz[cloud, :6]).query(xyz[cloud])
        expected = np.stack([features[cloud].numpy()[owner == i].mean(0) for i in range(6)])
        np.testing.assert_allclose(found[cloud], expected, atol=1e-6)
    torch.testing.assert_close(means_around(features, xyz, torch.arange(40).expand(2, 40)), features)


def test_equal_points_have_finite_means():
    xyz, features = torch.tensor([[[0.0, 0, 0], [1, 0, 0], [0, 0, 0]]]), torch.tensor([[[1.0], [5.0], [1.0]]])
    assert means_around(features, xyz, torch.tensor([[0, 1, 2, 0]])).flatten().tolist() == [1, 5, 1, 1]
