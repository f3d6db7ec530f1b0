"""How many seeds miss a clip, against counts by hand."""

import pandas as pd
import pytest

from merflow.errors import ArtefactError
from merflow.evaluation.predictions import write_predictions
from merflow.quality.scored import scored_columns, share_missed

CLASSES = pd.DataFrame(
    [
        ("a", 0, "negative", "negative"), ("a", 1, "negative", "surprise"), ("a", 2, "negative", "positive"),
        ("b", 0, "positive", "positive"), ("b", 1, "positive", "positive"), ("b", 2, "positive", "positive"),
    ],
    columns=["clip", "seed", "label", "predicted"],
)  # fmt: skip
LABELS = pd.DataFrame(
    [
        ("a", 0, "AU4", 1, 1), ("a", 0, "AU12", 0, 1), ("a", 1, "AU4", 1, 0), ("a", 1, "AU12", 0, 1),
        ("b", 0, "AU4", 0, 0), ("b", 0, "AU12", 0, 0), ("b", 1, "AU4", 0, 0), ("b", 1, "AU12", 0, 0),
    ],
    columns=["clip", "seed", "label", "truth", "predicted"],
)  # fmt: skip


def test_of_classes_the_share_of_seeds_and_of_labels_that_of_seeds_and_labels():
    assert share_missed(CLASSES) == {"a": pytest.approx(2 / 3), "b": 0.0}
    assert share_missed(LABELS) == {"a": 0.75, "b": 0.0}


@pytest.fixture
def predictions(tmp_path):
    scores = {f"score_{name}": 0.0 for name in ("negative", "positive", "surprise")}
    table = CLASSES.assign(subject=CLASSES["clip"].map({"a": "s1", "b": "s2"}), **scores)
    table["fold"] = table["subject"]
    path = tmp_path / "predictions.csv"
    write_predictions(table[["clip", "subject", "seed", "label", "predicted", *scores, "fold"]], path)
    return path


def test_a_column_has_the_clips_of_the_dataset_and_flags_none(predictions):
    [column] = scored_columns({"ststnet": predictions}, frozenset({"a", "c"}), deviations=5.0)
    assert (column.declared.name, column.source) == ("wrong_seeds_ststnet", "ststnet")
    assert column.values == {"a": pytest.approx(2 / 3)}
    assert column.flags == {}
    assert scored_columns({"ststnet": predictions}, frozenset({"c"}), deviations=5.0) == []


def test_predictions_that_are_not_there_are_refused(tmp_path):
    with pytest.raises(ArtefactError, match=r"none\.csv"):
        scored_columns({"ststnet": tmp_path / "none.csv"}, frozenset({"a"}), deviations=5.0)
