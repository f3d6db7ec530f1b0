import pytest
import torch
from tests.models.checks import assert_gradients, learn
from torch import nn

from merflow.errors import ConfigError
from merflow.models.resnet18 import BasicBlock, ResNet18


def test_number_of_parameters_is_printed():
    """GTS-GN, Table III, six classes."""
    assert sum(p.numel() for p in ResNet18((128, 128, 3), 6).parameters()) == 11_179_590


def test_layer_by_layer():
    """He et al. 2016, Table 1, 18 layers: output sizes for a picture of 224 px."""
    net = ResNet18((224, 224, 3), 6).eval()
    with torch.inference_mode():
        h = net.stem(net.image(torch.zeros(1, 224, 224, 3, dtype=torch.uint8)))
        assert h.shape == (1, 64, 112, 112)
        h = net.pool(h)
        assert h.shape == (1, 64, 56, 56)
        for stage, (width, side) in zip(net.stages, ((64, 56), (128, 28), (256, 14), (512, 7)), strict=True):
            h = stage(h)
            assert h.shape == (1, width, side, side)
    convolutions = [m for m in net.modules() if isinstance(m, nn.Conv2d) and m.kernel_size != (1, 1)]
    assert len(convolutions) + 1 == 18


def test_a_block_without_weights_passes_its_input_on():
    block = BasicBlock(4, 4, stride=1).eval()
    with torch.no_grad():
        block.conv2.weight.zero_()
    x = torch.rand(2, 4, 6, 6)
    torch.testing.assert_close(block(x), x)


def test_block_by_hand():
    """One channel, one pixel: only the middle taps count. relu(2 relu(3 x) + x) for x = 1 is 7, for x = -1 is 0."""
    block = BasicBlock(1, 1, stride=1).eval()
    with torch.no_grad():
        for conv, tap in ((block.conv1, 3.0), (block.conv2, 2.0)):
            conv.weight.fill_(tap)
        for norm in (block.norm1, block.norm2):
            norm.running_var.fill_(1 - norm.eps)
    for x, y in ((1.0, 7.0), (-1.0, 0.0)):
        torch.testing.assert_close(block(torch.full((1, 1, 1, 1), x)).item(), y)


def test_every_parameter_receives_a_finite_gradient():
    torch.manual_seed(0)
    net = ResNet18((40, 40, 3), 3, image_size=64)
    x = torch.randint(0, 256, (4, 40, 40, 3), dtype=torch.uint8)
    nn.functional.cross_entropy(net(x), torch.arange(4) % 3).backward()
    assert_gradients(net)


def test_features_of_each_stage():
    net = ResNet18((64, 64, 3), 3, image_size=64).eval()
    x = torch.randint(0, 256, (2, 64, 64, 3), dtype=torch.uint8)
    features = net.layer_features(x)
    assert [tuple(f.shape) for f in features] == [(2, 64), (2, 128), (2, 256), (2, 512)]
    torch.testing.assert_close(net.classify(features[-1]), net(x))


def test_one_batch_can_be_learnt_by_heart():
    torch.manual_seed(0)
    net = ResNet18((32, 32, 3), 3, image_size=32)
    x, target = torch.randint(0, 256, (6, 32, 32, 3), dtype=torch.uint8), torch.arange(6) % 3
    assert learn(net, x, target, lr=1e-3, steps=12) < 0.1


def test_grey_pictures_are_refused():
    with pytest.raises(ConfigError, match="resnet18: expected examples of shape"):
        ResNet18((128, 128, 1), 3)


def test_pictures_too_small_for_five_halvings_are_refused():
    with pytest.raises(ConfigError, match="expected image_size of at least 32, but found 16"):
        ResNet18((128, 128, 3), 3, image_size=16)
