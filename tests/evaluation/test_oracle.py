"""The oracle's epoch: written, labelled as a leak in every row, and kept apart from all that counts."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk

from merflow.errors import ArtefactError
from merflow.evaluation import read_predictions
from merflow.evaluation.aggregate import score_table
from merflow.evaluation.baselines import with_baselines
from merflow.evaluation.compare import compare_predictions
from merflow.evaluation.metrics import HEADLINE
from merflow.visualization.results.confusion import draw_confusion

CLASSES = ("negative", "positive", "surprise")
ORACLE_ROWS = [f"{name} oracle_best_epoch{ending}" for ending in ("", " minus honest") for name in HEADLINE]


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


def test_the_oracle_is_scored_as_scikit_learn_scores_it():
    metrics = scored(predictions()).set_index("metric")["value"]
    runs = [run for _, run in predictions().groupby("seed")]
    for name, score in (("UF1", sk.f1_score), ("UAR", sk.recall_score)):
        honest, oracle = (
            np.mean([score(run["label"], run[column], labels=CLASSES, average="macro") for run in runs])
            for column in ("predicted", "oracle_predicted")
        )
        assert metrics[f"{name} oracle_best_epoch"] == pytest.approx(oracle)
        assert metrics[f"{name} oracle_best_epoch minus honest"] == pytest.approx(oracle - honest)


def test_its_rows_follow_the_headline_and_all_begin_with_leak():
    metrics = scored(predictions(), note="macro clips of the test subject are in training")
    assert metrics["metric"].tolist()[:9] == [*HEADLINE, *ORACLE_ROWS]
    own = metrics.set_index("metric").loc[ORACLE_ROWS]
    assert own["note"].str.startswith("LEAK: ").all()
    assert own["note"].str.contains("no result").all()
    assert own["note"].str.endswith("macro clips of the test subject are in training").all()
    others = metrics[~metrics["metric"].isin(ORACLE_ROWS)]
    assert not others["note"].str.contains("LEAK").any()


def test_every_other_row_is_the_same_without_it():
    with_oracle, without = scored(predictions()), scored(predictions(oracle=False))
    kept = with_oracle[~with_oracle["metric"].isin(ORACLE_ROWS)].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, without)


def test_an_oracle_that_says_the_same_adds_nothing():
    table = predictions().assign(oracle_predicted=lambda own: own["predicted"])
    rows = scored(table).set_index("metric").loc[ORACLE_ROWS[3:]]
    assert (rows[["value", "ci_low", "ci_high"]] == 0).all(axis=None)


def test_the_interval_of_what_the_choice_adds_is_paired():
    """One clip more of every person is right: whoever is drawn, accuracy rises by 1/9, though people differ."""
    table = predictions(seeds=(0,))
    number = table.groupby("subject").cumcount()
    wrong = number <= table["subject"].str[1:].astype(int) + 1
    table["predicted"] = table["label"].mask(wrong, table["label"].shift(1, fill_value="surprise"))
    table["oracle_predicted"] = table["predicted"].mask(number == 0, table["label"])
    rows = scored(table).set_index("metric")
    assert rows.loc["ACC", "ci_high"] - rows.loc["ACC", "ci_low"] > 0.2
    pair = rows.loc["ACC oracle_best_epoch minus honest", ["value", "ci_low", "ci_high"]]
    np.testing.assert_allclose(pair.astype(float), 1 / 9)


def test_comparison_baselines_and_picture_never_look_at_it(tmp_path):
    table, plain = predictions(), predictions(oracle=False)
    options = {"classes": CLASSES, "replicates": 200}
    pd.testing.assert_frame_equal(
        compare_predictions(table, plain, **options), compare_predictions(plain, plain, **options)
    )
    scored(table).to_csv(tmp_path / "metrics.csv", index=False)
    beside = with_baselines(scored(plain), {"y": tmp_path / "metrics.csv"})
    assert not beside["metric"].str.contains("oracle").any()
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
