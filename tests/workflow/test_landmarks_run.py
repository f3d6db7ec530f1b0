"""Landmark graphs from recordings to metrics, as a user would run them."""

import hashlib
import shutil
from dataclasses import replace

import cv2
import numpy as np
import pandas as pd
import pytest
from tests.evaluation.scored_fixture import row_of

from merflow.artefacts import open_shard, read_examples
from merflow.evaluation import read_metrics
from merflow.evaluation.rows import Scope
from merflow.synthesis.demo import frames_planned
from merflow.synthesis.layout import layout_named
from merflow.synthesis.settings import SynthesisSettings
from merflow.synthesis.writer import write_frame

pytestmark = pytest.mark.workflow
METRICS = "results/tiny/gts_gn/metrics.csv"
SUBJECTS = [f"spNO.{number}" for number in (1, 2, 3)]


def digests(folder):
    """Return the SHA-256 of each result of the landmark experiments."""
    paths = sorted(path for name in ("gts_gn", "landmark_svm") for path in (folder / name).rglob("*.*"))
    files = [path for path in paths if path.is_file() and path.name != ".snakemake_timestamp"]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_exact_set_of_files(finished_landmarks):
    base = finished_landmarks.folder / "results/tiny"
    for kind, variant in (("faces", "three_frames"), ("magnified", "flow_warp3"), ("graphs", "tracked14")):
        assert sorted(path.stem for path in (base / f"artefacts/{kind}/{variant}").glob("*.h5")) == SUBJECTS
    pictures = {path.name for path in (base / "gts_gn/pictures").iterdir()}
    assert pictures == {
        "magnified.png", "flicker.png", "graphs.png", "adjacency.png", "learned_edges.png", "au_weights.png",
        "layers.png",
    }  # fmt: skip
    assert {path.name for path in (base / "gts_gn").iterdir() if path.is_file()} == {
        "examples.h5", "exclusions.csv", "predictions.csv", "metrics.csv", "confusion.png", "settings.yaml",
        "training.png", "au_weights.csv", "folds.csv",
        *(f"{name}.csv.sha256" for name in ("exclusions", "predictions", "metrics")),
    }  # fmt: skip


def test_metrics_and_baselines(finished_landmarks):
    metrics = read_metrics(finished_landmarks.folder / METRICS)
    assert row_of(metrics, "UF1").n == 12
    assert {row.name for row in metrics if row.scope is Scope.BASELINE} == {"landmark_majority", "landmark_svm"}


def test_examples_hold_graphs_units_and_copies(finished_landmarks):
    examples = read_examples(finished_landmarks.folder / "results/tiny/gts_gn/examples.h5")
    assert examples.x.shape == (12, 3, 14, 4)
    assert examples.copy_of.tolist() == list(range(12))
    assert examples.aus.any(axis=1).all()
    assert len(examples.edges) > 13


def test_weights_of_the_au_loss_sum_to_one(finished_landmarks):
    table = pd.read_csv(finished_landmarks.folder / "results/tiny/gts_gn/au_weights.csv")
    assert list(dict.fromkeys(table["fold"])) == SUBJECTS
    assert (table.groupby("fold")["weight"].sum() - 1).abs().max() < 2e-4


def test_a_second_run_has_nothing_to_do_and_repeats_its_bytes(finished_landmarks, tmp_path):
    assert finished_landmarks.planned(METRICS) == {}
    folder = tmp_path / "copy"
    shutil.copytree(finished_landmarks.folder, folder)
    again = type(finished_landmarks)(folder, finished_landmarks.config)
    before = digests(folder / "results/tiny")
    shutil.rmtree(folder / "results/tiny/artefacts/magnified")
    again("--forcerun", "build_examples", "build_graphs", "--", METRICS)
    assert digests(folder / "results/tiny") == before


def test_report_holds_what_the_network_learnt_and_the_captions(finished_landmarks, tmp_path):
    finished_landmarks("--report", tmp_path / "report.html", METRICS)
    page = (tmp_path / "report.html").read_text()
    for text in ("learnt adjacency", "strongest learnt edges", "weights of the AU loss", "flicker", "What to do"):
        assert text in page


def test_the_magnified_variant_keeps_its_settings(finished_landmarks):
    path = finished_landmarks.folder / "results/tiny/artefacts/magnified/flow_warp3/spNO.1.h5"
    with open_shard(path, kind="magnified") as shard:
        assert shard.params["method"] == "flow_warp"
        assert shard.attrs(shard.clips[0])["factor"] == 3
        assert shard.attrs(shard.clips[0])["roles"] == ["onset", "apex", "offset"]


def test_grey_recordings_at_200_frames_a_second_become_examples(workflow, finished):
    """SAMM's layout from frames to what a network sees: another reader, no depth, one channel."""
    config = workflow.config
    root = workflow.folder / "recordings"
    write_grey(root, finished.folder / "results/tiny/raw", SynthesisSettings(**config["datasets"]["tiny"]["synthesis"]))
    config["datasets"]["tiny_samm"] = {"reader": "samm", "root": str(root)}
    workflow.write_config(config)
    workflow("results/tiny_samm/landmark_svm/examples.h5")
    base = workflow.folder / "results/tiny_samm"
    examples = read_examples(base / "landmark_svm/examples.h5", dataset="tiny_samm")
    assert examples.x.shape == (4, 3, 14, 4)
    assert sorted(set(examples.subject.tolist())) == ["006", "007"]
    assert abs(examples.x[:, 1, :, :2]).max() > 0.005  # the apex has moved
    with open_shard(base / "artefacts/faces/three_frames/006.h5", kind="faces") as shard:
        assert shard.attrs(shard.clips[0])["notes"] == "grey recording: the three channels are equal"
        assert not shard.has(shard.clips[0], "native_depth")
    assert pd.read_csv(base / "landmark_svm/exclusions.csv").empty


def write_grey(root, source, rendered):
    """Write two clips of each of two subjects as SAMM has them, of rendered colour frames of the same phase."""
    raw, samm = layout_named("raw"), layout_named("samm")
    settings = replace(rendered, n_subjects=2, clips=2, layout="samm")
    records = []
    for subject in range(settings.n_subjects):
        there, wanted = frames_planned(rendered, subject), frames_planned(settings, subject)
        for (clip, _), (record, numbers) in zip(there, wanted, strict=False):
            records.append(record)
            phases = [(at.onset, at.apex, at.offset) for at in (record, clip)]
            for number, seen in zip(numbers, np.rint(np.interp(numbers, *phases)).astype(int), strict=True):
                frame = cv2.imread(str(raw.frame_paths(source, clip, seen).color), cv2.IMREAD_GRAYSCALE)
                write_frame(samm.frame_paths(root, record, number), frame, None)
    samm.write_sheets(root, records)
