"""The training loop: one fold, one seed, a fixed schedule, the last epoch."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from merflow.errors import MerflowError
from merflow.models import build_model
from merflow.training.augmentation import check_mirror, mirror_half
from merflow.training.image_augmentation import augment_images, check_images
from merflow.training.losses import batch_loss
from merflow.training.settings import TrainingSettings
from merflow.training.weights import class_weights

PREDICT_BATCH = 64


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained network and how it got there.

    Attributes
    ----------
    model : nn.Module
        In evaluation mode.
    history : list of dict
        One row an epoch: ``epoch`` (from 1), ``loss``, ``lr`` (of its last step), ``train_accuracy``.
    """

    model: nn.Module
    history: list[dict[str, float]]


@dataclass(frozen=True, slots=True)
class TrainingClips:
    """What a network is fitted on: training clips only, altered copies of them included.

    Attributes
    ----------
    x : ndarray of shape (n, ...), float32 or uint8
    labels : ndarray of shape (n,), int64
    aus : ndarray of shape (n, a), uint8
        1 where the clip shows a unit; the a units are those that the training clips show.
    edges : sequence of (int, int)
        Pairs of nodes that a graph joins; empty when `x` is none.
    """

    x: NDArray[Any]
    labels: NDArray[np.int64]
    aus: NDArray[np.uint8]
    edges: Sequence[tuple[int, int]] = ()

    @classmethod
    def plain(cls, x: NDArray[Any], labels: NDArray[np.int64]) -> Self:
        """Return clips of which nothing but their labels is known."""
        return cls(x, labels, np.zeros((len(x), 0), dtype=np.uint8))


def train(
    clips: TrainingClips,
    *,
    model: str,
    model_params: Mapping[str, Any],
    classes: int,
    settings: TrainingSettings,
    seed: int,
    device: torch.device,
) -> Trained:
    """Train a network on the training clips of one fold.

    Parameters
    ----------
    clips : TrainingClips
    model, model_params
        As for ``build_model``.
    classes : int
        Number of classes, those included that do not occur here.
    settings : TrainingSettings
    seed : int
        Of initial weights, order and augmentation.
    device : torch.device

    Raises
    ------
    MerflowError
        When the loss is no longer finite.
    """
    alter = _alteration(settings, clips.x.shape[1:])
    net = _fresh_network(clips, model, model_params, classes, seed=seed).to(device)
    generator = torch.Generator().manual_seed(seed)
    inputs, targets = torch.from_numpy(clips.x).to(device), torch.from_numpy(clips.labels).to(device)
    aus = torch.from_numpy(clips.aus).float().to(device)
    weight = torch.from_numpy(class_weights(clips.labels, classes)).to(device) if settings.class_weights else None
    optimiser = torch.optim.Adam(
        net.parameters(), settings.learning_rate, weight_decay=settings.weight_decay, fused=True
    )
    count = len(inputs)
    epochs, batches = schedule_length(count, settings)
    history, step = [], 0
    net.train()
    for epoch in range(1, epochs + 1):
        total, correct, rate = torch.zeros((), device=device), torch.zeros((), device=device), 0.0
        for rows in torch.randperm(count, generator=generator).tensor_split(batches):
            rate = learning_rate(step, epochs * batches, settings)
            _set_rate(optimiser, rate)
            optimiser.zero_grad()
            loss, logits = batch_loss(
                net, alter(inputs[rows], generator), targets[rows], aus[rows],
                class_weight=weight, au_beta=settings.au_beta,
            )  # fmt: skip
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            total += loss.detach() * len(rows)
            correct += (logits.detach().argmax(1) == targets[rows]).sum()
            step += 1
        row = {"epoch": epoch, "loss": total.item() / count, "lr": rate, "train_accuracy": correct.item() / count}
        _check_finite(row, settings)
        history.append(row)
    return Trained(net.eval(), history)


def _fresh_network(
    clips: TrainingClips, model: str, model_params: Mapping[str, Any], classes: int, *, seed: int
) -> nn.Module:
    """Build the network with weights that the seed alone decides."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        shape, n_aus = clips.x.shape[1:], clips.aus.shape[1]
        return build_model(model, model_params, shape, classes, n_aus=n_aus, edges=clips.edges)


def _alteration(
    settings: TrainingSettings, example_shape: Sequence[int]
) -> Callable[[Tensor, torch.Generator], Tensor]:
    """Return what is done to each batch before the network sees it."""
    if settings.mirror:
        check_mirror(example_shape)
        return mirror_half
    if settings.image_augmentation:
        check_images(example_shape)
        return augment_images
    return lambda batch, _generator: batch


def _set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    for group in optimiser.param_groups:
        group["lr"] = rate


def predict(model: nn.Module, x: NDArray[Any], device: torch.device) -> NDArray[np.float32]:
    """Return the softmax scores (n, classes) of clips, by a network in evaluation mode."""
    with torch.inference_mode():
        parts = [
            model(torch.from_numpy(x[start : start + PREDICT_BATCH]).to(device)).softmax(1).cpu()
            for start in range(0, len(x), PREDICT_BATCH)
        ]
    scores: NDArray[np.float32] = torch.cat(parts).numpy()
    return scores


def schedule_length(clips: int, settings: TrainingSettings) -> tuple[int, int]:
    """Return (epochs, batches an epoch).

    Convention
    ----------
    By hand: 84 clips in batches of at most 24 are 4 batches of 21, and 30 epochs are 120 steps, which is enough;
    40 clips are 2 batches of 20, and at least 100 steps take 50 epochs.
    """
    batches = math.ceil(clips / settings.batch_size)
    return max(settings.min_epochs, math.ceil(settings.min_steps / batches)), batches


def learning_rate(step: int, steps: int, settings: TrainingSettings) -> float:
    """Return the learning rate of one step: linear warm-up, then half a cosine to 0 at the end; or constant."""
    if settings.schedule == "constant":
        return settings.learning_rate
    if step < settings.warmup_steps:
        return settings.learning_rate * (step + 1) / settings.warmup_steps
    progress = (step - settings.warmup_steps) / max(1, steps - settings.warmup_steps)
    return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * progress))


def _check_finite(row: Mapping[str, float], settings: TrainingSettings) -> None:
    if not math.isfinite(row["loss"]):
        raise MerflowError(
            f"training diverged: expected a finite loss, but found {row['loss']} in epoch {row['epoch']:.0f}. "
            f"Lower training.learning_rate (now {settings.learning_rate:g}), and look at the input's range in the "
            "experiment's examples.h5."
        )
