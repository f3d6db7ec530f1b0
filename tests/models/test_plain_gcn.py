import pytest
import torch
from tests.models.checks import assert_gradients
from torch import nn
from torch_geometric.nn import ChebConv
from torch_geometric.utils import to_undirected

from merflow.models.landmark_graph_ops import space_time_edges
from merflow.models.plain_gcn import PlainGCN
from merflow.models.ss_gn import FEATURE_CHANNELS

FACE = (*((i, i + 1) for i in range(13)), (0, 7), (3, 11))
SHAPE = (3, 14, 4)
PRINTED = 39_760


@pytest.mark.parametrize(("head", "count"), [("flat", 39_942), ("pooled", 29_958)])
def test_number_of_parameters(head, count):
    net = PlainGCN(SHAPE, 6, edges=FACE, head=head)
    assert sum(p.numel() for p in net.parameters()) == count
    assert (abs(count / PRINTED - 1) < 0.02) == (head == "flat")


def test_the_whole_network_is_that_of_pyg_on_the_graph_of_42_nodes():
    """Clip by clip, with PyG's sparse Chebyshev layers of order 1 (eq. 3 and 4) and the same weights."""
    torch.manual_seed(0)
    net = PlainGCN(SHAPE, 6, edges=FACE).eval()
    layers = []
    for ours in net.layers:
        theirs = ChebConv(ours.theta.in_features, ours.theta.out_features, K=2, normalization="sym")
        with torch.no_grad():
            theirs.lins[0].weight.copy_(ours.theta.weight)
            theirs.lins[1].weight.copy_(-ours.theta.weight)
            theirs.bias.copy_(ours.theta.bias)
        layers.append(theirs)
    index = to_undirected(torch.tensor(space_time_edges(14, FACE)).T)
    clips = torch.randn(3, *SHAPE)
    expected = []
    for clip in clips:
        h = clip[..., :2].reshape(42, 2) / (1 + 1e-5) ** 0.5  # fresh batch norm: mean 0, variance 1
        for layer in layers:
            h = layer(h, index, lambda_max=2.0).relu()
        expected.append(net.classify.linear(h.view(3, 14, -1).mean(0).flatten()))
    torch.testing.assert_close(net(clips), torch.stack(expected), rtol=1e-4, atol=1e-5)


def test_time_can_be_turned_but_not_shuffled():
    """Space and time are one undirected graph: backwards it is the same, with the apex at an end it is another."""
    torch.manual_seed(0)
    net = PlainGCN(SHAPE, 6, edges=FACE).eval()
    x = torch.randn(4, *SHAPE)
    torch.testing.assert_close(net(x.flip(1)), net(x))
    assert not torch.allclose(net(x[:, [1, 0, 2]]), net(x), atol=1e-4)


@pytest.mark.parametrize("features", FEATURE_CHANNELS)
def test_every_parameter_receives_a_finite_gradient(features):
    torch.manual_seed(0)
    net = PlainGCN(SHAPE, 6, edges=FACE, features=features)
    nn.functional.cross_entropy(net(torch.randn(12, *SHAPE)), torch.arange(12) % 6).backward()
    assert_gradients(net)


def test_features_of_each_layer():
    net = PlainGCN(SHAPE, 6, edges=FACE, widths=(8, 16))
    x = torch.randn(4, *SHAPE)
    features = net.layer_features(x)
    assert [f.shape[1] for f in features] == [14 * 8, 14 * 16]
    torch.testing.assert_close(net.classify.linear(features[-1]), net(x))
