"""Folds and seeds of one method side by side: which networks make a stack, and what each fold comes to."""

import gc
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import torch

from merflow.artefacts import Examples
from merflow.errors import MerflowError
from merflow.training.execution import MOST_SIDE_BY_SIDE, Machine, keep_freed_memory, reproducible
from merflow.training.fold import check_fold_of
from merflow.training.fold_clips import (
    FittedRows,
    clips_of_test,
    find_fold,
    fitted_fold,
    fitted_rows,
    folds_of_examples,
    inner_clips,
)
from merflow.training.fold_results import FoldResult, result_of, watched
from merflow.training.folds import Fold
from merflow.training.loop import Trained
from merflow.training.method import Method
from merflow.training.resident import Resident
from merflow.training.settings import schedule_length
from merflow.training.stack_check import SIZES, check_alteration, check_stackable
from merflow.training.stacked import Member, Task, train_stack
from merflow.training.stacking.probe import CannotStackError

logger = logging.getLogger(__name__)

SHARE_OF_MEMORY = 0.8
"""Of what is free on a GPU: so much a stack is planned to take."""


class Finished(NamedTuple):
    """A fold all of whose seeds are trained.

    Attributes
    ----------
    name : str
    rows : Fold
    results : list of (int, FoldResult)
        Seed and what it comes to.
    """

    name: str
    rows: Fold
    results: list[tuple[int, FoldResult]]


class _Training(NamedTuple):
    """One seed of one fold: its rows, and what is fitted."""

    name: str
    rows: Fold
    seed: int
    fitted: Fold
    fit: FittedRows


def folds_side_by_side(
    examples: Examples, wanted: Mapping[str, Sequence[int]], method: Method, *, machine: Machine
) -> Iterator[Finished]:
    """Train seeds of folds side by side; yield each fold when all its seeds are done.

    Nothing is yielded of a fold without test clips, nor of any where networks are to be trained one by one, which the
    log says: those are left for :func:`merflow.training.fold.run_fold`.

    Parameters
    ----------
    examples : Examples
    wanted : mapping of str to sequence of int
        Seeds by the name of the fold.
    method : Method
    machine : Machine

    Raises
    ------
    MerflowError
        As ``run_fold``. What a fold or its settings lack is told before anything is trained. A network that diverges
        is told after all others are yielded.
    """
    most = machine.side_by_side()
    if method.is_baseline or not most or not wanted:
        return
    trainings = list(_trainings(examples, wanted, method))
    task = Task(method, len(examples.classes), examples.edges, machine.device_of_torch())
    keep_freed_memory()
    try:
        with reproducible(task.device, threads=machine.threads):
            resident, fitting = _checked(examples, trainings, task)
    except CannotStackError as reason:
        logger.info("%s is trained one by one: %s", method.model, reason)
        return
    stacks = _Stacks(examples, resident, task, machine, min(most, fitting))
    missing = {name: len(seeds) for name, seeds in wanted.items()}
    done: dict[str, list[tuple[int, FoldResult]]] = {name: [] for name in wanted}
    for training, result in stacks.results(trainings):
        done[training.name].append((training.seed, result))
        if len(done[training.name]) == missing[training.name]:
            order = {seed: place for place, seed in enumerate(wanted[training.name])}
            results = sorted(done.pop(training.name), key=lambda one: order[one[0]])
            yield Finished(training.name, training.rows, results)
    if stacks.error is not None:
        raise stacks.error


def _trainings(examples: Examples, wanted: Mapping[str, Sequence[int]], method: Method) -> Iterator[_Training]:
    folds = folds_of_examples(examples, method.protocol)
    for name, seeds in wanted.items():
        rows = find_fold(folds, name)
        check_fold_of(examples, rows, method)
        for seed in seeds if len(rows.test) else ():
            fitted = fitted_fold(examples, rows, method, seed=seed)
            yield _Training(name, rows, seed, fitted, fitted_rows(examples, fitted))


def _checked(examples: Examples, trainings: Sequence[_Training], task: Task) -> tuple[Resident, int]:
    """Return the examples on the device, and how many networks fit there, once it is known that they can be stacked."""
    if not trainings:
        raise CannotStackError("no fold has a test clip")
    check_alteration(task.method)
    resident = Resident.of(examples, task.device)
    return resident, networks_that_fit(Member(trainings[0].fit, trainings[0].seed), resident, task)


