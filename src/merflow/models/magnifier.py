"""The learned motion magnifier after Oh et al. (2018): the network, and reading its weights."""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from merflow.errors import ArtefactError, ConfigError
from merflow.models.magnifier_layers import Decoder, Encoder, Manipulator
from merflow.untrusted.weights_file import read_weights

ARCHITECTURE = "motion_magnifier_1"
"""Name of the architecture in a weights file; it changes when old weights no longer mean the same."""

_CELL = 8
"""The sides of a picture are padded to a multiple of this: pixels along a cell of the coarsest scale."""


class MotionMagnifier(nn.Module):
    """The whole network: what a frame would look like had everything moved `factor` times as far since the onset.

    Parameters
    ----------
    features, products, width, filters, filter_size : int
        Filters of a shape, products of shape and difference, length of the code, filters of the texture, their side.

    Shapes
    ------
    input: onset and frame (batch, 3, h, w) in grey levels of 255; output: the same
    """

    def __init__(
        self,
        *,
        features: int = 12,
        products: int = 16,
        width: int = 24,
        filters: int = 12,
        filter_size: int = 7,
        steps: int = 4,
    ) -> None:
        super().__init__()
        self.params = {
            "features": features,
            "products": products,
            "width": width,
            "filters": filters,
            "filter_size": filter_size,
            "steps": steps,
        }
        self.encoder = Encoder(features)
        self.manipulator = Manipulator(features, products, width)
        self.decoder = Decoder(width, filters, filter_size, steps)

    def forward(self, onset: Tensor, frame: Tensor, factor: Tensor | float) -> Tensor:
        """Return the magnified frame, neither rounded nor clipped.

        Parameters
        ----------
        onset, frame : Tensor of shape (batch, 3, h, w), float32
            Grey levels in 0 to 255.
        factor : float or Tensor of shape (batch,)
            Magnification; 1 returns the frame as it is.
        """
        height, width = frame.shape[-2:]
        pad = (0, -width % _CELL, 0, -height % _CELL)
        onset, frame = (functional.pad(x, pad, mode="replicate") for x in (onset, frame))
        code = self.manipulator(self.encoder(onset), self.encoder(frame))
        beyond = torch.as_tensor(factor, dtype=code.dtype, device=code.device).reshape(-1, 1, 1, 1) - 1
        magnified: Tensor = self.decoder(frame, beyond * code)
        return magnified[..., :height, :width]


def load_magnifier(path: Path) -> MotionMagnifier:
    """Rebuild a magnifier from its weights file.

    Parameters
    ----------
    path : Path
        As ``merflow.training.magnifier.train.train_magnifier`` wrote it.

    Returns
    -------
    MotionMagnifier
        In evaluation mode, on the CPU.

    Raises
    ------
    ArtefactError
        When there is no such file, it is no weights file, or it holds another architecture.
    """
    state, config = read_weights(
        Path(path),
        what="the weights of a motion magnifier",
        advice="Train the magnifier again, or name a file that this workflow wrote.",
    )
    if config.get("model") != ARCHITECTURE:
        raise ArtefactError(
            f"{path}: expected weights of the architecture {ARCHITECTURE!r}, but found {config.get('model')!r}. "
            "Train the magnifier again, or name other weights."
        )
    with torch.random.fork_rng(devices=[]):  # fresh weights are drawn, and at once replaced
        try:
            net = MotionMagnifier(**config["model_params"])
            net.load_state_dict(state)
        except (KeyError, TypeError, RuntimeError, ConfigError) as error:
            raise ArtefactError(
                f"{path}: expected the tensors of {ARCHITECTURE!r} with the parameters {config.get('model_params')}, "
                f"but found others: {error}. Train the magnifier again, or name other weights."
            ) from error
    return net.eval()
