"""A user's mistakes at the command line: a message that says what to do, and no traceback from deep inside."""

import shutil

import cv2
import pandas as pd
import pytest
from tests.datasets.casme2 import casme2_fixture as casme2
from tests.datasets.flow_images.flow_images_fixture import write_folds
from tests.evaluation.scored_fixture import row_of
from tests.workflow.conftest import METRICS

from merflow.datasets.clip_table import read_clips
from merflow.evaluation import read_metrics

pytestmark = pytest.mark.workflow


def failure(workflow, *arguments):
    done = workflow(*arguments, check=False)
    assert done.returncode != 0
    return done.output


def test_mistyped_key(workflow):
    workflow.config["datasets"]["tiny"]["synthesis"]["head_moton"] = 1
    workflow.write_config(workflow.config)
    output = failure(workflow, "-n", METRICS)
    assert "unknown key 'datasets.tiny.synthesis.head_moton'. Did you mean 'head_motion'?" in output


def test_mistyped_experiment(workflow):
    output = failure(workflow, "-n", "results/tiny/atm_gnc/metrics.csv")
    assert "unknown experiment 'atm_gnc'. Did you mean 'atm_gcn'?" in output


@pytest.mark.parametrize(
    "target",
    ["tiny2/gts_gn/metrics.csv", "tiny2/clips.csv", "tiny2/artefacts/flow/tvl1/s.h5", "tiny2/raw", "tiny2/gts_gn"],
)
def test_mistyped_dataset(workflow, target):
    output = failure(workflow, "-n", f"results/{target}")
    assert "config: unknown dataset 'tiny2'. Did you mean 'tiny'? Known: tiny." in output


def test_ready_pictures_of_another_size_are_refused_before_any_is_read(workflow, tmp_path):
    root = tmp_path / "folds"
    for subject, file, label in write_folds(root, subjects=3, clips=9):
        path = root / subject / "u_test" / str(label) / file
        cv2.imwrite(str(path), cv2.resize(cv2.imread(str(path)), (64, 64)))
    workflow.config["datasets"]["ready"] = {"reader": "flow_images", "root": str(root)}
    workflow.write_config(workflow.config)
    output = failure(workflow, "results/ready/ststnet/metrics.csv")
    assert (
        "expected flow images of 28x28 px (flow_images.uvs28.size_px: 28), but found 64x64 px in all of them" in output
    )
    assert "import_flow_images:" not in output


def test_missing_root_is_found_before_any_job(workflow, tmp_path):
    workflow.config["datasets"]["tiny"] = {"reader": "casme3", "root": str(tmp_path / "nowhere")}
    workflow.write_config(workflow.config)
    output = failure(workflow, METRICS)
    assert "nowhere" in output
    assert "config.yaml" in output
    assert "extract_faces" not in output


def test_a_root_with_braces_is_read_as_it_is_written(workflow, tmp_path):
    """Snakemake takes braces in an input for a wildcard; recorded files are no inputs."""
    root = tmp_path / "{dataset}"
    casme2.write_coding(root, [casme2.Row(1), casme2.Row(2)])
    for subject in ("sub01", "sub02"):
        casme2.add_clip(root, subject, "EP02_01f", range(46, 87))
    workflow.config["datasets"]["tiny"] = {"reader": "casme2", "root": "$HERE/{dataset}"}
    workflow.write_config(workflow.config)
    workflow("results/tiny/clips.csv", HERE=str(tmp_path))
    assert [clip.subject for clip in read_clips(workflow.folder / "results/tiny/clips.csv")] == ["sub01", "sub02"]


def test_two_people_who_show_one_class_each_are_refused_before_any_frame_is_read(workflow, tmp_path):
    root = tmp_path / "recordings"
    rows = [casme2.Row(subject, emotion=word) for subject, word in ((1, "disgust"), (2, "happiness"))]
    casme2.write_coding(root, rows)
    for subject in ("sub01", "sub02"):
        casme2.add_clip(root, subject, "EP02_01f", range(46, 87))
    workflow.config["datasets"]["tiny"] = {"reader": "casme2", "root": str(root)}
    workflow.write_config(workflow.config)
    output = failure(workflow, "results/tiny/ststnet/metrics.csv")
    assert "found one class in the training clips of the folds sub01 (positive of sub02), sub02 (negative of" in output
    assert "extract_faces" not in output
    assert "compute_flow" in workflow.planned("results/tiny/flow_image_majority/metrics.csv")


def test_a_single_subject_cannot_be_left_out(workflow):
    workflow.config["datasets"]["tiny"]["synthesis"] = {"n_subjects": 1, "clips": 3}
    workflow.write_config(workflow.config)
    output = failure(workflow, METRICS)
    assert "at least two subjects" in output
    assert "extract_faces" not in output


def test_a_broken_shard_names_the_command_that_rebuilds_it(copied):
    shard = copied.folder / "results/tiny/artefacts/flow/tvl1/spNO.1.h5"
    shard.write_bytes(shard.read_bytes()[:3000])
    assert copied.planned(METRICS) == {}  # nothing reads it
    output = failure(copied, "--forcerun", "compute_depth_flow", "--", METRICS)
    path = "results/tiny/artefacts/flow/tvl1/spNO.1.h5"
    assert f"merflow run . --force {path}" in output
    copied("--force", path)
    copied(METRICS)
    assert copied.planned(METRICS) == {}


def test_a_bad_clip_is_listed_counted_and_the_rest_goes_on(copied):
    clips = pd.read_csv(copied.folder / "results/tiny/clips.csv")
    clip = clips[clips["subject"] == "spNO.2"].iloc[0]
    frame = copied.folder / "results/tiny/raw" / clip["color"] / f"{clip['apex']}.jpg"
    frame.write_bytes(frame.read_bytes()[:5000])
    copied("--forcerun", "extract_faces", "--", METRICS)
    excluded = pd.read_csv(copied.folder / "results/tiny/lite_point_gcn/exclusions.csv")
    (row,) = excluded.to_dict("records")
    assert (row["clip"], row["stage"]) == (clip["clip"], "faces")
    assert row["source"] == f"{clip['color']}/{clip['apex']}.jpg"
    uf1 = row_of(read_metrics(copied.folder / METRICS), "UF1")
    assert uf1.n == 11
    assert "1 clip left out" in uf1.note


def test_fail_stops_at_a_bad_clip(copied):
    folder = copied.folder / "results/tiny/raw"
    clip = pd.read_csv(copied.folder / "results/tiny/clips.csv").iloc[0]
    shutil.copy(folder / clip["color"] / f"{clip['onset']}.jpg", folder / clip["depth"] / f"{clip['apex']}.png")
    copied.config["on_bad_clip"] = "fail"
    copied.write_config(copied.config)
    output = failure(copied, "--forcerun", "extract_faces", "--", METRICS)  # inside raw/, no change is noticed
    assert "BadClipError" in output
    assert "16-bit" in output
