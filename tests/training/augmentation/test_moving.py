"""One map of place and colour for a clip: exact cases, and OpenCV against torch."""

import cv2
import numpy as np
import pytest
import torch

from merflow.training.augmentation.moving import Colours, _by_torch, colour_matrices, moved_and_recoloured
from merflow.training.augmentation.on_cpu import in_pixels

SAME = Colours(*torch.ones(3, 1))
EXACT = {
    "identity": ([[1, 0, 0], [0, 1, 0]], lambda frame: frame),
    "flip": ([[-1, 0, 0], [0, 1, 0]], lambda frame: frame[:, ::-1]),
    "quarter turn": ([[0, -1, 0], [1, 0, 0]], lambda frame: np.rot90(frame)),
    "shift of whole pixels": (
        [[1, 0, 2 * 3 / 16], [0, 1, -2 * 2 / 16]],  # looks 3 px to the right and 2 px up
        lambda frame: np.pad(frame, ((2, 0), (0, 3), (0, 0)), mode="edge")[:16, 3:],
    ),
}


def by_both(clips, maps, colours):
    """Return what OpenCV and what torch make of clips."""
    return moved_and_recoloured(clips, maps, colours), _by_torch(clips, maps, list(colour_matrices(colours)))


@pytest.mark.parametrize("name", EXACT)
def test_exact_maps(name):
    place, expected = EXACT[name]
    clip = np.random.default_rng(0).integers(0, 256, size=(1, 3, 16, 16, 3), dtype=np.uint8)
    for found in by_both(torch.from_numpy(clip), torch.tensor([place], dtype=torch.float32), SAME):
        for frame, moved in zip(clip[0], found[0].numpy(), strict=True):
            np.testing.assert_allclose(moved, expected(frame), atol=1e-3)


def test_a_map_in_pixels_by_hand():
    """4 px wide: the outer edges are at -0.5 and 3.5; half the picture from its left edge is x / 2 - 0.25."""
    found = in_pixels(np.array([[0.5, 0, -0.5], [0, 1, 0]], dtype=np.float32), width=4, height=6)
    np.testing.assert_allclose(found, [[0.5, 0, -0.25], [0, 1, 0]], atol=1e-12)


def smooth(count, frames, *, height=40, width=48):
    rng = np.random.default_rng(1)
    noise = [cv2.GaussianBlur(rng.normal(size=(height, width, 3)), (0, 0), 5) for _ in range(count * frames)]
    grey = np.stack(noise) / np.std(noise) * 25 + 128
    return torch.from_numpy(grey.clip(0, 255).astype(np.uint8).reshape(count, frames, height, width, 3))


def test_opencv_and_torch_agree_to_a_fraction_of_a_grey_level():
    clips = smooth(4, 3)
    turn = torch.linspace(-0.2, 0.2, 4)
    linear = torch.stack([torch.stack([turn.cos(), -turn.sin()], 1), torch.stack([turn.sin(), turn.cos()], 1)], 1)
    maps = torch.cat([0.95 * linear, torch.tensor([[0.1], [-0.05]]).expand(4, -1, -1)], 2)
    colours = Colours(torch.linspace(0.8, 1.2, 4), torch.linspace(1.2, 0.8, 4), torch.tensor([0.8, 1.2, 1.0, 0.9]))
    opencv, torchs = by_both(clips, maps, colours)
    assert opencv.dtype == torchs.dtype == torch.float32
    difference = (opencv - torchs).abs()
    assert difference.mean() < 0.1
    assert difference.max() < 1.5


def test_colours_by_hand():
    """Mean 75 in the onset: brightness 2 and contrast 0.5 make 50 to 2 (75 - 12.5) = 125 and 100 to 175."""
    clip = torch.full((1, 2, 4, 4, 3), 50.0)
    clip[:, 0, :2] = 100.0
    for found in by_both(
        clip, torch.tensor([EXACT["identity"][0]]).float(), Colours(*torch.tensor([[2.0], [0.5], [1.0]]))
    ):
        torch.testing.assert_close(found[0, 0, 0, 0], torch.full((3,), 175.0))
        torch.testing.assert_close(
            found[0, 1], torch.full((4, 4, 3), 125.0)
        )  # about the mean of the onset, not its own


def test_no_saturation_is_the_luma():
    red = torch.zeros(1, 1, 4, 4, 3)
    red[..., 0] = 100.0
    for found in by_both(
        red, torch.tensor([EXACT["identity"][0]]).float(), Colours(*torch.tensor([[1.0], [1.0], [0.0]]))
    ):
        torch.testing.assert_close(found, torch.full((1, 1, 4, 4, 3), 29.9))
