"""Exactly what an edit makes stale is made again."""

import shutil

import pytest
from tests.workflow.conftest import METRICS, ROOT, digest

pytestmark = pytest.mark.workflow


def log_of_batch(workflow, batch):
    return (workflow.folder / f"results/logs/train_folds/tiny/lite_point_gcn/{batch}.log").read_text()


def set_folds_per_job(workflow, number):
    experiment = workflow.config["experiments"]["lite_point_gcn"]
    experiment["training"] |= {"folds_per_job": number}
    workflow.write_config(workflow.config)


@pytest.fixture
def edited_package(tmp_path):
    """Copy the package so that a test can edit one of its modules; returns a function that does."""
    source = tmp_path / "src"
    shutil.copytree(ROOT / "src/merflow", source / "merflow", ignore=shutil.ignore_patterns("__pycache__"))

    def edit(module, text):
        path = source / "merflow" / module
        path.write_text(path.read_text() + text)
        return source

    return edit


def test_an_edit_of_the_regions_leaves_clouds_and_flow_alone(finished, edited_package):
    planned = finished.planned(METRICS, source=edited_package("stages/regions/sampling.py", "\nCHANGED = 1\n"))
    assert {"sample_regions", "build_examples"} <= set(planned)
    assert not {"build_clouds", "compute_flow", "extract_faces", "synthesise_dataset"} & set(planned)


def test_an_edit_of_the_model_trains_again_and_recomputes_no_artefact(finished, edited_package):
    planned = finished.planned(METRICS, source=edited_package("models/lite_point_gcn.py", "\nCHANGED = 1\n"))
    assert planned["train_folds"] == 3
    assert not {"sample_regions", "build_examples", "compute_flow"} & set(planned)


@pytest.mark.parametrize("text", ["\n# a comment\n", '\n"""More text."""\n'])
def test_a_comment_or_docstring_makes_nothing_stale(finished, edited_package, text):
    assert finished.planned(METRICS, source=edited_package("stages/flow/optical_flow.py", text)) == {}


def test_a_setting_of_one_variant_makes_what_follows_it_stale(copied):
    copied.config["regions"]["sort1024"]["symmetric"] = True
    copied.write_config(copied.config)
    planned = copied.planned(METRICS)
    assert planned["sample_regions"] == 1  # a job for all three subjects
    assert "build_clouds" not in planned


@pytest.mark.parametrize("change", [{"compression": "zstd"}, {"device": "cpu"}])
def test_settings_of_execution_make_nothing_stale(copied, change):
    copied.config["execution"] |= change
    copied.write_config(copied.config)
    assert copied.planned(METRICS) == {}


def test_a_training_setting_leaves_the_examples_alone(copied):
    copied.config["experiments"]["lite_point_gcn"]["training"]["learning_rate"] = 0.01
    copied.write_config(copied.config)
    planned = copied.planned(METRICS)
    assert planned["train_folds"] == 3
    assert "build_examples" not in planned
    assert "fit_baselines" not in planned


def test_points_and_mirror_images_make_the_examples_anew(copied):
    copied.config["experiments"]["lite_point_gcn"]["training"]["train_points"] = 32
    copied.write_config(copied.config)
    planned = copied.planned(METRICS)
    assert planned["build_examples"] == 1  # those of the baselines, which have no training, stay
    assert "sample_regions" not in planned


@pytest.mark.parametrize("folds_per_job", [2, 100])
def test_folds_per_job_makes_nothing_stale(copied, folds_per_job):
    set_folds_per_job(copied, folds_per_job)
    assert copied.planned(METRICS) == {}


def test_several_folds_in_one_job_give_the_same_bytes(copied):
    before = digest(copied.folder)
    set_folds_per_job(copied, 2)
    base = copied.folder / "results/tiny/lite_point_gcn"
    shutil.rmtree(base / "folds")
    for name in ("metrics.csv", "predictions.csv", "training.png"):
        (base / name).unlink()
    assert copied.planned(METRICS) == {"train_folds": 2, "list_folds": 1, "draw_curves": 1, "score_experiment": 1}
    copied(METRICS)
    assert digest(copied.folder) == before
    assert not list((base / "folds").glob(".*"))
    assert log_of_batch(copied, "1-2").count(": training") == 2
    assert copied.planned(METRICS) == {}


def test_one_missing_fold_is_trained_and_the_others_of_its_batch_are_kept(copied):
    set_folds_per_job(copied, 3)
    before = digest(copied.folder)
    fold = "results/tiny/lite_point_gcn/folds/spNO.2"
    shutil.rmtree(copied.folder / fold)
    copied(f"{fold}/predictions.csv")
    log = log_of_batch(copied, "1-3")
    assert log.count(": training") == 1
    assert log.count("kept") == 2
    assert digest(copied.folder) == before


def test_a_fold_that_is_there_is_up_to_date_by_its_path(copied):
    """No job of its own has made it, so Snakemake has no record of it: the list of its batch stands for it."""
    fold = "results/tiny/lite_point_gcn/folds/spNO.2/predictions.csv"
    assert copied.planned(fold) == {}
    copied.config["experiments"]["lite_point_gcn"]["training"]["learning_rate"] = 0.1
    copied.write_config(copied.config)
    assert copied.planned(fold)["train_folds"] == 1


def test_folds_that_a_killed_job_has_finished_are_not_trained_again(copied):
    before = digest(copied.folder)
    base = copied.folder / "results/tiny/lite_point_gcn"
    for path in (base / "folds/spNO.3", base / "batches"):  # as if the job of all folds had been killed in its last one
        shutil.rmtree(path)
    for name in ("folds.csv", "metrics.csv", "training.png"):
        (base / name).unlink()
    set_folds_per_job(copied, 3)
    copied(METRICS)
    log = log_of_batch(copied, "1-3")
    assert log.count("kept") == 2
    assert log.count(": training") == 1
    assert digest(copied.folder) == before


def test_folds_of_other_settings_are_never_taken(copied):
    """Lists of batches of one setting are left when another is asked for, and back, divided in another way."""
    set_folds_per_job(copied, 3)
    before = digest(copied.folder)
    folds = [f"results/tiny/lite_point_gcn/folds/{fold}/predictions.csv" for fold in ("spNO.1", "spNO.2", "spNO.3")]
    copied("--forcerun", "train_folds", "--", *folds)
    copied.config["experiments"]["lite_point_gcn"]["training"]["learning_rate"] = 0.1
    set_folds_per_job(copied, 1)
    copied(*folds)
    assert digest(copied.folder) != before
    del copied.config["experiments"]["lite_point_gcn"]["training"]["learning_rate"]
    set_folds_per_job(copied, 3)
    copied(METRICS)
    assert digest(copied.folder) == before
    assert copied.planned(METRICS) == {}


def test_a_fold_that_there_is_not_is_refused(finished):
    refused = finished("-n", "results/tiny/lite_point_gcn/folds/spNO.9/predictions.csv", check=False)
    assert refused.returncode != 0
    assert "lite_point_gcn on tiny: no fold 'spNO.9'. Known: spNO.1, spNO.2, spNO.3." in refused.output
