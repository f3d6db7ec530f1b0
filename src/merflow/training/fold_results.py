"""What one seed of a fold comes to, and the files of a fold: the same however its networks were trained."""

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from merflow.artefacts import Examples
from merflow.training.callbacks import Callback, EarlyStopping, Oracle
from merflow.training.checkpoint import save_weights
from merflow.training.clips import Clips
from merflow.training.fold_clips import shown_numbers
from merflow.training.fold_record import HISTORY, PREDICTIONS, WEIGHTS, weights_of_seed
from merflow.training.fold_tables import prediction_table, write_history, write_predictions
from merflow.training.folds import Fold
from merflow.training.loop import Trained, predict
from merflow.training.method import Method
from merflow.training.rows import what_rows_hold
from merflow.training.scores import threshold
from merflow.training.settings import TrainingSettings
from merflow.training.target import target_of

logger = logging.getLogger(__name__)


class FoldResult(NamedTuple):
    """Scores of the test clips (n, classes), history rows, what was fitted, on what, and the oracle's classes (n,)."""

    scores: NDArray[np.floating]
    history: list[dict[str, float]]
    state: Mapping[str, Any]
    about: Mapping[str, Any]
    oracle: NDArray[np.int64] | None = None


class Watched(NamedTuple):
    """The callbacks of a training, and the oracle among them."""

    callbacks: tuple[Callback, ...]
    oracle: Oracle | None


def watched(
    examples: Examples, fitted: Fold, *, inner: Clips | None, test: Clips, training: TrainingSettings,
    device: torch.device,
) -> Watched:  # fmt: skip
    """Return the callbacks that the settings ask for.

    Parameters
    ----------
    examples : Examples
    fitted : Fold
        What is fitted on.
    inner : Clips or None
        By which early stopping chooses the epoch.
    test : Clips
        Of the test subject.
    training : TrainingSettings
    device : torch.device
    """
    callbacks: list[Callback] = []
    if inner:
        labels, classes = examples.label[fitted.train], len(examples.classes)
        callbacks.append(_early_stopping(inner, training, fitted=labels, classes=classes, device=device))
    oracle = Oracle(test, device=device) if training.oracle_best_epoch else None
    return Watched((*callbacks, oracle) if oracle else tuple(callbacks), oracle)


def result_of(
    trained: Trained, examples: Examples, fitted: Fold, test: Clips, *, oracle: Oracle | None, device: torch.device
) -> FoldResult:
    """Return what a trained network comes to on the test clips; the log has what the network says of its training."""
    for note in trained.model.notes():
        logger.warning("fold %r: %s", fitted.name, note)
    given: dict[str, Any] = {"apex_and_length": test.apex_and_length, "target": target_of(examples.label)}
    scores = predict(trained.model, test.x, device, **given)
    predicted = oracle.predicted if oracle else None
    return FoldResult(scores, trained.history, trained.model.state_dict(), about_input(examples, fitted), predicted)


def about_input(examples: Examples, fitted: Fold) -> dict[str, Any]:
    """Return what a network must be told of its examples to be built again."""
    return {
        **what_rows_hold(examples),
        "au_numbers": list(shown_numbers(examples, fitted)),
    }


def write_fold(
    examples: Examples, rows: Fold, results: Iterable[tuple[int, FoldResult]], out_dir: Path, *, fold: str,
    method: Method,
) -> list[Path]:  # fmt: skip
    """Write the files of a fold; weights of each seed as soon as it is there.

    Parameters
    ----------
    examples : Examples
    rows : Fold
        Without test clips, tables without rows are written.
    results : iterable of (int, FoldResult)
        Seed and what it comes to.
    out_dir : Path
        Made when missing.
    fold : str
        Its name.
    method : Method

    Returns
    -------
    list of Path
        The files that it has written.
    """
    (out_dir / WEIGHTS).mkdir(parents=True, exist_ok=True)
    decided = method.of_any_seed()
    named = {key: decided[key] for key in ("model", "model_params")} | {"fold": str(fold)} | decided
    predictions, history, written = [], [], [out_dir / HISTORY, out_dir / PREDICTIONS]
    for seed, result in results:
        written.append(out_dir / weights_of_seed(seed))
        save_weights(written[-1], result.state, {**named, **result.about, "seed": seed})
        told: dict[str, Any] = {"seed": seed, "oracle": result.oracle, "threshold": threshold(method.model)}
        predictions.append(prediction_table(examples, rows, result.scores, **told))
        history.append(pd.DataFrame(result.history).assign(seed=seed))
    write_history(history, written[0])
    write_predictions(predictions, examples, written[1])
    return written


def _early_stopping(
    inner: Clips, training: TrainingSettings, *, fitted: NDArray[Any], classes: int, device: torch.device
) -> EarlyStopping:
    """Return the callback that keeps the best epoch on clips that are left out of the fitting."""
    weight = target_of(fitted).weights(fitted, classes)
    return EarlyStopping(
        inner,
        patience=training.early_stopping,
        class_weight=torch.from_numpy(weight).to(device) if training.class_weights else None,
        gamma=training.gamma,
        device=device,
    )
