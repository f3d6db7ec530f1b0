import pytest
import torch
from torch import nn

from merflow.models.point_level import PointLevel
from merflow.models.point_ops import linear_relu_max, moments


def test_moments_are_those_of_torch():
    rows = torch.randn(200, 5, dtype=torch.float64) + 3
    mean, covariance = moments(rows)
    torch.testing.assert_close(mean, rows.mean(0))
    torch.testing.assert_close(covariance, torch.cov(rows.T, correction=0))


def test_gradients_against_finite_differences():
    torch.manual_seed(0)
    rows = torch.randn(6, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(moments, (rows,))
    h, weight, bias = (torch.randn(s, dtype=torch.float64, requires_grad=True) for s in ((4, 2, 3), (5, 3), (5,)))
    assert torch.autograd.gradcheck(lambda h, w, b: linear_relu_max(h, w, b, keep=2), (h, weight, bias))


@pytest.mark.parametrize("keep", [0, 3, 7])
def test_level_equals_linear_batch_norm_relu_and_maximum(keep):
    torch.manual_seed(1)
    points, groups = 7, 5
    level, linear, norm = PointLevel(4, 6), nn.Linear(4, 6, bias=False), nn.BatchNorm1d(6)
    level.double(), linear.double(), norm.double()
    with torch.no_grad():
        linear.weight.copy_(level.weight)
        level.gamma.copy_(torch.tensor([1.0, -0.5, 0.3, 2.0, -1.0, 0.7]))  # a negative one turns the order of points
        norm.weight.copy_(level.gamma)
        norm.bias.copy_(level.beta.normal_())
    h = torch.randn(points, groups, 4, dtype=torch.float64, requires_grad=True)
    reference_h = h.detach().clone().requires_grad_()
    pooled, kept = level(h, keep)
    y = norm(linear(reference_h.flatten(0, 1))).relu().view(points, groups, 6)
    torch.testing.assert_close(pooled, y.max(0).values)
    torch.testing.assert_close(kept, y[:keep])
    (pooled.square().sum() + kept.sin().sum()).backward()
    (y.max(0).values.square().sum() + y[:keep].sin().sum()).backward()
    for ours, theirs in (
        (h, reference_h), (level.weight, linear.weight), (level.gamma, norm.weight), (level.beta, norm.bias)
    ):  # fmt: skip
        torch.testing.assert_close(ours.grad, theirs.grad)
    torch.testing.assert_close(level.running_mean, norm.running_mean)
    torch.testing.assert_close(level.running_var, norm.running_var)
    level.eval(), norm.eval()
    torch.testing.assert_close(level(h, keep)[0], norm(linear(h.flatten(0, 1))).relu().view(points, groups, 6).amax(0))


def test_repeated_points_get_one_gradient_not_one_each():
    h = torch.ones(4, 1, 1, requires_grad=True)
    pooled, _ = linear_relu_max(h, torch.ones(1, 1), torch.zeros(1), keep=0)
    pooled.sum().backward()
    assert h.grad.flatten().tolist() == [1, 0, 0, 0]


def test_points_far_from_the_origin_keep_their_precision():
    """Metres before the camera: mean .65, spread .02. A variance from raw second moments would lose three digits."""
    torch.manual_seed(2)
    rows = 0.65 + 0.02 * torch.randn(5000, 3)
    _, covariance = moments(rows)
    torch.testing.assert_close(covariance.double(), torch.cov(rows.double().T, correction=0), rtol=1e-4, atol=1e-9)
