"""GoogLeNet over the dynamic image of a sequence: what CCDN is for one camera.

The weights of the frames are those of approximate rank pooling (Bilen et al. 2018). What is read and how is in
docs/models/ccdn.md.
"""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from merflow.errors import ConfigError
from merflow.models.inception import WIDTH, GoogLeNetLayers, Wide
from merflow.models.network import Network


class GoogLeNet(Network):
    """A clip becomes one picture, pooled over its own frames by rank; GoogLeNet tells the classes from it.

    Parameters
    ----------
    input_shape : (int, int, int, int)
        Frames; height, width, colours (3).
    classes : int
        Number of classes.
    width : int, at least 8
        Channels of the first layer, a multiple of 8; the others are in proportion.
    wide : {3, 5}
        Side of the wide filters: 3 in the common public implementation, 5 in the paper of GoogLeNet.
    dropout : float, at least 0, below 1
        Share of the last features that a training step leaves out, below 1.

    Shapes
    ------
    x: (batch, frames, height, width, 3), uint8 or float of 0 to 255; output: (batch, classes) logits
    """

    name = "googlenet"
    reads = ("sequences",)
    clip_ms = 175.0
    needs_apex_and_length = True
    shows: ClassVar = {"activation": {}}

    weights: Tensor

    def __init__(
        self,
        input_shape: Sequence[int],
        classes: int,
        *,
        width: int = WIDTH,
        wide: Wide = 3,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        if len(input_shape) != 4 or input_shape[3] != 3:
            raise ConfigError(
                f"googlenet: expected examples of shape (frames, height, width, 3 colours), but found "
                f"{tuple(input_shape)}. Use it with the artefact 'sequences'."
            )
        self.net = GoogLeNetLayers(3, classes, model=self.name, width=width, wide=wide, dropout=dropout)
        self.register_buffer("weights", pooling_weights(input_shape[0]), persistent=False)

    def forward(self, x: Tensor, apex_and_length: Tensor) -> Tensor:
        """Return the logits of the classes."""
        logits: Tensor = self.net(self.pooled(x, apex_and_length[:, 1]).permute(0, 3, 1, 2))
        return logits

    def pooled(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Return the dynamic images (batch, h, w, 3), each divided by its largest magnitude; 0 without any change."""
        change = x.float() - x[:, :1].float()
        pooled = torch.einsum("bt,bthwc->bhwc", self.weights[lengths], change)
        return pooled / pooled.abs().amax((1, 2, 3), keepdim=True).clamp_min(torch.finfo(pooled.dtype).tiny)

    def last_block(self) -> nn.Module:
        """Return the last block of GoogLeNet."""
        return self.net.last_block()

    def seen(self, x: Tensor) -> Tensor:
        """Return the onset frame, which the dynamic image lies over."""
        return x[:, 0]


def pooling_weights(frames: int) -> Tensor:
    """Return the weight of each frame in approximate rank pooling, for clips of each length, (frames + 1, frames).

    Row n has the weights of the first n frames: those that give the running means 1 to n the weights 2 i - n - 1.
    """
    table = torch.zeros(frames + 1, frames, dtype=torch.float64)
    for length in range(1, frames + 1):
        place = torch.arange(1, length + 1, dtype=torch.float64)
        of_means = (2 * place - length - 1) / place
        table[length, :length] = of_means.flip(0).cumsum(0).flip(0)
    return table.float()
