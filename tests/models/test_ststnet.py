import pytest
import torch
from tests.models.checks import assert_gradients, learn
from torch import nn

from merflow.errors import ConfigError
from merflow.models.registry import build_model
from merflow.models.ststnet import STSTNet

SHAPE = (28, 28, 3)


def network(**params):
    torch.manual_seed(0)
    return STSTNet(SHAPE, 3, **params)


def test_number_of_parameters_by_hand():
    """Filters of 3 x 3 x 3 and a bias each, scale and shift of 16 batch norms, 5 x 5 x 16 features to 3 classes."""
    convolutions = 3 * (27 + 1) + 5 * (27 + 1) + 8 * (27 + 1)
    assert convolutions == 448
    assert sum(p.numel() for p in network().parameters()) == convolutions + 2 * 16 + (400 + 1) * 3 == 1683


@pytest.mark.parametrize("padding", [1, 2])
def test_it_is_three_streams_side_by_side(padding):
    """Stream by stream with plain functions; the one convolution holds their filters one after another."""
    net = network(padding=padding).eval()
    conv, _, norm, *_ = net.streams
    with torch.no_grad():
        for values in (norm.weight, norm.bias, norm.running_mean):
            values.copy_(torch.randn(16))
        norm.running_var.copy_(torch.rand(16) + 0.5)
    x = torch.rand(4, *SHAPE)
    pictures = x.permute(0, 3, 1, 2).contiguous()
    streams, start = [], 0
    for filters in (3, 5, 8):
        own = slice(start, start + filters)
        h = nn.functional.relu(nn.functional.conv2d(pictures, conv.weight[own], conv.bias[own], padding=padding))
        h = nn.functional.batch_norm(h, norm.running_mean[own], norm.running_var[own], norm.weight[own], norm.bias[own])
        h = nn.functional.max_pool2d(h, 3, stride=3, padding=1)
        assert h.shape == (4, filters, 10, 10)
        streams.append(h)
        start += filters
    features = nn.functional.avg_pool2d(torch.cat(streams, 1), 2).reshape(4, 5 * 5 * 16)
    expected = nn.functional.linear(features, net.classify.weight, net.classify.bias)
    torch.testing.assert_close(net(x), expected, rtol=1e-4, atol=1e-5)


def test_batch_norm_of_each_filter_is_its_own_in_training_too():
    """Without dropout, one stream alone gives what it gives beside the others."""
    net = network(dropout=0.0)
    alone = STSTNet(SHAPE, 3, filters=[5], dropout=0.0)
    with torch.no_grad():
        alone.streams[0].weight.copy_(net.streams[0].weight[3:8])
        alone.streams[0].bias.copy_(net.streams[0].bias[3:8])
    pictures = torch.rand(6, *SHAPE).permute(0, 3, 1, 2)
    torch.testing.assert_close(net.streams(pictures)[:, 3:8], alone.streams(pictures))


@pytest.mark.parametrize(("tap", "pooled"), [(0, False), (1, True)])
def test_padding_of_two_never_pools_the_last_row_and_column(tap, pooled):
    """Filters of one tap: the last pixel is response 29 - tap of 0 to 29 in both directions; maxima are of -1 to 28."""
    net = network().eval()
    with torch.no_grad():
        net.streams[0].weight.zero_()
        net.streams[0].weight[:, :, tap, tap] = 1.0
    x = torch.zeros(1, *SHAPE)
    corner = x.clone()
    corner[0, 27, 27] = 1.0
    assert torch.equal(net(x), net(corner)) != pooled


def test_every_channel_is_read():
    net = network().eval()
    x = torch.rand(2, *SHAPE)
    for channel in range(3):
        other = x.clone()
        other[..., channel] = torch.rand(2, 28, 28)
        assert not torch.allclose(net(other), net(x), atol=1e-3)


def test_every_parameter_receives_a_finite_gradient():
    net = network()
    nn.functional.cross_entropy(net(torch.rand(12, *SHAPE)), torch.arange(12) % 3).backward()
    assert_gradients(net)


def test_dropout_is_for_training_only():
    net = network()
    x = torch.rand(6, *SHAPE)
    assert not torch.equal(net(x), net(x))
    net.eval()
    assert torch.equal(net(x), net(x))
    torch.testing.assert_close(net(x[2:3]), net(x)[2:3])


def test_one_batch_can_be_learnt_by_heart():
    net = network(dropout=0.0)
    x, target = torch.rand(9, *SHAPE), torch.arange(9) % 3
    assert learn(net, x, target, lr=1e-2, steps=60) < 0.05


def test_parameters_reach_the_network():
    net = build_model("ststnet", {"filters": [2, 4], "padding": 1, "dropout": 0.25}, SHAPE, 5)
    assert net(torch.rand(2, *SHAPE)).shape == (2, 5)
    assert net.streams[0].weight.shape == (6, 3, 3, 3)
    assert net.streams[4].p == 0.25


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"filters": []}, "filters of at least 1 in each stream, but found"),
        ({"filters": [3, 0]}, "filters of at least 1 in each stream, but found"),
        ({"padding": 0}, "padding of 1 or 2 px, but found 0. Change it in model_params"),
        ({"dropout": 1.0}, "dropout of 0 to below 1, but found 1.0"),
    ],
)
def test_values_that_cannot_work_are_refused(params, text):
    with pytest.raises(ConfigError, match=f"ststnet: expected {text}"):
        network(**params)
