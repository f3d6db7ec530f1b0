"""AU-graph: Res3D+SCA tells the action units, and a graph of the units tells the emotions.

Source: Li et al. 2022 (4DME), section 5.3.2. What the paper leaves open, and how it is read here, is in
docs/models/au_graph.md.
"""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from merflow.errors import ConfigError
from merflow.models.losses import masked_au_loss
from merflow.models.network import Network
from merflow.models.params import check_param
from merflow.models.res3d import KINETICS_MEAN, Res3D, Subtracted
from merflow.models.sequence_crop import check_sequence_input
from merflow.user_paths import UserPath

UNITS = (1, 2, 4, 6, 7, 12, 17, 45)
"""FACS numbers of the eight units of Table 5: each is in more than ten clips of 4DME."""


class AUGraph(Network):
    """The probabilities of the action units are the nodes of a graph; one graph convolution, a linear map.

    The graph is the co-occurrence of the units in the training clips: it is no weight, and lies beside the weights as
    ``co_occurrence``.

    Parameters
    ----------
    input_shape : (int, int, int, int)
        Frames; height, width, colours (3).
    classes : int
        Number of classes.
    au_numbers : sequence of int
        FACS numbers of the action units that the training clips show.
    units : non-empty sequence of int, each at least 1
        FACS numbers of the action units that are nodes.
    graph_width : int, at least 1
        Features of a node after the graph convolution.
    width : int, at least 1
        Channels of the first layer of Res3D; each later one has twice as many.
    crop : int, at least 1
        Side of the square that is cut out of the frames, px.
    flip : bool
        Mirror half of the clips in training.
    mean : sequence of float
        Grey levels of red, green and blue that are subtracted.
    subtract : {"mean", "onset"}
        What is subtracted from each frame: `mean`, or the first frame of the clip, which leaves what moves.
    weights : str
        Path of weights that the training of Res3D starts from, all but SCA and its last linear map; empty for random
        ones.

    Shapes
    ------
    x: (batch, frames, height, width, 3), uint8 or float of 0 to 255; output: (batch, classes) logits
    """

    name = "au_graph"
    reads = ("sequences",)
    clip_ms = 460.0
    effective_with: ClassVar = {"mean": {"subtract": "mean"}}

    co_occurrence: Tensor
    column: Tensor

    def __init__(
        self,
        input_shape: Sequence[int],
        classes: int,
        *,
        au_numbers: Sequence[int] = (),
        units: Sequence[int] = UNITS,
        graph_width: int = 16,
        width: int = 64,
        crop: int = 112,
        flip: bool = False,
        mean: Sequence[float] = KINETICS_MEAN,
        subtract: Subtracted = "mean",
        weights: UserPath = "",
    ) -> None:
        super().__init__()
        check_sequence_input(self.name, input_shape, crop=crop)
        check_param(graph_width >= 1, self.name, "graph_width", expected="of 1 or more", found=graph_width)
        different = len(set(units)) == len(units) > 0
        check_param(different, self.name, "units", expected="of one or more different numbers", found=list(units))
        self.units = tuple(units)
        self.missing = tuple(unit for unit in self.units if unit not in au_numbers)
        _check_some_are_shown(self.units, au_numbers)
        self.detect = Res3D(
            input_shape,
            len(units),
            attention="sca",
            width=width,
            crop=crop,
            flip=flip,
            mean=mean,
            subtract=subtract,
            weights=weights,
        )
        places = {number: place for place, number in enumerate(au_numbers)}
        column = torch.tensor([places.get(unit, len(places)) for unit in units])
        self.register_buffer("column", column, persistent=False)
        self.register_buffer("co_occurrence", torch.eye(len(units)))
        self.convolve = nn.Linear(1, graph_width)
        self.classify = nn.Linear(len(units) * graph_width, classes)

    def begin_training(self, aus: Tensor, *, known: Tensor) -> None:
        """Take the graph from the training clips, and the weights of the user's file; raises as Res3D does."""
        self.co_occurrence.copy_(co_occurrence(self.shown(aus)[known]))
        self.detect.begin_training(aus, known=known)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits of the classes."""
        return self.forward_with_aus(x)[0]

    def forward_with_aus(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Return the logits of the classes, and those of the units of the graph."""
        au_logits: Tensor = self.detect(x)
        nodes = au_logits.sigmoid()[:, :, None]
        features = nn.functional.relu(self.convolve(self.co_occurrence @ nodes))
        return self.classify(features.flatten(1)), [au_logits]

    def au_loss(self, au_logits: Sequence[Tensor], aus: Tensor, *, known: Tensor) -> Tensor:
        """Return the binary cross-entropy of the units of the graph, mean over them and the clips that are known."""
        (logits,) = au_logits
        return masked_au_loss(logits, self.shown(aus), known)

    def shown(self, aus: Tensor) -> Tensor:
        """Return the columns (clips, units) of the graph's units; 0 of a unit that no training clip shows."""
        return nn.functional.pad(aus, (0, 1))[:, self.column]

    def notes(self) -> list[str]:
        """Say which units no training clip shows."""
        shown_by_none = ", ".join(f"AU{unit}" for unit in self.missing)
        return [f"no training clip shows {shown_by_none}: joined to no other unit"] if self.missing else []


def co_occurrence(shown: Tensor) -> Tensor:
    """Return the graph of action units: how often a clip with unit i shows unit j, each row divided by its sum.

    A unit that no clip shows has no such share: its row is 1 for itself and 0 for the others.

    Parameters
    ----------
    shown : Tensor of shape (clips, units)
        1 where the clip shows the unit, else 0.

    Returns
    -------
    Tensor of shape (units, units), float32
        The share of a unit with itself, 1, is its self-loop.

    Convention
    ----------
    By hand: three clips show unit a, one of these b too, none c. Row a: (1, 1/3, 0) / (4/3) = (.75, .25, 0).
    Row b: (1, 1, 0) / 2 = (.5, .5, 0). Row c: (0, 0, 1).
    """
    together = shown.double().T @ shown.double()
    share = together / together.diagonal().clamp_min(1)[:, None]
    share.fill_diagonal_(1)
    return (share / share.sum(1, keepdim=True)).float()


def _check_some_are_shown(units: Sequence[int], au_numbers: Sequence[int]) -> None:
    if set(units).isdisjoint(au_numbers):
        found = ", ".join(map(str, au_numbers)) or "none"
        raise ConfigError(
            f"au_graph: expected training clips that show action units of {', '.join(map(str, units))}, but found "
            f"{found}. Annotate them, or name others in units of model_params in config.yaml."
        )
