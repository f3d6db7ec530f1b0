"""A study begins with the recordings that lie in a folder: what is written can be filled in and run."""

import csv
import re

import cv2
import numpy as np
import pytest
import yaml
from tests.datasets.reading.video_fixture import write_video
from tests.datasets.table.table_fixture import write_frames
from tests.plugins.documented import write_package

from merflow.cli import main
from merflow.config import read_config
from merflow.datasets.table.start import start_study


@pytest.fixture
def videos(tmp_path):
    """Return a folder with a video, a broken one, and frames, at several depths."""
    folder = tmp_path / "it's $mine"
    write_frames(folder / "s1/rest/a", range(1, 30))
    write_frames(folder / ".hidden/a")
    write_video(folder / "b10.mp4", fps=50)
    write_video(folder / "b9.mkv")
    (folder / "s1/x.avi").write_text("no video")
    return folder


@pytest.fixture
def study(tmp_path):
    """Return a study that has just begun."""
    write_frames(tmp_path / "study/a")
    start_study(tmp_path / "study")
    return tmp_path / "study"


def rows_of(table):
    with table.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_study_begins_with_what_lies_there(videos, tmp_path, capsys, monkeypatch):
    study = tmp_path / "study"
    assert main(["init", str(study), "--videos", str(videos)]) == 0
    assert "3 videos and 1 folder of frames" in capsys.readouterr().out
    rows = rows_of(study / "clips.csv")
    facts = [(row["path"], row["x_first"], row["x_last"], row["x_fps"]) for row in rows]
    assert facts == [
        ("b9.mkv", "1", "40", "25"),  # as first_frame of the configuration counts
        ("b10.mp4", "1", "40", "50"),
        ("s1/rest/a", "1", "29", ""),
        ("s1/x.avi", "", "", ""),
    ]
    assert rows[-1]["x_problem"] == "expected a video, found a text"
    text = (study / "config.yaml").read_text().replace("fps: null", "fps: 100")
    mine = yaml.safe_load(text)["datasets"]["mine"]
    assert (mine["first_frame"], mine["unit"], mine["fps"]) == (1, "frames", 100)
    filled = [
        {**row, "subject": f"s{number}", "onset": row["x_first"], "offset": row["x_last"]}
        for number, row in enumerate(rows[:3])
    ]
    with (study / "clips.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(filled)
    (study / "config.yaml").write_text(text)
    monkeypatch.chdir(study)
    assert main(["validate", "mine"]) == 0
    assert "Dataset mine: 3 usable clips, 0 excluded." in capsys.readouterr().out


def test_nothing_is_overwritten(videos, capsys):
    assert main(["init", str(videos)]) == 0
    before = (videos / "clips.csv").read_bytes()
    assert main(["init", str(videos)]) == 2
    assert "expected no config.yaml and no clips.csv in" in capsys.readouterr().err
    assert (videos / "clips.csv").read_bytes() == before


def test_a_folder_without_recordings_is_told(tmp_path, capsys):
    (tmp_path / "notes.txt").touch()
    assert main(["init", str(tmp_path)]) == 2
    assert "found notes.txt. Name their folder with --videos" in capsys.readouterr().err
    assert not (tmp_path / "config.yaml").exists()


@pytest.mark.parametrize(
    ("word", "labels"),
    [
        ("emotion3", "emotion3"),
        ("emotion7", "emotion7"),
        ("objective5", "objective5"),
        ("au8", "au8"),
        ("classes", "classes(calm, pain)"),
    ],
)
def test_the_configuration_loads_with_each_label_set_that_it_names(study, word, labels):
    """The word is changed in its one place: baselines are asked the same question, or the configuration is refused."""
    config = study / "config.yaml"
    text = (
        config.read_text().replace("# classes: [calm", "classes: [calm").replace("&labels emotion3", f"&labels {word}")
    )
    assert word in config.read_text()
    config.write_text(text)
    read = read_config(config)
    mine = read.experiment("mine_ststnet", "mine")
    assert mine.baselines == ("mine_majority", "mine_svm")
    for name in ("mine_ststnet", *mine.baselines):
        assert read.experiment(name, "mine").labels == labels
        assert read.experiments[name].datasets == ("mine",)
    assert [read.experiment(name, "mine").model for name in mine.baselines] == ["majority", "flow_svm"]


def test_the_block_of_an_own_network_runs_as_it_stands(study):
    config = study / "config.yaml"
    config.write_text(re.sub("(?m)^  # (?=my_net:|  )", "  ", config.read_text()))
    write_package(study)
    read = read_config(config)
    mine = read.experiment("my_net", "mine")
    assert (mine.model, mine.model_params["hidden"], mine.datasets) == ("my_pkg.net:MyNet", 128, ("mine",))
    assert mine.artefact == "flow_images/uvs28"
    assert mine.baselines == ("mine_majority", "mine_svm")


def write_deep(folder, numbers=range(1, 21)):
    """Write frames of 16 bits, the first of which is a picture."""
    write_frames(folder, numbers, name="{}.png")
    cv2.imwrite(str(folder / f"{numbers[0]}.png"), np.full((4, 5), 600, np.uint16))


def test_depth_stands_beside_the_recording_that_it_belongs_to(tmp_path, capsys):
    for clip in ("a", "b"):
        write_frames(tmp_path / f"v/s1/{clip}/color")
        write_deep(tmp_path / f"v/s1/{clip}/depth")
    write_frames(tmp_path / "v/colour/c", range(5, 9))
    write_deep(tmp_path / "v/dist/c", range(5, 9))
    write_deep(tmp_path / "v/grey/d", range(1, 9))  # no word says depth, and nothing lies beside it
    write_deep(tmp_path / "v/depth/e", range(1, 9))  # of nobody
    assert main(["init", str(tmp_path / "study"), "--videos", str(tmp_path / "v")]) == 0
    out = capsys.readouterr().out
    assert "0 videos and 4 folders of frames" in out
    assert "3 folders of depth in the column depth_path" in out
    assert "1 folder of depth left out, since it is not clear whose: depth/e" in out
    rows = rows_of(tmp_path / "study/clips.csv")
    assert [(row["path"], row["depth_path"], row["x_first"]) for row in rows] == [
        ("colour/c", "dist/c", "5"),
        ("grey/d", "", "1"),
        ("s1/a/color", "s1/a/depth", "1"),
        ("s1/b/color", "s1/b/depth", "1"),
    ]
    mine = yaml.safe_load((tmp_path / "study/config.yaml").read_text())["datasets"]["mine"]
    assert mine["depth_unit_mm"] == 1.0


def test_depth_of_two_recordings_is_that_of_none(tmp_path, capsys):
    for name in ("color", "infrared"):
        write_frames(tmp_path / "v/a" / name)
    write_deep(tmp_path / "v/a/depth")
    assert main(["init", str(tmp_path / "study"), "--videos", str(tmp_path / "v")]) == 0
    assert "1 folder of depth left out, since it is not clear whose: a/depth" in capsys.readouterr().out
    rows = rows_of(tmp_path / "study/clips.csv")
    assert [row["path"] for row in rows] == ["a/color", "a/infrared"]
    assert "depth_path" not in rows[0]
