"""Folds trained on some of their subjects: how a score grows with the number of people to learn from."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from merflow.artefacts import Examples, read_examples, take_rows
from merflow.errors import DatasetError
from merflow.training.execution import ANY_MACHINE, KEPT_EXAMPLES_BYTES, Machine
from merflow.training.fold import run_fold
from merflow.training.fold_record import PREDICTIONS
from merflow.training.method import Method
from merflow.training.shown import can_be_learnt

logger = logging.getLogger(__name__)

FEWEST = 2
"""Training subjects of the first point: one alone seldom shows two classes."""


class Point(NamedTuple):
    """All folds, trained on the same number of subjects in the order of one draw.

    Attributes
    ----------
    subjects : int
        Of training, in each fold.
    clips : float
        Of training, mean over the folds.
    predictions : DataFrame or None
        Of all folds, as ``predictions.csv`` of each has them; None where a fold cannot be trained.
    reason : str
        Why it cannot.
    """

    subjects: int
    clips: float
    predictions: pd.DataFrame | None
    reason: str = ""


def curve_sizes(subjects: int, *, points: int) -> list[int]:
    """Return the numbers of training subjects, from `FEWEST` to below all of them in equal ratios, each once.

    Convention
    ----------
    By hand: 8 subjects leave 7 to train on; 4 points are 2, 3, 4 and 5.
    """
    ratios = np.geomspace(FEWEST, max(FEWEST, subjects - 1), points + 1)[:-1]
    return sorted({round(size) for size in ratios.tolist() if round(size) < subjects - 1})


def drawn_order(subjects: Sequence[str], *, draw: int) -> list[str]:
    """Return all subjects in the order of a draw; every fold takes the first ones that it does not test.

    A larger point of a draw has all subjects of a smaller one, so that what it gains is not that of luckier subjects.
    """
    names = sorted(set(subjects))
    return [names[i] for i in np.random.default_rng(draw).permutation(len(names)).tolist()]


def examples_of_subjects(examples: Examples, subjects: Sequence[str]) -> Examples:
    """Return the examples of some subjects alone, with the altered copies of their clips."""
    kept = np.flatnonzero(np.isin(examples.subject, subjects))
    copied = np.flatnonzero(np.isin(examples.copy_of, kept))
    return replace(
        examples,
        x=take_rows(examples.x, kept),
        copies=examples.copies[copied],
        copy_of=np.searchsorted(kept, examples.copy_of[copied]),
        copy_digest=examples.copy_digest[copied],
        **{name: getattr(examples, name)[kept] for name in _COLUMNS if len(getattr(examples, name))},
    )


_COLUMNS = ("label", "subject", "clip", "expression", "fold", "aus", "aus_known", "apex_and_length", "digest")


def train_points(
    examples_path: Path, method: Method, *, draw: int, points: int, machine: Machine = ANY_MACHINE
) -> Iterator[Point]:
    """Train every fold on some of its subjects; yield a point of the curve when all its folds are done.

    A fold is that of the experiment, with fewer training subjects: its test clips are the same, and are never seen. A
    network is trained for as many steps as the settings give for so many clips. Each draw has one seed of the method,
    in turns.

    Parameters
    ----------
    examples_path : Path
        ``examples.h5``.
    method : Method
        Its protocol leaves one subject out.
    draw : int
        Number of the draw, from 0.
    points : int
        As in the settings.
    machine : Machine

    Raises
    ------
    DatasetError
        With fewer than 4 subjects, of whom no curve can be drawn.
    """
    examples = read_examples(examples_path, kept_bytes=KEPT_EXAMPLES_BYTES)
    order = drawn_order(examples.subject.tolist(), draw=draw)
    sizes = curve_sizes(len(order), points=points)
    if not sizes:
        raise DatasetError(
            f"{examples_path}: expected 4 or more subjects for a learning curve, but found {len(order)}. There is "
            "nothing to draw with fewer."
        )
    one_seed = method.of_seeds([method.seeds[draw % len(method.seeds)]])
    for size in sizes:
        yield _point(examples, order, size, one_seed, machine)


def _point(examples: Examples, order: Sequence[str], size: int, method: Method, machine: Machine) -> Point:
    taken = {fold: [name for name in order if name != fold][:size] for fold in order}
    clips = [int(np.isin(examples.subject, names).sum()) for names in taken.values()]
    reason = _untrainable(examples, taken)
    if reason:
        logger.warning("%d subjects: %s", size, reason)
        return Point(size, float(np.mean(clips)), None, reason)
    tables = []
    with TemporaryDirectory() as folder:
        for fold, names in taken.items():
            part = examples_of_subjects(examples, [*names, fold])
            run_fold(part, fold, Path(folder, fold), method, machine=machine)
            tables.append(pd.read_csv(Path(folder, fold, PREDICTIONS), dtype=_TEXTS).assign(fold=fold))
            logger.info("%d subjects, fold %s: %s", size, fold, ", ".join(names))
    return Point(size, float(np.mean(clips)), pd.concat(tables, ignore_index=True))


_TEXTS = dict.fromkeys(("clip", "subject", "label", "predicted"), str)


def _untrainable(examples: Examples, taken: dict[str, list[str]]) -> str:
    """Return why a fold cannot be trained on the subjects that it takes; empty where all can."""
    wanting = [
        f"fold {fold} of {', '.join(names)}" for fold, names in taken.items() if not _has_classes(examples, names)
    ]
    return f"too few classes in {'; '.join(wanting[:3])}" if wanting else ""


def _has_classes(examples: Examples, subjects: Sequence[str]) -> bool:
    labels: NDArray[np.int64] = examples.label[np.isin(examples.subject, subjects)]
    return can_be_learnt(labels)
