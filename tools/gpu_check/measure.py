"""Times, memory and operations of a step, and how far a device is from the CPU."""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from tools.gpu_check.cases import CLASSES, SEEDS, SUBJECTS, Case, Data
from torch.utils._python_dispatch import TorchDispatchMode

from merflow.models.network import Network
from merflow.training.clips import TrainingClips
from merflow.training.loop import predict, train
from merflow.training.method import Method
from merflow.training.settings import schedule_length
from merflow.training.stacked import Member, StackRun, Task, train_stack

Scores = NDArray[np.float32]
COMPARED = 2
"""Folds, and seeds of each, that are trained on the CPU too."""


class Cost(NamedTuple):
    """What training takes.

    Attributes
    ----------
    networks : int
        Trained at once.
    step_ms : float
        Of one step of all of them.
    memory_gb : float
        Largest use of the GPU's memory; NaN on a CPU.
    operations : int
        Calls of torch's kernels in a step, from the examples of its clips to the weights.
    hours : float
        Of 94 folds with three seeds each.
    """

    networks: int
    step_ms: float
    memory_gb: float
    operations: int
    hours: float


class Distance(NamedTuple):
    """How far predictions of test clips are from those of networks that a CPU has trained one by one.

    Attributes
    ----------
    largest : float
        Difference of a score.
    differ, clips : int
        Clips of which another class is predicted, and all.
    """

    largest: float
    differ: int
    clips: int


def cost_side_by_side(case: Case, data: Data, device: torch.device, *, most: int, half: bool = False) -> Cost:
    """Measure a stack of so many networks, or of half as many again and again until they fit.

    Parameters
    ----------
    case : Case
    data : Data
    device : torch.device
    most : int
    half : bool
        In bfloat16.
    """
    members = data.members(case.method)[:most]
    try:
        return _cost_of_stack(case, data, device, members, half=half)
    except torch.OutOfMemoryError:
        if len(members) == 1:
            raise
    return cost_side_by_side(case, data, device, most=len(members) // 2, half=half)


def cost_one_by_one(case: Case, data: Data, device: torch.device) -> Cost:
    """Measure the loop that trains one network."""
    (member, *_), (rows, method) = data.members(case.method), _few_steps(case, data)
    epochs, batches = schedule_length(len(rows), method.training)
    run = partial(_train, case, data, rows, method, 0, device)
    run()  # libraries start here
    _forget_memory(device)
    took = _seconds(run, device) / (epochs * batches)
    counted = _operations(run) // (epochs * batches)
    return _cost(1, took, device, counted, _steps(member, case.method))


def scores_one_by_one(case: Case, data: Data, device: torch.device) -> Scores:
    """Train a few networks for a few steps, and return what they say of other clips (networks, clips, classes)."""
    rows, method = _few_steps(case, data)
    return _scores([_train(case, data, fold, method, seed, device) for fold, seed in _few(rows)], data, rows, device)


def scores_side_by_side(case: Case, data: Data, device: torch.device, *, half: bool = False) -> Scores:
    """Return the same of the same networks, trained side by side."""
    rows, method = _few_steps(case, data)
    members = [Member(data.fit(fold), seed) for fold, seed in _few(rows)]
    task = Task(method, CLASSES, case.edges, device, half=half)
    nets = []
    for trained in train_stack(members, data.resident(device), task):
        if isinstance(trained, Exception):
            raise trained
        nets.append(trained.model)
    return _scores(nets, data, rows, device)


def distance(found: Scores, expected: Scores) -> Distance:
    """Compare what networks say."""
    differ = int((expected.argmax(2) != found.argmax(2)).sum())
    return Distance(float(np.abs(expected - found).max()), differ, expected.shape[0] * expected.shape[1])


def _few(rows: NDArray[np.int64]) -> list[tuple[NDArray[np.int64], int]]:
    return [(rows[number:], seed) for number in range(COMPARED) for seed in range(COMPARED)]


def _few_steps(case: Case, data: Data) -> tuple[NDArray[np.int64], Method]:
    """Return the first clips, and a schedule of a few steps on them."""
    training = replace(case.method.training, min_epochs=2, min_steps=2, oracle_best_epoch=False)
    return np.arange(min(case.fitted, len(data.x) - 1)), replace(case.method, training=training)


def _train(case: Case, data: Data, rows: NDArray[np.int64], method: Method, seed: int, device: torch.device) -> Network:
    fit = data.fit(rows)
    clips = TrainingClips(
        data.x[rows], fit.labels, aus=fit.aus, aus_known=fit.aus_known, au_numbers=fit.au_numbers,
        edges=case.edges, apex_and_length=data.apex_and_length[rows],
    )  # fmt: skip
    return train(clips, method, classes=CLASSES, seed=seed, device=device).model


def _scores(nets: Sequence[Network], data: Data, fitted: NDArray[np.int64], device: torch.device) -> Scores:
    tested = np.setdiff1d(np.arange(len(data.x)), fitted)[:64]
    apex_and_length = data.apex_and_length[tested]
    return np.stack([predict(net, data.x[tested], device, apex_and_length=apex_and_length) for net in nets])


def _cost_of_stack(case: Case, data: Data, device: torch.device, members: Sequence[Member], *, half: bool) -> Cost:
    _forget_memory(device)
    task = Task(case.method, CLASSES, case.edges, device, half=half)
    resident = data.resident(device)
    operations = _operations_of_stack(StackRun(members[:2], resident, replace(task, captured=False)))
    run = StackRun(members, resident, task)
    run.epoch(1)  # the step is captured here
    took = _seconds(lambda: run.epoch(2), device) / run.batches
    return _cost(len(members), took, device, operations, _steps(members[0], case.method))


def _cost(networks: int, step_s: float, device: torch.device, operations: int, steps: int) -> Cost:
    memory = torch.cuda.max_memory_allocated(device) / 1e9 if device.type == "cuda" else float("nan")
    hours = SUBJECTS * SEEDS / networks * steps * step_s / 3600
    return Cost(networks, 1000 * step_s, memory, operations, hours)


def _steps(member: Member, method: Method) -> int:
    epochs, batches = schedule_length(len(member.fitted.rows), method.training)
    return epochs * batches


def _seconds(run: Callable[[], Any], device: torch.device) -> float:
    """Return how long something takes, until the device is done."""
    _wait(device)
    start = time.perf_counter()
    run()
    _wait(device)
    return time.perf_counter() - start


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _forget_memory(device: torch.device) -> None:
    if device.type == "cuda":
        gc.collect()
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)


class _Counter(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts calls of torch's kernels."""

    calls = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.calls += 1
        return func(*args, **(kwargs or {}))


def _operations_of_stack(run: StackRun) -> int:
    """Return the calls in a step; they do not depend on the number of networks, but for what dropout draws."""
    return _operations(lambda: run.epoch(1)) // run.batches


def _operations(run: Callable[[], Any]) -> int:
    counter = _Counter()  # type: ignore[no-untyped-call]
    with counter:
        run()
    return counter.calls
