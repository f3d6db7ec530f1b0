import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn import metrics as sk

from merflow.cli import main
from merflow.errors import ArtefactError
from merflow.evaluation import compare_predictions
from merflow.evaluation.compare import COMPARISON_COLUMNS, common_classes, note_of_protocols, write_comparison
from merflow.evaluation.predictions import read_collected, write_predictions
from merflow.training.folds import LEAKY_NOTE, MACRO_NOTE
from merflow.training.settings import ProtocolSettings

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


def test_a_tie_is_not_better_however_many_seeds_a_side_has():
    """The mean of three equal scores differs from them in its last digit: 7 % of the replicates were won by it."""
    one = predictions(0.6, subjects=7, clips=11)
    three = pd.concat([one.assign(seed=seed) for seed in range(3)])
    for sides in ((three, one), (one, three)):
        table = compare_predictions(*sides, classes=CLASSES, replicates=500)
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


def corrected(table, subject):
    """Return predictions that are all right for one subject, and as they were for the others."""
    mine = table["subject"] == subject
    return table.assign(predicted=table["predicted"].mask(mine, table["label"]))


def test_one_subject_corrected_gives_the_difference_that_scikit_learn_finds():
    a = predictions(0.6)
    b = corrected(a, "s3")
    rows = compare_predictions(a, b, classes=CLASSES, replicates=200).set_index("metric")
    fixed = {"labels": CLASSES, "average": "macro"}
    for name, score in (("UF1", sk.f1_score), ("UAR", sk.recall_score)):
        expected = score(b["label"], b["predicted"], **fixed) - score(a["label"], a["predicted"], **fixed)
        assert rows.loc[name, "difference"] == pytest.approx(expected)


def test_one_subject_corrected_gives_the_interval_of_how_often_it_is_drawn():
    """Accuracy then differs by (draws of that subject) x (its wrong clips) / clips; draws are binomial."""
    a = predictions(0.6)
    b = corrected(a, "s3")
    wrong = int((a["predicted"] != b["predicted"]).sum())
    row = compare_predictions(a, b, classes=CLASSES, replicates=4000).set_index("metric").loc["ACC"]
    draws = stats.binom(8, 1 / 8)
    assert wrong > 2
    assert row["difference"] == pytest.approx(wrong / 96)
    assert row["ci_low"] == pytest.approx(draws.ppf(0.025) * wrong / 96)
    assert row["ci_high"] == pytest.approx(draws.ppf(0.975) * wrong / 96)
    assert row["share_b_better"] == pytest.approx(1 - draws.pmf(0), abs=0.03)


def test_seeds_of_each_side_are_averaged():
    a, b = predictions(0.5), pd.concat([predictions(0.7, seed=1), predictions(0.7, seed=2).assign(seed=1)])
    rows = compare_predictions(a, b, classes=CLASSES, replicates=50).set_index("metric")
    runs = [run for _, run in b.groupby("seed")]
    assert rows.loc["ACC", "b"] == pytest.approx(np.mean([(run["label"] == run["predicted"]).mean() for run in runs]))
    assert "a = a (seed 0); b = b (seeds 0, 1)" in rows.loc["ACC", "note"]


def test_only_clips_that_both_predict_count():
    a, b = predictions(0.5), predictions(0.8, seed=1)
    some = compare_predictions(a.iloc[:-5], b.iloc[3:], classes=CLASSES, replicates=100)
    same = compare_predictions(a.iloc[3:-5], b.iloc[3:-5], classes=CLASSES, replicates=100)
    numbers = list(COMPARISON_COLUMNS[1:7])
    pd.testing.assert_frame_equal(some[numbers], same[numbers])
    assert some[["n", "only_a", "only_b"]].to_numpy().tolist() == [[88, 3, 5]] * 3
    assert "not compared: 3 clips of a only, 5 clips of b only" in some["note"][0]


