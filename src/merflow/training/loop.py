"""The training loop: one fold, one seed, a schedule of fixed length, and callbacks."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from merflow.artefacts import LazyRows, Rows
from merflow.artefacts.examples import no_apex_and_length
from merflow.counts import count
from merflow.errors import MerflowError
from merflow.models.network import Network
from merflow.models.registry import build_model
from merflow.training.augmentation.alteration import Draw, alteration
from merflow.training.callbacks import Callback, logits_of_clips
from merflow.training.clips import OnDevice, TrainingClips
from merflow.training.execution import give_freed_memory_back
from merflow.training.losses import batch_loss, shares_of
from merflow.training.method import Method
from merflow.training.optimiser import Adam, Sgd
from merflow.training.settings import TrainingSettings, schedule_length
from merflow.training.target import CLASSES, Target, target_of


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained network and how it got there.

    Attributes
    ----------
    model : Network
        In evaluation mode.
    history : list of dict
        One row an epoch: ``epoch`` (from 1), ``loss``, ``lr`` (of its last step), ``train_accuracy``, and what the
        callbacks say.
    """

    model: Network
    history: list[dict[str, float]]


def train(
    clips: TrainingClips,
    method: Method,
    *,
    classes: int,
    seed: int,
    device: torch.device,
    callbacks: Sequence[Callback] = (),
) -> Trained:
    """Train a network on the training clips of one fold.

    Parameters
    ----------
    clips : TrainingClips
    method : Method
        Network and schedule.
    classes : int
        Number of classes or labels, those included that do not occur here.
    seed : int
        Of initial weights, order and augmentation.
    device : torch.device
    callbacks : sequence of Callback
        Shown the network after each epoch, in evaluation mode.

    Raises
    ------
    MerflowError
        When the loss or a weight is no longer finite.
    """
    with own_random_numbers(seed, device):
        net = build_model(
            method.model, method.model_params, clips.x.shape[1:], classes, au_numbers=clips.au_numbers,
            edges=clips.edges,
        )  # fmt: skip
        net.begin_training(torch.from_numpy(clips.aus).float(), known=torch.from_numpy(clips.aus_known))
        net.to(device)
        epochs = _Epochs(net, clips, classes, method.training, seed=seed, device=device)
        history = []
        for epoch in range(1, epochs.count + 1):
            row = epochs.run(epoch)
            check_finite(row, method.training)
            net.eval()
            for callback in callbacks:
                row |= callback.after_epoch(net, epoch)
            history.append(row)
            if isinstance(clips.x, LazyRows):
                give_freed_memory_back()
            if any(callback.enough() for callback in callbacks):
                break
    for callback in callbacks:
        callback.finish(net, history)
    check_finite_weights(net, method.training)
    return Trained(net.eval(), history)


@contextmanager
def own_random_numbers(seed: int, device: torch.device) -> Iterator[None]:
    """Let the seed alone decide the initial weights and what dropout drops; leave torch's state as it was."""
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        yield


class _Epochs:
    """What the epochs of one training share: data on the device, optimiser, order, and the number of the step."""

    def __init__(
        self,
        net: Network,
        clips: TrainingClips,
        classes: int,
        settings: TrainingSettings,
        *,
        seed: int,
        device: torch.device,
    ) -> None:
        self._net, self._settings, self._device = net, settings, device
        self._alter = alteration(clips.x.shape[1:], image_augmentation=settings.image_augmentation)
        self._examples = OnDevice(clips.x, clips.apex_and_length, device)
        self._labels = torch.from_numpy(clips.labels).to(device)
        self._aus = torch.from_numpy(clips.aus).float().to(device)
        self._aus_known = torch.from_numpy(clips.aus_known).to(device)
        self._draw = Draw(torch.Generator().manual_seed(seed), seed=seed, names=clips.names)
        self._target = target_of(clips.labels)
        weight = torch.from_numpy(self._target.weights(clips.labels, classes)).to(device)
        self._weight = weight if settings.class_weights else None
        self._optimiser = make_optimiser(net.parameters(), settings)
        self.count, self._batches = schedule_length(len(clips.labels), settings)

    def run(self, epoch: int) -> dict[str, float]:
        """Fit the network on every clip once; return the row of the history.

        On a GPU the order goes there once an epoch: an index on the CPU would make each step wait for the one before.
        """
        clips, settings = len(self._labels), self._settings
        shares = shares_of(settings, epoch)
        total, correct = torch.zeros((), device=self._device), torch.zeros((), device=self._device)
        self._net.train()
        self._draw.epoch = epoch
        order = torch.randperm(clips, generator=self._draw.generator)
        parts = zip(*(rows.tensor_split(self._batches) for rows in (order, order.to(self._device))), strict=True)
        for batch, (rows, here) in enumerate(parts, (epoch - 1) * self._batches):
            rate = learning_rate(batch, self.count * self._batches, settings, batches=self._batches)
            self._net.zero_grad()
            x, apex_and_length = self._examples.batch(rows, here)
            loss, logits = batch_loss(
                self._net, self._alter(x, self._draw, rows), self._labels[here], self._aus[here],
                aus_known=self._aus_known[here], apex_and_length=apex_and_length,
                class_weight=self._weight, shares=shares, focal_gamma=settings.gamma,
            )  # fmt: skip
            loss.backward()  # type: ignore[no-untyped-call]
            self._optimiser.step(rate)
            total += loss.detach() * len(rows)
            correct += self._target.told(self._net, logits.detach(), self._labels[here]).sum()
        return {"epoch": epoch, "loss": total.item() / clips, "lr": rate, "train_accuracy": correct.item() / clips}


