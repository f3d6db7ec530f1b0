import numpy as np
import pandas as pd
import pytest

from merflow.errors import ArtefactError
from merflow.evaluation import compare_predictions

CLASSES = ("x", "y", "z")


def predictions(right, seed=0, subjects=8, clips=12):
    """Return predictions that are right with probability `right`, the same clips and labels each time."""
    rng = np.random.default_rng(seed)
    n = subjects * clips
    labels = np.arange(n) % 3
    guessed = np.where(rng.random(n) < right, labels, (labels + 1) % 3)
    return pd.DataFrame(
        {
            "clip": [f"c{i}" for i in range(n)],
            "subject": [f"s{i // clips}" for i in range(n)],
            "seed": 0,
            "label": np.array(CLASSES)[labels],
            "predicted": np.array(CLASSES)[guessed],
        }
    )


def test_a_method_does_not_differ_from_itself():
    table = compare_predictions(predictions(0.6), predictions(0.6), classes=CLASSES, replicates=200)
    assert (table[["difference", "ci_low", "ci_high", "share_b_better"]] == 0).all(axis=None)


def test_a_better_method_is_found_better():
    table = compare_predictions(predictions(0.5), predictions(0.9, seed=1), classes=CLASSES, replicates=500)
    assert table["metric"].tolist() == ["UF1", "UAR", "ACC"]
    assert (table["difference"] > 0.2).all()
    assert (table["ci_low"] > 0).all()
    assert (table["share_b_better"] == 1).all()


def test_swapping_the_sides_turns_the_sign():
    a, b = predictions(0.5), predictions(0.7, seed=1)
    forth, back = (compare_predictions(*pair, classes=CLASSES, replicates=300) for pair in ((a, b), (b, a)))
    np.testing.assert_allclose(forth["ci_low"], -back["ci_high"], atol=1e-12)


def test_pairing_makes_the_interval_narrower():
    """Where people differ in difficulty, but the methods do not: pairing takes the people out."""
    a = predictions(0.9)
    hard = a["subject"].isin(["s0", "s1", "s2"])
    a.loc[hard, "predicted"] = "x"
    b = a.copy()
    b.loc[0, "predicted"] = "y"
    table = compare_predictions(a, b, classes=CLASSES, replicates=500)
    assert ((table["ci_high"] - table["ci_low"]) < 0.05).all()


def test_other_clips_or_labels_are_refused():
    a = predictions(0.5)
    with pytest.raises(ArtefactError, match="1 are on one side only, such as c95"):
        compare_predictions(a, a.iloc[:-1], classes=CLASSES)
    b = a.copy()
    b.loc[2, "label"] = "x"
    with pytest.raises(ArtefactError, match="different labels to c2"):
        compare_predictions(a, b, classes=CLASSES)
