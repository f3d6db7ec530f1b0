"""Vector attention: against the layer of PyTorch Geometric, its weights, and what equal points give; over regions."""

import pytest
import torch
from torch import nn

from merflow.models.region_models import RegionPointTransformer
from merflow.models.vector_attention import VectorAttention


@pytest.fixture
def attention():
    torch.manual_seed(0)
    return VectorAttention(6, 10), torch.randn(2, 20, 6), torch.randn(2, 20, 3), torch.randint(0, 20, (2, 20, 5))


def test_it_is_the_layer_of_pyg_between_two_linear_maps(attention):
    pyg = pytest.importorskip("torch_geometric.nn")

    class Scaled(nn.Module):
        def forward(self, x):
            return net.gamma(x) * net.scale

    net, x, xyz, index = attention
    index = torch.stack([torch.randperm(20)[:5] for _ in range(40)]).view(2, 20, 5)  # PyG sums equal edges apart too
    conv = pyg.PointTransformerConv(10, 10, pos_nn=net.delta, attn_nn=Scaled(), add_self_loops=False)
    for layer, linear in ((conv.lin, net.value), (conv.lin_src, net.key), (conv.lin_dst, net.query)):
        layer.weight = linear.weight
    for cloud in range(2):
        edges = torch.stack([index[cloud].flatten(), torch.arange(20).repeat_interleave(5)])
        expected = x[cloud] + net.leave(conv(net.enter(x[cloud]), xyz[cloud], edges))
        torch.testing.assert_close(net(x, xyz, index)[cloud], expected, rtol=1e-5, atol=1e-5)


def test_weights_of_the_neighbours_sum_to_1_in_each_channel(attention):
    net, *inputs = attention
    weights, _ = net.weights_and_values(*inputs)
    assert weights.shape == (2, 20, 5, 10)
    assert weights.min() > 0
    assert weights.std() > 0.001  # and are no constant
    torch.testing.assert_close(weights.sum(2), torch.ones(2, 20, 10))


def test_equal_points_with_equal_features_give_value_and_delta_of_no_distance(attention):
    net, *_, index = attention
    x, xyz = torch.randn(6).expand(2, 20, 6), torch.randn(3).expand(2, 20, 3)
    value = net.value(net.enter(x)) + net.delta(torch.zeros(2, 20, 3))
    torch.testing.assert_close(net(x, xyz, index), x + net.leave(value))


def test_regions_are_told_apart_by_their_places_and_their_order_does_not_matter():
    torch.manual_seed(0)
    model = RegionPointTransformer(6, hidden=12, layers=2)
    x, places, order = torch.randn(3, 8, 6), torch.randn(3, 8, 3), torch.randperm(8)
    expected = model(x, places)
    assert expected.shape == (3, 12)
    torch.testing.assert_close(model(x[:, order], places[:, order]), expected)
    torch.testing.assert_close(model(x, places + 3), expected, rtol=1e-4, atol=1e-5)
    assert not torch.allclose(model(x, places[:, order]), expected, rtol=1e-3, atol=1e-4)
