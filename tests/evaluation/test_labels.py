"""Labels that are told one by one, from the predictions of folds to the numbers."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, f1_score
from tests.evaluation.labels_fixture import LABELS, SUBJECTS, label_predictions

from merflow.errors import ArtefactError
from merflow.evaluation.aggregate import score_table
from merflow.evaluation.baselines import with_baselines
from merflow.evaluation.bootstrap import score_of_replicates, subject_replicates
from merflow.evaluation.compare import common_classes, compare_predictions
from merflow.evaluation.members import left_out_of, members_of
from merflow.evaluation.metrics import label_headline, scores_by_label
from merflow.evaluation.metrics_table import read_metrics, write_metrics
from merflow.evaluation.metrics_text import format_metrics
from merflow.evaluation.predictions import (
    classes_of,
    confusions_of,
    predictions_text,
    read_collected,
    read_predictions,
    write_predictions,
)
from merflow.evaluation.rows import COUNTS, Scope


def by_sklearn(truth, predicted):
    """Return f1_macro, f1 and accuracy of one label."""
    macro = f1_score(truth, predicted, average="macro", labels=[0, 1], zero_division=0)
    return macro, f1_score(truth, predicted, zero_division=0), accuracy_score(truth, predicted)


def expected_of(table):
    """Return the three scores of each label, mean over seeds, from scikit-learn."""
    return {
        label: np.mean([by_sklearn(run["truth"], run["predicted"]) for _, run in own.groupby("seed")], axis=0)
        for label, own in table.groupby("label")
    }


def rows_of_scope(rows, scope):
    return {(row.metric, row.name): row for row in rows if row.scope is scope}


@pytest.fixture(scope="module")
def table():
    return label_predictions()


@pytest.fixture(scope="module")
def rows(table):
    return score_table(table, classes=LABELS, protocol="loso", left_out=2, replicates=500)


def test_scores_of_labels_are_those_of_scikit_learn(table, rows):
    expected = expected_of(table)
    found = rows_of_scope(rows, Scope.LABEL)
    for label, values in expected.items():
        for metric, value in zip(("f1_macro", "f1", "accuracy"), values, strict=True):
            assert found[metric, label].value == pytest.approx(value)
            assert found[metric, label].ci_low <= value <= found[metric, label].ci_high
            assert found[metric, label].n == 20
    headline = rows_of_scope(rows, Scope.POOLED)
    means = np.mean(list(expected.values()), axis=0)
    assert list(headline) == [("f1_macro", ""), ("f1", ""), ("accuracy", "")]
    assert [row.value for row in headline.values()] == pytest.approx(means)
    assert "4 folds pooled, mean over 2 seeds" in next(iter(headline.values())).note
    assert all(row.protocol == "loso" for row in rows)


def test_seeds_folds_and_counts(table, rows):
    seeds = rows_of_scope(rows, Scope.SEED)
    for seed, own in table.groupby("seed"):
        means = np.mean(list(expected_of(own).values()), axis=0)
        assert [seeds[name, str(seed)].value for name in ("f1_macro", "f1", "accuracy")] == pytest.approx(means)
    by_fold = [np.mean(list(expected_of(own).values()), axis=0) for _, own in table.groupby(["seed", "fold"])]
    found = [row.value for row in rows_of_scope(rows, Scope.FOLD_MEAN).values()]
    assert found == pytest.approx(np.mean(by_fold, axis=0))
    own = table[table["label"] == "AU4"]
    counts = rows_of_scope(rows, Scope.LABEL_COUNT)
    hits = (own["truth"] == 1) & (own["predicted"] == 1)
    assert counts["n_positive", "AU4"].value == own["truth"].sum() / 2
    assert counts["true_positive", "AU4"].value == hits.sum() / 2
    assert sum(counts[name, "AU4"].value for name in COUNTS[1:]) == 20
    assert {name for name, _ in counts} == set(COUNTS)
    unlearnt = rows_of_scope(rows, Scope.LABEL)["f1", "AU45"].note
    assert "in 1 of 4 folds no training clip shows it: absent there" in unlearnt
    assert "no training clip" not in rows_of_scope(rows, Scope.LABEL)["f1", "AU1"].note


def test_a_label_that_no_clip_shows_scores_as_scikit_learn_has_it():
    counts = np.array([[[10, 0], [0, 0]], [[7, 3], [0, 0]], [[0, 0], [4, 6]]])  # never said; said; all show it
    expected = [
        by_sklearn([0] * 10, [0] * 10),
        by_sklearn([0] * 10, [0] * 7 + [1] * 3),
        by_sklearn([1] * 10, [0] * 4 + [1] * 6),
    ]
    np.testing.assert_allclose(scores_by_label(counts), expected)
    assert expected[0] == (0.5, 0.0, 1.0)


def test_intervals_are_those_of_subjects_drawn_with_replacement(table, rows):
    drawn = subject_replicates(4, replicates=500)
    values = []
    for counts in drawn[:10]:
        parts = [table[table["subject"] == name] for name, times in zip(sorted(SUBJECTS), counts, strict=True)
                 for _ in range(int(times))]  # fmt: skip
        values.append(np.mean(list(expected_of(pd.concat(parts)).values()), axis=0))
    found = score_of_replicates(confusions_of(table, LABELS), drawn[:10], score=label_headline)
    np.testing.assert_allclose(found, values)
    low, high = np.quantile(
        score_of_replicates(confusions_of(table, LABELS), drawn, score=label_headline), [0.025, 0.975], axis=0
    )
    headline = list(rows_of_scope(rows, Scope.POOLED).values())
    np.testing.assert_allclose([(row.ci_low, row.ci_high) for row in headline], np.transpose([low, high]))


def test_oracle_and_members_have_rows_of_their_own():
    table = label_predictions(oracle=0.95)
    members = members_of(table["subject"])
    rows = score_table(
        table, classes=LABELS, protocol="loso", members=members, members_left_out=left_out_of(members, []),
        replicates=50,
    )  # fmt: skip
    honest = score_table(table.drop(columns="oracle_predicted"), classes=LABELS, protocol="loso", replicates=50)
    assert rows_of_scope(rows, Scope.POOLED) == rows_of_scope(honest, Scope.POOLED)
    best = np.mean(list(expected_of(table.assign(predicted=table["oracle_predicted"])).values()), axis=0)
    found = rows_of_scope(rows, Scope.ORACLE)
    assert [row.value for row in found.values()] == pytest.approx(best)
    samm = np.mean(list(expected_of(table[table["subject"].str.startswith("samm")]).values()), axis=0)
    of_samm = [row.value for row in rows_of_scope(rows, Scope.MEMBER).values() if row.name == "samm"]
    assert of_samm == pytest.approx(samm)


def test_metrics_are_read_as_they_were_written_and_stand_beside_baselines_of_their_kind(rows, tmp_path):
    path = tmp_path / "metrics.csv"
    write_metrics(rows, path)
    again = read_metrics(path)
    assert [(row.metric, row.scope, row.name, row.n) for row in again] == [
        (row.metric, row.scope, row.name, row.n) for row in rows
    ]
    assert again[0].value == pytest.approx(rows[0].value, abs=1e-6)
    text = format_metrics(again, details=False)
    assert "f1_macro" in text
    assert "n_positive" not in text
    beside = with_baselines(rows, {"majority-au8": path})
    assert [(row.metric, row.name) for row in beside if row.scope is Scope.BASELINE] == [
        ("f1_macro", "majority-au8"), ("f1", "majority-au8"), ("accuracy", "majority-au8")
    ]  # fmt: skip
    of_classes = [row for row in rows if row.metric == "none"]
    with pytest.raises(ArtefactError, match="the headline f1_macro, f1, accuracy in place of"):
        with_baselines(of_classes, {"majority": path})
    path.with_name("metrics.csv.sha256").unlink()
    path.write_text(path.read_text().replace("n_positive,label_count,AU1,", "n_positive,label_count,AU1,9"))
    with pytest.raises(ArtefactError, match=r"n_positive, label_count AU1 of .* which is not from 0 to 20"):
        read_metrics(path)


def test_two_experiments_are_compared_on_the_same_clips(table):
    other = label_predictions(right=0.9, seeds=(0, 1, 2), draw=5)
    common = other[other["clip"] != "samm.006_0"]
    found = compare_predictions(table, common, classes=common_classes(table, common), replicates=200)
    assert found["metric"].tolist() == ["f1_macro", "f1", "accuracy"]
    a, b = (own[own["clip"] != "samm.006_0"] for own in (table, other))
    means = [np.mean(list(expected_of(own).values()), axis=0) for own in (a, b)]
    np.testing.assert_allclose(found[["a", "b"]].to_numpy().T, means)
    assert found["n"].tolist() == [19] * 3
    assert found["only_a"].tolist() == [1] * 3
    lied = other.assign(truth=other["truth"].where(other["clip"] != "samm.006_1", 1 - other["truth"]))
    with pytest.raises(ArtefactError, match=r"different labels to samm.006_1: samm.006_1 is .* in a and"):
        compare_predictions(table, lied, classes=LABELS, replicates=10)
    of_classes = table.drop(columns=["truth", "score"]).assign(score_AU1=0.0, score_AU4=0.0, score_AU45=0.0)
    with pytest.raises(ArtefactError, match="expected predictions of one kind"):
        common_classes(table, of_classes)


def write_folds(table, folder):
    """Write the files of the folds, as training does."""
    paths = []
    for fold, own in table.groupby("fold"):
        path = folder / "folds" / fold / "predictions.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        own.drop(columns="fold").to_csv(path, index=False, float_format="%.6g", lineterminator="\n")
        paths.append(path)
    return paths


def test_folds_are_read_and_collected_to_the_byte(table, tmp_path):
    paths = write_folds(table, tmp_path)
    empty = tmp_path / "folds/s9/predictions.csv"
    empty.parent.mkdir()
    empty.write_text("clip,subject,seed,label,truth,score,predicted\n")
    found = read_predictions([*paths, empty], seeds=(0, 1), model="ststnet", fold_is_subject=True)
    assert list(found) == ["clip", "subject", "seed", "fold", "label", "truth", "score", "predicted"]
    assert classes_of(found) == LABELS
    pd.testing.assert_frame_equal(found, table.sort_values(["seed", "clip"], kind="stable", ignore_index=True))
    write_predictions(found, tmp_path / "predictions.csv")
    again = read_collected(tmp_path / "predictions.csv")
    pd.testing.assert_frame_equal(again, found)
    assert predictions_text(again).encode() == (tmp_path / "predictions.csv").read_bytes()


HEAD = "clip,subject,seed,label,truth,score,predicted\n"
GOOD = "c1,s1,0,a,1,0.75,1\nc1,s1,0,b,0,0.25,0\nc2,s1,0,a,0,0.5,1\nc2,s1,0,b,1,0.25,0\n"


@pytest.mark.parametrize(
    ("was", "becomes", "message"),
    [
        ("a,1,0.75", "a,2,0.75", "expected truth to be 0 or 1 in line 2, but found '2'"),
        ("0.75,1", "0.75,0.5", "expected predicted to be 0 or 1 in line 2"),
        ("0.75,1", "0.75,0", "expected 1 predicted for scores above 0.5 and 0 below in line 2, but found 0 for 0.75"),
        ("0.75", "1.5", "expected a score from 0 to 1 in line 2"),
        ("0.75", "nan", "expected a score, a number of six digits in line 2"),
        ("0.75", "0.750", "expected a score, a number of six digits"),
        ("s1,0,a", "s1,00,a", "expected a seed, a whole number in line 2"),
        ("c1,s1,0,b", "c1,s1,0,a", "c1 with a label twice"),
        ("c2,s1,0,a,0,0.5,1\n", "", "expected a row of c2 for each of a, b, in this order, in line 4"),
        ("c2,s1,0,b,1,0.25,0\n", "", "expected a row for each of a, b of the last clip"),
        ("c2,s1,0,b", "c2,s2,0,b", "expected a row of c2 for each of a, b"),
        ("c1,s1,0,b,0,0.25,0", "c1,s1,0,b,0,,0", "expected a score of b for every clip of a fold, or for none"),
        ("c1,s1,0,b,0,0.25,0", ",s1,0,b,0,0.25,0", "expected clip to be a text in line 3"),
        ("score", "scores", "expected the columns clip, subject, seed, label, truth, score, predicted"),
        ("0.25,0\nc2", "0.25,0,\nc2", "expected 7 cells in line 3"),
    ],
)
def test_a_damaged_file_of_labels_is_refused(tmp_path, was, becomes, message):
    path = tmp_path / "s1/predictions.csv"
    path.parent.mkdir()
    path.write_text(HEAD + GOOD)
    assert len(read_predictions([path], model="ststnet")) == 4
    path.write_text((HEAD + GOOD).replace(was, becomes, 1))
    with pytest.raises(ArtefactError, match=message):
        read_predictions([path], model="ststnet")


def test_folds_that_do_not_belong_together_are_refused(table, tmp_path):
    paths = write_folds(table, tmp_path)
    text = paths[1].read_text()
    paths[1].write_text(text.replace("AU45", "AU12"))
    with pytest.raises(ArtefactError, match=r"expected the labels AU1, AU4, AU45 of the first fold, but found .*AU12"):
        read_predictions(paths)
    paths[1].write_text("clip,subject,seed,label,predicted,score_a\n")
    with pytest.raises(ArtefactError, match="predictions of the kind of the first fold"):
        read_predictions(paths)
    paths[1].write_text("".join(line for line in text.splitlines(True) if ",1,AU" not in line))
    with pytest.raises(ArtefactError, match=r"expected the seeds 0, 1 .* but found the seeds 0"):
        read_predictions(paths)
    flipped = text.splitlines(True)
    first = next(number for number, line in enumerate(flipped) if ",1,AU1," in line)
    cells = flipped[first].split(",")
    cells[4] = str(1 - int(cells[4]))
    flipped[first] = ",".join(cells)
    paths[1].write_text("".join(flipped))
    with pytest.raises(ArtefactError, match=r"expected one label for casme2\.sub02_. by every seed"):
        read_predictions(paths)
