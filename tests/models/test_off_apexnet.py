import pytest
import torch
from tests.models.checks import assert_gradients, learn
from torch import nn
from torch.nn.functional import conv2d, linear, max_pool2d, relu

from merflow.errors import ConfigError
from merflow.models.off_apexnet import OFFApexNet
from merflow.models.registry import build_model

SHAPE = (28, 28, 3)


def network(**params):
    torch.manual_seed(0)
    return OFFApexNet(SHAPE, 3, **params)


def test_number_of_parameters_by_hand():
    """A stream: 6 filters of 5 x 5 x 1, 16 of 5 x 5 x 6. Two maps of 7 x 7 x 16 go to 1024, to 1024, to 3 classes."""
    stream = 6 * (25 + 1) + 16 * (150 + 1)
    dense = 1024 * (2 * 7 * 7 * 16 + 1) + 1024 * (1024 + 1) + 3 * (1024 + 1)
    assert (stream, dense) == (2572, 2_659_331)
    assert sum(p.numel() for p in network().parameters()) == 2 * stream + dense == 2_664_475


def test_the_whole_network_step_by_step():
    """With plain functions, from the parameters in the order of the layers."""
    net = network().eval()
    x = torch.rand(4, *SHAPE)
    weights = iter(net.parameters())
    maps = []
    for channel in (0, 1):
        h = x[..., channel].unsqueeze(1)
        for side in (14, 7):
            h = max_pool2d(relu(conv2d(h, next(weights), next(weights), padding=2)), 2)
            assert h.shape[2:] == (side, side)
        maps.append(h.reshape(4, 7 * 7 * 16))
    h = torch.cat(maps, 1)
    for _ in range(2):
        h = relu(linear(h, next(weights), next(weights)))
    torch.testing.assert_close(net(x), linear(h, next(weights), next(weights)), rtol=1e-4, atol=1e-6)
    assert next(weights, None) is None


def test_the_strain_is_not_read():
    net = network().eval()
    x = torch.rand(3, *SHAPE)
    for channel, read in ((0, True), (1, True), (2, False)):
        other = x.clone()
        other[..., channel] = torch.rand(3, 28, 28)
        assert torch.equal(net(other), net(x)) != read


def test_a_stream_sees_its_own_channel_alone():
    net = network().eval()
    seen = []
    for stream in net.streams:
        stream.register_forward_hook(lambda module, inputs, output: seen.append(output))
    x = torch.rand(3, *SHAPE)
    net(x)
    net(x[..., [0, 2, 1]])  # another picture in the place of v
    (u, v), (u_again, v_of_other) = seen[:2], seen[2:]
    assert torch.equal(u, u_again)
    assert not torch.equal(v, v_of_other)


def test_the_streams_have_weights_of_their_own():
    net = network().eval()
    u, v = (stream(torch.ones(1, 1, 28, 28)) for stream in net.streams)
    assert not torch.allclose(u, v, atol=1e-3)


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


def test_one_batch_can_be_learnt_by_heart():
    net = network(hidden=[64, 64], dropout=0.0)
    x, target = torch.rand(9, *SHAPE), torch.arange(9) % 3
    assert learn(net, x, target, lr=3e-3, steps=60) < 0.05


def test_parameters_reach_the_network():
    net = build_model("off_apexnet", {"filters": [2, 4], "hidden": [8], "dropout": 0.25}, SHAPE, 5)
    assert net(torch.rand(2, *SHAPE)).shape == (2, 5)
    assert net.dense[0][0].weight.shape == (8, 2 * 4 * 49)
    assert [m.p for m in net.modules() if isinstance(m, nn.Dropout)] == [0.25]


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"filters": [6]}, "filters of two layers, at least 1 in each, but found"),
        ({"filters": [6, 0]}, "filters of two layers, at least 1 in each, but found"),
        ({"hidden": []}, "hidden of at least 1 feature a layer, but found"),
        ({"dropout": -0.1}, "dropout of 0 to below 1, but found -0.1"),
    ],
)
def test_values_that_cannot_work_are_refused(params, text):
    with pytest.raises(ConfigError, match=f"off_apexnet: expected {text}"):
        network(**params)
