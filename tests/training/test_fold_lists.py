"""Lists of folds: by them the workflow knows which are trained."""

import pytest

from merflow.errors import ArtefactError
from merflow.training.fold_lists import FOLD_LISTS, forget_missing_folds, listed_folds, row_of, weights_of_folds
from merflow.training.fold_record import lacks_only_weights, write_record

FOLDS = ("s2", "s1")


def write_fold(folder, text="seed\n"):
    files = [folder / name for name in ("history.csv", "predictions.csv", "weights/seed0.pt")]
    for path in files:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    write_record(folder, made_of={}, seeds=[0], files=files)


@pytest.fixture
def experiment(tmp_path):
    """The folder of an experiment with two folds, the list of each job and that of all."""
    for fold in FOLDS:
        write_fold(tmp_path / "folds" / fold)
    rows = [row_of(tmp_path / "folds" / fold) for fold in FOLDS]
    FOLD_LISTS.write(tmp_path / "folds.csv", rows)
    for number, row in enumerate(rows, start=1):
        FOLD_LISTS.write(tmp_path / f"batches/{number}.csv", [row])
    return tmp_path


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in FOLD_LISTS.lie_in(folder))


def test_folds_come_in_the_order_of_their_list(experiment):
    assert listed_folds(experiment / "folds.csv") == [experiment / "folds" / fold for fold in FOLDS]
    assert weights_of_folds(experiment / "folds.csv") == [experiment / "folds" / fold / "weights" for fold in FOLDS]


def test_weights_need_not_be_there_unless_they_are_read(experiment):
    (experiment / "folds/s1/weights/seed0.pt").unlink()
    assert len(listed_folds(experiment / "folds.csv")) == 2
    with pytest.raises(ArtefactError, match=r"seed0.pt is missing. Make it anew: .*--force .*s1/predictions.csv"):
        weights_of_folds(experiment / "folds.csv")


def test_a_fold_that_was_replaced_after_it_was_listed_is_refused(experiment):
    write_fold(experiment / "folds/s1", text="another\n")
    with pytest.raises(ArtefactError, match=r"was replaced after it was listed. Delete .*folds.csv and give the same"):
        listed_folds(experiment / "folds.csv")


@pytest.mark.parametrize("lost", ["predictions.csv", "history.csv", "made_of.json"])
def test_lists_of_a_fold_that_lacks_a_table_or_its_record_go(experiment, lost):
    (experiment / "folds/s2" / lost).unlink()
    forget_missing_folds(experiment)
    assert names(experiment) == ["batches/2.csv"]


def test_lists_stay_while_their_folds_are_there_though_without_weights(experiment):
    (experiment / "folds/s1/weights/seed0.pt").unlink()
    forget_missing_folds(experiment)
    forget_missing_folds(experiment / "no such folder")
    assert names(experiment) == ["batches/1.csv", "batches/2.csv", "folds.csv"]


@pytest.mark.parametrize("text", ["", "fold\ns1\n", "fold,sha256\ns1\n", "fold,sha256\ns1,a,b\n"])
def test_a_list_of_something_else_is_refused(tmp_path, text):
    (tmp_path / "folds.csv").write_text(text)
    with pytest.raises(ArtefactError, match="expected a list of folds with the columns fold, sha256"):
        listed_folds(tmp_path / "folds.csv")


def test_a_fold_lacks_only_its_weights_where_the_folder_of_them_was_deleted(experiment):
    fold = experiment / "folds/s1"
    assert not lacks_only_weights(fold)
    (fold / "weights/seed0.pt").unlink()
    (fold / "weights").rmdir()
    assert lacks_only_weights(fold)
    (fold / "history.csv").unlink()
    assert not lacks_only_weights(fold)
    assert not lacks_only_weights(experiment / "folds/s9")


def test_a_fold_without_a_tested_clip_lacks_no_weights(tmp_path):
    files = [tmp_path / name for name in ("history.csv", "predictions.csv")]
    for path in files:
        path.write_text("seed\n")
    write_record(tmp_path, made_of={}, seeds=[0], files=files)
    assert not lacks_only_weights(tmp_path)
