"""Batches: which folds of an experiment one job trains, and the name from which the job finds them."""

import hashlib
import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from merflow.artefacts.provenance import canonical_json
from merflow.config import Experiment
from merflow.errors import ConfigError
from merflow.models.declared import network_named
from merflow.training.settings import schedule_length

BATCH = r"\d+(?:-\d+)?(?:\.\d+(?:-\d+)?)*"
"""Names of batches, for a wildcard: ``1-3.7`` holds the first, second, third and seventh fold."""


START_S = 2.5
"""CPU seconds of a training job before its first fold: interpreter, imports, examples (docs/scale.md)."""

START_SHARE = 0.05
"""Of the time of a job: more its start shall not take."""

LEAST_JOBS = 4
"""Jobs that folds are divided into however short they are, so that a small machine has work for each core."""


def folds_in_a_job(experiment: Experiment, *, folds: int, clips: int) -> int:
    """Return how many of so many folds one job trains at most; of a baseline all.

    Without ``training.folds_per_job`` it is the fewest for which the start takes no more than `START_SHARE`, if there
    are `LEAST_JOBS` jobs then.

    Parameters
    ----------
    experiment : Experiment
    folds : int
        All folds.
    clips : int
        That a fold is trained on, of all subjects.

    Convention
    ----------
    By hand: folds of 10 s and a start of 2.5 s: n folds with 2.5 / (2.5 + 10 n) <= 0.05 are n >= 4.75, that is 5.
    """
    if experiment.is_baseline:
        return folds
    if experiment.training.folds_per_job:
        return experiment.training.folds_per_job
    seconds = fold_seconds(experiment, clips=clips)
    if not seconds:
        return 1
    worth_a_start = math.ceil(START_S * (1 / START_SHARE - 1) / seconds)
    return max(1, min(worth_a_start, folds // LEAST_JOBS))


def fold_seconds(experiment: Experiment, *, clips: int) -> float:
    """Return how long all seeds of a fold train on one core, as its network declares; 0 where it declares nothing."""
    epochs, _ = schedule_length(max(1, clips), experiment.training)
    return len(experiment.seeds) * epochs * clips * network_named(experiment.model).clip_ms / 1000


def training_key(settings: Mapping[str, Any], code: str, folds: Sequence[str]) -> str:
    """Return a name for what a batch of folds is trained of, so that what other settings or code left is not taken.

    Parameters
    ----------
    settings : mapping
        A method as plain values; the record of a fold that an earlier version made may hold others.
    code : str
        Fingerprint of what trains.
    folds : sequence of str
        All folds: the numbers in the name of a batch are positions among them.
    """
    return hashlib.sha256(canonical_json([settings, code, folds]).encode()).hexdigest()[:12]


def batches(folds: Sequence[str], done: Collection[str], *, folds_per_job: int) -> dict[str, str]:
    """Divide the folds of an experiment into batches.

    Folds whose results are there are divided apart from those that are to be made, so that a job trains no fold for the
    sake of another's batch. A fold is trained alike in every batch: how they are divided changes no result.

    Parameters
    ----------
    folds : sequence of str
        All folds, in the order of :func:`merflow.plan.folds`.
    done : collection of str
        Folds whose results are there, whether or not they are up to date.
    folds_per_job : int
        Folds a batch, at most.

    Returns
    -------
    dict
        Name of the batch by fold. It tells the positions of its folds, ``1-3.7``, so that a job on another node, which
        finds other results there, takes the same ones.
    """
    found = {}
    for have in (True, False):
        alike = [number for number, fold in enumerate(folds, start=1) if (fold in done) == have]
        for start in range(0, len(alike), folds_per_job):
            numbers = alike[start : start + folds_per_job]
            found.update({folds[number - 1]: _name(numbers) for number in numbers})
    return found


def folds_of_batch(folds: Sequence[str], batch: str) -> list[str]:
    """Return the folds that a batch is named after.

    Raises
    ------
    ConfigError
        When the name is that of no batch of these folds.
    """
    return members_of_batch(folds, batch, of="folds", instead="Ask for the results of a fold, or for metrics.csv")


def members_of_batch(names: Sequence[str], batch: str, *, of: str, instead: str) -> list[str]:
    """Return those of the names that a batch is named after, by their positions.

    Parameters
    ----------
    names : sequence of str
        All of them.
    batch : str
        Name of the batch.
    of, instead : str
        For the message: what they are names of, and what to ask for.

    Raises
    ------
    ConfigError
        When the name is that of no batch of these names.
    """
    numbers = _numbers(batch)
    if not numbers or numbers != sorted(set(numbers)) or not 1 <= numbers[0] <= numbers[-1] <= len(names):
        raise ConfigError(
            f"batch {batch!r}: expected ascending positions of {of} from 1 to {len(names)}, such as 1-3.7. {instead}."
        )
    return [names[number - 1] for number in numbers]


def check_fold(fold: str, folds: Sequence[str], dataset: str, experiment: str) -> None:
    """Refuse a fold that an experiment does not have."""
    if fold not in folds:
        raise ConfigError(f"{experiment} on {dataset}: no fold {fold!r}. Known: {', '.join(folds)}.")


def _name(numbers: Sequence[int]) -> str:
    """Return ascending numbers as ranges: ``1-3.7``."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][-1] == number - 1:
            ranges[-1] = [ranges[-1][0], number]
        else:
            ranges.append([number])
    return ".".join("-".join(map(str, ends)) for ends in ranges)


def _numbers(batch: str) -> list[int]:
    if not re.fullmatch(BATCH, batch):
        return []
    ends = [[int(end) for end in part.split("-")] for part in batch.split(".")]
    return [number for pair in ends for number in range(pair[0], pair[-1] + 1)]
