"""Apexes of rendered clips, whose true apex is known, and the command that writes them."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from merflow.apexes.estimating import RULE, estimate_apex, estimate_apexes
from merflow.apexes.motion import FrameMotion, expression_length
from merflow.cli import main
from merflow.datasets.estimated_apexes import has_midpoint, read_apexes
from merflow.datasets.reading.annotation import with_midpoint
from merflow.datasets.registry import index_dataset
from merflow.errors import BadClipError

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def clips(tiny_demo):
    """The clips of the demo by the apex that the generator gave them, and as an annotation without apex has them."""
    index = index_dataset("demo", "casme3", {"root": str(tiny_demo)})
    return {clip: with_midpoint(replace(clip, apex=-1)) for clip in index.clips}


def test_the_apex_of_a_rendered_clip_is_found(clips, tiny_demo):
    found = estimate_apexes(list(clips.values()), tiny_demo)
    assert found.failed == {}
    errors = [found.apexes[true.id].apex - true.apex for true in clips]
    assert max(map(abs, errors)) <= 1
    assert sum(error == 0 for error in errors) >= 5  # of 6
    assert {one.rule for one in found.apexes.values()} == {RULE}


def test_an_apex_that_is_annotated_is_passed_over(clips, tiny_demo):
    assert estimate_apexes(list(clips), tiny_demo).apexes == {}


def test_a_clip_that_cannot_be_read_keeps_its_midpoint_with_the_reason(clips, tiny_demo):
    clip = next(iter(clips.values()))
    one, other = replace(clip, color="nowhere"), replace(clip, onset=clip.onset + 1, offset=clip.onset + 1)
    found = estimate_apexes([one], tiny_demo)
    assert list(found.failed) == [clip.id]
    assert "nowhere" in found.failed[clip.id]
    with pytest.raises(BadClipError, match=r"expected frames after the onset"):
        estimate_apex(other, tiny_demo)


def test_the_length_is_over_the_face_and_of_the_expression(landmarks_128):
    """By hand: 3 px right and 4 px down everywhere on the face are 5; the same outside and of the head are nothing."""
    flow = np.full((2, 128, 128), 7.0, dtype=np.float32)
    inside = np.zeros((2, 128, 128), dtype=np.float32)
    inside[0], inside[1] = 3.0, 4.0
    picture = np.zeros((128, 128, 3), dtype=np.uint8)
    motion = FrameMotion(1, picture, picture, flow, inside, landmarks_128)
    assert expression_length(motion) == pytest.approx(5.0)
    corner = np.zeros_like(inside)
    corner[:, :8, :8] = 100.0
    assert expression_length(motion._replace(expression=corner)) == 0.0


@pytest.fixture
def landmarks_128():
    from tests.picture_fixtures import landmarks_68

    return landmarks_68(128)


@pytest.fixture
def study(tmp_path, tiny_demo, monkeypatch):
    """A study of one's own: the frames of a rendered clip, and a table without its apex."""
    index = index_dataset("demo", "casme3", {"root": str(tiny_demo)})
    clip = index.clips[0]
    shutil.copytree(tiny_demo / clip.color, tmp_path / "frames/a")
    (tmp_path / "frames/clips.csv").write_text(
        f"path,subject,onset,offset,emotion\na,s1,{clip.onset},{clip.offset},happiness\n"
    )
    mine = {"reader": "table", "root": "frames", "unit": "frames", "first_frame": 1, "fps": 30}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump({"datasets": {"mine": mine}}))
    monkeypatch.chdir(tmp_path)
    return clip


def test_the_command_writes_a_table_that_the_index_takes(study, tmp_path, capsys):
    assert main(["validate", "mine"]) == 0
    assert "no apex in the table, midpoint" in capsys.readouterr().out
    assert main(["apexes", "mine"]) == 0
    out = capsys.readouterr().out
    assert "estimated the apex of 1 clip without" in out
    assert "apexes: mine_apexes.csv" in out
    [row] = read_apexes(tmp_path / "mine_apexes.csv").values()
    assert abs(row.apex - study.apex) <= 1
    config = yaml.safe_load((tmp_path / "config.yaml").read_text())
    config["datasets"]["mine"]["apexes"] = "mine_apexes.csv"
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
    assert main(["validate", "mine"]) == 0
    out = capsys.readouterr().out
    assert f"{row.apex} estimated (largest expression flow, midpoint " in out
    assert "apex of 1 clip from mine_apexes.csv, estimated" in out


def test_the_command_overwrites_nothing_and_knows_what_has_no_recordings(study, tmp_path, capsys):
    (tmp_path / "mine_apexes.csv").write_text("mine")
    assert main(["apexes", "mine"]) == 2
    assert "not overwritten" in capsys.readouterr().err
    assert (tmp_path / "mine_apexes.csv").read_text() == "mine"
    assert main(["apexes", "demo_composite", "--config", str(ROOT / "config.yaml")]) == 2
    assert "merflow apexes demo_smic" in capsys.readouterr().err


def test_a_mistyped_table_is_told_with_the_one_that_is_meant(study, tmp_path, capsys):
    (tmp_path / "mine_apexes.csv").write_text("mine")
    config = yaml.safe_load((tmp_path / "config.yaml").read_text())
    config["datasets"]["mine"]["apexes"] = "mine_apexs.csv"
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
    assert main(["validate", "mine"]) == 2
    assert "no such file. Did you mean 'mine_apexes.csv'? Name the right one in config.yaml" in capsys.readouterr().err
    assert main(["apexes", "mine"]) == 2
    told = capsys.readouterr().err
    assert "set datasets.mine.apexes: mine_apexes.csv in config.yaml in place of mine_apexs.csv, where no" in told


def test_notes_tell_a_midpoint(clips):
    assert [has_midpoint(clip) for clip in clips] == [False] * len(clips)
    assert all(has_midpoint(clip) for clip in clips.values())
