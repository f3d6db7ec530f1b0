"""What the flow-image networks read: u, v and optical strain as one small picture."""

from collections.abc import Sequence

from torch import Tensor

from merflow.errors import ConfigError

SIDE, CHANNELS = 28, 3
"""Pixels of a side, and channels: u, v and strain."""


def channels_first(x: Tensor) -> Tensor:
    """Return (batch, y, x, uvs) as (batch, uvs, y, x), nothing moved in memory: torch's ``channels_last`` layout."""
    return x.permute(0, 3, 1, 2)


def check_flow_image_input(model: str, input_shape: Sequence[int]) -> None:
    """Raise ConfigError unless examples are flow images of the published size, (28, 28, 3)."""
    if tuple(input_shape) != (SIDE, SIDE, CHANNELS):
        raise ConfigError(
            f"{model}: expected examples of shape ({SIDE}, {SIDE}, {CHANNELS}: u, v, strain), but found "
            f"{tuple(input_shape)}. Use it with the artefact 'flow_images' of size_px {SIDE}."
        )
