import numpy as np
import pytest
import torch
from torch import nn

from merflow.models.sca import SCA, RowWise, covariance

SHAPE = (3, 16, 2, 3)


@pytest.fixture
def net():
    """Two channels a group, maps of 2 x 3 places; batch norm with numbers other than 0 and 1."""
    torch.manual_seed(0)
    net = SCA(SHAPE[1], height=SHAPE[2], width=SHAPE[3]).double()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_()
            module.bias.data.normal_()
            module.running_var.uniform_(0.5, 2)
    return net.eval()


def maps(seed=0):
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def row_wise(matrix, layer, *, each):
    """Loop over the rows: a number of a row is a weighted sum of its normed values, plus a bias."""
    norm, weigh = layer.norm, layer.weigh
    out = []
    for number, row in enumerate(matrix):
        scale = norm.weight[number].item() / np.sqrt(norm.running_var[number].item() + norm.eps)
        normed = (row - norm.running_mean[number].item()) * scale + norm.bias[number].item()
        for k in range(number * each, (number + 1) * each):
            out.append(weigh.weight[k, 0, :, 0].detach().numpy() @ normed + weigh.bias[k].item())
    return np.array(out)


def test_number_of_parameters():
    assert sum(p.numel() for p in SCA(512, height=4, width=4).parameters()) == 857_712


def test_covariance_is_that_of_numpy():
    x = maps().flatten(2)
    for rows, found in zip(x, covariance(x), strict=True):
        np.testing.assert_allclose(found.numpy(), np.cov(rows.numpy(), bias=True), atol=1e-14)


def test_constant_rows_have_none_and_a_constant_changes_none():
    x = maps().flatten(2)
    constant = x[:, :, :1].expand_as(x)
    assert covariance(constant).abs().max() < 1e-30
    torch.testing.assert_close(covariance(x + 7 * constant), covariance(x))


@pytest.mark.parametrize("each", [1, 4])
def test_row_wise_numbers_are_those_of_a_loop(each):
    torch.manual_seed(0)
    layer = RowWise(5, each=each).double()
    layer.norm.running_mean.normal_()
    layer.norm.running_var.uniform_(0.5, 2)
    matrix = torch.randn(2, 5, 5, dtype=torch.float64)
    found = layer.eval()(matrix).detach().numpy()
    assert found.shape == (2, 5 * each, 1, 1)
    for one, expected in zip(found, matrix.numpy(), strict=True):
        np.testing.assert_allclose(one[:, 0, 0], row_wise(expected, layer, each=each), rtol=1e-12)


def test_gates_are_those_of_a_loop_and_between_0_and_1(net):
    x = maps()
    of_channels, of_places = (gate.detach().numpy() for gate in net.gates(x))
    assert of_channels.shape == (3, 16, 1, 1)
    assert of_places.shape == (3, 1, 2, 3)
    for gate in (of_channels, of_places):
        assert ((gate > 0) & (gate < 1)).all()
    for clip, channel, place in zip(x.flatten(2).numpy(), of_channels, of_places, strict=True):
        expected = sigmoid(row_wise(np.cov(clip, bias=True), net.of_channels, each=1))
        np.testing.assert_allclose(channel[:, 0, 0], expected, rtol=1e-9)
        seen = np.maximum(row_wise(np.cov(clip.T, bias=True), net.of_places, each=4), 0)
        mixed = net.mix_places.weight.detach().numpy()[:, :, 0, 0] @ seen + net.mix_places.bias.detach().numpy()
        np.testing.assert_allclose(place.ravel(), sigmoid(mixed), rtol=1e-9)


def test_the_channel_gate_of_constant_maps_knows_nothing_of_them(net):
    one, other = (maps(seed)[:, :, :1, :1].expand(SHAPE) for seed in (1, 2))
    torch.testing.assert_close(net.gates(one)[0], net.gates(other)[0])
    assert not torch.allclose(net.gates(maps(1))[0], net.gates(maps(2))[0])


def test_the_place_gate_of_places_that_agree_is_that_of_no_place(net):
    """Where all channels have one value, no place differs from another: every covariance is 0."""
    one = maps()[:, :1, :, :].expand(SHAPE)
    torch.testing.assert_close(net.gates(one)[1], net.gates(torch.zeros_like(one))[1])


def test_the_fusion_is_that_of_a_loop(net):
    """Each branch is weighed, row by row of the map, by channels of its own group above and below."""
    x = maps()
    gates = [gate.detach().numpy() for gate in net.gates(x)]
    branches = [x.numpy() * gates[0], np.maximum(x.numpy() * gates[1], 0)]
    fused = np.zeros(SHAPE)
    for branch, layer in zip(branches, (net.weigh_channels, net.weigh_places), strict=True):
        weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
        for n, c, y, column in np.ndindex(*SHAPE):
            group = c // 2 * 2
            total = bias[c]
            for tap in range(9):
                row = y + tap - 4
                if 0 <= row < SHAPE[2]:
                    total += weight[c, :, tap, 0] @ branch[n, group : group + 2, row, column]
            fused[n, c, y, column] += total * branch[n, c, y, column]
    mean, var, bias = (t.detach().numpy()[:, None, None] for t in (net.norm.running_mean, net.norm.running_var, net.norm.bias))  # fmt: skip  # noqa: E501
    expected = (fused - mean) / np.sqrt(var + net.norm.eps) + bias
    found = net(x[:, :, None])
    assert found.shape == (3, 16, 1, 2, 3)
    np.testing.assert_allclose(found[:, :, 0].detach().numpy(), expected, rtol=1e-9, atol=1e-9)
