"""A model among results that it was not made of says so; one that lies elsewhere has nothing to be compared with."""

import dataclasses
import os
import re
import shutil

import numpy as np
import pytest
from tests.datasets.table.table_fixture import index, row, write_frames, write_table
from tests.prediction.conftest import METRICS

from merflow.artefacts.examples_file import write_examples
from merflow.datasets.clip_table import write_clips
from merflow.evaluation.metrics_table import write_metrics
from merflow.plugins import FOLDER_VARIABLE, config_folder
from merflow.prediction.loading import model_at, with_files_of
from merflow.prediction.model_file import read_model, write_model
from merflow.prediction.renewal import what_is_newer

NAMES = {"dataset": "mine", "experiment": "my_net"}
RESULT = "results/mine/my_net"
CONFIG = "datasets:\n  mine: {reader: table, root: ., unit: frames, first_frame: 1, fps: 100}\n"


def written(examples, folder):
    path = folder / RESULT / "examples.h5"
    path.unlink(missing_ok=True)
    write_examples(examples, path, **NAMES, params={}, code="", inputs={})


@pytest.fixture
def model(graphs, networks, about, tmp_path):
    """A model in its place, with the examples, the scores and the table that it was made of."""
    for number in (1, 2):
        write_frames(tmp_path / f"s{number}/a")
    (tmp_path / RESULT / "final").mkdir(parents=True)
    (tmp_path / "config.yaml").write_text(CONFIG)
    clips = index(tmp_path, [row(), row(path="s2/a", subject="s2")]).clips
    write_clips(clips, tmp_path / "results/mine/clips.csv")
    written(graphs, tmp_path)
    write_metrics(METRICS, tmp_path / RESULT / "metrics.csv")
    path = tmp_path / RESULT / "final/model.pt"
    write_model(path, networks, dataclasses.replace(about, **NAMES))
    return read_model(path)


def test_a_file_that_a_setting_names_is_found_from_any_folder(model, tmp_path, monkeypatch):
    (tmp_path / "own").mkdir()
    (tmp_path / "own/landmarks.dat").write_bytes(b"weights")
    settings = {"faces/x": {"landmark_model": "own/landmarks.dat", "size_px": 256, "other": "none.dat"}}
    about = dataclasses.replace(model.about, files={"own/landmarks.dat": "0"}, settings={"artefacts": settings})
    monkeypatch.chdir("/")
    found = with_files_of(tmp_path, dataclasses.replace(model, about=about)).about
    whole = str(tmp_path / "own/landmarks.dat")
    assert found.settings["artefacts"] == {"faces/x": {"landmark_model": whole, "size_px": 256, "other": "none.dat"}}
    assert found.files == {whole: "0"}


def test_the_network_of_a_study_is_looked_for_beside_its_configuration(model, monkeypatch):
    monkeypatch.chdir("/")
    monkeypatch.setenv(FOLDER_VARIABLE, "/")
    assert model_at(model.path).about == model.about
    assert config_folder() == model.path.parents[4]


def edited(folder, **changes):
    table = write_table(folder, [row(**changes), row(path="s2/a", subject="s2")])
    later = (folder / "results/mine/clips.csv").stat().st_mtime_ns + 10**9
    os.utime(table, ns=(later, later))


def test_nothing_is_said_of_a_model_of_the_present_data(model, tmp_path):
    assert what_is_newer(model) == ""
    edited(tmp_path, notes="a remark")  # no other clip, no other label
    assert what_is_newer(model) == ""


def test_another_label_in_the_examples_is_told_with_the_command(model, graphs, tmp_path):
    written(dataclasses.replace(graphs, label=np.roll(graphs.label, 1)), tmp_path)
    told = what_is_newer(model)
    assert "examples.h5 holds other clips, labels or features than it was trained on" in told
    assert told.endswith(f"Renew it: merflow run {tmp_path} {RESULT}/final/model.pt")


def test_other_scores_are_told(model, tmp_path):
    write_metrics([dataclasses.replace(METRICS[0], value=0.6), METRICS[1]], tmp_path / RESULT / "metrics.csv")
    assert "metrics.csv holds other scores" in what_is_newer(model)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"emotion": "surprise"}, "clips.csv was edited, and says something else than"),
        ({"emotion": "hapiness"}, "cannot be told: .*Did you mean 'happiness'"),
    ],
)
def test_an_edited_table_is_told_before_the_workflow_has_read_it(model, tmp_path, changes, told):
    edited(tmp_path, **changes)
    assert re.search(told, what_is_newer(model))


def test_a_model_that_was_moved_is_compared_with_nothing(model, graphs, tmp_path):
    written(dataclasses.replace(graphs, label=np.roll(graphs.label, 1)), tmp_path)
    shutil.copy(model.path, tmp_path / "model.pt")
    assert what_is_newer(read_model(tmp_path / "model.pt")) == ""
