"""PointNet++: a level against the layer of PyTorch Geometric, and which neighbours count."""

import pytest
import torch

from merflow.models.point_grouping import grouped_maximum
from merflow.models.point_mlp import PointMLP
from merflow.models.point_neighbours import in_ball
from merflow.models.point_sampling import farthest_points, take_rows
from merflow.models.pointnet2 import Abstraction, PointNet2

pyg = pytest.importorskip("torch_geometric.nn")


@pytest.fixture
def level():
    torch.manual_seed(0)
    mlp = PointMLP([3 + 4, 6, 5])
    with torch.no_grad():
        for norm in mlp.norms:
            norm.running_mean.normal_()
            norm.running_var.uniform_(0.5, 2)
    return mlp.eval(), torch.randn(2, 30, 3), torch.randn(2, 30, 4)


@pytest.mark.parametrize("neighbours", ["first", "nearest"])
def test_a_level_is_the_layer_of_pyg(level, neighbours):
    """PointNetConv takes features before places; a neighbour that fills a list twice changes no maximum."""
    mlp, xyz, features = level
    centres = take_rows(xyz, farthest_points(xyz, 9))
    index = in_ball(centres, xyz, radius=1.0, count=7, neighbours=neighbours)
    found = grouped_maximum(mlp, xyz, features, centres, index)

    def local(both):
        return mlp(torch.cat([both[:, 4:], both[:, :4]], 1)[None])  # each edge a group of one point

    conv = pyg.PointNetConv(local_nn=local, add_self_loops=False)
    for cloud in range(2):
        edges = torch.stack([index[cloud].flatten(), torch.arange(9).repeat_interleave(7)])
        expected = conv((features[cloud], None), (xyz[cloud], centres[cloud]), edges)
        torch.testing.assert_close(found[cloud], expected, rtol=1e-5, atol=1e-5)


def test_points_beyond_the_radius_or_beyond_the_number_do_not_count():
    torch.manual_seed(0)
    net = Abstraction(1, [4], radius=0.5, count=2, neighbours="first").eval()
    xyz = torch.tensor([[[0.0, 0, 0], [0.1, 0, 0], [0.2, 0, 0], [0.9, 0, 0]]])
    features = torch.zeros(1, 4, 1)
    found = net(xyz, features, xyz[:, :1])
    for row, counts in ((1, True), (2, False), (3, False)):  # neighbours of row 0: itself, 1 and 2; the first two count
        changed = features.clone()
        changed[0, row] = 50 if counts else 1000
        seen = [net(xyz, sign * changed, xyz[:, :1]) for sign in (1, -1)]
        assert any(not torch.equal(one, found) for one in seen) == counts


def test_printed_sizes():
    net = PointNet2((8, 128, 6), 3)
    assert net.centres == [512, 128]
    assert [(level.radius, level.count) for level in net.levels] == [(0.2, 32), (0.4, 64)]
    assert [
        [linear.out_features for linear in mlp.linears] for mlp in (*(one.mlp for one in net.levels), net.last)
    ] == [
        [64, 64, 128],
        [128, 128, 256],
        [256, 512, 1024],
    ]
