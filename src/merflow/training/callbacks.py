"""Callbacks of the training loop: when to stop, and the score if the epoch were chosen on the test clips.

A callback does not change what is learnt. It runs the network in evaluation mode, where no random number is drawn.
"""

import math
from collections.abc import Mapping
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from merflow.errors import DatasetError
from merflow.models.network import Network
from merflow.training.clips import Clips, OnDevice
from merflow.training.losses import logits_of
from merflow.training.target import target_of


class Callback(Protocol):
    """Someone who is shown the network after each epoch."""

    def after_epoch(self, net: Network, epoch: int) -> Mapping[str, float]:
        """Return what the history shall say of this epoch; the network is in evaluation mode."""

    def enough(self) -> bool:
        """Say whether training shall end here."""

    def finish(self, net: Network, history: list[dict[str, float]]) -> None:
        """Leave the network as it is to be used, and complete the history."""


class EarlyStopping:
    """Keep the epoch with the lowest loss on clips of training subjects who were left out of the fitting.

    The loss is that of the classes as in training: focal where the settings say so, a model's own where it has one.

    Parameters
    ----------
    clips : Clips
        Of the inner split: no subject of theirs is fitted on or tested.
    patience : int
        Epochs without a lower loss after which training ends.
    class_weight : Tensor or None
        As in training.
    gamma : float
        Of the focal loss, as in training; 0 is cross-entropy.
    device : torch.device
    """

    def __init__(
        self, clips: Clips, *, patience: int, class_weight: Tensor | None, gamma: float, device: torch.device
    ) -> None:
        self._examples = OnDevice(clips.x, clips.apex_and_length, device)
        self._labels, self._target = torch.from_numpy(clips.labels).to(device), target_of(clips.labels)
        self._patience = patience
        self._weight, self._gamma = class_weight, gamma
        self._epoch = 0
        self._best: dict[str, Tensor] = {}
        self._lowest = float("inf")
        self.kept = 0

    def after_epoch(self, net: Network, epoch: int) -> Mapping[str, float]:
        """Return loss and accuracy on the inner clips, and remember the network when the loss is the lowest so far."""
        logits = logits_of_clips(net, self._examples)
        loss = self._target.loss(net, logits, self._labels, self._weight, focal_gamma=self._gamma).item()
        self._epoch = epoch
        if not math.isfinite(loss):
            raise DatasetError(
                f"training.early_stopping: expected a finite loss on the clips that are left out, but found {loss} in "
                f"epoch {epoch}: all {len(self._labels)} may be of classes that nobody else shows. Raise "
                "training.inner_folds, or set early_stopping: 0."
            )
        if loss < self._lowest:
            self._lowest, self.kept = loss, epoch
            self._best = {name: value.detach().clone() for name, value in net.state_dict().items()}
        accuracy = (self._target.predicted(net, logits) == self._labels).float().mean().item()
        return {"inner_loss": loss, "inner_accuracy": accuracy}

    def enough(self) -> bool:
        """Say whether the loss has not fallen for as many epochs as one is patient."""
        return self._epoch - self.kept >= self._patience

    def finish(self, net: Network, history: list[dict[str, float]]) -> None:
        """Put the weights of the kept epoch back, and mark it in the history."""
        net.load_state_dict(self._best)
        for row in history:
            row["kept"] = float(row["epoch"] == self.kept)


class Oracle:
    """Choose the epoch by the test clips themselves, as many published results do: a leak, kept apart from the result.

    Parameters
    ----------
    clips : Clips
        Of the test subject.
    device : torch.device

    Attributes
    ----------
    predicted : ndarray of shape (n,), int64
        Classes after the epoch with the highest accuracy on these clips, the first such epoch.
    """

    def __init__(self, clips: Clips, *, device: torch.device) -> None:
        self._examples = OnDevice(clips.x, clips.apex_and_length, device)
        self._labels, self._target = clips.labels, target_of(clips.labels)
        self._best = -1.0
        self.predicted: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def after_epoch(self, net: Network, epoch: int) -> Mapping[str, float]:
        """Return the accuracy on the test clips, and remember what was said when it is the highest so far."""
        predicted = self._target.predicted(net, logits_of_clips(net, self._examples)).cpu().numpy()
        accuracy = float((predicted == self._labels).mean())
        if accuracy > self._best:
            self._best, self.predicted = accuracy, predicted
        return {"test_accuracy": accuracy}

    def enough(self) -> bool:
        """Never end a training: the honest result would then depend on the test clips."""
        return False

    def finish(self, net: Network, history: list[dict[str, float]]) -> None:
        """Leave both alone."""


def logits_of_clips(net: Network, examples: OnDevice) -> Tensor:
    """Return the logits (n, classes) of clips by a network in evaluation mode."""
    with torch.inference_mode():
        return torch.cat([logits_of(net, *batch) for batch in examples.batches()])
