"""No training is lost to an edit that does not concern it: edits of a finished run, and what is planned after each."""

import os
import shutil
import time
from pathlib import Path

import pytest
from tests.workflow.conftest import METRICS, ROOT, digest

from merflow.training.fold_record import read_record, write_record

pytestmark = pytest.mark.workflow
SVM = "results/tiny/flow_svm/metrics.csv"


@pytest.fixture
def edited(tmp_path):
    """Copy the package and the workflow so that a test can edit a file of either; return a function that does.

    It returns the options that run the copy.
    """
    for part in ("src/merflow", "workflow"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Snakefile", tmp_path)

    def edit(path, old, new):
        file = tmp_path / path
        text = file.read_text() if file.is_file() else ""
        assert old in text
        file.write_text(text.replace(old, new, 1))
        return {"source": tmp_path / "src", "snakefile": tmp_path / "Snakefile"}

    return edit


def test_a_fresh_clone_on_an_old_folder_of_results_has_nothing_to_do(finished, edited):
    """Every script, module and sheet of the clone is newer than all results."""
    assert finished.planned(METRICS, **edited("Snakefile", "", "")) == {}


UNCONCERNED = [
    ("src/merflow/models/atm_gcn.py", "class ATMGCN", "CHANGED = 1\n\n\nclass ATMGCN"),
    ("src/merflow/models/mine.py", "", 'class Mine(Network):\n    name = "mine"\n    reads = ("regions",)\n'),
    ("src/merflow/training/baselines.py", "def majority(", "CHANGED = 1\n\n\ndef majority("),
    ("src/merflow/training/fold_lists.py", "def row_of(", "CHANGED = 1\n\n\ndef row_of("),
    ("workflow/scripts/train_folds.py", '"""Train and test folds', '"""Train, and test, folds'),
    ("workflow/scripts/make_shards.py", "def main(", "\n\n\ndef main("),
]
"""Edits of another network, a new network, edits of a baseline, of how folds are listed, of texts."""


def test_edits_that_do_not_concern_a_network_leave_its_folds(finished, edited):
    for path, old, new in UNCONCERNED:
        options = edited(path, old, new)
    assert not {"train_folds", "extract_faces"} & set(finished.planned(METRICS, **options))


@pytest.mark.parametrize(
    ("path", "remade"),
    [
        ("workflow/scripts/train_folds.py", "train_folds"),
        ("workflow/scripts/_job.py", "build_examples"),  # and the index: what follows it is planned when it is made
        ("src/merflow/stages/regions/job.py", "sample_regions"),
    ],
)
def test_an_edit_of_what_a_script_does_makes_its_own_results_stale(finished, edited, path, remade):
    old = {"_job.py": "\ndef _begin(", "job.py": "\ndef make("}.get(Path(path).name, "\nif __name__ ==")
    planned = finished.planned(METRICS, **edited(path, old, f"\nCHANGED = 1\n{old}"))
    assert planned[remade] >= (1 if remade == "sample_regions" else 3)  # one job makes the shards of all three subjects


def test_an_edit_of_a_baseline_fits_it_anew_and_trains_no_network(finished, edited):
    options = edited("src/merflow/training/baselines.py", "def majority(", "CHANGED = 1\n\n\ndef majority(")
    planned = finished.planned(SVM, **options)
    assert "fit_baselines" in planned
    assert "build_examples" not in planned


def test_a_shard_that_is_made_anew_with_the_same_content_trains_nothing(copied):
    later = time.time() + 5
    for path in copied.folder.glob("results/tiny/artefacts/regions/sort1024/*.h5"):
        os.utime(path, (later, later))
    os.utime(copied.folder / "results/tiny/lite_point_gcn/examples.h5", (later + 1, later + 1))
    assert copied.planned(METRICS) == {}


def test_one_more_seed_trains_that_seed_alone_and_the_order_of_seeds_none(copied):
    for seeds, trained in ([0, 1, 2], 3), ([2, 0, 1], 0):
        copied.config["experiments"]["lite_point_gcn"]["seeds"] = seeds
        copied.write_config(copied.config)
        logs = copied.folder / "results/logs/train_folds"
        shutil.rmtree(logs)
        copied(METRICS)
        text = "".join(path.read_text() for path in logs.rglob("*.log"))
        assert text.count("training on cpu, seeds 2\n") == trained
        assert text.count(": training on") == trained


def test_results_that_were_copied_to_another_checkout_are_taken(copied, new_workflow, tmp_path):
    """Snakemake's own records stay behind, and every time is another."""
    other = new_workflow(tmp_path / "elsewhere")
    shutil.copytree(copied.folder / "results", other.folder / "results", copy_function=shutil.copyfile)
    before = digest(other.folder)
    other("--forcerun", "train_folds", "--", METRICS)
    logs = "".join(path.read_text() for path in (other.folder / "results/logs/train_folds").rglob("*.log"))
    assert ": training on" not in logs
    assert digest(other.folder) == before


@pytest.fixture
def untracked(copied):
    """Results whose record of Snakemake stayed behind."""
    shutil.rmtree(copied.folder / ".snakemake")
    return copied


def test_results_without_a_record_are_kept_under_the_settings_that_they_were_made_with(untracked):
    untracked.config["experiments"]["lite_point_gcn"] |= {"description": "told otherwise", "datasets": []}
    untracked.write_config(untracked.config)
    assert untracked.planned(METRICS) == {}


@pytest.mark.parametrize(
    ("removed", "changed", "told"),
    [
        ([], ("flow", "tvl1", "tvl1", {"tau": 0.2}), ["settings.yaml: expected scores", "tau: 0.25 then, 0.2 now"]),
        (["*/metrics.csv", "*/settings.yaml", "*/folds.csv"], ("flow", "tvl1", "tvl1", {"tau": 0.2}),
         ["artefacts/flow/tvl1/spNO.1.h5: expected an artefact", "tau: 0.25 then, 0.2 now"]),
        (["*/settings.yaml"], ("experiments", "lite_point_gcn", "training", {"train_points": 64, "min_steps": 3}),
         ["folds/spNO.1: expected a fold", "min_steps: 2 then, 3 now"]),
    ],
)  # fmt: skip
def test_results_without_a_record_are_refused_under_others(untracked, removed, changed, told):
    """Snakemake would keep them, and say that there is nothing to be done."""
    for pattern in removed:
        for path in untracked.folder.glob(f"results/tiny/{pattern}"):
            path.unlink()
    section, name, key, value = changed
    untracked.config[section][name][key] = value
    untracked.write_config(untracked.config)
    output = untracked("-n", METRICS, check=False).output
    assert all(part in output for part in [*told, "--forceall"])
    assert untracked.planned("--forceall", METRICS)


def test_folds_of_other_code_without_a_record_are_told_as_kept(untracked, edited):
    options = edited(
        "src/merflow/models/lite_point_gcn.py", "class LitePointGCN", "CHANGED = 1\n\n\nclass LitePointGCN"
    )
    output = untracked("-n", METRICS, **options).output
    assert "3 finished folds would be kept, since Snakemake has no record of them" in output
    assert "Nothing to be done" in output


def test_merflow_at_another_path_leaves_what_its_own_weights_magnified(copied, edited):
    shard = "results/tiny/artefacts/magnified/learned3/spNO.1.h5"
    copied(shard)
    assert copied.planned(shard, **edited("Snakefile", "", "")) == {}


def test_fail_where_no_clip_was_left_out_makes_nothing_stale(copied):
    copied.config["on_bad_clip"] = "fail"
    copied.write_config(copied.config)
    assert copied.planned(METRICS) == {}


def test_results_of_another_library_version_stay_as_they_are(copied):
    """What is trained later takes no seed of them: see tests/training/test_batch.py."""
    for folder in copied.folder.glob("results/tiny/lite_point_gcn/folds/*"):
        record = read_record(folder)
        older = {**record.made_of, "versions": {"torch": "1.0"}}
        write_record(folder, made_of=older, seeds=record.seeds, files=[folder / name for name in record.files])
    assert copied.planned(METRICS) == {}


def test_a_changed_setting_is_told_before_the_run_with_what_it_costs(copied):
    copied.config["experiments"]["lite_point_gcn"]["training"]["learning_rate"] = 0.01
    copied.write_config(copied.config)
    output = copied("-n", METRICS).output
    assert "lite_point_gcn on tiny: 3 finished folds would be trained anew" in output
    assert "learning_rate: 0.001 then, 0.01 now" in output


def test_an_artefact_that_is_deleted_and_made_again_for_another_variant_trains_nothing(copied):
    shutil.rmtree(copied.folder / "results/tiny/artefacts/clouds")
    assert copied.planned(METRICS) == {}
    copied("results/tiny/artefacts/regions/sort512/spNO.1.h5")
    assert (copied.folder / "results/tiny/artefacts/clouds/denoised/spNO.1.h5").is_file()
    assert copied.planned(METRICS) == {}