def test_the_note_says_how_the_comparison_was_made():
    a, b = (predictions(p, seed=s).assign(fold=lambda own: own["subject"]) for p, s in ((0.5, 0), (0.8, 1)))
    options = {"classes": CLASSES, "names": ("svm", "net"), "protocol": "loso", "note": "macro", "replicates": 100}
    assert compare_predictions(a, b, **options)["note"].unique().tolist() == [
        "macro; a = svm (seed 0); b = net (seed 0); protocol loso; 8 folds pooled; not compared: 0 clips of a only, "
        "0 clips of b only; paired 95 % bootstrap over 8 subjects, 100 replicates"
    ]
    b["fold"] = b["fold"].replace("s7", "s6")
    assert (
        "8 folds of a and 7 of b pooled, which split the clips differently"
        in (compare_predictions(a, b, **options)["note"][0])
    )


def test_the_note_says_which_experiment_trained_on_the_people_that_it_is_tested_on():
    honest, leaky = ProtocolSettings("cross_domain"), ProtocolSettings("kfold_random_leaky")
    printed = ProtocolSettings("cross_domain", keep_test_subject_macro=True)
    assert note_of_protocols({"a": honest, "b": printed}) == f"b: {MACRO_NOTE}"
    assert note_of_protocols({"a": printed, "b": printed}) == MACRO_NOTE
    assert note_of_protocols({"a": leaky, "b": leaky}) == LEAKY_NOTE
    assert note_of_protocols({"a": honest, "b": honest}) == ""


def test_one_subject_has_no_interval():
    a, b = predictions(0.5, subjects=1), predictions(0.9, seed=1, subjects=1)
    table = compare_predictions(a, b, classes=CLASSES)
    assert table[["ci_low", "ci_high", "share_b_better"]].isna().all(axis=None)
    assert (table["difference"] > 0).all()


def test_other_labels_subjects_or_classes_and_no_common_clip_are_refused():
    a = predictions(0.5)
    with pytest.raises(ArtefactError, match=r"none of a's 96 clips \(such as c0\) is among b's 96 \(such as other_c0"):
        compare_predictions(a, a.assign(clip="other_" + a["clip"]), classes=CLASSES)
    b = a.copy()
    b.loc[2, "label"] = "x"
    with pytest.raises(ArtefactError, match="different labels to c2: c2 is z in a and x in b"):
        compare_predictions(a, b, classes=CLASSES)
    b = a.copy()
    b.loc[2, "subject"] = "s7"
    with pytest.raises(ArtefactError, match="different subjects to c2"):
        compare_predictions(a, b, classes=CLASSES)
    with pytest.raises(ArtefactError, match="a has x and b x, y"):
        common_classes(a.assign(score_x=0.0), a.assign(score_x=0.0, score_y=0.0))


def test_collected_predictions_keep_their_folds(tmp_path):
    scores = {f"score_{name}": lambda own, name=name: (own["predicted"] == name).astype(float) for name in CLASSES}
    table = predictions(0.5).assign(**scores, oracle_predicted=CLASSES[0], fold=lambda own: "fold_of_" + own["subject"])
    write_predictions(table, tmp_path / "experiment" / "predictions.csv")
    path = tmp_path / "experiment" / "predictions.csv"
    pd.testing.assert_frame_equal(read_collected(path), table)
    path.write_text(path.read_text().replace("s1", "s7"))  # the bootstrap would draw another person
    with pytest.raises(ArtefactError, match=r"SHA-256 stands in predictions\.csv\.sha256"):
        read_collected(path)
    write_predictions(table.drop(columns="fold"), tmp_path / "predictions.csv")
    with pytest.raises(ArtefactError, match="score_<class>, fold, but found clip"):
        read_collected(tmp_path / "predictions.csv")


def test_the_written_table_has_the_promised_columns_and_the_same_bytes(tmp_path):
    for name in ("one.csv", "two.csv"):
        table = compare_predictions(predictions(0.5), predictions(0.7, seed=1), classes=CLASSES, replicates=100)
        write_comparison(table, tmp_path / name)
    assert tuple(pd.read_csv(tmp_path / "one.csv").columns) == COMPARISON_COLUMNS
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()


def test_show_prints_a_comparison(tmp_path, capsys):
    table = compare_predictions(predictions(0.5), predictions(0.9, seed=1), classes=CLASSES, replicates=100)
    write_comparison(table, tmp_path / "svm-vs-net.csv")
    assert main(["show", str(tmp_path / "svm-vs-net.csv")]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("difference", "share_b_better", "UF1", "UAR", "ACC"))
    assert f"{table['difference'][0]:.3g}" in shown