def networks_that_fit(member: Member, resident: Resident, task: Task) -> int:
    """Check that a network can be stacked, and estimate how many fit into the memory of the device.

    The check holds the numbers of a few clips in double precision; a network of the stack holds those of a batch in
    single precision. On a CPU there is no bound.

    Raises
    ------
    CannotStackError
        As ``check_stackable``.
    """
    device = task.device
    if device.type != "cuda":
        check_stackable(member, resident, task)
        return MOST_SIDE_BY_SIDE
    torch.cuda.reset_peak_memory_stats(device)
    before = torch.cuda.memory_allocated(device)
    check_stackable(member, resident, task)
    a_clip = (torch.cuda.max_memory_allocated(device) - before) / (2 * len(SIZES) * max(SIZES))
    _give_memory_back(device)
    free, _ = torch.cuda.mem_get_info(device)
    return max(1, int(SHARE_OF_MEMORY * free / (1 + a_clip * task.method.training.batch_size)))


class _Stacks:
    """The stacks of a job, one after the other."""

    def __init__(self, examples: Examples, resident: Resident, task: Task, machine: Machine, most: int) -> None:
        self._examples, self._resident, self._task = examples, resident, task
        self._threads, self._most = machine.threads, most
        self.error: MerflowError | None = None

    def results(self, trainings: Sequence[_Training]) -> Iterator[tuple[_Training, FoldResult]]:
        """Yield what each training comes to; the first that failed is kept in `error`."""
        groups: dict[tuple[int, ...], list[_Training]] = {}
        for training in trainings:  # the same number of epochs and batches, and weights of the same shapes
            length = schedule_length(len(training.fit.rows), self._task.method.training)
            groups.setdefault((*length, training.fit.aus.shape[1]), []).append(training)
        for alike in groups.values():
            while alike:
                part, alike = alike[: self._most], alike[self._most :]
                results = self._of_stack(part)
                if results is None:  # and `_most` is lower
                    alike = part + alike
                    continue
                yield from results

    def _of_stack(self, part: Sequence[_Training]) -> list[tuple[_Training, FoldResult]] | None:
        """Return what the trainings of a stack come to; None when they do not fit into the memory of the device."""
        folds = len({one.name for one in part})
        logger.info("training %d networks side by side, of %d folds, on %s", len(part), folds, self._task.device.type)
        _give_memory_back(self._task.device)  # of the stack before
        try:
            with reproducible(self._task.device, threads=self._threads):
                return self._trained(part)
        except torch.OutOfMemoryError:
            if len(part) == 1:
                raise
            self._most = -(-len(part) // 2)
        logger.info("they do not fit into its memory: %d at once from here", self._most)
        return None

    def _trained(self, part: Sequence[_Training]) -> list[tuple[_Training, FoldResult]]:
        examples, task = self._examples, self._task
        tests = [clips_of_test(examples, one.rows) for one in part]
        watches = [
            watched(
                examples, one.fitted, inner=inner_clips(examples, one.fitted, task.method), test=test,
                training=task.method.training, device=task.device,
            )
            for one, test in zip(part, tests, strict=True)
        ]  # fmt: skip
        members = [Member(one.fit, one.seed, watch.callbacks) for one, watch in zip(part, watches, strict=True)]
        found = []
        for one, test, watch, trained in zip(
            part, tests, watches, train_stack(members, self._resident, task), strict=True
        ):
            try:
                if not isinstance(trained, Trained):
                    raise trained
                result = result_of(trained, examples, one.fitted, test, oracle=watch.oracle, device=task.device)
                found.append((one, result))
            except MerflowError as error:  # the others are kept
                self.error = self.error or type(error)(f"fold {one.name}, seed {one.seed}: {error}")
        return found


def _give_memory_back(device: torch.device) -> None:
    """Free what a stack held on a GPU: its layers know each other in circles, which Python frees only now and then."""
    if device.type == "cuda":
        gc.collect()
        torch.cuda.empty_cache()
