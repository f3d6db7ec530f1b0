"""What the image networks do with a picture before the first layer."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from merflow.errors import ConfigError

IMAGE_SIZE = 224
"""Side of the networks' input, px."""

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of red, green and blue over ImageNet, grey levels as 0 to 1: what weights trained elsewhere expect."""


class ImageInput(nn.Module):
    """Grey levels to normalised float pictures of one size.

    Resizing is bilinear, with a low-pass filter where the picture shrinks, so that fine texture does not alias.

    Parameters
    ----------
    size : int
        Side of the result, px.

    Shapes
    ------
    input: (batch, height, width, rgb), uint8 or float of 0 to 255; output: (batch, rgb, size, size), float32
    """

    mean: Tensor
    std: Tensor

    def __init__(self, size: int = IMAGE_SIZE) -> None:
        super().__init__()
        self.size = size
        self.register_buffer("mean", torch.tensor(MEAN).view(3, 1, 1) * 255, persistent=False)
        self.register_buffer("std", torch.tensor(STD).view(3, 1, 1) * 255, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return normalised pictures."""
        pictures = x.permute(0, 3, 1, 2).float()
        if pictures.shape[2:] != (self.size, self.size):
            pictures = nn.functional.interpolate(
                pictures, (self.size, self.size), mode="bilinear", align_corners=False, antialias=True
            )
        return (pictures - self.mean) / self.std


def check_image_input(model: str, input_shape: Sequence[int]) -> None:
    """Raise ConfigError unless examples are pictures of shape (height, width, 3)."""
    if len(input_shape) != 3 or input_shape[2] != 3:
        raise ConfigError(
            f"{model}: expected examples of shape (height, width, 3 colours), but found {tuple(input_shape)}. "
            "Use it with the artefact 'magnified'."
        )
