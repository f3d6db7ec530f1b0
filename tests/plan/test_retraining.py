import pytest

from merflow import paths, plan
from merflow.settings import from_plain
from merflow.training.fold_lists import FOLD_LISTS
from merflow.training.fold_record import write_record
from merflow.training.method import Method

SETTINGS = {"model": "gcn", "training": {"learning_rate": 0.001, "min_steps": 100}, "seeds": [0, 1]}
FOLDS = ("s1", "s2", "s3")


def method(**changed):
    return from_plain(Method, SETTINGS | changed)


@pytest.fixture
def finished(tmp_path, monkeypatch):
    """Two of three folds are there; their training took two hours of CPU."""
    monkeypatch.chdir(tmp_path)
    for fold in FOLDS[:2]:
        folder = tmp_path / paths.fold("d", "net", fold)
        folder.mkdir(parents=True)
        tables = [folder / name for name in ("history.csv", "predictions.csv")]
        for table in tables:
            table.write_text("seed\n")
        made_of = {"settings": method().of_any_seed(), "code": "a", "fold": fold}
        write_record(folder, made_of=made_of, seeds=[0, 1], files=tables)
    for batch in ("1", "2"):  # the job of both at once was of an earlier training: its list is gone
        FOLD_LISTS.write(tmp_path / paths.fold_batch_list("d", "net", batch), [])
    for batch, cpu in (("1", 3600), ("2", 3600), ("1-2", 9000)):
        path = tmp_path / paths.benchmark("train_folds", "d", "net", batch)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"s\tcpu_time\n9000\t{cpu}\n")


def notice(code="a", **changed):
    return plan.retraining_notice("d", "net", FOLDS, method=method(**changed), code=code)


@pytest.mark.parametrize("seeds", [[0, 1], [0, 1, 2], [1], [1, 0]])
def test_what_loses_no_training_is_not_mentioned(finished, seeds):
    assert notice(seeds=seeds) == ""


def test_a_setting_is_named_with_its_values_the_number_of_folds_and_the_cost(finished):
    text = notice(training={"learning_rate": 0.01, "min_steps": 100})
    assert "net on d: 2 finished folds would be trained anew, which took 2.00 core-hours." in text
    assert "settings: training: learning_rate: 0.001 then, 0.01 now" in text
    assert "extends: net" in text


def test_one_fold_is_told_as_one(finished):
    text = plan.retraining_notice("d", "net", FOLDS[:1], method=method(), code="b")
    assert "net on d: 1 finished fold would be trained anew" in text
    assert ". It was made with other code" in text
    assert "To keep it, undo" in text


def test_code_is_named_as_code(finished):
    assert "They were made with other code of the method or of its training." in notice(code="b")


def test_folds_that_snakemake_would_keep_are_told_as_kept(finished):
    text = plan.retraining_notice("d", "net", FOLDS, method=method(), code="b", untracked=True)
    assert "net on d: 2 finished folds would be kept, since Snakemake has no record of them" in text
    assert "They were made with other code" in text
    assert "--forceall" in text


def test_without_results_there_is_nothing_to_tell(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert notice(code="b") == ""
