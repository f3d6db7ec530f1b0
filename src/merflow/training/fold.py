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

from merflow.artefacts import Examples, LazyRows, Rows
from merflow.files import atomic_path
from merflow.training.asked import check_as_asked
from merflow.training.baselines import BASELINES, fit_score
from merflow.training.callbacks import Callback, EarlyStopping, Oracle
from merflow.training.checkpoint import save_weights
from merflow.training.execution import (
    KEPT_BYTES_OF_LARGE_EXAMPLES,
    choose_device,
    keep_freed_memory,
    reproducible,
)
from merflow.training.fold_clips import clips_of_test, inner_fold, shown_units, training_clips
from merflow.training.folds import Fold, check_trained_classes, make_folds
from merflow.training.leakage import check_no_leak
from merflow.training.loop import predict, train
from merflow.training.rows import what_rows_hold
from merflow.training.settings import ProtocolSettings, TrainingSettings
from merflow.training.weights import class_weights

logger = logging.getLogger(__name__)

_NOBODY = Fold("", np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
HISTORY_COLUMNS = ("seed", "epoch", "loss", "lr", "train_accuracy")


class _Result(NamedTuple):
    """Scores of the test clips (n, classes), history rows, what was fitted, on what, and the oracle's classes (n,)."""

    scores: NDArray[np.floating]
    history: list[dict[str, float]]
    state: Mapping[str, Any]
    about: Mapping[str, Any]
    oracle: NDArray[np.int64] | None = None


def run_fold(
    examples: Examples,
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
    model : str
        A network of ``merflow.models.declared.NETWORKS``, or a baseline of ``BASELINES``.
    model_params : mapping
        Its parameters.
    protocol, training
        Settings; baselines ignore `training`.
    seeds : sequence of int
        One training run each. Baselines are deterministic and predict the same for each.
    device : {"auto", "cpu", "cuda"}
        Execution only.
    threads : int
        Execution only.

    Returns
    -------
    list of Path
        The files that it has written.

    Raises
    ------
    ConfigError
        On an unknown model, parameter or device, or examples that are not what `training` asks for.
    DatasetError
        When a subject, a clip or something made from it is on both sides of the fold, or its training clips show too
        few classes.
    MerflowError
        When training diverges.
    """
    split = _find_fold(examples, protocol, fold)
    if len(split.test):
        check_trained_classes(split, examples.label, classes=examples.classes, model=model)
    check_no_leak(split, examples)
    if model not in BASELINES:
        check_as_asked(examples, training)
    if isinstance(examples.x, LazyRows):  # too large for memory: what is kept for speed is better spared there
        keep_freed_memory(up_to=KEPT_BYTES_OF_LARGE_EXAMPLES)
    else:
        keep_freed_memory()
    where = choose_device(device)
    weights = out_dir / "weights"
    weights.mkdir(parents=True, exist_ok=True)
    about = {"model": model, "model_params": dict(model_params), "fold": str(fold)}
    about |= {"protocol": asdict(protocol), "training": training.deciding()}
    header = prediction_table(examples, _NOBODY, np.zeros((0, len(examples.classes))), seed=0)
    predictions, history, written = [], [], [out_dir / "history.csv", out_dir / "predictions.csv"]
    with reproducible(where, threads=threads):
        for seed in seeds if len(split.test) else ():
            result = _run_seed(examples, split, model, model_params, training=training, seed=seed, device=where)
            written.append(weights / f"seed{seed}.pt")
            save_weights(written[-1], result.state, {**about, **result.about, "seed": seed})
            predictions.append(prediction_table(examples, split, result.scores, seed=seed, oracle=result.oracle))
            history.append(pd.DataFrame(result.history).assign(seed=seed))
    nothing = pd.DataFrame(columns=HISTORY_COLUMNS)
    _write_table(pd.concat(history or [nothing]), HISTORY_COLUMNS, written[0])
    _write_table(pd.concat(predictions or [header]), list(header.columns), written[1])
    return written


def _about_input(examples: Examples, split: Fold) -> dict[str, Any]:
    """Return what a network must be told of its examples to be built again."""
    return {
        **what_rows_hold(examples),
        "au_numbers": np.array(examples.au_numbers)[shown_units(examples, split)].tolist(),
    }


def prediction_table(
    examples: Examples,
    fold: Fold,
    scores: NDArray[np.floating],
    *,
    seed: int,
    oracle: NDArray[np.int64] | None = None,
) -> pd.DataFrame:
    """Return one row a test clip; the class of the largest score is predicted, NaN scores never.

    `oracle` holds the class indices after the epoch that does best on the test clips, where that was asked for.
    """
    classes = np.array(examples.classes)
    columns: dict[str, Any] = {
        "clip": examples.clip[fold.test],
        "subject": examples.subject[fold.test],
        "seed": seed,
        "label": classes[examples.label[fold.test]],
        "predicted": classes[np.nanargmax(scores, axis=1)] if len(scores) else classes[:0],
    }
    if oracle is not None:
        columns["oracle_predicted"] = classes[oracle]
    columns.update({f"score_{name}": scores[:, i] for i, name in enumerate(examples.classes)})
    return pd.DataFrame(columns)


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
    """Fit a network or a baseline on the training clips of a fold, and score the test clips."""
    if model in BASELINES:
        return _fit_baseline(examples, fold, model, model_params)
    fitted = fold
    callbacks: list[Callback] = []
    if training.early_stopping:
        fitted = inner_fold(examples, fold, folds=training.inner_folds, seed=seed)
        check_trained_classes(
            fitted, examples.label, classes=examples.classes, model=model, setting="training.early_stopping: "
        )
        callbacks.append(_early_stopping(examples, fitted, training, device))
    tested = clips_of_test(examples, fold)
    oracle = Oracle(tested, device=device) if training.oracle_best_epoch else None
    trained = train(
        training_clips(examples, fitted),
        model=model,
        model_params=model_params,
        classes=len(examples.classes),
        settings=training,
        seed=seed,
        device=device,
        callbacks=[*callbacks, oracle] if oracle else callbacks,
    )
    scores = predict(trained.model, tested.x, device, apex_and_length=tested.apex_and_length)
    about = _about_input(examples, fitted)
    return _Result(scores, trained.history, trained.model.state_dict(), about, oracle.predicted if oracle else None)


def _fit_baseline(examples: Examples, fold: Fold, name: str, params: Mapping[str, Any]) -> _Result:
    """Fit a baseline on the training clips, each as it was recorded, and score the test clips."""
    fitted = fit_score(
        name,
        params,
        x_train=_in_memory(examples.x, fold.train, name),
        labels=examples.label[fold.train],
        x_test=_in_memory(examples.x, fold.test, name),
        classes=len(examples.classes),
    )
    row = {"epoch": 1, "loss": float("nan"), "lr": 0.0, "train_accuracy": fitted.train_accuracy}
    return _Result(fitted.scores, [row], fitted.state, _about_input(examples, fold))


def _in_memory(x: Rows, rows: NDArray[np.int64], baseline: str) -> NDArray[Any]:
    """Return examples as a baseline takes them; the majority class is found without looking at any."""
    return np.zeros((len(rows), 0), dtype=np.float32) if baseline == "majority" else x[rows]


def _early_stopping(examples: Examples, inner: Fold, training: TrainingSettings, device: torch.device) -> EarlyStopping:
    """Return the callback that keeps the best epoch on the clips that `inner` leaves out."""
    weight = class_weights(examples.label[inner.train], len(examples.classes))
    return EarlyStopping(
        clips_of_test(examples, inner),
        patience=training.early_stopping,
        class_weight=torch.from_numpy(weight).to(device) if training.class_weights else None,
        gamma=training.gamma,
        device=device,
    )


def _find_fold(examples: Examples, protocol: ProtocolSettings, name: str) -> Fold:
    """Return the fold, or an empty one when no clip of it is left among the examples."""
    folds = make_folds(protocol, subjects=examples.subject, labels=examples.label, expressions=examples.expression)
    for fold in folds:
        if fold.name == name:
            return fold
    have = ", ".join(fold.name for fold in folds)
    logger.warning("fold %r: no test clip of it is among the examples, which have the folds %s", name, have)
    return _NOBODY


def _write_table(table: pd.DataFrame, first: Sequence[str], path: Path) -> None:
    """Write a table, the columns in `first` before those that some settings add."""
    columns = [*first, *(name for name in table.columns if name not in first)]
    with atomic_path(path) as partial:
        table.to_csv(partial, columns=columns, index=False, float_format="%.6g", lineterminator="\n")
