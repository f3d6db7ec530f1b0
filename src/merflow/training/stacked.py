"""Train several networks at once: folds and seeds side by side, each as if it were trained by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from merflow.errors import MerflowError
from merflow.models.network import Network
from merflow.models.registry import build_model
from merflow.training.callbacks import Callback
from merflow.training.fold_clips import FittedRows
from merflow.training.loop import Trained, check_finite, learning_rate, own_random_numbers
from merflow.training.losses import Shares, batch_loss, logits_of, shares_of
from merflow.training.method import Method
from merflow.training.resident import Resident
from merflow.training.settings import TrainingSettings, schedule_length
from merflow.training.stack_batches import StepShape, batches_of
from merflow.training.stacked_step import StackedStep
from merflow.training.stacking.probe import CLIPS, Layout, probe
from merflow.training.stacking.stack import Stack
from merflow.training.stacking.streams import DropoutStreams

CPU = torch.device("cpu")


@dataclass(frozen=True, slots=True)
class Member:
    """One training of a stack.

    Parameters
    ----------
    fitted : FittedRows
        What it is trained on.
    seed : int
        Of initial weights, order and dropout.
    callbacks : sequence of Callback
        Its own.
    """

    fitted: FittedRows
    seed: int
    callbacks: Sequence[Callback] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """What the members of a stack share.

    Parameters
    ----------
    method : Method
    classes : int
        Number of classes.
    edges : sequence of (int, int)
        Pairs of nodes of a graph.
    device : torch.device
    half : bool
        Compute in bfloat16 where torch holds it for safe. Numbers change: for measurements only.
    captured : bool
        On a GPU, launch a step as one graph.
    """

    method: Method
    classes: int
    edges: Sequence[tuple[int, int]]
    device: torch.device
    half: bool = False
    captured: bool = True

    def network(self, member: Member, resident: Resident) -> tuple[Network, Tensor]:
        """Return a network as its training begins, on the CPU, and the state of torch's random numbers then."""
        shape, fitted = resident.x.shape[1:], member.fitted
        with own_random_numbers(member.seed, CPU):
            net = build_model(
                self.method.model, self.method.model_params, shape, self.classes,
                au_numbers=fitted.au_numbers, edges=self.edges,
            )  # fmt: skip
            net.begin_training(torch.from_numpy(fitted.aus).float(), known=torch.from_numpy(fitted.aus_known))
            state = torch.get_rng_state()
        if resident.whole:
            net.promise_whole_clips()
        return net, state


class Objective(nn.Module):
    """Loss and logits of a batch, as the loop computes them.

    Parameters
    ----------
    net : Network
    settings : TrainingSettings
    """

    def __init__(self, net: Network, settings: TrainingSettings) -> None:
        super().__init__()
        self.net, self._settings = net, settings

    def forward(
        self, *, x: Tensor, target: Tensor, aus: Tensor, aus_known: Tensor, apex_and_length: Tensor,
        class_weight: Tensor, shares: Tensor,
    ) -> tuple[Tensor, Tensor]:  # fmt: skip
        """Return the loss, and the logits (clips, classes); `shares` (2,) is of the classes and of the units."""
        classes, units = shares.to(class_weight.dtype).unbind()
        return batch_loss(
            self.net, x, target, aus, aus_known=aus_known, apex_and_length=apex_and_length,
            class_weight=class_weight if self._settings.class_weights else None,
            shares=Shares(classes, units) if self._settings.au_beta else None, focal_gamma=self._settings.gamma,
        )  # fmt: skip


def layout_of(net: Network, resident: Resident, rows: Tensor) -> Layout:
    """Return how a network on the CPU treats a batch, by some examples."""
    few = rows[torch.arange(CLIPS) % len(rows)].to(resident.x.device)
    x, apex_and_length = resident.x[few].cpu(), resident.apex_and_length[few].cpu()
    return probe(net, lambda one, batch: logits_of(one, batch, apex_and_length), x)  # type: ignore[arg-type]


