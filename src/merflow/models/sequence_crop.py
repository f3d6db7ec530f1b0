"""Square parts of sequences: a random one in training, the middle one otherwise; all frames of a clip alike."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from merflow.errors import ConfigError
from merflow.models.params import check_param


class SequenceCrop(nn.Module):
    """Cut a square out of each sequence.

    In training its place is drawn for each clip from torch's generator on the CPU, which the seed of the experiment
    sets: the same seed gives the same places, and a device changes none.

    Parameters
    ----------
    side : int
        Of the square, px.
    flip : bool
        Mirror half of the clips in training.

    Shapes
    ------
    input: (batch, frames, height, width, 3), any type; output: (batch, frames, side, side, 3), the same type
    """

    def __init__(self, side: int, *, flip: bool) -> None:
        super().__init__()
        self.side, self.flip = side, flip

    def forward(self, x: Tensor) -> Tensor:
        """Return the squares."""
        room = [length - self.side for length in x.shape[2:4]]
        if not self.training:
            top, left = (free // 2 for free in room)
            return x[:, :, top : top + self.side, left : left + self.side]
        tops, lefts = (torch.randint(free + 1, (len(x),)).tolist() for free in room)
        pieces = zip(x, tops, lefts, strict=True)
        cut = torch.stack([clip[:, top : top + self.side, left : left + self.side] for clip, top, left in pieces])
        if self.flip:
            mirrored = (torch.rand(len(x)) < 0.5).to(x.device)
            cut = torch.where(mirrored[:, None, None, None, None], cut.flip(3), cut)
        return cut


def check_sequence_input(model: str, input_shape: Sequence[int], *, crop: int) -> None:
    """Raise ConfigError unless examples are sequences of shape (frames, height, width, 3) of which `crop` can be cut.

    Parameters
    ----------
    model : str
        Of the network in the registry.
    input_shape : sequence of int
        Shape of one example.
    crop : int
        Side of the square, px.
    """
    if len(input_shape) != 4 or input_shape[3] != 3:
        raise ConfigError(
            f"{model}: expected examples of shape (frames, height, width, 3 colours), but found {tuple(input_shape)}. "
            "Use it with the artefact 'sequences'."
        )
    smallest = min(input_shape[1:3])
    check_param(
        1 <= crop <= smallest, model, "crop", expected=f"of 1 to {smallest} px, the side of the frames", found=crop
    )
