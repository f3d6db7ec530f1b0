import numpy as np
import pytest
import torch
from torch import nn

from merflow.models.network import Network
from merflow.models.res3d import Block3D, Res3D
from merflow.training.grad_cam import SIDE, grad_cam, on_the_picture

NONE = torch.zeros(3, 0)


class Pictures(Network):
    """Four filters over a picture or a clip, and a head on what they give."""

    def __init__(self, conv, head):
        super().__init__()
        torch.manual_seed(0)
        self.conv = {2: nn.Conv2d, 3: nn.Conv3d}[conv](1, 4, 3)
        self.fc = nn.Linear(4, 5)
        self.head = head

    def forward(self, x):
        features = self.conv(x)
        return self.head(features, self.fc)


def mean_head(features, fc):
    return fc(features.flatten(2).mean(2))


def curved_head(features, fc):
    return fc((features.tanh() * features).flatten(2).amax(2)).square()


def maps(net, x, outputs=range(5)):
    return grad_cam(net, [net.conv], x, NONE, outputs=outputs)


@pytest.mark.parametrize("axes", [2, 3])
def test_of_a_mean_and_a_linear_map_it_is_the_weighted_sum_of_the_features(axes):
    """CAM (Zhou et al. 2016): the weights of the linear map times the features; here by their number of places."""
    net = Pictures(axes, mean_head).double().eval()
    x = torch.randn(3, 1, *(6, 7, 8)[:axes], dtype=torch.float64)
    features = net.conv(x).detach().numpy()
    places = np.prod(features.shape[2:])
    by_hand = np.maximum(np.tensordot(features, net.fc.weight.detach().numpy(), ([1], [1])), 0) / places
    np.testing.assert_allclose(maps(net, x).numpy(), np.moveaxis(by_hand, -1, 1), atol=1e-15)


def test_weights_are_the_means_of_derivatives_found_by_small_steps():
    net = Pictures(2, curved_head).double().eval()
    x = torch.randn(3, 1, 4, 5, dtype=torch.float64)
    features, step = net.conv(x).detach(), 1e-6
    derived = torch.zeros(3, 5, *features.shape[1:], dtype=torch.float64)
    for place in np.ndindex(*features.shape[1:]):
        moved = torch.zeros_like(features)
        moved[:, *place] = step
        derived[:, :, *place] = (
            curved_head(features + moved, net.fc) - curved_head(features - moved, net.fc)
        ).detach() / (2 * step)
    by_hand = torch.einsum("boc,bchw->bohw", derived.mean((3, 4)), features).relu()
    assert by_hand.max() > 0.01
    torch.testing.assert_close(maps(net, x), by_hand, atol=1e-8, rtol=1e-6)


def test_outputs_are_those_that_are_asked_for_and_the_network_is_left_as_it_was():
    net = Pictures(2, mean_head).eval()
    x = torch.randn(3, 1, 6, 6)
    before = net(x)
    torch.testing.assert_close(maps(net, x, [3, 1]), maps(net, x)[:, [3, 1]])
    assert not net.conv._forward_hooks
    torch.testing.assert_close(net(x), before)


def test_a_block_that_does_not_give_one_map_is_refused():
    net = Pictures(2, mean_head).eval()
    with pytest.raises(ValueError, match=r"expected one output .* found \(3, 5\)"):
        grad_cam(net, [net.fc], torch.randn(3, 1, 6, 6), NONE, outputs=[0])
    with pytest.raises(ValueError, match="found none"):
        grad_cam(net, [nn.Conv2d(1, 1, 1)], torch.randn(3, 1, 6, 6), NONE, outputs=[0])


@pytest.fixture(scope="module")
def passing():
    """Res3D whose convolutions pass what is there: the first is a mean of 7 x 7 x 7, blocks only their shortcut."""
    torch.manual_seed(0)
    net = Res3D((8, 112, 112, 3), 2, width=2, crop=112, mean=(0, 0, 0))
    nn.init.constant_(net.conv1.weight, 1 / net.conv1.weight[0].numel())
    for block in net.modules():
        if isinstance(block, Block3D):
            nn.init.zeros_(block.conv2.weight)
    nn.init.zeros_(net.fc.weight)
    net.fc.weight.data[0, :2] = 1  # the channels that shortcuts pass on
    net.fc.weight.data[1, :2] = -1
    return net.eval()


@pytest.mark.parametrize(("top", "left"), [(0, 0), (0, 80), (64, 32), (80, 80)])
def test_a_bright_spot_is_where_the_map_of_res3d_peaks(passing, top, left):
    x = torch.zeros(1, 8, 112, 112, 3)
    x[:, :, top : top + 32, left : left + 32] = 255
    small = grad_cam(passing, [passing.last_block()], x, NONE[:1], outputs=[0, 1])
    assert small.shape == (1, 2, 1, 4, 4)
    large = on_the_picture(small, time="mean", scale="each")[0]
    assert large.shape == (2, SIDE, SIDE)
    y, x_of = np.unravel_index(int(large[0].argmax()), (SIDE, SIDE))
    assert top - 8 <= y < top + 40
    assert left - 8 <= x_of < left + 40
    assert large[0].max() == 1
    assert large[0].min() == 0
    assert large[1].max() == 0  # what speaks against a label is cut off


def test_the_map_of_a_clip_depends_on_no_other_clip():
    torch.manual_seed(0)
    net = Res3D((8, 40, 42, 3), 3, width=2, crop=36, attention="sca").double().eval()
    x = torch.randint(0, 256, (3, 8, 40, 42, 3)).double()
    together = grad_cam(net, [net.layer4], x, NONE, outputs=range(3))
    alone = [grad_cam(net, [net.layer4], x[[row]], NONE[:1], outputs=range(3)) for row in range(3)]
    torch.testing.assert_close(together, torch.cat(alone))


def test_frames_are_pooled_maps_enlarged_and_scaled_by_hand():
    x = torch.tensor([[[[[0.0, 0.0], [0.0, 8.0]], [[0.0, 4.0], [0.0, 0.0]]]]])  # one clip, one output, two frames
    mean, most = (on_the_picture(x, time=how, scale="none")[0, 0] for how in ("mean", "max"))
    corners = [0, 0, -1, -1], [0, -1, 0, -1]
    assert mean[corners].tolist() == [0, 2, 0, 4]
    assert most[corners].tolist() == [0, 4, 0, 8]
    torch.testing.assert_close(on_the_picture(x, time="max", scale="each")[0, 0], most / 8)


def test_a_map_that_is_the_same_everywhere_is_zero_once_scaled():
    for places in (1, 3):
        flat = torch.full((1, 1, places, places), 0.1)
        assert on_the_picture(flat, time="mean", scale="each").abs().max() == 0
        assert on_the_picture(flat, time="mean", scale="none").min() > 0
