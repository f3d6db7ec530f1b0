"""Run one fold: train on its training clips, predict its test clips, write predictions, history and weights."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from merflow.artefacts import Examples, read_examples
from merflow.errors import ConfigError, DatasetError
from merflow.files import atomic_path
from merflow.training.execution import choose_device, keep_freed_memory, reproducible
from merflow.training.folds import Fold, make_folds
from merflow.training.loop import TrainingClips, predict, train
from merflow.training.saving import save_weights
from merflow.training.settings import ProtocolSettings, TrainingSettings
from merflow.training.yardsticks import YARDSTICKS, fit_score

logger = logging.getLogger(__name__)

_NOBODY = Fold("", np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
HISTORY_COLUMNS = ("seed", "epoch", "loss", "lr", "train_accuracy")


class _Result(NamedTuple):
    """Scores of the test clips (n, classes), history rows, and what was fitted."""

    scores: NDArray[np.floating]
    history: list[dict[str, float]]
    state: Mapping[str, Any]


def run_fold(
    examples_path: Path,
    fold: str,
    out_dir: Path,
    *,
    model: str,
    model_params: Mapping[str, Any],
    protocol: ProtocolSettings,
    training: TrainingSettings,
    seeds: Sequence[int],
    device: str = "auto",
    threads: int = 1,
) -> None:
    """Train and test one fold with each seed.

    Writes ``predictions.csv`` (clip, subject, seed, label, predicted, score_<class>; labels as class names),
    ``history.csv`` (seed, epoch, loss, lr, train_accuracy) and ``weights/seed<seed>.pt`` into `out_dir`. On one machine
    the same examples, settings, seed and threads give the same bytes on a CPU.

    The fold of a subject of whom no clip is left among the examples writes tables without rows: folds are planned from
    the index, before it is known which clips cannot be used.

    Parameters
    ----------
    examples_path : Path
        ``examples.h5``.
    fold : str
        Name of the fold: the test subject for LOSO.
    out_dir : Path
        ``folds/{fold}``; made when missing.
    model : str
        A network of ``merflow.models.MODELS``, or a yardstick of ``YARDSTICKS``.
    model_params : mapping
        Its parameters.
    protocol, training
        Settings; yardsticks ignore `training`.
    seeds : sequence of int
        One training run each. Yardsticks are deterministic and predict the same for each.
    device : {"auto", "cpu", "cuda"}
        Execution only.
    threads : int
        Execution only.

    Raises
    ------
    ConfigError
        On an unknown model, parameter or device, or points that cannot be thinned as asked.
    MerflowError
        When training diverges.
    """
    examples = read_examples(examples_path)
    split = _find_fold(examples, protocol, fold)
    if len(split.test) and not len(split.train):
        raise DatasetError(f"fold {fold}: expected clips of other subjects to train on, but there are none.")
    keep_freed_memory()
    where = choose_device(device)
    weights = out_dir / "weights"
    weights.mkdir(parents=True, exist_ok=True)
    about = {"model": model, "model_params": dict(model_params), "fold": str(fold), **_about_input(examples, split)}
    about |= {"protocol": asdict(protocol), "training": asdict(training)}
    header = prediction_table(examples, _NOBODY, np.zeros((0, len(examples.classes))), seed=0)
    predictions, history = [], []
    with reproducible(where, threads=threads):
        for seed in seeds if len(split.test) else ():
            result = _run_seed(examples, split, model, model_params, training=training, seed=seed, device=where)
            save_weights(weights / f"seed{seed}.pt", result.state, {**about, "seed": seed})
            predictions.append(prediction_table(examples, split, result.scores, seed=seed))
            history.append(pd.DataFrame(result.history).assign(seed=seed))
    nothing = pd.DataFrame(columns=HISTORY_COLUMNS)
    _write_table(pd.concat(history or [nothing]), HISTORY_COLUMNS, out_dir / "history.csv")
    _write_table(pd.concat(predictions or [header]), list(header.columns), out_dir / "predictions.csv")


def _about_input(examples: Examples, split: Fold) -> dict[str, Any]:
    """Return what a network must be told of its examples to be built again."""
    return {
        "classes": list(examples.classes),
        "input_shape": list(examples.x.shape[1:]),
        "edges": [list(edge) for edge in examples.edges],
        "au_numbers": np.array(examples.au_numbers)[shown_units(examples, split)].tolist(),
    }


def prediction_table(examples: Examples, fold: Fold, scores: NDArray[np.floating], *, seed: int) -> pd.DataFrame:
    """Return one row a test clip; the class of the largest score is predicted, NaN scores never."""
    classes = np.array(examples.classes)
    columns: dict[str, Any] = {
        "clip": examples.clip[fold.test],
        "subject": examples.subject[fold.test],
        "seed": seed,
        "label": classes[examples.label[fold.test]],
        "predicted": classes[np.nanargmax(scores, axis=1)] if len(scores) else classes[:0],
    }
    columns.update({f"score_{name}": scores[:, i] for i, name in enumerate(examples.classes)})
    return pd.DataFrame(columns)


def thin_points(x: NDArray[np.float32], train_points: int) -> NDArray[np.float32]:
    """Return every n-th point of each region, so that `train_points` remain; 0 keeps all.

    Every n-th and not the first: the points are ordered by motion, and the range of motions is to stay.

    Raises
    ------
    ConfigError
        When x is points, but their number is no multiple of `train_points`.
    """
    if train_points == 0 or x.ndim != 4:
        return x
    found = x.shape[2]
    if found % train_points:
        raise ConfigError(
            f"training.train_points: expected a divisor of the {found} points that each region has in examples.h5, but "
            f"found {train_points}. Use 0 for all points."
        )
    return np.ascontiguousarray(x[:, :, :: found // train_points])


def _run_seed(
    examples: Examples,
    fold: Fold,
    model: str,
    model_params: Mapping[str, Any],
    *,
    training: TrainingSettings,
    seed: int,
    device: torch.device,
) -> _Result:
    """Fit a network or a yardstick on the training clips of a fold, and score the test clips."""
    labels, classes = examples.label[fold.train], len(examples.classes)
    x_train, x_test = examples.x[fold.train], examples.x[fold.test]
    if model in YARDSTICKS:
        fitted = fit_score(model, model_params, x_train=x_train, labels=labels, x_test=x_test, classes=classes)
        row = {"epoch": 1, "loss": float("nan"), "lr": 0.0, "train_accuracy": fitted.train_accuracy}
        return _Result(fitted.scores, [row], fitted.state)
    trained = train(
        training_clips(examples, fold, train_points=training.train_points),
        model=model,
        model_params=model_params,
        classes=classes,
        settings=training,
        seed=seed,
        device=device,
    )
    scores = predict(trained.model, thin_points(x_test, training.train_points), device)
    return _Result(scores, trained.history, trained.model.state_dict())


def training_clips(examples: Examples, fold: Fold, *, train_points: int = 0) -> TrainingClips:
    """Return what a fold trains on: its training clips, then the altered copies of these and of no others.

    The action units are those that a training clip shows: a unit of the test clips alone is not known here.
    """
    copied = np.isin(examples.copy_of, fold.train)
    rows = np.concatenate([fold.train, examples.copy_of[copied]])
    x = np.concatenate([examples.x[fold.train], examples.copies[copied]])
    return TrainingClips(
        x=thin_points(x, train_points),
        labels=examples.label[rows],
        aus=examples.aus[rows][:, shown_units(examples, fold)],
        edges=examples.edges,
    )


def shown_units(examples: Examples, fold: Fold) -> NDArray[np.bool_]:
    """Return which columns of the examples' action units a training clip of the fold shows."""
    return np.asarray(examples.aus[fold.train].any(axis=0), dtype=np.bool_)


def _find_fold(examples: Examples, protocol: ProtocolSettings, name: str) -> Fold:
    """Return the fold, or an empty one when no clip of it is left among the examples."""
    folds = make_folds(protocol, subjects=examples.subject, labels=examples.label, expressions=examples.expression)
    for fold in folds:
        if fold.name == name:
            return fold
    have = ", ".join(fold.name for fold in folds)
    logger.warning("fold %r: no test clip of it is among the examples, which have the folds %s", name, have)
    return _NOBODY


def _write_table(table: pd.DataFrame, columns: Sequence[str], path: Path) -> None:
    with atomic_path(path) as partial:
        table.to_csv(partial, columns=list(columns), index=False, float_format="%.6g", lineterminator="\n")
