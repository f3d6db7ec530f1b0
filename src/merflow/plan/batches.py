"""Batches: which folds of an experiment one job trains, and the name from which the job finds them."""

import math
import re
from collections.abc import Sequence

from merflow.config import Experiment
from merflow.errors import ConfigError
from merflow.models.declared import network_named
from merflow.training.settings import schedule_length

BATCH = r"\d+(?:-\d+)?"
"""Names of batches, for a wildcard: ``4-6`` holds the fourth, fifth and sixth fold."""


START_S = 2.5
"""CPU seconds of a training job before its first fold: interpreter, imports, examples (docs/scale.md)."""

START_SHARE = 0.05
"""Of the time of a job: more its start shall not take."""

LEAST_JOBS = 4
"""Jobs that folds are divided into however short they are, so that a small machine has work for each core."""

MOST_JOBS = 256
"""Jobs that folds are divided into however long they are: Snakemake takes 5 ms to plan each, at every start."""


def folds_in_a_job(experiment: Experiment, *, folds: int, clips: int) -> int:
    """Return how many of so many folds one job trains at most; of a baseline all.

    Without ``training.folds_per_job`` it is the fewest for which the start takes no more than `START_SHARE`, if there
    are `LEAST_JOBS` jobs then, and for which there are no more than `MOST_JOBS`.

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
    least = max(1, math.ceil(folds / MOST_JOBS))
    seconds = fold_seconds(experiment, clips=clips)
    if not seconds:
        return least
    worth_a_start = math.ceil(START_S * (1 / START_SHARE - 1) / seconds)
    return max(least, min(worth_a_start, folds // LEAST_JOBS))


def fold_seconds(experiment: Experiment, *, clips: int) -> float:
    """Return how long all seeds of a fold train on one core, as its network declares; 0 where it declares nothing."""
    epochs, _ = schedule_length(max(1, clips), experiment.training)
    return len(experiment.seeds) * epochs * clips * network_named(experiment.model).clip_ms / 1000


def batches(names: Sequence[str], *, a_job: int) -> dict[str, str]:
    """Divide folds, or subjects, into batches of those that follow each other.

    What is there is divided with what is to be made, since a job keeps what is there. A fold is trained alike in every
    batch: how they are divided changes no result.

    Parameters
    ----------
    names : sequence of str
        All of them, in the order of the index.
    a_job : int
        How many a batch has, at most.

    Returns
    -------
    dict
        Name of the batch by fold or subject. It tells the first and the last position, ``4-6``, so that a job on
        another node takes the same ones.
    """
    found: dict[str, str] = {}
    for start in range(0, len(names), a_job):
        members = names[start : start + a_job]
        found |= dict.fromkeys(members, f"{start + 1}-{start + len(members)}" if len(members) > 1 else f"{start + 1}")
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
    """Return those of the names whose positions a batch is named after.

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
    ends = batch.split("-") if re.fullmatch(BATCH, batch) else ["0"]
    first, last = int(ends[0]), int(ends[-1])
    if not 1 <= first <= last <= len(names):
        raise ConfigError(
            f"batch {batch!r}: expected the first and last position of {of} from 1 to {len(names)}, such as 1-3. "
            f"{instead}."
        )
    return list(names[first - 1 : last])


def check_fold(fold: str, folds: Sequence[str], dataset: str, experiment: str) -> None:
    """Refuse a fold that an experiment does not have."""
    if fold not in folds:
        raise ConfigError(f"{experiment} on {dataset}: no fold {fold!r}. Known: {', '.join(folds)}.")
