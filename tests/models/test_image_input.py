import numpy as np
import pytest
import torch
from PIL import Image

from merflow.errors import ConfigError
from merflow.models.image_input import MEAN, STD, ImageInput, check_image_input


def test_each_colour_is_normalised_by_its_own_constants():
    picture = torch.tensor([255, 0, 51], dtype=torch.uint8).expand(1, 8, 8, 3)
    out = ImageInput(8)(picture)
    assert out.shape == (1, 3, 8, 8)
    for channel, level in enumerate((1.0, 0.0, 0.2)):
        torch.testing.assert_close(out[0, channel], torch.full((8, 8), (level - MEAN[channel]) / STD[channel]))


def test_bytes_and_float_grey_levels_are_the_same_picture():
    torch.manual_seed(0)
    picture = torch.randint(0, 256, (2, 20, 20, 3), dtype=torch.uint8)
    assert torch.equal(ImageInput(16)(picture), ImageInput(16)(picture.float()))


def test_rows_stay_rows():
    picture = torch.zeros(1, 4, 4, 3)
    picture[0, 1] = 255
    bright = ImageInput(4)(picture)[0, 0] > 0
    assert bright.nonzero()[:, 0].unique().tolist() == [1]


@pytest.mark.parametrize("size", [32, 100])
def test_resizing_is_that_of_pillow(size):
    """Pillow's bilinear filter widens where it shrinks, which is what antialias means; 64 px to 32 and to 100."""
    grey = np.random.default_rng(0).integers(0, 256, (64, 64)).astype(np.float32)
    expected = np.asarray(Image.fromarray(grey).resize((size, size), Image.Resampling.BILINEAR))
    out = ImageInput(size)(torch.from_numpy(grey)[None, :, :, None].expand(-1, -1, -1, 3))
    np.testing.assert_allclose((out[0, 1] * STD[1] + MEAN[1]).numpy() * 255, expected, atol=1e-2)


@pytest.mark.parametrize("shape", [(128, 128, 1), (128, 128), (3, 128, 128)])
def test_examples_that_are_no_colour_pictures_are_refused(shape):
    with pytest.raises(ConfigError, match=r"expected examples of shape \(height, width, 3 colours\), but found"):
        check_image_input("resnet18", shape)
