"""GoogLeNet on sequences: its picture is the dynamic image of the clip's own frames."""

import numpy as np
import pytest
import torch
from tests.models.checks import assert_gradients, learn

from merflow.errors import ConfigError
from merflow.models.googlenet import GoogLeNet, pooling_weights
from merflow.stages.dynamic_images.rank_pooling import pooling_weights as weights_of_stage
from merflow.stages.dynamic_images.rank_pooling import rank_pooled

FRAMES, SIDE = 7, 48


def clips(count=4, seed=0):
    drawn = torch.Generator().manual_seed(seed)
    return torch.randint(20, 200, (count, FRAMES, SIDE, SIDE, 3), generator=drawn, dtype=torch.uint8)


def net_of(**params):
    torch.manual_seed(0)
    return GoogLeNet((FRAMES, SIDE, SIDE, 3), 3, **{"width": 8, "dropout": 0.0} | params)


def lengths(*frames):
    return torch.tensor([[1, n] for n in frames])


def test_weights_are_those_of_the_stage_for_each_length():
    table = pooling_weights(9)
    assert table.shape == (10, 9)
    for length in range(2, 10):
        np.testing.assert_allclose(table[length, :length], weights_of_stage(length), atol=1e-5)
        assert not table[length, length:].any()


def test_the_picture_is_the_dynamic_image_of_the_frames_that_are_no_padding():
    x, net = clips(2), net_of()
    found = net.pooled(x, torch.tensor([FRAMES, 4])).numpy()
    for picture, clip, own in zip(found, x.numpy(), (FRAMES, 4), strict=True):
        expected = rank_pooled(clip[:own], "approximate")
        np.testing.assert_allclose(picture, expected / np.abs(expected).max(), atol=1e-5)


def test_brightness_does_not_count_and_a_clip_that_stands_still_is_0():
    x, net = clips(2), net_of()
    lengths = torch.tensor([FRAMES, FRAMES])
    torch.testing.assert_close(net.pooled(x + 40, lengths), net.pooled(x, lengths))
    still = x[:, :1].expand(-1, FRAMES, -1, -1, -1)
    assert not net.pooled(still, lengths).any()


def test_every_parameter_receives_a_finite_gradient():
    net = net_of()
    torch.nn.functional.cross_entropy(net(clips(), lengths(7, 7, 6, 5)), torch.arange(4) % 3).backward()
    assert_gradients(net)


def test_one_batch_can_be_learnt_by_heart():
    x, target = (clips(), lengths(*[FRAMES] * 4)), torch.arange(4) % 3
    assert learn(net_of(), x, target, lr=1e-2, steps=15) < 0.1


def test_what_cannot_work_is_refused():
    with pytest.raises(ConfigError, match=r"expected examples of shape \(frames, height, width, 3 colours\)"):
        GoogLeNet((64, 64, 3), 3)
    with pytest.raises(ConfigError, match="googlenet: expected width of a multiple of 8, but found 4"):
        net_of(width=4)
