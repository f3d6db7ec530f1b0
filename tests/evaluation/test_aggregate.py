import pandas as pd
import pytest
from sklearn import metrics as sk
from tests.evaluation.scored_fixture import row_of

from merflow.errors import ArtefactError
from merflow.evaluation import read_predictions, score_table
from merflow.evaluation.predictions import classes_of, read_collected, write_predictions
from merflow.evaluation.rows import Scope

CLASSES = ("negative", "positive")


def write_fold(folder, fold, rows, seeds=(0, 1)):
    """Rows of (truth, prediction of the first seed, prediction of the second)."""
    (folder / fold).mkdir(parents=True)
    lines = ["clip,subject,seed,label,predicted,score_negative,score_positive"]
    lines += [
        f"{fold}_{i},{fold},{seed},{row[0]},{row[1 + s]},0.5,0.5"
        for s, seed in enumerate(seeds)
        for i, row in enumerate(rows)
    ]
    path = folder / fold / "predictions.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


N, P = CLASSES
FOLDS = {"006": [(N, N, N), (N, P, N), (P, P, P)], "NA": [(N, N, P), (P, N, P)]}


@pytest.fixture
def paths(tmp_path):
    return [write_fold(tmp_path, fold, rows) for fold, rows in FOLDS.items()]


def scored(paths, **options):
    table = read_predictions(paths)
    return score_table(table, **{"classes": classes_of(table), "protocol": "loso", **options})


def test_headline_is_the_mean_over_seeds_of_pooled_metrics(paths):
    metrics = scored(paths, left_out=3)
    rows = [row for fold in FOLDS.values() for row in fold]
    truth = [row[0] for row in rows]
    uf1 = [sk.f1_score(truth, [row[s] for row in rows], average="macro") for s in (1, 2)]
    first = metrics[0]
    assert [(row.metric, row.scope) for row in metrics[:3]] == [(name, Scope.POOLED) for name in ("UF1", "UAR", "ACC")]
    assert first.value == pytest.approx(sum(uf1) / 2)
    assert [row_of(metrics, "UF1", Scope.SEED, seed).value for seed in ("0", "1")] == pytest.approx(uf1)
    assert row_of(metrics, "UF1", Scope.SEED_SD).value == pytest.approx(pd.Series(uf1).std())
    assert first.ci_low <= first.value <= first.ci_high
    assert (first.n, first.protocol) == (5, "loso")
    assert first.note == "2 folds pooled, mean over 2 seeds, 95 % bootstrap over subjects; 3 clips left out"


def test_mean_over_folds_is_labelled(paths):
    row = row_of(scored(paths), "ACC", Scope.FOLD_MEAN)
    assert row.value == pytest.approx(((2 / 3 + 1 / 2) / 2 + (1 + 1 / 2) / 2) / 2)
    assert row.note == (
        "mean over folds, not the headline: a fold without a class scores 0 for it; "
        "0 of 2 folds lack a class, 0 have one class only"
    )


def test_macro_precision_is_not_taken_for_uar(paths):
    row = row_of(scored(paths), "macro-precision")
    rows = [cells for fold in FOLDS.values() for cells in fold]
    each = [sk.precision_score([r[0] for r in rows], [r[s] for r in rows], average="macro") for s in (1, 2)]
    assert row.value == pytest.approx(sum(each) / 2)
    assert row.ci_low <= row.value <= row.ci_high
    assert row.note.startswith("not UAR")


def test_class_rows_count_their_clips(paths):
    recall, f1 = ([row_of(scored(paths), name, Scope.CLASS, own) for own in CLASSES] for name in ("recall", "F1"))
    assert [row.value for row in recall] == pytest.approx([2 / 3, 3 / 4])
    assert [row.n for row in f1] == [3, 2]


def test_a_class_without_clips_scores_zero_and_says_so(paths):
    row = row_of(scored(paths, classes=(*CLASSES, "surprise")), "F1", Scope.CLASS, "surprise")
    assert (row.value, row.n) == (0, 0)
    assert row.note == "a class without clips scores 0"


def test_the_headline_names_classes_without_clips_since_their_0_is_in_its_mean(paths):
    metrics = scored(paths, classes=(*CLASSES, "surprise", "others"))
    whole = {row.metric: row.value for row in scored(paths)[:3]}
    for row in metrics[:3]:
        assert row.note.endswith("0 clips left out; no clips of surprise, others: scores 0")
        assert row.value == pytest.approx(whole[row.metric] * (1 if row.metric == "ACC" else 2 / 4))
    assert "no clips of" not in scored(paths)[0].note


def test_the_headline_counts_clips_of_classes_that_their_fold_does_not_train_on(paths):
    text = paths[1].read_text()  # the fold of NA trains on no clip of the second class, and tests one
    paths[1].write_text(text.replace(f",{P},0.5,0.5", f",{N},0.5,0.5").replace(",0.5,0.5", ",1,"))
    for row in scored(paths)[:3]:
        assert row.note.endswith("; 1 clip of positive tested where no training clip shows the class")
    assert "no training clip" not in scored(paths[:1])[0].note


def test_where_a_fold_trains_on_the_rest_a_class_of_one_fold_is_told_of_networks_too(tmp_path):
    paths = [write_fold(tmp_path, "006", [(N, N, N), (P, P, N), (P, P, P)]), write_fold(tmp_path, "NA", [(N, N, P)])]
    said = "; 2 clips of positive tested where no training clip shows the class"
    assert scored(paths, rest_trains=True)[0].note.endswith(said)
    assert "no training clip" not in scored(paths, rest_trains=False)[0].note


def test_note_of_the_protocol_stands_in_every_row(paths):
    metrics = scored(paths, protocol="kfold", note="LEAK")
    assert all(row.note.startswith("LEAK") for row in metrics)


def test_collected_predictions_can_be_read_again(paths, tmp_path):
    table = read_predictions(paths)
    write_predictions(table, tmp_path / "all" / "predictions.csv")
    assert read_collected(tmp_path / "all" / "predictions.csv").equals(table)


def test_names_that_look_like_numbers_or_nothing_survive(paths):
    assert set(read_predictions(paths)["subject"]) == {"006", "NA"}


def test_empty_folds_are_skipped(paths, tmp_path):
    table = read_predictions([*paths, write_fold(tmp_path, "empty", [])])
    assert set(table["fold"]) == {"006", "NA"}
    with pytest.raises(ArtefactError, match="all 1 folds are empty"):
        read_predictions([tmp_path / "empty" / "predictions.csv"])


def test_clip_predicted_twice_is_refused(paths, tmp_path):
    (tmp_path / "fold1").mkdir()
    copy = tmp_path / "fold1" / "predictions.csv"
    copy.write_bytes(paths[0].read_bytes())
    with pytest.raises(ArtefactError, match="found 006_0 in the folds 006, fold1"):
        read_predictions([*paths, copy])


def test_broken_tables_are_refused(paths, tmp_path):
    with pytest.raises(ArtefactError, match="there is no file"):
        read_predictions([tmp_path / "nothing.csv"])
    paths[0].write_text("clip,subject\na,b\n")
    with pytest.raises(
        ArtefactError,
        match="predicted, score_<class>, but found clip, subject",
    ):
        read_predictions(paths)


def test_class_outside_the_list_is_refused(paths):
    with pytest.raises(ArtefactError, match="expected the classes negative, but found positive"):
        scored(paths, classes=("negative",))
