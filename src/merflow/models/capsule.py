"""Capsule network on the apex frame: the other image baseline of GTS-GN.

Source: Quang et al. 2019, "CapsuleNet for micro-expression recognition", after Sabour et al. 2017, "Dynamic routing
between capsules". The sizes are those of Quang et al.'s published code: ResNet18 without max pooling up to its third
stage gives 28x28, a 9x9 convolution 20x20, one with stride 2 6x6, that is 1152 capsules.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from merflow.models.image_input import ImageInput, check_image_input
from merflow.models.losses import label_margin_loss, margin_loss
from merflow.models.network import Network
from merflow.models.params import check_param
from merflow.models.resnet18 import initialise, residual_stages, stem

WIDTH = 64
PRIMARY_SIDE, PRIMARY_LENGTH, CLASS_LENGTH = 6, 8, 16
"""Height and width of the primary capsules' map; numbers in a primary capsule, and in that of a class."""


class CapsuleNet(Network):
    """Features of ResNet18, primary capsules, one capsule a class by dynamic routing; no decoder.

    The scores are the lengths of the class capsules, from 0 to 1: each says by itself whether its class is there.
    A softmax over them therefore keeps the order of the classes but is nearly flat: of lengths 0.9 and 0.1 with six
    classes it makes .31 and .14.

    Parameters
    ----------
    input_shape : (int, int, int)
        Height, width, colours (3); pictures are resized to 224x224.
    classes : int
        Number of classes.
    routing : int, at least 1
        Iterations of the routing.
    width : int, at least 2
        Channels of the first stage, even; all others are in proportion. Fewer than 64 are for small machines.

    Shapes
    ------
    input: (batch, height, width, 3), uint8 or float of 0 to 255; output: (batch, classes) lengths
    """

    name = "capsule"
    reads = ("magnified",)
    clip_ms = 220.0

    def __init__(self, input_shape: Sequence[int], classes: int, *, routing: int = 3, width: int = WIDTH) -> None:
        super().__init__()
        check_image_input("capsule", input_shape)
        check_param(routing >= 1, "capsule", "routing", expected="of at least 1 iteration", found=routing)
        even = width >= 2 and width % 2 == 0  # four times the width is cut into capsules of eight
        check_param(even, "capsule", "width", expected="even and at least 2", found=width)
        channels = 4 * width
        self.image = ImageInput()
        self.stem = stem(width)
        self.stages = residual_stages((width, 2 * width, channels))
        self.reduce = nn.Conv2d(channels, channels, 9)
        self.primary = nn.Conv2d(channels, channels, 9, stride=2)
        initialise(self)
        self.routing = routing
        capsules = PRIMARY_SIDE**2 * channels // PRIMARY_LENGTH
        self.class_weight = nn.Parameter(0.01 * torch.randn(classes, capsules, PRIMARY_LENGTH, CLASS_LENGTH))

    def forward(self, x: Tensor) -> Tensor:
        """Return the lengths of the class capsules."""
        predictions = torch.einsum("nid,cido->ncio", self._primary_capsules(x), self.class_weight)
        return length(route(predictions, iterations=self.routing)).squeeze(-1)

    def class_loss(self, logits: Tensor, target: Tensor, weight: Tensor | None, *, focal_gamma: float = 0.0) -> Tensor:
        """Return the margin loss of the lengths of the capsules; `focal_gamma` has no part in it."""
        return margin_loss(logits, target, weight)

    def label_loss(self, logits: Tensor, target: Tensor, weight: Tensor | None, *, focal_gamma: float = 0.0) -> Tensor:
        """Return the margin loss of the lengths of the capsules; `focal_gamma` has no part in it."""
        return label_margin_loss(logits, target, weight)

    def label_scores(self, logits: Tensor) -> Tensor:
        """Return the lengths of the capsules, which are probabilities already."""
        return logits

    def _primary_capsules(self, x: Tensor) -> Tensor:
        """Return (batch, capsules, 8): at each place, width / 2 capsules of eight channels in a row."""
        h = self.stem(self.image(x))
        for stage in self.stages:
            h = stage(h)
        h = self.primary(nn.functional.relu(self.reduce(h)))
        return squash(h.permute(0, 2, 3, 1).reshape(len(h), -1, PRIMARY_LENGTH))


def length(v: Tensor) -> Tensor:
    """Return the length of capsules (..., n) as (..., 1), with a finite gradient at zero."""
    return (v.square().sum(-1, keepdim=True) + 1e-12).sqrt()


def squash(s: Tensor) -> Tensor:
    """Shorten capsules (..., n) to a length below 1: ``|s|^2 / (1 + |s|^2) * s / |s|`` (Sabour et al. 2017, eq. 1)."""
    norm = length(s)
    return s * norm / (1 + norm.square())


def route(predictions: Tensor, *, iterations: int) -> Tensor:
    """Return the capsules of the classes by routing by agreement (Sabour et al. 2017, procedure 1).

    Every capsule divides itself among the classes, evenly at first, and more to the classes whose capsule points where
    it predicts. The shares are constants to the gradient, as in Quang et al.'s code: only the last sum is derived.

    Parameters
    ----------
    predictions : Tensor of shape (batch, classes, capsules, n)
        What each capsule predicts for the capsule of each class.
    iterations : int

    Returns
    -------
    Tensor of shape (batch, classes, n)
    """
    fixed = predictions.detach()
    agreement = torch.zeros_like(fixed[..., 0])
    for _ in range(iterations - 1):
        capsules = squash((agreement.softmax(1).unsqueeze(-1) * fixed).sum(2))
        agreement = agreement + (fixed @ capsules.unsqueeze(-1)).squeeze(-1)
    return squash((agreement.softmax(1).unsqueeze(-1) * predictions).sum(2))
