"""The target of a training: the one class of a clip, or of each label whether the clip shows it.

A network says one number for each class or label. The shape of the labels, (n,) or (n, labels), decides which target it
is; everything in which the two differ in training stands here.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from merflow.models.network import Network
from merflow.training.scores import PROBABLE
from merflow.training.shown import Labels
from merflow.training.weights import class_weights, positive_weights


class Target(Protocol):
    """What training and prediction ask of a kind of labels."""

    def weights(self, labels: Labels, outputs: int) -> NDArray[np.float32]:
        """Return the weight of each output in the loss, shape (outputs,), from the labels of a training fold."""

    def loss(
        self, net: Network, logits: Tensor, target: Tensor, weight: Tensor | None, *, focal_gamma: float
    ) -> Tensor:
        """Return the loss of a batch, a scalar; rows of padding (-100) have no part in it."""

    def predicted(self, net: Network, logits: Tensor) -> Tensor:
        """Return what is predicted, in the shape of the labels."""

    def scores(self, net: Network, logits: Tensor) -> Tensor:
        """Return the scores (b, outputs) of ``predictions.csv``."""

    def told(self, net: Network, logits: Tensor, target: Tensor) -> Tensor:
        """Return of each clip, (..., b), whether it was told right, or the share of its labels; padding is not."""


class Classes:
    """A clip is of one class."""

    def weights(self, labels: Labels, outputs: int) -> NDArray[np.float32]:
        """Return the inverse class frequencies."""
        return class_weights(labels, outputs)

    def loss(
        self, net: Network, logits: Tensor, target: Tensor, weight: Tensor | None, *, focal_gamma: float
    ) -> Tensor:
        """Return the network's loss of the classes."""
        return net.class_loss(logits, target, weight, focal_gamma=focal_gamma)

    def predicted(self, net: Network, logits: Tensor) -> Tensor:
        """Return the class of the largest score."""
        return logits.argmax(-1)

    def scores(self, net: Network, logits: Tensor) -> Tensor:
        """Return shares of 1."""
        return logits.softmax(1)

    def told(self, net: Network, logits: Tensor, target: Tensor) -> Tensor:
        """Return whether the class of each clip was told."""
        return self.predicted(net, logits) == target


class Each:
    """Of each label it is told whether a clip shows it."""

    def weights(self, labels: Labels, outputs: int) -> NDArray[np.float32]:
        """Return how much more a clip that shows a label counts than one that does not."""
        return positive_weights(labels)

    def loss(
        self, net: Network, logits: Tensor, target: Tensor, weight: Tensor | None, *, focal_gamma: float
    ) -> Tensor:
        """Return the network's loss of the labels."""
        return net.label_loss(logits, target.to(logits.dtype), weight, focal_gamma=focal_gamma)

    def predicted(self, net: Network, logits: Tensor) -> Tensor:
        """Return whether the probability of each label is above one half."""
        return self.scores(net, logits) > PROBABLE

    def scores(self, net: Network, logits: Tensor) -> Tensor:
        """Return the probability of each label."""
        return net.label_scores(logits)

    def told(self, net: Network, logits: Tensor, target: Tensor) -> Tensor:
        """Return the share of the labels of each clip that were told right."""
        return (self.predicted(net, logits) == target).float().mean(-1)


CLASSES, EACH = Classes(), Each()


def target_of(labels: Labels | Tensor) -> Target:
    """Return the target that labels of clips are of, by their shape: (n,) or (n, labels)."""
    return EACH if labels.ndim == 2 else CLASSES
