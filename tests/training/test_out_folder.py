"""``merflow train-fold --out`` never writes over results."""

import pytest

from merflow.errors import ConfigError
from merflow.training.out_folder import MARK, claim_out_folder


def claim(out, tmp_path):
    claim_out_folder(out, experiment=tmp_path / "results/d/e", fold="s1")


def test_a_new_folder_may_be_written_again(tmp_path):
    out = tmp_path / "deep/out"
    claim(out, tmp_path)
    (out / "predictions.csv").write_text("mine")
    claim(out, tmp_path)
    assert (out / MARK).read_text() == f"{tmp_path}/results/d/e s1\n"


def test_an_empty_folder_and_one_of_other_files_may_be_taken(tmp_path):
    (tmp_path / "notes.txt").touch()
    claim(tmp_path, tmp_path)


@pytest.mark.parametrize("where", ["", "folds/s1", "folds/new", "elsewhere"])
def test_nothing_in_the_folder_of_an_experiment_is_taken(tmp_path, where):
    experiment = tmp_path / "results/d/e"
    experiment.mkdir(parents=True)
    (experiment / "examples.h5").touch()
    with pytest.raises(ConfigError, match=r"expected a folder of its own .* in the results of the experiment"):
        claim(experiment / where, tmp_path)
    (tmp_path / "link").symlink_to(experiment / "folds", target_is_directory=True)
    with pytest.raises(ConfigError, match="in the results of the experiment"):
        claim(tmp_path / "link/s1", tmp_path)
    assert [path.name for path in experiment.iterdir()] == ["examples.h5"]


@pytest.mark.parametrize("name", ["predictions.csv", "history.csv", "metrics.csv", "weights/seed0.pt"])
def test_results_that_it_has_not_made_stay(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("kept")
    with pytest.raises(ConfigError, match=f"one with {name.split('/')[0]} that this command has not made"):
        claim(tmp_path, tmp_path)
    assert (tmp_path / name).read_text() == "kept"
