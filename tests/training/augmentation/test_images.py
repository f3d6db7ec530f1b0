import numpy as np
import pytest
import torch

from merflow.errors import ConfigError
from merflow.training.augmentation import images as module
from merflow.training.augmentation.images import augment_images, check_images, random_similarity


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def pictures(count=3, side=32):
    """Smooth pictures, so that a small change of place is a small change of grey."""
    y, x = np.mgrid[:side, :side] / side
    grey = 128 + 90 * np.sin(4 * x + 2 * y)
    return torch.from_numpy(np.repeat(np.stack([grey, grey * 0.8, grey * 0.5], -1)[None], count, 0).astype(np.uint8))


def test_the_generator_decides_and_each_picture_is_altered_by_itself():
    images = pictures()
    first, again = augment_images(images, generator()), augment_images(images, generator())
    assert torch.equal(first, again)
    assert not torch.equal(first, augment_images(images, generator(1)))
    assert not torch.allclose(first[0], first[1], atol=1)
    assert first.shape == images.shape
    assert first.dtype == torch.float32
    assert first.min() >= 0
    assert first.max() <= 255


def test_without_any_amount_a_picture_stays_or_is_mirrored(monkeypatch):
    none = {"MAX_TURN_RAD": 0.0, "MAX_SHIFT": 0.0, "SCALE": (1.0, 1.0), "COLOUR": 0.0, "NOISE_SD": 0.0}
    for name, value in none.items():
        monkeypatch.setattr(module, name, value)
    images = pictures(24)
    altered = augment_images(images, generator())
    same = (altered - images.float()).abs().amax((1, 2, 3)) < 1e-2
    mirrored = (altered - images.float().flip(2)).abs().amax((1, 2, 3)) < 1e-2
    assert bool((same | mirrored).all())
    assert 0 < same.sum() < 24


def test_similarities_turn_and_scale_within_their_limits():
    theta = random_similarity(500, generator())
    scale = torch.linalg.det(theta[:, :, :2]).abs().sqrt()
    assert scale.min() >= module.SCALE[0] - 1e-5
    assert scale.max() <= module.SCALE[1] + 1e-5
    turn = torch.atan2(theta[:, 0, 1].abs(), theta[:, 1, 1])
    assert turn.max() <= module.MAX_TURN_RAD + 1e-5
    assert turn.max() > 0.9 * module.MAX_TURN_RAD
    assert theta[:, :, 2].abs().max() <= 2 * module.MAX_SHIFT
    assert 200 < (torch.linalg.det(theta[:, :, :2]) < 0).sum() < 300


def test_a_grey_picture_stays_grey(monkeypatch):
    monkeypatch.setattr(module, "NOISE_SD", 0.0)
    grey = torch.full((4, 8, 8, 3), 100.0)
    grey[:, :4] = 60.0
    out = augment_images(grey, generator())
    torch.testing.assert_close(out, out[..., :1].expand_as(out), rtol=0, atol=1e-3)
    assert (out.mean((1, 2, 3)) / 80 - 1).abs().max() <= module.COLOUR + 0.05  # and a shift of the border


def test_other_inputs_are_refused():
    check_images((256, 256, 3))
    with pytest.raises(ConfigError, match=r"expected pictures of shape \(H, W, 3\), but found \(3, 14, 4\)"):
        check_images((3, 14, 4))
