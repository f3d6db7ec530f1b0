"""Run one fold: train on its training clips, predict its test clips, write predictions, history and weights."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from merflow.artefacts import Examples, Rows
from merflow.training.asked import check_as_asked
from merflow.training.baselines import Scored, fit_score
from merflow.training.execution import ANY_MACHINE, Machine, keep_freed_memory, reproducible
from merflow.training.fold_clips import Split, find_fold, folds_of_examples, split_clips
from merflow.training.fold_results import FoldResult, about_input, result_of, watched, write_fold
from merflow.training.folds import Fold, check_trained_classes
from merflow.training.label_baselines import fit_labels
from merflow.training.leakage import check_no_leak
from merflow.training.loop import train
from merflow.training.method import Method
from merflow.training.not_learnt import tell_constant_labels, tell_untrained_classes


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
    rows = find_fold(folds_of_examples(examples, method.protocol), fold)
    return run_rows(examples, rows, fold, out_dir, method, machine=machine)


def run_rows(
    examples: Examples, rows: Fold, fold: str, out_dir: Path, method: Method, *, machine: Machine = ANY_MACHINE
) -> list[Path]:
    """Train and test on rows of the examples, as :func:`run_fold` does on those of a fold; raises as it does."""
    check_fold_of(examples, rows, method)
    keep_freed_memory()
    device = machine.device_of_torch()
    with reproducible(device, threads=machine.threads):
        return write_fold(examples, rows, _results(examples, rows, method, device), out_dir, fold=fold, method=method)


def check_fold_of(examples: Examples, rows: Fold, method: Method) -> None:
    """Refuse a fold that its method cannot train, or must not; raises as :func:`run_fold`."""
    if len(rows.test):
        check_trained_classes(rows, examples.label, classes=examples.classes, model=method.model)
        tell_constant_labels(examples, rows)
        tell_untrained_classes(examples, rows)
    check_no_leak(rows, examples)
    if not method.is_baseline:
        check_as_asked(examples, method.training)


def _results(examples: Examples, rows: Fold, method: Method, device: torch.device) -> Iterator[tuple[int, FoldResult]]:
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


def _train_seed(examples: Examples, split: Split, method: Method, *, seed: int, device: torch.device) -> FoldResult:
    """Fit a network on the training clips of a fold, and score the test clips."""
    callbacks, oracle = watched(
        examples, split.fitted, inner=split.inner, test=split.test, training=method.training, device=device
    )
    classes = len(examples.classes)
    trained = train(split.train, method, classes=classes, seed=seed, device=device, callbacks=callbacks)
    return result_of(trained, examples, split.fitted, split.test, oracle=oracle, device=device)


def _fit_baseline(examples: Examples, rows: Fold, method: Method) -> FoldResult:
    """Fit a baseline on the training clips, each as it was recorded, and score the test clips."""
    train, test = (_in_memory(examples.x, part, method.model) for part in (rows.train, rows.test))
    fitted = _fitted(examples, method, train, examples.label[rows.train], test)
    row = {"epoch": 1, "loss": float("nan"), "lr": 0.0, "train_accuracy": fitted.train_accuracy}
    return FoldResult(fitted.scores, [row], fitted.state, about_input(examples, rows))


def _fitted(
    examples: Examples, method: Method, train: NDArray[Any], labels: NDArray[Any], test: NDArray[Any]
) -> Scored:
    """Fit a baseline to classes, or to each label by itself."""
    given: dict[str, Any] = {"x_train": train, "labels": labels, "x_test": test}
    if examples.multi:
        return fit_labels(method.model, method.model_params, **given, names=examples.classes)
    return fit_score(method.model, method.model_params, **given, classes=len(examples.classes))


def _in_memory(x: Rows, rows: NDArray[np.int64], baseline: str) -> NDArray[Any]:
    """Return examples as a baseline takes them; the majority class is found without looking at any."""
    return np.zeros((len(rows), 0), dtype=np.float32) if baseline == "majority" else x[rows]