def train_stack(members: Sequence[Member], resident: Resident, task: Task) -> list[Trained | MerflowError]:
    """Train networks side by side.

    Each comes out as :func:`merflow.training.loop.train` trains it on a CPU, to rounding: the same initial weights,
    order of clips, batches and dropout, drawn from the same streams.

    Parameters
    ----------
    members : sequence of Member
        Of the same number of epochs, of batches an epoch and of action units.
    resident : Resident
        On the device of the task.
    task : Task

    Returns
    -------
    list of Trained or MerflowError
        Of each member; the error that its training would have raised.

    Raises
    ------
    CannotStackError
        When the network cannot be trained so.
    """
    run = StackRun(members, resident, task)
    for epoch in range(1, run.count + 1):
        run.epoch(epoch)
        if not run.going:
            break
    return run.results()


class StackRun:
    """The state of one stack: networks, random numbers, and what became of each member.

    Parameters
    ----------
    members, resident, task
        As for `train_stack`.

    Attributes
    ----------
    count, batches : int
        Epochs, and steps of each.
    going : list of int
        Members whose training has not ended.
    """

    def __init__(self, members: Sequence[Member], resident: Resident, task: Task) -> None:
        self._members, self._task, self._settings = members, task, task.method.training
        lengths = {schedule_length(len(member.fitted.rows), self._settings) for member in members}
        if len(lengths) != 1:
            raise ValueError(f"expected members of one number of epochs and batches, found {sorted(lengths)}")
        self.count, self.batches = lengths.pop()
        self._shape = StepShape.of([len(member.fitted.rows) for member in members], self.batches)
        nets, states = zip(*(task.network(member, resident) for member in members), strict=True)
        layout = layout_of(nets[0], resident, torch.from_numpy(members[0].fitted.rows))
        self._dropout = DropoutStreams(states, layout.drops)
        self._orders = [torch.Generator().manual_seed(member.seed) for member in members]
        self._stack = Stack(nets, layout, Objective(nets[0], self._settings), device=task.device)
        self._step = StackedStep(
            self._stack, resident, [member.fitted.labels for member in members], self._settings,
            classes=task.classes, half=task.half, capture=task.captured,
        )  # fmt: skip
        self._histories: list[list[dict[str, float]]] = [[] for _ in members]
        self._errors: dict[int, MerflowError] = {}
        self.going = list(range(len(members)))

    def epoch(self, epoch: int) -> None:
        """Fit each network on its clips once, and let its callbacks look."""
        rows = self._fit(epoch)
        self._stack.evaluating()
        for number in tuple(self.going):
            try:
                enough = self._look(number, rows[number])
            except MerflowError as error:
                self._errors[number], enough = error, True
            if enough:
                self._stack.release(number)
                self.going.remove(number)

    def results(self) -> list[Trained | MerflowError]:
        """Return what became of each member."""
        for number in self.going:
            self._stack.release(number)
        found: list[Trained | MerflowError] = []
        for number, (member, net) in enumerate(zip(self._members, self._stack.nets, strict=True)):
            if number in self._errors:
                found.append(self._errors[number])
                continue
            for callback in member.callbacks:
                callback.finish(net, self._histories[number])
            found.append(Trained(net.eval(), self._histories[number]))
        return found

    def _fit(self, epoch: int) -> list[dict[str, float]]:
        fitted = [member.fitted for member in self._members]
        orders = [
            torch.randperm(len(own.rows), generator=order) for own, order in zip(fitted, self._orders, strict=True)
        ]
        batches = batches_of(fitted, orders, self._shape).to(self._task.device)
        self._step.begin(shares_of(self._settings, epoch))
        for batch in range(self.batches):
            done = (epoch - 1) * self.batches + batch
            rate = learning_rate(done, self.count * self.batches, self._settings, batches=self.batches)
            kept = self._dropout.draw(self._shape.sizes[:, batch].tolist(), clips=self._shape.clips)
            self._step.run(batches, batch, kept=kept, rate=rate)
        return [
            {"epoch": epoch, "loss": loss / len(own.rows), "lr": rate, "train_accuracy": correct / len(own.rows)}
            for own, loss, correct in zip(fitted, *self._step.totals(), strict=True)
        ]

    def _look(self, number: int, row: Mapping[str, float]) -> bool:
        """Add a row to the history of a member, and say whether its training ends here."""
        check_finite(row, self._settings)
        whole, callbacks = dict(row), self._members[number].callbacks
        for callback in callbacks:
            whole |= callback.after_epoch(self._stack.nets[number], int(row["epoch"]))
        self._histories[number].append(whole)
        return any(callback.enough() for callback in callbacks)
