"""Run one fold: train on its training clips, predict its test clips, write predictions, history and weights."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from merflow.artefacts import Examples, Rows
from merflow.training.asked import check_as_asked
from merflow.training.baselines import fit_score
from merflow.training.callbacks import Callback, EarlyStopping, Oracle
from merflow.training.checkpoint import save_weights
from merflow.training.clips import Clips
from merflow.training.execution import ANY_MACHINE, Machine, keep_freed_memory, reproducible
from merflow.training.fold_clips import Split, find_fold, shown_units, split_clips
from merflow.training.fold_record import HISTORY, PREDICTIONS, WEIGHTS, weights_of_seed
from merflow.training.fold_tables import prediction_table, write_history, write_predictions
from merflow.training.folds import Fold, check_trained_classes
from merflow.training.leakage import check_no_leak
from merflow.training.loop import predict, train
from merflow.training.method import Method
from merflow.training.rows import what_rows_hold
from merflow.training.settings import TrainingSettings
from merflow.training.weights import class_weights


class _Result(NamedTuple):
    """Scores of the test clips (n, classes), history rows, what was fitted, on what, and the oracle's classes (n,)."""

    scores: NDArray[np.floating]
    history: list[dict[str, float]]
    state: Mapping[str, Any]
    about: Mapping[str, Any]
    oracle: NDArray[np.int64] | None = None


def run_fold(
    examples: Examples, fold: str, out_dir: Path, method: Method, *, machine: Machine = ANY_MACHINE
) -> list[Path]:
    """Train and test one fold with each seed.

    Writes ``predictions.csv`` (clip, subject, seed, label, predicted, score_<class>; labels as class names),
    ``history.csv`` (seed, epoch, loss, lr, train_accuracy) and ``weights/seed<seed>.pt`` into `out_dir`. On one machine
    the same examples, settings, seed and threads give the same bytes on a CPU. ``early_stopping`` adds inner_loss,
    inner_accuracy and kept (1 for the epoch that was taken) to the history; ``oracle_best_epoch`` adds test_accuracy
    there and oracle_predicted to the predictions.

    The fold of a subject of whom no clip is left among the examples writes tables without rows: folds are planned from
    the index, before it is known which clips cannot be used.

    Parameters
    ----------
    examples : Examples
        As ``merflow.artefacts.read_examples`` returns them.
    fold : str
        Name of the fold: the test subject for LOSO.
    out_dir : Path
        ``folds/{fold}``; made when missing.
    method : Method
    machine : Machine
        Execution only.

    Returns
    -------
    list of Path
        The files that it has written.

    Raises
    ------
    ConfigError
        On an unknown model, parameter or device, or examples that are not what the training asks for.
    DatasetError
        When a subject, a clip or something made from it is on both sides of the fold, or its training clips show too
        few classes.
    MerflowError
        When training diverges.
    """
    rows = find_fold(examples, method.protocol, fold)
    _check(examples, rows, method)
    keep_freed_memory()
    device = machine.device_of_torch()
    (out_dir / WEIGHTS).mkdir(parents=True, exist_ok=True)
    decided = method.of_any_seed()
    named = {key: decided[key] for key in ("model", "model_params")} | {"fold": str(fold)} | decided
    predictions, history, written = [], [], [out_dir / HISTORY, out_dir / PREDICTIONS]
    with reproducible(device, threads=machine.threads):
        for seed, result in _results(examples, rows, method, device):
            written.append(out_dir / weights_of_seed(seed))
            save_weights(written[-1], result.state, {**named, **result.about, "seed": seed})
            predictions.append(prediction_table(examples, rows, result.scores, seed=seed, oracle=result.oracle))
            history.append(pd.DataFrame(result.history).assign(seed=seed))
    write_history(history, written[0])
    write_predictions(predictions, examples, written[1])
    return written


def _check(examples: Examples, rows: Fold, method: Method) -> None:
    """Refuse a fold that its method cannot train, or must not."""
    if len(rows.test):
        check_trained_classes(rows, examples.label, classes=examples.classes, model=method.model)
    check_no_leak(rows, examples)
    if not method.is_baseline:
        check_as_asked(examples, method.training)


def _results(examples: Examples, rows: Fold, method: Method, device: torch.device) -> Iterator[tuple[int, _Result]]:
    """Yield the result of each seed.

    A baseline is fitted once. Without early stopping all seeds fit on the same clips, taken out of the examples once.
    """
    if not len(rows.test):
        return
    if method.is_baseline:
        fitted = _fit_baseline(examples, rows, method)
        yield from ((seed, fitted) for seed in method.seeds)
        return
    split = None
    for seed in method.seeds:
        if split is None or method.training.early_stopping:  # which leaves other subjects out with each seed
            split = split_clips(examples, rows, method, seed=seed)
        yield seed, _train_seed(examples, split, method, seed=seed, device=device)


def _train_seed(examples: Examples, split: Split, method: Method, *, seed: int, device: torch.device) -> _Result:
    """Fit a network on the training clips of a fold, and score the test clips."""
    callbacks: list[Callback] = []
    classes = len(examples.classes)
    if split.inner:
        labels = examples.label[split.fitted.train]
        callbacks.append(_early_stopping(split.inner, method.training, fitted=labels, classes=classes, device=device))
    oracle = Oracle(split.test, device=device) if method.training.oracle_best_epoch else None
    trained = train(
        split.train,
        method,
        classes=classes,
        seed=seed,
        device=device,
        callbacks=[*callbacks, oracle] if oracle else callbacks,
    )
    scores = predict(trained.model, split.test.x, device, apex_and_length=split.test.apex_and_length)
    about = _about_input(examples, split.fitted)
    return _Result(scores, trained.history, trained.model.state_dict(), about, oracle.predicted if oracle else None)


def _early_stopping(
    inner: Clips, training: TrainingSettings, *, fitted: NDArray[np.int64], classes: int, device: torch.device
) -> EarlyStopping:
    """Return the callback that keeps the best epoch on clips that are left out of the fitting."""
    weight = class_weights(fitted, classes)
    return EarlyStopping(
        inner,
        patience=training.early_stopping,
        class_weight=torch.from_numpy(weight).to(device) if training.class_weights else None,
        gamma=training.gamma,
        device=device,
    )


def _fit_baseline(examples: Examples, rows: Fold, method: Method) -> _Result:
    """Fit a baseline on the training clips, each as it was recorded, and score the test clips."""
    fitted = fit_score(
        method.model,
        method.model_params,
        x_train=_in_memory(examples.x, rows.train, method.model),
        labels=examples.label[rows.train],
        x_test=_in_memory(examples.x, rows.test, method.model),
        classes=len(examples.classes),
    )
    row = {"epoch": 1, "loss": float("nan"), "lr": 0.0, "train_accuracy": fitted.train_accuracy}
    return _Result(fitted.scores, [row], fitted.state, _about_input(examples, rows))


def _in_memory(x: Rows, rows: NDArray[np.int64], baseline: str) -> NDArray[Any]:
    """Return examples as a baseline takes them; the majority class is found without looking at any."""
    return np.zeros((len(rows), 0), dtype=np.float32) if baseline == "majority" else x[rows]


def _about_input(examples: Examples, fitted: Fold) -> dict[str, Any]:
    """Return what a network must be told of its examples to be built again."""
    return {
        **what_rows_hold(examples),
        "au_numbers": np.array(examples.au_numbers)[shown_units(examples, fitted)].tolist(),
    }
