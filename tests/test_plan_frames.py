import os
from pathlib import Path

import pytest
from tests.plan_fixture import clip

from merflow import plan
from merflow.datasets.clip import write_clips

HOUR = 3600


@pytest.fixture
def recorded(tmp_path):
    """Three frames of one clip in colour and depth, an hour old, and their index."""
    for kind, suffix in (("color", "jpg"), ("depth", "png")):
        for number in (10, 12, 14):
            path = tmp_path / f"s1/a/{kind}/{number}.{suffix}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"frame")
            os.utime(path, (HOUR, HOUR))
    write_clips([clip("s1"), clip("s2")], tmp_path / "clips.csv")
    return tmp_path


def state(folder, *, roles=("onset", "apex", "offset"), recordings=None, **options):
    recordings = recordings or plan.Recordings()
    return recordings.of(folder / "clips.csv", "s1", root=folder, roles=roles, **options)


def test_the_frame_that_changed_last_stands_for_all(recorded):
    before = state(recorded)
    os.utime(recorded / "s1/a/depth/12.png", (2 * HOUR, 2 * HOUR))
    after = state(recorded)
    assert after.newest == (str(recorded / "s1/a/depth/12.png"),)
    assert after.stamp != before.stamp
    assert state(recorded, depth=False).newest[0].endswith(".jpg")


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.unlink(),
        lambda path: os.utime(path, (0, 0)),  # an older file in its place
        lambda path: (path.write_bytes(b"another frame"), os.utime(path, (HOUR, HOUR))),
        lambda path: path.rename(path.with_name("010.jpg")),
    ],
)
def test_what_makes_no_frame_newer_changes_the_stamp(recorded, change):
    before = state(recorded)
    change(recorded / "s1/a/color/10.jpg")
    assert state(recorded).stamp != before.stamp


def test_frames_that_a_variant_does_not_read_leave_it_alone(recorded):
    before, with_all = state(recorded, roles=["onset"], depth=False), state(recorded, roles=["all"])
    for name in ("color/12.jpg", "depth/10.png"):
        os.utime(recorded / "s1/a" / name, (2 * HOUR, 2 * HOUR))
    (recorded / "s1/a/color/99.jpg").write_bytes(b"of no clip")
    assert state(recorded, roles=["onset"], depth=False) == before
    assert state(recorded, roles=["all"]).stamp != with_all.stamp


def test_inputs_and_parameters_of_a_job_tell_one_moment(recorded):
    recordings = plan.Recordings()
    before = state(recorded, recordings=recordings)
    os.utime(recorded / "s1/a/color/10.jpg", (2 * HOUR, 2 * HOUR))
    assert state(recorded, recordings=recordings) == before
    os.utime(recorded / "clips.csv", (HOUR, HOUR))  # another index
    assert state(recorded, recordings=recordings) != before


def test_no_frames_at_all_are_left_to_the_stage(recorded):
    assert plan.Recordings().of(recorded / "clips.csv", "s2", root=recorded, roles=["onset"]).newest == ()


@pytest.mark.parametrize("roles", [["onset", "apex", "offset"], ["all"]])
def test_official_names_are_found_without_a_listing(recorded, roles, monkeypatch):
    for number in (11, 13):
        (recorded / f"s1/a/color/{number}.jpg").touch()
    monkeypatch.setattr(os, "scandir", lambda folder: pytest.fail(f"{folder} was listed"))
    found = plan.subject_frames(recorded / "clips.csv", "s1", root=recorded, roles=roles, depth=False)
    assert len(found) == (5 if roles == ["all"] else 3)


def test_other_names_cost_one_listing_of_a_folder_however_many_clips_it_has(tmp_path, monkeypatch):
    folder = tmp_path / "s1/a/color"
    folder.mkdir(parents=True)
    for number in range(10, 35):
        (folder / f"reg_img{number:04}.bmp").touch()
    (folder / "._reg_img0010.bmp").touch()
    write_clips([clip("s1", onset=onset, depth="") for onset in (10, 20, 30)], tmp_path / "clips.csv")
    listed, scandir = [], os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: listed.append(str(path)) or scandir(path))
    found = plan.subject_frames(tmp_path / "clips.csv", "s1", root=tmp_path, roles=["onset", "apex"])
    assert [Path(path).name for path in found] == [f"reg_img{number:04}.bmp" for number in (10, 12, 20, 22, 30, 32)]
    assert listed == [str(folder)]
