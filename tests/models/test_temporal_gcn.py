import pytest
import torch
from torch import nn
from torch_geometric.nn import DenseGraphConv

from merflow.errors import ConfigError
from merflow.models.temporal_gcn import TemporalGCN, TemporalGCNSettings
from merflow.models.temporal_graph import edge_mask, real_nodes

SETTINGS = {
    "layers": 2, "window": 1, "adaptive": True, "tau": 10.0, "lambda_local": 0.5, "lambda_global": 1.0,
    "forget": 0.5, "normalise": "degree", "layer_norm": "batch",
}  # fmt: skip
APEX_AND_LENGTH = torch.tensor([[2, 6], [5, 6], [0, 3], [2, 4]])


def graph_layers(**changes):
    torch.manual_seed(0)
    return TemporalGCN(5, 8, TemporalGCNSettings(**SETTINGS | changes))


def node_features():
    return torch.randn(4, 5, 8, generator=torch.Generator().manual_seed(1))


def test_graph_convolution_against_pytorch_geometric():
    """relu(A h W + b), layer by layer, with A as it is."""
    net = graph_layers(adaptive=False, normalise="none", layer_norm="none")
    h, apex_and_length = node_features()[:2], APEX_AND_LENGTH[:2]
    graph, expected = net.adjacencies(h, apex_and_length)[0], h
    for map_features in net.maps:
        theirs = DenseGraphConv(8, 8, aggr="add")
        theirs.lin_rel.load_state_dict(map_features.state_dict())
        nn.init.zeros_(theirs.lin_root.weight)
        expected = theirs(expected, graph).relu()
    torch.testing.assert_close(net(h, apex_and_length), expected)


def test_layer_by_hand_with_batch_norm_over_real_nodes():
    """relu(BN(A_1 H W)), A_1 divided by the number of edges of each row; BN knows no padding."""
    net, h = graph_layers(layers=1), node_features()
    edges = edge_mask(*APEX_AND_LENGTH.unbind(1), nodes=5, window=1)
    real = real_nodes(APEX_AND_LENGTH[:, 1], 5)
    graph = net.adjacencies(h, APEX_AND_LENGTH)[1] / edges.sum(2, keepdim=True).clamp_min(1)
    mapped = (graph @ h @ net.maps[0].weight.T)[real]
    expected = ((mapped - mapped.mean(0)) / (mapped.var(0, unbiased=False) + 1e-5).sqrt()).relu()
    found = net(h, APEX_AND_LENGTH)
    torch.testing.assert_close(found[real], expected)
    assert not found[~real].any()


def test_each_layer_adapts_the_graph_of_the_layer_before():
    """Eq. 10 twice, with the maps as they are after training."""
    net, h = graph_layers(), node_features()
    with torch.no_grad():
        for layer in net.adapt:
            layer.map_rows.weight.normal_()
    edges = edge_mask(*APEX_AND_LENGTH.unbind(1), nodes=5, window=1)
    first, *later = net.adjacencies(h, APEX_AND_LENGTH)
    before = first
    for layer, found in zip(net.adapt, later, strict=True):
        expected = 0.5 * (before @ layer.map_rows.weight.T + layer.map_rows.bias) * edges + 0.5 * first
        torch.testing.assert_close(found, expected)
        before = expected


@pytest.mark.parametrize("kind", ["layer", "none"])
def test_other_normalisations_by_hand(kind):
    """Each real node by itself: (y - mean) / deviation of its own features, or y = A_0 h W + b as it is; then ReLU."""
    net, h, real = (
        graph_layers(layers=1, adaptive=False, layer_norm=kind),
        node_features(),
        real_nodes(APEX_AND_LENGTH[:, 1], 5),
    )
    edges = edge_mask(*APEX_AND_LENGTH.unbind(1), nodes=5, window=1)
    graph = net.adjacencies(h, APEX_AND_LENGTH)[0] / edges.sum(2, keepdim=True).clamp_min(1)
    y = graph @ h @ net.maps[0].weight.T + net.maps[0].bias
    if kind == "layer":
        y = (y - y.mean(2, keepdim=True)) / (y.var(2, keepdim=True, unbiased=False) + 1e-5).sqrt()
    torch.testing.assert_close(net(h, APEX_AND_LENGTH), y.relu() * real[:, :, None])


def test_gradient_flows_through_the_graph():
    """The weights of edges are those of features: a feature moves them, one of padding none."""
    net, h, real = graph_layers(adaptive=False), node_features().requires_grad_(), real_nodes(APEX_AND_LENGTH[:, 1], 5)
    sum(graph.sum() for graph in net.adjacencies(h, APEX_AND_LENGTH)).backward()
    assert torch.isfinite(h.grad).all()
    assert (h.grad[real] != 0).any(1).all()
    assert not h.grad[~real].any()


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"tau": 0.0}, "expected tau above 0, but found 0.0"),
        ({"lambda_global": -1.0}, "expected lambda_global of 0 or more, but found -1.0"),
        ({"layer_norm": "group"}, r"unknown layer_norm 'group'\. Allowed: batch, layer, none"),
        ({"normalise": "rows"}, r"unknown normalise 'rows'\. Allowed: degree, row, none"),
        ({"forget": 2.0}, "expected forget"),
    ],
)
def test_values_that_cannot_work_are_refused(params, message):
    with pytest.raises(ConfigError, match=message):
        graph_layers(**params)
