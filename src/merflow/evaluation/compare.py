"""Two methods on the same clips: how their metrics differ, by a bootstrap that draws the same people for both."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from merflow.errors import ArtefactError
from merflow.evaluation.bootstrap import (
    REPLICATES,
    headline_of_replicates,
    interval,
    pooled_headline,
    subject_confusions,
    subject_replicates,
)
from merflow.evaluation.metrics import HEADLINE
from merflow.evaluation.predictions import class_indices

COMPARISON_COLUMNS = ("metric", "a", "b", "difference", "ci_low", "ci_high", "share_b_better")


def compare_predictions(
    a: pd.DataFrame, b: pd.DataFrame, *, classes: Sequence[str], replicates: int = REPLICATES, seed: int = 0
) -> pd.DataFrame:
    """Compare two tables of predictions, as ``read_predictions`` returns them, on the same clips.

    Parameters
    ----------
    a, b : DataFrame
        Each with its own seeds; a metric is the mean over them.
    classes : sequence of str
        The fixed class list of both.
    replicates, seed : int
        Of the bootstrap over subjects.

    Returns
    -------
    DataFrame
        One row for UF1, UAR and ACC: ``a``, ``b``, ``difference`` = b - a with its 95 % interval, and the share of
        replicates in which b is better.

    Raises
    ------
    ArtefactError
        When the clips or their labels differ.
    """
    _check_same_clips(a, b)
    confusions = [
        subject_confusions(
            class_indices(table["label"], classes),
            class_indices(table["predicted"], classes),
            subjects=table["subject"].tolist(),
            runs=table["seed"].tolist(),
            classes=len(classes),
        )
        for table in (a, b)
    ]
    counts = subject_replicates(confusions[0].shape[1], replicates=replicates, seed=seed)
    drawn_a, drawn_b = (headline_of_replicates(matrices, counts) for matrices in confusions)
    low, high = interval(drawn_b - drawn_a)
    value_a, value_b = (pooled_headline(matrices).mean(0) for matrices in confusions)
    return pd.DataFrame(
        {
            "metric": HEADLINE,
            "a": value_a,
            "b": value_b,
            "difference": value_b - value_a,
            "ci_low": low,
            "ci_high": high,
            "share_b_better": np.mean(drawn_b > drawn_a, axis=0),
        }
    )[list(COMPARISON_COLUMNS)]


def _check_same_clips(a: pd.DataFrame, b: pd.DataFrame) -> None:
    labels_a, labels_b = (dict(zip(table["clip"], table["label"], strict=True)) for table in (a, b))
    only = sorted(set(labels_a) ^ set(labels_b))
    if only:
        raise ArtefactError(
            f"a paired comparison needs the same clips on both sides, but {len(only)} are on one side only, such as "
            f"{', '.join(only[:3])}. Compare experiments with the same label set and exclusions."
        )
    differing = sorted(clip for clip, label in labels_a.items() if label != labels_b[clip])
    if differing:
        raise ArtefactError(f"the two sides give different labels to {', '.join(differing[:3])}; label sets differ.")
