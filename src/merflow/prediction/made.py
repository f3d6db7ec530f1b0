"""What a model file says of itself once its examples and metrics are there."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from merflow.artefacts import Examples
from merflow.evaluation.rows import MetricRow
from merflow.files import sha256
from merflow.prediction.model_file import About
from merflow.settings import from_plain
from merflow.training.final import final_fold
from merflow.training.label_tables import constant_labels
from merflow.training.method import Method
from merflow.version import VERSION


def complete(
    planned: Mapping[str, Any],
    examples: Examples,
    method: Method,
    *,
    metrics: Sequence[MetricRow],
    made_of: Mapping[str, Any],
    files: Sequence[Path],
) -> About:
    """Return everything that a model file says of itself.

    Parameters
    ----------
    planned : mapping
        As ``merflow.prediction.planned.about_planned`` returns it.
    examples : Examples
        That its networks are trained on.
    method : Method
    metrics : sequence of MetricRow
        Of the folds of the experiment; what is no result (a leak) is left out.
    made_of : mapping
        As ``merflow.training.batch.made_of`` returns it.
    files : sequence of Path
        That settings of stages name.
    """
    fold = final_fold(examples, method.protocol)
    rows = fold.train
    shown = examples.label[rows]
    counts = shown.sum(axis=0) if examples.multi else np.bincount(shown, minlength=len(examples.classes))
    record = {key: value for key, value in made_of.items() if key not in ("settings", "versions")}
    return from_plain(
        About,
        {
            **planned,
            "metrics": told_scores(metrics),
            "clips": dict(zip(examples.classes, counts.tolist(), strict=True)),
            "agreed": dict(constant_labels(examples, fold)) if examples.multi else {},
            "subjects": len(set(examples.subject[rows].tolist())),
            "versions": {"merflow": VERSION, **made_of["versions"]},
            "made_of": record,
            "files": {str(path): sha256(path) for path in files if path.is_file()},
        },
    )


def told_scores(metrics: Sequence[MetricRow]) -> list[dict[str, Any]]:
    """Return the rows of ``metrics.csv`` that a model file has as plain values: no leak is among them."""
    return [asdict(row) | {"scope": str(row.scope)} for row in metrics if not row.scope.is_leak]
