import pytest
import torch
from tests.models.checks import learn

from merflow.errors import ConfigError
from merflow.models.lite_point_gcn import LitePointGCN, LitePointNet, scaled_keep
from merflow.models.region_models import RegionGCN
from merflow.models.registry import build_model

SHAPE = (8, 32, 6)


@pytest.fixture
def net():
    torch.manual_seed(0)
    return build_model("lite_point_gcn", {}, SHAPE, 3)


@pytest.mark.parametrize("region_model", ["gcn", "mlp", "transformer", "point_transformer"])
def test_one_batch_can_be_learnt_by_heart(region_model):
    torch.manual_seed(0)
    net = build_model(
        "lite_point_gcn", {"region_model": region_model, "gcn_hidden": 64, "widths": (16, 32, 64)}, SHAPE, 3
    )
    x, target = torch.randn(12, *SHAPE), torch.arange(12) % 3
    assert learn(net, x, target, lr=4e-3, steps=50) < 0.05


def test_printed_sizes():
    """8 nodes, hidden 512, 4 layers, levels of 512 and 128 points."""
    net = LitePointGCN((8, 1024, 6), 3)
    assert net.point_net.keep == [512, 128, 0]
    assert net.region_model.adjacency.shape == (8, 8)
    assert [tuple(w.weight.shape) for w in net.region_model.weights] == [(512, 256)] + [(512, 512)] * 3
    assert sum(p.numel() for p in net.parameters()) == 1_080_643


def test_kept_points_scale_with_the_number_of_points():
    assert [scaled_keep(512, n) for n in (2048, 1024, 256, 1)] == [1024, 512, 128, 1]


def test_adjacency_is_learnt(net):
    net(torch.randn(4, *SHAPE)).square().sum().backward()
    adjacency = net.region_model.adjacency
    assert adjacency.requires_grad
    assert torch.count_nonzero(adjacency.grad) == 64


def test_equation_6_by_hand():
    """A = [[1, 2], [0, 1]], X = [[1], [-3]]: with W = 2, A X W is [[-10], [-6]], cut to 0; with W = -2, [[10], [6]]."""
    gcn = RegionGCN(2, 1, hidden=1, layers=1, batch_norm=False)
    x = torch.tensor([[[1.0], [-3.0]]])
    for weight, expected in ((2.0, 0.0), (-2.0, 10.0)):
        with torch.no_grad():
            gcn.adjacency.copy_(torch.tensor([[1.0, 2.0], [0.0, 1.0]]))
            gcn.weights[0].weight.fill_(weight)
        assert gcn(x).item() == expected


def test_order_matters_only_where_points_are_dropped(net):
    points = net.eval().point_net
    assert points.keep == [16, 4, 0]
    x = torch.randn(2, *SHAPE)
    within = torch.cat([torch.randperm(4), 4 + torch.randperm(12), 16 + torch.randperm(16)])
    torch.testing.assert_close(points(x[:, :, within]), points(x))
    assert not torch.allclose(points(x.flip(2)), points(x), atol=1e-2)


def test_points_beyond_the_first_level_still_count(net):
    points = net.eval().point_net
    x = torch.randn(2, *SHAPE)
    changed = x.clone()
    changed[:, :, 20] += 5
    assert not torch.allclose(points(changed), points(x), atol=1e-2)


def test_regions_share_the_point_network():
    net = LitePointNet(16, 6, widths=(8, 8), keep=(512,), region_feature=4).eval()
    x = torch.randn(3, 8, 16, 6)
    swapped = torch.randperm(8)
    torch.testing.assert_close(net(x[:, swapped]), net(x)[:, swapped])


def test_the_place_of_a_region_is_the_mean_of_its_points():
    net = build_model("lite_point_gcn", {"region_model": "point_transformer", "gcn_hidden": 16}, SHAPE, 3).eval()
    seen = []
    net.region_model.register_forward_pre_hook(lambda _, inputs: seen.append(inputs))
    x = torch.randn(2, *SHAPE)
    net(x)
    torch.testing.assert_close(seen[0][0], net.point_net(x))
    torch.testing.assert_close(seen[0][1], torch.stack([x[:, i, :, :3].mean(1) for i in range(8)], 1))


def test_levels_and_keep_must_match():
    with pytest.raises(ConfigError, match="that is 1 for widths"):
        build_model("lite_point_gcn", {"widths": [8, 8]}, SHAPE, 3)


def test_examples_of_another_shape_are_refused():
    with pytest.raises(ConfigError, match=r"expected examples of shape \(regions, points, channels\)"):
        build_model("lite_point_gcn", {}, (128,), 3)


def test_unknown_region_model_is_refused():
    with pytest.raises(ConfigError, match="Allowed: gcn, mlp, transformer, point_transformer"):
        build_model("lite_point_gcn", {"region_model": "cnn"}, SHAPE, 3)
