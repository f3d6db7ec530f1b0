import pytest
import torch

from merflow.errors import ConfigError
from merflow.training.augmentation import check_mirror, mirror, mirror_half


def test_mirrored_twice_is_the_identity():
    x = torch.randn(3, 8, 5, 6)
    assert torch.equal(mirror(mirror(x)), x)
    assert not torch.equal(mirror(x), x)


def test_left_cheek_moving_right_becomes_right_cheek_moving_left():
    x = torch.zeros(1, 8, 1, 6)
    x[0, 0, 0] = torch.tensor([-1.0, 2.0, 3.0, 0.5, 0.25, 0.125])
    expected = torch.zeros(1, 8, 1, 6)
    expected[0, 1, 0] = torch.tensor([1.0, 2.0, 3.0, -0.5, 0.25, 0.125])
    assert torch.equal(mirror(x), expected)


def test_half_of_the_examples_are_mirrored():
    x = torch.randn(400, 8, 2, 6)
    out = mirror_half(x, torch.Generator().manual_seed(0))
    same = (out == x).flatten(1).all(1)
    assert torch.equal(out[~same], mirror(x)[~same])
    assert 150 < same.sum() < 250


def test_other_inputs_are_refused():
    with pytest.raises(ConfigError, match="mirror: false"):
        check_mirror((128,))
