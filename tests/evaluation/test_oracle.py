"""The oracle's epoch: written, labelled as a leak in every row, and kept apart from all that counts."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk
from tests.evaluation.scored_fixture import row_of

from merflow.errors import ArtefactError
from merflow.evaluation import read_predictions
from merflow.evaluation.aggregate import score_table
from merflow.evaluation.baselines import with_baselines
from merflow.evaluation.compare import compare_predictions
from merflow.evaluation.metrics import HEADLINE
from merflow.evaluation.metrics_table import write_metrics
from merflow.evaluation.rows import Scope
from merflow.visualization.results.confusion import draw_confusion

CLASSES = ("negative", "positive", "surprise")
LEAKS = (Scope.ORACLE, Scope.ORACLE_MINUS_POOLED)


def predictions(oracle=True, subjects=6, clips=9, seeds=(0, 1)):
    """Predictions that are right in half of the cases, and in four fifths after the oracle's epoch."""
    rng = np.random.default_rng(0)
    parts = []
    for seed in seeds:
        truth = np.arange(subjects * clips) % 3
        honest, best = (np.where(rng.random(len(truth)) < p, truth, (truth + 1) % 3) for p in (0.5, 0.8))
        part = {
            "clip": [f"c{i:02d}" for i in range(len(truth))],
            "subject": [f"s{i // clips}" for i in range(len(truth))],
            "seed": seed,
            "label": np.array(CLASSES)[truth],
            "predicted": np.array(CLASSES)[honest],
            **{f"score_{name}": (np.array(CLASSES)[honest] == name).astype(float) for name in CLASSES},
            "oracle_predicted": np.array(CLASSES)[best],
        }
        parts.append(pd.DataFrame(part).assign(fold=lambda table: table["subject"]))
    table = pd.concat(parts, ignore_index=True)
    return table if oracle else table.drop(columns="oracle_predicted")


def scored(table, **options):
    return score_table(table, classes=CLASSES, protocol="loso", replicates=300, **options)


def of_the_oracle(rows, metric, scope=Scope.ORACLE):
    return row_of(rows, metric, scope, "best_epoch")


def test_the_oracle_is_scored_as_scikit_learn_scores_it():
    metrics = scored(predictions())
    runs = [run for _, run in predictions().groupby("seed")]
    for name, score in (("UF1", sk.f1_score), ("UAR", sk.recall_score)):
        honest, oracle = (
            np.mean([score(run["label"], run[column], labels=CLASSES, average="macro") for run in runs])
            for column in ("predicted", "oracle_predicted")
        )
        assert of_the_oracle(metrics, name).value == pytest.approx(oracle)
        added = of_the_oracle(metrics, name, Scope.ORACLE_MINUS_POOLED)
        assert added.value == pytest.approx(oracle - honest)


def test_its_rows_follow_the_headline_and_all_begin_with_leak():
    metrics = scored(predictions(), note="macro clips of the test subject are in training")
    scopes = [Scope.POOLED, *LEAKS]
    assert [(row.scope, row.metric) for row in metrics[:9]] == [(scope, name) for scope in scopes for name in HEADLINE]
    own = [row.note for row in metrics if row.scope in LEAKS]
    assert len(own) == 6
    assert all(note.startswith("LEAK: ") and "no result" in note for note in own)
    assert all(note.endswith("macro clips of the test subject are in training") for note in own)
    assert not any("LEAK" in row.note for row in metrics if row.scope not in LEAKS)


def test_every_other_row_is_the_same_without_it():
    with_oracle, without = scored(predictions()), scored(predictions(oracle=False))
    assert [row for row in with_oracle if row.scope not in LEAKS] == without


def test_an_oracle_that_says_the_same_adds_nothing():
    table = predictions().assign(oracle_predicted=lambda own: own["predicted"])
    rows = [row for row in scored(table) if row.scope is Scope.ORACLE_MINUS_POOLED]
    assert [(row.value, row.ci_low, row.ci_high) for row in rows] == [(0, 0, 0)] * 3


def test_the_interval_of_what_the_choice_adds_is_paired():
    """One clip more of every subject is right: in every draw accuracy rises by 1/9, though subjects differ."""
    table = predictions(seeds=(0,))
    number = table.groupby("subject").cumcount()
    wrong = number <= table["subject"].str[1:].astype(int) + 1
    table["predicted"] = table["label"].mask(wrong, table["label"].shift(1, fill_value="surprise"))
    table["oracle_predicted"] = table["predicted"].mask(number == 0, table["label"])
    rows = scored(table)
    honest, added = row_of(rows, "ACC"), of_the_oracle(rows, "ACC", Scope.ORACLE_MINUS_POOLED)
    assert honest.ci_high - honest.ci_low > 0.2
    assert [added.value, added.ci_low, added.ci_high] == pytest.approx([1 / 9] * 3)


def test_comparison_baselines_and_picture_never_look_at_it(tmp_path):
    table, plain = predictions(), predictions(oracle=False)
    options = {"classes": CLASSES, "replicates": 200}
    pd.testing.assert_frame_equal(
        compare_predictions(table, plain, **options), compare_predictions(plain, plain, **options)
    )
    write_metrics(scored(table), tmp_path / "metrics.csv")
    beside = with_baselines(scored(plain), {"y": tmp_path / "metrics.csv"})
    assert not any(row.scope in LEAKS for row in beside)
    matrices = [draw_confusion(own, scored(own), title="t").axes[0].images[0].get_array() for own in (table, plain)]
    np.testing.assert_array_equal(*matrices)


def write_folds(folder, table):
    for fold, own in table.groupby("fold"):
        (folder / fold).mkdir()
        own = own.drop(columns="fold")
        own.to_csv(folder / fold / "predictions.csv", index=False, float_format="%.6g")
    return sorted(folder.glob("*/predictions.csv"))


def test_it_is_read_from_the_folds(tmp_path):
    table = read_predictions(write_folds(tmp_path, predictions()))
    pd.testing.assert_frame_equal(table, predictions().sort_values(["seed", "clip"], ignore_index=True))


@pytest.mark.parametrize(
    ("how", "found"), [("column", "fold s2 lacks it"), ("value", "oracle_predicted to be a text in line 3, but found")]
)
def test_folds_of_which_only_some_have_it_are_refused(tmp_path, how, found):
    paths = write_folds(tmp_path, predictions())
    table = pd.read_csv(paths[2])
    if how == "column":
        table = table.drop(columns="oracle_predicted")
    else:
        table.loc[1, "oracle_predicted"] = ""
    table.to_csv(paths[2], index=False, float_format="%.6g")
    with pytest.raises(ArtefactError, match=found):
        read_predictions(paths)
