import pytest
import torch
from tests.models.checks import assert_gradients
from torch import nn

from merflow.errors import ConfigError
from merflow.models.ss_gn import FEATURE_CHANNELS, SSGN

EDGES = ((0, 1), (1, 2), (2, 3), (3, 0), (2, 4), (4, 5))
SHAPE = (3, 6, 4)
FACE = tuple((i, i + 1) for i in range(13))
PRINTED = 163_710


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({}, 163_206),
        ({"learnable_adjacency": True}, 163_990),
        ({"head": "pooled"}, 153_222),
        ({"head": "pooled", "learnable_adjacency": True}, 154_006),
    ],
)
def test_number_of_parameters(params, count):
    net = SSGN((3, 14, 4), 6, edges=FACE, **params)
    assert sum(p.numel() for p in net.parameters()) == count
    assert (abs(count / PRINTED - 1) < 0.02) == (params.get("head") != "pooled")


def test_type_a_does_not_see_distance_and_angle():
    torch.manual_seed(0)
    a, b = (SSGN(SHAPE, 3, edges=EDGES, features=kind).eval() for kind in FEATURE_CHANNELS)
    x = torch.randn(4, *SHAPE)
    changed = x.clone()
    changed[..., 2:] += 5
    assert torch.equal(a(changed), a(x))
    assert not torch.allclose(b(changed), b(x), atol=1e-3)


@pytest.mark.parametrize("features", FEATURE_CHANNELS)
def test_every_parameter_receives_a_finite_gradient(features):
    torch.manual_seed(0)
    net = SSGN(SHAPE, 3, edges=EDGES, features=features, learnable_adjacency=True)
    nn.functional.cross_entropy(net(torch.randn(12, *SHAPE)), torch.arange(12) % 3).backward()
    assert_gradients(net)


def test_layers_and_adjacencies():
    net = SSGN(SHAPE, 3, edges=EDGES, learnable_adjacency=True, widths=(8, 16))
    x = torch.randn(4, *SHAPE)
    features = net.layer_features(x)
    assert [f.shape[1] for f in features] == [6 * 8, 6 * 16]
    torch.testing.assert_close(net.classify.linear(features[-1]), net(x))
    assert [(stream, layer, a.shape) for stream, layer, a in net.adjacencies()] == [
        ("only", 1, (6, 6)),
        ("only", 2, (6, 6)),
    ]


def test_unknown_features_are_refused():
    with pytest.raises(ConfigError, match=r"unknown features 'c'\. Allowed: xy, xy_distance_angle"):
        SSGN(SHAPE, 3, edges=EDGES, features="c")
