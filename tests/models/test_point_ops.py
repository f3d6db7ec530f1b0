import pytest
import torch
from torch import nn

from merflow.models.point_level import PointLevel
from merflow.models.point_ops import linear_relu_max, with_moments


def test_moments_are_those_of_torch():
    h = torch.randn(20, 10, 5, dtype=torch.float64) + 3
    through, mean, covariance = with_moments(h)
    assert through.equal(h)
    torch.testing.assert_close(mean, h.mean((0, 1)))
    torch.testing.assert_close(covariance, torch.cov(h.flatten(0, 1).T, correction=0))


def test_gradients_against_finite_differences():
    torch.manual_seed(0)
    h, weight, bias = (torch.randn(s, dtype=torch.float64, requires_grad=True) for s in ((4, 2, 3), (5, 3), (5,)))
    assert torch.autograd.gradcheck(with_moments, (h,))
    for keep in (0, 2, 4):
        assert torch.autograd.gradcheck(lambda h, w, b, k=keep: linear_relu_max(h, w, b, keep=k), (h, weight, bias))


def dense(h, weight, bias, *, keep):
    """The plain form, whose gradient torch takes through every point."""
    y = (h @ weight.T + bias).relu()
    first = (y == y.amax(0)).to(torch.uint8).argmax(0, keepdim=True)  # torch's own maximum does not say which of equals
    return y.gather(0, first)[0], y[:keep]


@pytest.mark.parametrize("keep", [0, 5, 40])
@pytest.mark.parametrize("repeated", [False, True], ids=["points that differ", "points that repeat"])
def test_gradients_are_those_of_the_dense_form(keep, repeated):
    torch.manual_seed(0)
    h = torch.randn(40, 6, 4, dtype=torch.float64)
    if repeated:
        h = h[torch.randint(0, 7, (40,))]  # as a region with few points repeats them
        h[:, 2:4] = h[0, 0]  # and two groups of a single point
    leaves = [h, torch.randn(9, 4, dtype=torch.float64), torch.randn(9, dtype=torch.float64)]
    found = []
    for form in (linear_relu_max, dense):
        inputs = [leaf.clone().requires_grad_() for leaf in leaves]
        pooled, kept = form(*inputs, keep=keep)
        (pooled * torch.arange(9)).sin().sum().add(kept.square().sum()).backward()
        found.append([pooled, kept, *(leaf.grad for leaf in inputs)])
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_a_channel_that_no_point_excites_has_no_gradient():
    h = torch.rand(5, 2, 3, requires_grad=True)
    weight, bias = -torch.ones(4, 3, requires_grad=True), torch.zeros(4, requires_grad=True)
    linear_relu_max(h, weight, bias, keep=2)[0].sum().backward()
    assert not h.grad.any()
    assert not bias.grad.any()


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
    h = 0.65 + 0.02 * torch.randn(1000, 5, 3)
    *_, covariance = with_moments(h)
    expected = torch.cov(h.flatten(0, 1).double().T, correction=0)
    torch.testing.assert_close(covariance.double(), expected, rtol=1e-4, atol=1e-9)


def test_gradients_in_single_precision_at_the_size_of_a_step():
    """Of a level of Lite-Point-GCN, through its batch norm, against the same in double precision."""
    found = []
    for kind in (torch.float32, torch.float64):
        torch.manual_seed(3)
        level = PointLevel(6, 16).to(kind)
        h = torch.randn(256, 24, 6).to(kind)
        pooled, kept = level(h, 128)
        (pooled.sum() + kept.square().sum()).backward()
        found.append([parameter.grad.double() for parameter in level.parameters()])
    for single, double in zip(*found, strict=True):
        torch.testing.assert_close(single, double, rtol=0, atol=1e-4 * double.abs().max().item())
