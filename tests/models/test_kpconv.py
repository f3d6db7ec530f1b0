"""KPConv: kernel points in balance, a convolution against loops in numpy, scale."""

import numpy as np
import pytest
import torch

from merflow.models.kernel_convolution import Bottleneck, KernelConvolution, Neighbourhood, neighbourhood
from merflow.models.kernel_points import KERNEL_POINTS, kernel_weights
from merflow.models.kpconv import KPConvEncoder

KERNEL = np.array(KERNEL_POINTS)


def test_kernel_points_are_one_in_the_centre_and_14_in_balance_at_a_mean_distance_of_066():
    """Their repulsion 1/d and an attraction by d^2 of one strength: all forces point inwards by the same factor."""
    assert KERNEL.shape == (15, 3)
    assert not KERNEL[0].any()
    distance = np.linalg.norm(KERNEL[1:], axis=1)
    assert distance.mean() == pytest.approx(0.66, abs=1e-5)
    between = KERNEL[1:, None] - KERNEL[None]
    length = np.linalg.norm(between, axis=2)
    length[length == 0] = np.inf
    repulsion = (between / length[..., None] ** 3).sum(1)
    strength = (repulsion * KERNEL[1:]).sum() / (distance**2).sum()
    assert strength > 0
    np.testing.assert_allclose(repulsion, strength * KERNEL[1:], atol=1e-4)
    assert length.min() == pytest.approx(0.5886, abs=1e-4)  # no two are near each other
    np.testing.assert_allclose(KERNEL.sum(0), 0, atol=1e-6)


def test_a_neighbour_counts_1_on_a_kernel_point_and_nothing_at_the_extent():
    places = torch.tensor(KERNEL_POINTS) * 0.05
    weights = kernel_weights(places, radius=0.05, extent=0.024)
    torch.testing.assert_close(weights.diagonal(), torch.ones(15))
    assert weights.fill_diagonal_(0).max() == 0  # the nearest kernel points are .0294 apart
    beside = kernel_weights(torch.tensor([[0.012, 0, 0], [0.024, 0, 0]]), radius=0.05, extent=0.024)
    torch.testing.assert_close(beside[:, 0], torch.tensor([0.5, 0.0]))


def test_a_convolution_is_the_sum_over_kernel_points_and_neighbours():
    torch.manual_seed(0)
    xyz, x = torch.randn(2, 30, 3), torch.randn(2, 30, 4)
    centres = xyz[:, :10]
    around = neighbourhood(centres, xyz, radius=1.2, extent=0.6, most=12)
    conv = KernelConvolution(4, 5)
    found = conv(x, around).detach().numpy()
    weight = conv.weight.detach().double().numpy()
    points, features = xyz.double().numpy(), x.double().numpy()
    counts = set()
    for cloud in range(2):
        for i in range(10):
            place = points[cloud] - points[cloud, i]
            distance = np.linalg.norm(place, axis=1)
            chosen = [j for j in np.argsort(distance)[:12] if distance[j] <= 1.2]
            counts.add(len(chosen))
            expected = np.zeros(5)
            for j in chosen:
                for k in range(15):
                    influence = max(0.0, 1 - np.linalg.norm(place[j] - 1.2 * KERNEL[k]) / 0.6)
                    expected += influence * features[cloud, j] @ weight[k]
            np.testing.assert_allclose(found[cloud, i], expected, atol=2e-5)
    assert min(counts) < 12 == max(counts)  # lists that are cut, and lists that are filled


def test_one_neighbour_on_a_kernel_point_gives_its_weight_times_its_features():
    conv = KernelConvolution(4, 5)
    xyz = torch.tensor([[[0.0, 0, 0], [0, 0, 0.653940], [9, 9, 9]]])
    around = neighbourhood(xyz[:, :1], xyz[:, 1:], radius=1.0, extent=0.48, most=8)
    x = torch.randn(1, 2, 4)
    torch.testing.assert_close(conv(x, around)[0, 0], x[0, 0] @ conv.weight[1])


def test_what_fills_a_list_does_not_count():
    """A centre with one neighbour has the same features whether lists have 1 or 20 places."""
    xyz = torch.tensor([[[0.0, 0, 0], [5, 0, 0], [0, 5, 0]]])
    x, conv = torch.randn(1, 3, 4), KernelConvolution(4, 5)
    short, long = (neighbourhood(xyz, xyz, radius=1.0, extent=0.5, most=most) for most in (1, 20))
    assert long.index.shape[2] == 3
    torch.testing.assert_close(conv(x, short), conv(x, long))


def test_half_the_size_with_half_the_cells_is_the_same():
    torch.manual_seed(0)
    encoder = KPConvEncoder(3, [40, 20, 10], first=16, cell=0.25, most=16).eval()
    xyz, motion = torch.randn(2, 60, 3), torch.randn(2, 60, 3)
    expected = encoder(xyz, motion)
    encoder.cell /= 2
    torch.testing.assert_close(encoder(xyz / 2, motion), expected, rtol=1e-4, atol=1e-5)
    encoder.cell *= 2
    assert not torch.allclose(encoder(xyz / 2, motion), expected, rtol=1e-2, atol=1e-3)


def test_a_block_to_fewer_points_adds_the_maximum_of_the_neighbours():
    """With a last batch norm of weight 0, only the shortcut is left: 1.5 where a neighbour has 1.5, leaky below 0."""
    block = Bottleneck(8, 8, strided=True).eval()
    torch.nn.init.zeros_(block.expand.norm.weight)
    x = torch.full((1, 4, 8), -2.0)
    x[0, 3] = 1.5
    around = Neighbourhood(torch.tensor([[[0, 3], [1, 2]]]), torch.zeros(1, 2, 15, 2))
    torch.testing.assert_close(block(x, around)[0], torch.tensor([[1.5] * 8, [-0.2] * 8]))
