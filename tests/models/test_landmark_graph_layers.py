import numpy as np
import pytest
import torch
from torch_geometric.nn import ChebConv, DenseGCNConv, GCNConv
from torch_geometric.utils import dense_to_sparse, to_undirected

from merflow.errors import ConfigError
from merflow.models.landmark_graph_layers import GraphConv, Head, InputNorm, SSModule, TemporalConv
from merflow.models.landmark_graph_ops import adjacency_matrix, propagation_matrix

EDGES = ((0, 1), (1, 2), (2, 3), (3, 0), (2, 4), (4, 5))
NODES = 6


@pytest.fixture
def propagation():
    torch.manual_seed(0)
    return propagation_matrix(adjacency_matrix(NODES, EDGES))


def test_graph_convolution_is_the_chebyshev_form_of_pyg(propagation):
    """Eq. 3 and 4: order 1, lambda_max 2, theta_1 = -theta_0."""
    ours, theirs = GraphConv(4, 5, propagation, learnable_adjacency=False), ChebConv(4, 5, K=2, normalization="sym")
    with torch.no_grad():
        theirs.lins[0].weight.copy_(ours.theta.weight)
        theirs.lins[1].weight.copy_(-ours.theta.weight)
        theirs.bias.copy_(ours.theta.bias)
    x = torch.randn(NODES, 4)
    index = to_undirected(torch.tensor(EDGES).T)
    torch.testing.assert_close(ours(x), theirs(x, index, lambda_max=2.0))


def test_graph_convolution_is_gcn_conv_of_pyg_with_these_edge_weights(propagation):
    ours, theirs = GraphConv(4, 5, propagation, learnable_adjacency=True), GCNConv(4, 5, normalize=False)
    with torch.no_grad():
        ours.learnt_adjacency.normal_()
        theirs.lin.weight.copy_(ours.theta.weight)
        theirs.bias.copy_(ours.theta.bias)
    x = torch.randn(NODES, 4)
    index, weight = dense_to_sparse((propagation + ours.learnt_adjacency).detach().T)  # PyG sends along (from, to)
    torch.testing.assert_close(ours(x), theirs(x, index, weight))


def test_normalisation_agrees_with_the_dense_layer_of_pyg():
    """PyG adds the self-loop before it normalises: on a ring of degree 2 it has (A + I) / 3, we I + A / 2."""
    ring = adjacency_matrix(4, [(0, 1), (1, 2), (2, 3), (3, 0)])
    theirs = DenseGCNConv(4, 4, bias=False)
    with torch.no_grad():
        theirs.lin.weight.copy_(torch.eye(4))
    matrix = theirs(torch.eye(4), ring)[0]
    torch.testing.assert_close(matrix, (2 * propagation_matrix(ring) - torch.eye(4)) / 3)


def test_equation_6_by_hand():
    """L of a pair is all ones; A_L = [[0, 1], [0, 0]]; X = (1, 2), theta = 3, bias 0: ((1 + 2 + 2) 3, (1 + 2) 3)."""
    conv = GraphConv(1, 1, torch.ones(2, 2), learnable_adjacency=True)
    with torch.no_grad():
        conv.theta.weight.fill_(3)
        conv.theta.bias.zero_()
        conv.learnt_adjacency[0, 1] = 1
    assert conv(torch.tensor([[1.0], [2.0]])).flatten().tolist() == [15, 9]


def test_every_frame_and_clip_has_the_same_graph_convolution(propagation):
    conv = GraphConv(4, 5, propagation, learnable_adjacency=True)
    x = torch.randn(NODES, 2, 3, 4)
    whole = conv(x)
    for clip in range(2):
        for frame in range(3):
            torch.testing.assert_close(whole[:, clip, frame], conv(x[:, clip, frame]))


def test_learnable_adjacency_starts_without_effect(propagation):
    with_lam, without = (
        SSModule(4, 5, propagation, learnable_adjacency=True),
        SSModule(4, 5, propagation, learnable_adjacency=False),
    )
    missing = with_lam.load_state_dict(without.state_dict(), strict=False)
    assert missing.missing_keys == ["space.learnt_adjacency"]
    x = torch.randn(NODES, 2, 3, 4)
    assert torch.equal(with_lam(x), without(x))


@pytest.mark.parametrize("frames", [1, 2, 3, 5])
def test_temporal_convolution_is_that_of_torch(frames):
    torch.manual_seed(1)
    ours = TemporalConv(4, 5)
    x = torch.randn(NODES, 2, frames, 4)
    series = x.flatten(0, 1).transpose(1, 2)
    theirs = torch.nn.functional.conv1d(series, ours.weight.permute(2, 1, 0), ours.bias, padding=1)
    torch.testing.assert_close(ours(x), theirs.transpose(1, 2).view(NODES, 2, frames, 5))


def test_time_backwards_is_the_kernel_backwards(propagation):
    forwards, backwards = (SSModule(4, 5, propagation, learnable_adjacency=True) for _ in range(2))
    backwards.load_state_dict(forwards.state_dict() | {"time.weight": forwards.time.weight.flip(0)})
    x = torch.randn(NODES, 2, 3, 4)
    torch.testing.assert_close(backwards(x.flip(2)), forwards(x).flip(2))
    assert not torch.allclose(forwards(x.flip(2)), forwards(x).flip(2), atol=1e-3)


def test_input_norm_against_numpy():
    """Each channel over batch, frames and nodes; training forgets scale and offset of a channel."""
    x = np.random.default_rng(2).normal([1, -5], [0.01, 30], size=(8, 3, NODES, 2))
    expected = (x - x.mean((0, 1, 2))) / np.sqrt(x.var((0, 1, 2)) + 1e-5)
    out = InputNorm(2).double()(torch.from_numpy(x))
    np.testing.assert_allclose(out.permute(1, 2, 0, 3).numpy(), expected, atol=1e-12)


def test_heads_by_hand():
    """Node n has the feature 10 n + frame: 0, 1, 2 and 10, 11, 12; means over the frames 1 and 11, over all 6."""
    x = (10 * torch.arange(2.0).view(2, 1, 1, 1) + torch.arange(3.0).view(1, 1, 3, 1)).contiguous()
    flat, pooled = Head(2, 1, 1, kind="flat"), Head(2, 1, 1, kind="pooled")
    assert flat.summary(x).tolist() == [[1, 11]]
    assert pooled.summary(x).tolist() == [[6]]
    with torch.no_grad():
        flat.linear.weight.copy_(torch.tensor([[2.0, -1.0]]))
        flat.linear.bias.fill_(0.5)
    assert flat(x).item() == 2 * 1 - 11 + 0.5


def test_unknown_head_is_refused():
    with pytest.raises(ConfigError, match=r"unknown head 'max'\. Allowed: flat, pooled"):
        Head(2, 1, 1, kind="max")