def make_optimiser(parameters: Iterable[nn.Parameter], settings: TrainingSettings) -> Adam | Sgd:
    """Return the optimiser that the settings name."""
    if settings.optimiser == "sgd":
        return Sgd(parameters, weight_decay=settings.weight_decay, momentum=settings.momentum)
    decoupled = settings.optimiser == "adamw"
    return Adam(parameters, weight_decay=settings.weight_decay, decoupled=decoupled)


def predict(
    model: Network,
    x: Rows,
    device: torch.device,
    *,
    apex_and_length: NDArray[np.int64] | None = None,
    target: Target = CLASSES,
) -> NDArray[np.float32]:
    """Return the scores (n, classes) of clips, by a network in evaluation mode; of classes softmax scores.

    Raises
    ------
    MerflowError
        When a score is not finite. A comparison takes it for a label that is absent, and an empty score in a table says
        that nobody could learn the class.
    """
    if not len(x):
        raise ValueError("expected clips to predict, found none")
    examples = OnDevice(x, no_apex_and_length(len(x)) if apex_and_length is None else apex_and_length, device)
    scores: NDArray[np.float32] = target.scores(model, logits_of_clips(model, examples)).cpu().numpy()
    wrong = int((~np.isfinite(scores)).any(axis=1).sum())
    if wrong:
        raise MerflowError(
            f"training diverged: expected finite scores, but found none for {wrong} of {count(len(scores), 'clip')}: "
            "the weights are too large or no numbers, or the network divides by 0. Lower training.learning_rate, or "
            "mend the network, and train it again."
        )
    return scores


def learning_rate(step: int, steps: int, settings: TrainingSettings, *, batches: int) -> float:
    """Return the learning rate of one step, of which each epoch has so many batches.

    Linear warm-up, then half a cosine to 0 at the end; or constant; or by the same factor each step down to a share; or
    a tenth after every so many epochs.
    """
    if settings.schedule == "step":
        return settings.learning_rate / math.pow(10, step // batches // settings.step_epochs)
    if settings.schedule == "constant":
        return settings.learning_rate
    if settings.schedule == "exponential":
        return settings.learning_rate * math.pow(settings.final_rate, step / max(1, steps - 1))
    if step < settings.warmup_steps:
        return settings.learning_rate * (step + 1) / settings.warmup_steps
    progress = (step - settings.warmup_steps) / max(1, steps - settings.warmup_steps)
    return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * progress))


def check_finite(row: Mapping[str, float], settings: TrainingSettings) -> None:
    """Raise MerflowError when the loss of a row of the history is not finite."""
    if not math.isfinite(row["loss"]):
        raise MerflowError(
            f"training diverged: expected a finite loss, but found {row['loss']} in epoch {row['epoch']:.0f}. "
            f"Lower training.learning_rate (now {settings.learning_rate:g}), and look at the input's range in the "
            "experiment's examples.h5."
        )


def check_finite_weights(net: Network, settings: TrainingSettings) -> None:
    """Raise MerflowError when a weight is not finite: the loss of a step is that before it, and the last has no next.

    Buffers are not looked at, since a mask may hold infinity; what they do to the scores, ``predict`` tells.
    """
    for name, value in net.named_parameters():
        if not torch.isfinite(value).all():
            raise MerflowError(
                f"training diverged: expected finite weights, but found others in {name} after the last step. Lower "
                f"training.learning_rate (now {settings.learning_rate:g})."
            )
