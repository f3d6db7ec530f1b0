import itertools

import pytest
import torch
from tests.models.checks import assert_gradients
from torch import nn

from merflow.errors import ConfigError
from merflow.models.ca_block import CABlock, MotionEncoder, grid_means

WIDTHS = (4, 8, 12)


def fixed(block):
    """Let batch norm pass its input on."""
    for module in block.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_var.fill_(1 - module.eps)
    return block.eval()


def test_block_by_hand():
    """One channel, one pixel: relu(2 relu(3 x) + x) is 7 for x = 1, mean and maximum both 7: sigmoid(7 (0.1 - 0.3))."""
    block = fixed(CABlock(1, 1))
    with torch.no_grad():
        block.conv1.weight.fill_(3.0)
        block.conv2.weight.fill_(2.0)
        block.attend.weight.copy_(torch.tensor([0.1, -0.3]).view(1, 2, 1, 1))
    features, attention = block(torch.ones(1, 1, 1, 1))
    own = torch.sigmoid(torch.tensor(-1.4))
    torch.testing.assert_close(attention.flatten(), own[None])
    torch.testing.assert_close(features.flatten(), 7 * own[None])


def test_the_map_before_multiplies():
    torch.manual_seed(0)
    block, x = CABlock(3, 5, stride=2).eval(), torch.randn(2, 3, 8, 8)
    before = torch.rand(2, 1, 4, 4)
    own_features, own = block(x)
    features, attention = block(x, before)
    torch.testing.assert_close(attention, before * own)
    torch.testing.assert_close(features, before * own_features)


def test_a_closed_gate_lets_nothing_through():
    torch.manual_seed(0)
    block = CABlock(3, 5).eval()
    gate = torch.ones(1, 1, 6, 6)
    gate[..., :3] = 0
    features, attention = block(torch.randn(1, 3, 6, 6), gate)
    assert torch.count_nonzero(features[..., :3]) == torch.count_nonzero(attention[..., :3]) == 0
    assert features[..., 3:].abs().sum() > 0


def test_maps_are_of_mean_and_maximum_over_channels():
    torch.manual_seed(0)
    block, h = fixed(CABlock(3, 4)), torch.rand(2, 4, 5, 5)
    a, b = block.attend.weight.flatten()
    torch.testing.assert_close(block.attention(h), torch.sigmoid(a * h.mean(1) + b * h.max(1).values)[:, None])


def test_attention_multiplies_up_through_the_encoder():
    """The map of each block is at most that of the block before, shrunk as the features are."""
    torch.manual_seed(0)
    net = MotionEncoder(WIDTHS, stem_stride=2, grid=2).eval()
    x = torch.randn(3, 3, 30, 34)
    maps = [net.attention_maps(x, block=i) for i in range(3)]
    assert [tuple(m.shape) for m in maps] == [(3, 15, 17), (3, 8, 9), (3, 4, 5)]  # odd sizes shrink as well
    assert all(((m > 0) & (m < 1)).all() for m in maps)
    for before, after in itertools.pairwise(maps):
        assert (after <= net.shrink(before[:, None])[:, 0]).all()


def test_later_blocks_do_not_change_the_first_map():
    torch.manual_seed(0)
    net = MotionEncoder(WIDTHS, stem_stride=4, grid=1).eval()
    x = torch.randn(2, 3, 32, 32)
    first = net.attention_maps(x, block=0)
    with torch.no_grad():
        net.blocks[1].conv1.weight.zero_()
    torch.testing.assert_close(net.attention_maps(x, block=0), first)


@pytest.mark.parametrize(("stem_stride", "side"), [(2, 32), (4, 16)])
def test_stem_shrinks_as_said(stem_stride, side):
    assert MotionEncoder(WIDTHS, stem_stride=stem_stride, grid=1).stem(torch.zeros(1, 3, 64, 64)).shape[2] == side


def test_other_stems_are_refused():
    with pytest.raises(ConfigError, match="expected stem_stride to be 2 or 4, but found 3"):
        MotionEncoder(WIDTHS, stem_stride=3, grid=1)


@pytest.mark.parametrize("cells", [1, 2, 3, 4, 9])
def test_cells_against_torch(cells):
    torch.manual_seed(0)
    x = torch.randn(2, 3, 7, 8)
    torch.testing.assert_close(grid_means(x, cells), nn.functional.adaptive_avg_pool2d(x, cells))


def test_one_cell_needs_no_map():
    net = MotionEncoder(WIDTHS, stem_stride=2, grid=1).eval()
    x = torch.randn(2, 3, 32, 32)
    torch.testing.assert_close(net(x), net._run(x, last=2)[0].mean((2, 3)))


def test_a_grid_knows_where_something_moved():
    """The same blob in another place: the mean over all forgets the place, but for the border; cells do not."""
    x = torch.zeros(2, 3, 128, 128)
    x[0, :, 40:48, 40:48] = x[1, :, 72:80, 72:80] = 1
    for grid, tells in ((1, False), (4, True)):
        torch.manual_seed(0)
        net = MotionEncoder((4, 8), stem_stride=2, grid=grid).eval()
        one, other = net(x)
        assert (not torch.allclose(one, other, rtol=1e-4)) == tells


def test_every_parameter_receives_a_finite_gradient():
    torch.manual_seed(0)
    net = MotionEncoder(WIDTHS, stem_stride=2, grid=2)
    (net(torch.randn(4, 3, 32, 32)) * torch.randn(4, 12)).sum().backward()
    assert_gradients(net)
