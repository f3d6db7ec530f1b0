"""One optimiser step of several networks. It asks no value of the device, so that steps follow without waiting."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from merflow.training.loop import make_optimiser
from merflow.training.losses import Shares
from merflow.training.resident import Resident
from merflow.training.settings import TrainingSettings
from merflow.training.stack_batches import Batches
from merflow.training.stacking.capture import captured
from merflow.training.stacking.stack import Stack
from merflow.training.target import target_of


class StackedStep:
    """Steps of a stack. What a step reads and writes stays at the same place in memory, as a graph of CUDA asks for.

    Parameters
    ----------
    stack : Stack
    resident : Resident
    labels : sequence of ndarray of shape (n,) or (n, labels)
        Of the training clips of each network, for the class weights.
    settings : TrainingSettings
    classes : int
    half : bool
        Compute in bfloat16 where torch holds it for safe.
    capture : bool
        On a GPU, launch a step as one graph.
    """

    def __init__(
        self,
        stack: Stack,
        resident: Resident,
        labels: Sequence[NDArray[Any]],
        settings: TrainingSettings,
        *,
        classes: int,
        half: bool = False,
        capture: bool = True,
    ) -> None:
        self._stack, self._resident, self._half, self._capture = stack, resident, half, capture
        self._device = resident.x.device
        self._optimiser = make_optimiser(stack.parameters.values(), settings)
        self._target = target_of(labels[0])
        weight = np.stack([self._target.weights(own, classes) for own in labels])
        self._weight = torch.from_numpy(weight).to(self._device)
        self._loss, self._correct = (torch.zeros(len(labels), device=self._device) for _ in range(2))
        exact = torch.float64 if self._device.type == "cpu" else torch.float32  # as each kernel reads it
        self._rate = torch.zeros((), dtype=exact, device=self._device)
        self._shares = torch.ones((len(labels), 2), dtype=torch.float64, device=self._device)
        self._batch: dict[str, Tensor] = {}
        self._real = torch.zeros(0)
        self._kept: list[Tensor] = []
        self._go: Callable[[], None] | None = None

    def begin(self, shares: Shares | None) -> None:
        """Begin an epoch, in which both losses have these shares."""
        if shares is not None:
            for column, share in zip(self._shares.unbind(1), shares, strict=True):
                column.fill_(share)
        self._loss.zero_()
        self._correct.zero_()

    def run(self, batches: Batches, number: int, *, kept: Sequence[Tensor], rate: float) -> None:
        """Do one step.

        Parameters
        ----------
        batches : Batches
            Of the epoch, on the device.
        number : int
            Which of them.
        kept : sequence of Tensor of shape (networks, clips, ...), bool
            What dropout keeps, on the CPU.
        rate : float
            Learning rate.
        """
        rows = batches.rows[number]
        given = {
            "x": self._resident.x[rows],
            "target": batches.target[number],
            "aus": batches.aus[number],
            "aus_known": batches.aus_known[number],
            "apex_and_length": self._resident.apex_and_length[rows],
        }
        self._fill(given, batches.real[number], [_sent(part, self._device) for part in kept])
        self._rate.fill_(rate)
        if self._go is None:
            self._go = captured(self._once, self._state(), self._device) if self._capture else self._once
        self._go()

    def totals(self) -> tuple[list[float], list[float]]:
        """Return the sum of the losses of the clips of the epoch of each network, and how many were told right."""
        return self._loss.tolist(), self._correct.tolist()

    def _fill(self, given: dict[str, Tensor], real: Tensor, kept: Sequence[Tensor]) -> None:
        """Put a batch where the step reads it."""
        if self._go is None:
            self._batch = {name: value.clone() for name, value in given.items()} | {
                "class_weight": self._weight,
                "shares": self._shares,
            }
            self._real, self._kept = real.clone(), [part.clone() for part in kept]
            return
        for name, value in given.items():
            self._batch[name].copy_(value)
        self._real.copy_(real)
        for place, part in zip(self._kept, kept, strict=True):
            place.copy_(part)

    def _once(self) -> None:
        """Do the step of the batch that is in its place."""
        for parameter in self._stack.parameters.values():
            parameter.grad = None
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._half, cache_enabled=False):
            losses, logits = self._stack.losses(self._batch, real=self._real, kept=self._kept)
        losses.sum().backward()  # type: ignore[no-untyped-call]
        self._optimiser.step(self._rate)
        self._loss.add_(losses.detach() * self._real.sum(1))
        self._correct.add_(self._target.told(self._stack.nets[0], logits.detach(), self._batch["target"]).sum(1))

    def _state(self) -> list[Tensor]:
        """Return all that a step changes."""
        stack = self._stack
        return [
            *stack.parameters.values(), *stack.buffers.values(), *self._optimiser.state, self._loss, self._correct,
        ]  # fmt: skip


def _sent(part: Tensor, device: torch.device) -> Tensor:
    """Return a tensor on the device; a copy to a GPU does not wait for the steps before."""
    return part if device.type == "cpu" else part.pin_memory().to(device, non_blocking=True)
