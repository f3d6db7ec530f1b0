"""Folds trained on some of their subjects: how a score grows with the number of people to learn from."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import pandas as pd

from merflow.artefacts import Examples, read_examples
from merflow.errors import DatasetError
from merflow.training.execution import ANY_MACHINE, KEPT_EXAMPLES_BYTES, Machine
from merflow.training.fold import run_rows
from merflow.training.fold_clips import folds_of_examples
from merflow.training.fold_record import PREDICTIONS
from merflow.training.folds import Fold
from merflow.training.method import Method
from merflow.training.shown import can_be_learnt
from merflow.training.single_clips import check_batches

logger = logging.getLogger(__name__)

FEWEST = 2
"""Training subjects of the first point: one alone seldom shows two classes."""


class Point(NamedTuple):
    """All folds, trained on the same number of subjects in the order of one draw.

    Attributes
    ----------
    subjects : int
        Of training, in each fold; of the whole experiment a mean over the folds.
    clips : float
        Of training, mean over the folds.
    predictions : DataFrame or None
        Of all folds, as ``predictions.csv`` of each has them; None where a fold cannot be trained, and of the whole
        experiment, which is not trained here.
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
    By hand: of 7 subjects to train on 4 points are 2, 3, 4 and 5.
    """
    ratios = np.geomspace(FEWEST, max(FEWEST, subjects), points + 1)[:-1]
    return sorted({round(size) for size in ratios.tolist() if round(size) < subjects})


def drawn_order(subjects: Sequence[str], *, draw: int) -> list[str]:
    """Return all subjects in the order of a draw; every fold takes the first ones that it trains on.

    A larger point of a draw has all subjects of a smaller one, so that what it gains is not that of luckier subjects.
    """
    names = sorted(set(subjects))
    return [names[i] for i in np.random.default_rng(draw).permutation(len(names)).tolist()]


def of_first_subjects(fold: Fold, examples: Examples, order: Sequence[str], size: int | None = None) -> Fold:
    """Return a fold with the training clips of its first subjects in an order alone; its test clips stay.

    Parameters
    ----------
    fold : Fold
    examples : Examples
        Those that its rows count.
    order : sequence of str
    size : int, optional
        How many of the subjects; None = all.
    """
    own = set(examples.subject[fold.train].tolist())
    taken = [name for name in order if name in own][:size]
    return replace(fold, train=fold.train[np.isin(examples.subject[fold.train], taken)])


def train_points(
    examples_path: Path, method: Method, *, draw: int, points: int, machine: Machine = ANY_MACHINE
) -> Iterator[Point]:
    """Train every fold on some of its subjects; yield a point of the curve when all its folds are done.

    A fold is that of the experiment, with fewer training subjects: its test clips are the same, and are never seen. A
    network is trained for as many steps as the settings give for so many clips. Each draw has one seed of the method,
    in turns. The last point says how many subjects and clips the experiment itself trains on.

    Parameters
    ----------
    examples_path : Path
        ``examples.h5``.
    method : Method
        Its protocol has no test subject in training.
    draw : int
        Number of the draw, from 0.
    points : int
        As in the settings.
    machine : Machine

    Raises
    ------
    DatasetError
        When a fold has fewer than 3 training subjects, of whom no curve can be drawn.
    """
    examples = read_examples(examples_path, kept_bytes=KEPT_EXAMPLES_BYTES)
    folds = folds_of_examples(examples, method.protocol)
    trained = [len(set(examples.subject[fold.train].tolist())) for fold in folds]
    sizes = curve_sizes(min(trained, default=0), points=points)
    if not sizes:
        raise DatasetError(
            f"{examples_path}: expected 3 or more training subjects in each fold for a learning curve, but found "
            f"{min(trained, default=0)}. There is nothing to draw with fewer."
        )
    order = drawn_order(examples.subject.tolist(), draw=draw)
    one_seed = method.of_seeds([method.seeds[draw % len(method.seeds)]])
    for size in sizes:
        yield _point(
            examples, [of_first_subjects(fold, examples, order, size) for fold in folds], size, one_seed, machine
        )
    yield Point(round(float(np.mean(trained))), _clips(folds), None)


def _point(examples: Examples, folds: Sequence[Fold], size: int, method: Method, machine: Machine) -> Point:
    reason = _untrainable(examples, folds)
    if reason:
        logger.warning("%d subjects: %s", size, reason)
        return Point(size, _clips(folds), None, reason)
    check_batches(examples, folds, method)
    tables = []
    with TemporaryDirectory() as folder:
        for fold in folds:
            run_rows(examples, fold, fold.name, Path(folder, fold.name), method, machine=machine)
            table = _read_predictions(Path(folder, fold.name, PREDICTIONS), multi=examples.multi)
            tables.append(table.assign(fold=fold.name))
            logger.info("%d subjects, fold %s: %s", size, fold.name, _subjects(examples, fold))
    return Point(size, _clips(folds), pd.concat(tables, ignore_index=True))


def _read_predictions(path: Path, *, multi: bool) -> pd.DataFrame:
    """Return the predictions of a fold; of labels that are told one by one they are 0 or 1, else words.

    A word of a dataset's own, or a subject, may be one that pandas takes for a missing value (None, NA).
    """
    texts = ("clip", "subject", "label", *(() if multi else ("predicted",)))
    return pd.read_csv(path, dtype=dict.fromkeys(texts, str), keep_default_na=False, na_values=[""])


def _clips(folds: Sequence[Fold]) -> float:
    return float(np.mean([len(fold.train) for fold in folds]))


def _subjects(examples: Examples, fold: Fold) -> str:
    return ", ".join(np.unique(examples.subject[fold.train]).tolist())


def _untrainable(examples: Examples, folds: Sequence[Fold]) -> str:
    """Return why a fold cannot be trained on the subjects that it takes; empty where all can."""
    wanting = [
        f"fold {fold.name} of {_subjects(examples, fold)}"
        for fold in folds
        if not can_be_learnt(examples.label[fold.train])
    ]
    return f"too few classes in {'; '.join(wanting[:3])}" if wanting else ""
