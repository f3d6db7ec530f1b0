"""The training loop: one fold, one seed, a fixed schedule, the last epoch."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from merflow.errors import MerflowError
from merflow.models import build_model
from merflow.training.augmentation import check_mirror, mirror_half
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


def train(
    x: NDArray[np.float32],
    labels: NDArray[np.int64],
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
    x : ndarray of shape (n, ...), float32
        Training clips only: everything that is fitted is fitted on these.
    labels : ndarray of shape (n,), int64
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
    if settings.mirror:
        check_mirror(x.shape[1:])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = build_model(model, model_params, x.shape[1:], classes).to(device)
    generator = torch.Generator().manual_seed(seed)
    inputs, targets = torch.from_numpy(x).to(device), torch.from_numpy(labels).to(device)
    weight = torch.from_numpy(class_weights(labels, classes)).to(device) if settings.class_weights else None
    loss_function = nn.CrossEntropyLoss(weight)
    optimiser = torch.optim.Adam(
        net.parameters(), settings.learning_rate, weight_decay=settings.weight_decay, fused=True
    )
    epochs, batches = schedule_length(len(x), settings)
    history, step = [], 0
    net.train()
    for epoch in range(1, epochs + 1):
        total, correct, rate = torch.zeros((), device=device), torch.zeros((), device=device), 0.0
        for rows in torch.randperm(len(x), generator=generator).tensor_split(batches):
            rate = learning_rate(step, epochs * batches, settings)
            batch, target = inputs[rows], targets[rows]
            if settings.mirror:
                batch = mirror_half(batch, generator)
            loss, logits = _step(net, optimiser, loss_function, batch, target, rate)
            total += loss * len(rows)
            correct += (logits.argmax(1) == target).sum()
            step += 1
        row = {"epoch": epoch, "loss": total.item() / len(x), "lr": rate, "train_accuracy": correct.item() / len(x)}
        _check_finite(row, settings)
        history.append(row)
    return Trained(net.eval(), history)


def predict(model: nn.Module, x: NDArray[np.float32], device: torch.device) -> NDArray[np.float32]:
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


def _step(
    net: nn.Module,
    optimiser: torch.optim.Optimizer,
    loss_function: nn.CrossEntropyLoss,
    batch: Tensor,
    target: Tensor,
    rate: float,
) -> tuple[Tensor, Tensor]:
    """Take one optimiser step; return the detached loss and logits."""
    for group in optimiser.param_groups:
        group["lr"] = rate
    optimiser.zero_grad()
    logits = net(batch)
    loss: Tensor = loss_function(logits, target)
    loss.backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    return loss.detach(), logits.detach()


def _check_finite(row: Mapping[str, float], settings: TrainingSettings) -> None:
    if not math.isfinite(row["loss"]):
        raise MerflowError(
            f"training diverged: expected a finite loss, but found {row['loss']} in epoch {row['epoch']:.0f}. "
            f"Lower training.learning_rate (now {settings.learning_rate:g}), and look at the input's range in the "
            "experiment's examples.h5."
        )
