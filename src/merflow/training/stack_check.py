"""Can a network be trained side by side with others of its kind? Found out by one step, computed both ways.

The step is that of two networks, of which one has a batch with padding, and that of each network by itself on a CPU.
Both are in double precision, where rounding cannot be taken for a fault: losses, gradients and running statistics must
be the same. Then one whole step is tried in single precision, with the optimiser and, on a GPU, the graph of the step.
"""

import copy
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from merflow.training.fold_clips import FittedRows
from merflow.training.method import Method
from merflow.training.resident import Resident
from merflow.training.stack_batches import StepShape, batches_of
from merflow.training.stacked import Member, Objective, StackRun, Task, layout_of
from merflow.training.stacking.probe import CannotStackError
from merflow.training.stacking.stack import Stack
from merflow.training.stacking.streams import DropoutStreams

SIZES = (4, 3)
"""Clips of the two networks."""

SHARES = ((1.0, 1.0), (0.7, 0.3))
"""Of the loss of the classes and of that of the action units, in each network."""

_OF_NETWORK = ("class_weight", "shares")
"""What a batch has for each network, not for each clip."""

ALLOWED = 1e-6
"""Difference as a share of the largest number of its kind; what rounding leaves in double precision is below 1e-9."""

Tensors = dict[str, Tensor]


def check_stackable(member: Member, resident: Resident, task: Task) -> None:
    """Raise CannotStackError unless a stack computes what each network computes by itself.

    Parameters
    ----------
    member : Member
        Any of those that are to be trained.
    resident : Resident
    task : Task
    """
    check_alteration(task.method)
    try:
        together, alone = _both_ways(member, resident, task)
        _try_a_step(member, resident, task)
    except CannotStackError:
        raise
    except Exception as error:  # whatever an operation without a rule for stacks, or for double precision, raises
        raise CannotStackError(f"{type(error).__name__}: {str(error).splitlines()[0]}") from error
    for number, own in enumerate(alone):
        _compare({name: value[number] for name, value in together.items()}, own)


def check_alteration(method: Method) -> None:
    """Raise CannotStackError where the clips are altered in each step."""
    if method.training.image_augmentation:
        raise CannotStackError("its pictures are altered in each step, which takes longer than what a stack saves")


def _try_a_step(member: Member, resident: Resident, task: Task) -> None:
    """Train two networks for one step, as a stack does: with its optimiser and, on a GPU, its graph."""
    size = min(max(SIZES), task.method.training.batch_size)
    StackRun([_small(member, seed=member.seed + one, clips=size) for one in range(2)], resident, task).epoch(1)


def _both_ways(member: Member, resident: Resident, task: Task) -> tuple[Tensors, list[Tensors]]:
    """Return what a step computes of two networks side by side, and of each by itself."""
    members = [_small(member, seed=member.seed + number, clips=size) for number, size in enumerate(SIZES)]
    nets, states = zip(*(task.network(one, resident) for one in members), strict=True)
    layout = layout_of(nets[0], resident, torch.from_numpy(member.fitted.rows))
    apart = [Objective(copy.deepcopy(net).double(), task.method.training) for net in nets]
    stack = Stack([net.double() for net in nets], layout, Objective(nets[0], task.method.training), device=task.device)
    batch, real = _batch(members, resident, classes=task.classes)
    kept = DropoutStreams(states, layout.drops).draw(SIZES, clips=max(SIZES))
    together = _together(stack, batch, real, kept, task.device)
    alone = []
    for number, size in enumerate(SIZES):
        own = {name: value[number] if name in _OF_NETWORK else value[number, :size] for name, value in batch.items()}
        alone.append(_alone(apart[number], own, states[number]))
    return together, alone


def _small(member: Member, *, seed: int, clips: int) -> Member:
    """Return a member of another seed with few clips and no callback."""
    few, own = np.arange(clips) % len(member.fitted.rows), member.fitted
    fitted = FittedRows(own.rows[few], own.labels[few], own.aus[few], own.aus_known[few], own.au_numbers)
    return replace(member, fitted=fitted, seed=seed, callbacks=())


def _batch(members: Sequence[Member], resident: Resident, *, classes: int) -> tuple[Tensors, Tensor]:
    """Return all clips of some members as one batch on the CPU, and which of its rows are real."""
    shape = StepShape.of([len(one.fitted.rows) for one in members], 1)
    batches = batches_of([one.fitted for one in members], [torch.arange(size) for size in SIZES], shape)
    rows = batches.rows[0].to(resident.x.device)
    x = resident.x[rows].cpu()
    weight = 1 + torch.arange(len(members) * classes, dtype=torch.float64).reshape(len(members), classes) / 7
    batch = {
        "x": x.double() if x.is_floating_point() else x,
        "target": batches.target[0],
        "aus": batches.aus[0].double(),
        "aus_known": batches.aus_known[0],
        "apex_and_length": resident.apex_and_length[rows].cpu(),
        "class_weight": weight,
        "shares": torch.tensor(SHARES, dtype=torch.float64),
    }
    return batch, batches.real[0].double()


def _alone(objective: Objective, batch: Tensors, state: Tensor) -> Tensors:
    """Return what a step computes of one network by itself."""
    with torch.random.fork_rng(devices=[]):
        torch.set_rng_state(state)
        loss, _ = objective.train()(**batch)
    loss.backward()
    return _results(loss, dict(objective.net.named_parameters()), dict(objective.net.named_buffers()))


def _together(stack: Stack, batch: Tensors, real: Tensor, kept: Sequence[Tensor], device: torch.device) -> Tensors:
    """Return what a step computes of networks side by side."""
    on_device = {name: value.to(device) for name, value in batch.items()}
    losses, _ = stack.losses(on_device, real=real.to(device), kept=[part.to(device) for part in kept])
    losses.sum().backward()  # type: ignore[no-untyped-call]
    return _results(losses, stack.parameters, stack.buffers)


def _results(loss: Tensor, parameters: dict[str, nn.Parameter], buffers: Tensors) -> Tensors:
    gradients = {f"gradient of {name}": value.grad for name, value in parameters.items() if value.grad is not None}
    statistics = {f"statistic {name}": value for name, value in buffers.items()}
    return {name: value.detach().cpu().double() for name, value in {"loss": loss, **gradients, **statistics}.items()}


def _compare(found: Tensors, expected: Tensors) -> None:
    if found.keys() != expected.keys():
        raise CannotStackError(f"other weights have gradients: {', '.join(sorted(found.keys() ^ expected.keys()))}")
    largest = max(float(value.abs().max()) for name, value in expected.items() if name.startswith("gradient"))
    for name, value in expected.items():
        scale = max(largest if name.startswith("gradient") else 0.0, float(value.abs().max()), 1.0)
        difference = float((found[name] - value).abs().max()) / scale
        if not difference <= ALLOWED:
            raise CannotStackError(
                f"its {name} differs by {difference:.1e} of the largest value in a batch with padding"
            )
