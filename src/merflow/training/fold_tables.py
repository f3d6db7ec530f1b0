"""The tables of a fold: what was predicted of each test clip, and the history of its trainings."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from merflow.artefacts import Examples
from merflow.files import atomic_path
from merflow.training.folds import Fold
from merflow.training.label_tables import label_prediction_table
from merflow.training.scores import PROBABLE

HISTORY_COLUMNS = ("seed", "epoch", "loss", "lr", "train_accuracy")


def prediction_table(
    examples: Examples,
    fold: Fold,
    scores: NDArray[np.floating],
    *,
    seed: int,
    oracle: NDArray[np.int64] | None = None,
    threshold: float = PROBABLE,
) -> pd.DataFrame:
    """Return one row a test clip; the class of the largest score is predicted, NaN scores never.

    `oracle` holds the class indices after the epoch that does best on the test clips, where that was asked for. Labels
    that are told one by one have a row each, and are predicted above the threshold (``label_prediction_table``).
    """
    if examples.multi:
        return label_prediction_table(examples, fold, scores, seed=seed, threshold=threshold, oracle=oracle)
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


def write_predictions(tables: Sequence[pd.DataFrame], examples: Examples, path: Path) -> None:
    """Write the predictions of all seeds; of a fold without a test clip the header alone."""
    header = prediction_table(examples, Fold.empty(), np.zeros((0, len(examples.classes))), seed=0)
    _write_table(tables or [header], list(header.columns), path)


def write_history(tables: Sequence[pd.DataFrame], path: Path) -> None:
    """Write the histories of all seeds; of a fold without a test clip the header alone."""
    _write_table(tables or [pd.DataFrame(columns=HISTORY_COLUMNS)], HISTORY_COLUMNS, path)


def _write_table(tables: Sequence[pd.DataFrame], first: Sequence[str], path: Path) -> None:
    """Write tables below each other, the columns in `first` before those that some settings add."""
    table = pd.concat(tables)
    columns = [*first, *(name for name in table.columns if name not in first)]
    with atomic_path(path) as partial:
        table.to_csv(partial, columns=columns, index=False, float_format="%.6g", lineterminator="\n")
