import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from tests.datasets.reading.video_fixture import write_video
from tests.permissions import as_a_normal_user
from tests.plan_fixture import clip

from merflow import plan
from merflow.datasets.clip_table import write_clips
from merflow.datasets.reading.clip_frames import annotated_frame_hashes, picture_hashes
from merflow.datasets.recorded_state import content_digest, note_content
from merflow.errors import DatasetError

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


def state(folder, subject="s1", *, roles=("onset", "apex", "offset"), depth=True, anew=True):
    """Return what planning knows of a subject's frames; `anew` as a new process does."""
    if anew:
        plan.recorded_frames.cache_clear()
    version = plan.index_version(folder / "clips.csv")
    note = str(folder / "note.txt")
    return plan.recorded_frames(version, subject, root=str(folder), roles=tuple(roles), depth=depth, note=note)


def read_frames(folder, **options):
    """Return the frames that planning looks at: those whose time changes the state."""
    files = sorted(folder.glob("*/*/*/*"))
    for path in files:
        os.utime(path, (HOUR, HOUR))
    before = state(folder, **options)
    found = []
    for path in files:
        os.utime(path, (2 * HOUR, 2 * HOUR))
        if state(folder, **options) != before:
            found.append(str(path.relative_to(folder)))
        os.utime(path, (HOUR, HOUR))
    return found


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.unlink(),
        lambda path: os.utime(path, (0, 0)),  # an older file in its place
        lambda path: (path.write_bytes(b"another frame"), os.utime(path, (HOUR, HOUR))),
        lambda path: path.rename(path.with_name("010.jpg")),
    ],
)
def test_what_makes_no_frame_newer_changes_the_state(recorded, change):
    before = state(recorded)
    change(recorded / "s1/a/color/10.jpg")
    assert state(recorded) != before


def test_frames_that_a_variant_does_not_read_leave_it_alone(recorded):
    before, with_all = state(recorded, roles=["onset"], depth=False), state(recorded, roles=["all"])
    for name in ("color/12.jpg", "depth/10.png"):
        os.utime(recorded / "s1/a" / name, (2 * HOUR, 2 * HOUR))
    (recorded / "s1/a/color/99.jpg").write_bytes(b"of no clip")
    assert state(recorded, roles=["onset"], depth=False) == before
    assert state(recorded, roles=["all"]) != with_all


def test_inputs_and_parameters_of_a_job_tell_one_moment(recorded):
    before = state(recorded)
    os.utime(recorded / "s1/a/color/10.jpg", (2 * HOUR, 2 * HOUR))
    assert state(recorded, anew=False) == before
    os.utime(recorded / "clips.csv", (HOUR, HOUR))  # another index
    assert state(recorded, anew=False) != before


def test_variants_that_read_other_frames_are_told_apart(recorded):
    with_depth = state(recorded)
    assert state(recorded, depth=False, anew=False) != with_depth
    assert state(recorded, roles=["onset"], anew=False) != with_depth
    assert state(recorded, anew=False) == with_depth


def test_frames_that_exist_and_no_others(recorded):
    (recorded / "s1/a/color/14.jpg").unlink()
    (recorded / "s1/a/color/99.jpg").write_bytes(b"of no clip")
    assert read_frames(recorded, roles=["onset", "offset"]) == [
        "s1/a/color/10.jpg", "s1/a/depth/10.png", "s1/a/depth/14.png"
    ]  # fmt: skip
    assert len(read_frames(recorded, roles=["all"])) == 5
    assert len(read_frames(recorded, roles=["all"], depth=False)) == 2


def test_all_frames_without_an_offset_run_to_the_end(recorded):
    write_clips([clip("s1", onset=11, apex=12, offset=-1, depth="")], recorded / "clips.csv")
    (recorded / "s1/a/color/30.jpg").write_bytes(b"frame")
    assert [Path(path).name for path in read_frames(recorded, roles=["all"])] == ["12.jpg", "14.jpg", "30.jpg"]


def test_no_frames_at_all_and_a_folder_that_is_gone_are_left_to_the_stage(recorded):
    nothing = state(recorded, "s2", roles=["onset"])
    assert nothing == state(recorded, "s2", roles=["all"])
    assert nothing != state(recorded, "s1", roles=["onset"])


@pytest.mark.parametrize("roles", [["onset", "apex", "offset"], ["all"]])
def test_official_names_are_found_without_a_listing(recorded, roles, monkeypatch):
    for number in (11, 13):
        (recorded / f"s1/a/color/{number}.jpg").write_bytes(b"frame")
    frames = read_frames(recorded, roles=roles, depth=False)
    before = state(recorded, roles=roles, depth=False)
    monkeypatch.setattr(os, "scandir", lambda folder: pytest.fail(f"{folder} was listed"))
    assert len(frames) == (5 if roles == ["all"] else 3)
    assert state(recorded, roles=roles, depth=False) == before


def test_an_apex_without_a_number_needs_no_listing(recorded, monkeypatch):
    write_clips([clip("s1", apex=-1, depth="")], recorded / "clips.csv")
    names = [Path(path).name for path in read_frames(recorded)]
    monkeypatch.setattr(os, "scandir", lambda folder: pytest.fail(f"{folder} was listed"))
    state(recorded)
    assert names == ["10.jpg", "14.jpg"]


@pytest.mark.parametrize("roles", [["onset", "apex", "offset"], ["all"]])
def test_a_picture_that_is_named_unlike_the_frames_is_none(recorded, roles):
    (recorded / "s1/a/color/12.jpg").rename(recorded / "s1/a/color/img012.jpg")
    names = [Path(path).name for path in read_frames(recorded, roles=roles, depth=False)]
    assert names == ["10.jpg", "14.jpg"]


def test_frames_that_are_named_by_times_are_listed_not_counted_through(recorded, monkeypatch):
    late = 999_999_999_999_999
    for number in (11, late):
        (recorded / f"s1/a/color/{number}.jpg").write_bytes(b"frame")
    write_clips([clip("s1", onset=11, apex=12, offset=late, depth="")], recorded / "clips.csv")
    asked, stat = [], os.stat

    def counted(path, **options):
        asked.append(path)
        return stat(path, **options) if len(asked) < 1000 else pytest.fail("every number was asked for")

    with monkeypatch.context() as patched:
        patched.setattr(os, "stat", counted)
        names = [Path(path).name for path in read_frames(recorded, roles=["all"])]
    assert names == ["11.jpg", "12.jpg", "14.jpg", f"{late}.jpg"]


def test_other_names_cost_one_listing_of_a_folder_however_many_clips_it_has(tmp_path, monkeypatch):
    folder = tmp_path / "s1/a/color"
    folder.mkdir(parents=True)
    for number in range(10, 35):
        (folder / f"reg_img{number:04}.bmp").touch()
    (folder / "._reg_img0010.bmp").touch()
    write_clips([clip("s1", onset=onset, depth="") for onset in (10, 20, 30)], tmp_path / "clips.csv")
    names = [Path(path).name for path in read_frames(tmp_path, roles=["onset", "apex"])]
    assert names == [f"reg_img{number:04}.bmp" for number in (10, 12, 20, 22, 30, 32)]
    listed, scandir = [], os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: listed.append(str(path)) or scandir(path))
    state(tmp_path, roles=["onset", "apex"])
    assert listed == [str(folder)]


def test_a_frame_that_the_user_may_not_read_changes_the_state_once_he_may(recorded):
    frame = recorded / "s1/a/color/12.jpg"
    whole = state(recorded)
    frame.chmod(0)
    with as_a_normal_user():
        closed = state(recorded)
    frame.chmod(0o600)
    assert closed != whole
    assert state(recorded) == whole


def test_a_closed_folder_of_a_clip_is_left_to_the_stage(recorded):
    folder, whole = recorded / "s1/a/color", state(recorded)
    folder.chmod(0)
    with as_a_normal_user():
        found = state(recorded)
    folder.chmod(0o700)
    assert found != whole
    for path in folder.iterdir():
        path.unlink()
    assert state(recorded) == found


def test_a_lost_connection_stops_the_plan_in_place_of_planning_without_the_frames(recorded, monkeypatch):
    stat = os.stat

    def lost(path, **options):
        if "color" in str(path):
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), path)
        return stat(path, **options)

    with monkeypatch.context() as patched:
        patched.setattr(os, "stat", lost)
        with pytest.raises(DatasetError, match="Stale file handle"):
            state(recorded)


def note_now(folder, **options):
    """Write the note as a job does that was planned now."""
    hashes = annotated_frame_hashes([clip("s1")], folder, roles=("onset", "apex", "offset"))
    note_content(folder / "note.txt", state=state(folder, **options), content=content_digest(hashes))


def test_recordings_that_were_moved_keep_the_state_they_were_read_in(recorded, tmp_path_factory):
    before = state(recorded)
    note_now(recorded)
    moved = tmp_path_factory.mktemp("elsewhere") / "recordings"
    shutil.copytree(recorded, moved, copy_function=shutil.copyfile)  # with other times
    (moved / "note.txt").replace(moved / "kept")
    unknown = state(moved)
    (moved / "kept").replace(moved / "note.txt")
    assert unknown != before
    assert state(moved) == before


def test_names_are_told_below_the_root(recorded, tmp_path_factory):
    moved = tmp_path_factory.mktemp("elsewhere") / "recordings"
    shutil.copytree(recorded, moved)  # with their times
    assert state(moved) == state(recorded)


def test_a_touched_frame_is_read_once_more_and_a_changed_one_is_told(recorded, monkeypatch):
    before = state(recorded)
    note_now(recorded)
    frame = recorded / "s1/a/color/12.jpg"
    os.utime(frame, (2 * HOUR, 2 * HOUR))
    assert state(recorded) == before
    with monkeypatch.context() as patched:
        patched.setattr("merflow.plan.frames.annotated_frame_hashes", lambda *_, **__: pytest.fail("read again"))
        assert state(recorded) == before
    frame.write_bytes(b"smile")
    os.utime(frame, (HOUR, HOUR))
    assert state(recorded) == before  # name, size and second are those that the note knows: docs/faults.md says so
    frame.write_bytes(b"another frame")
    assert state(recorded) != before


def test_a_video_is_stale_only_by_what_a_clip_is_decoded_from(tmp_path):
    numbers = list(range(40))

    def film(*, changed):
        shown = [9 if number == changed else number for number in numbers]
        write_video(tmp_path / "x.avi", "mjpeg", "yuvj420p", numbers=shown)
        os.utime(tmp_path / "x.avi", (HOUR + (changed or 0), HOUR + (changed or 0)))

    film(changed=None)
    filmed = replace(clip("s1"), color="x.avi", depth="", onset=10, apex=12, offset=14)
    write_clips([filmed], tmp_path / "clips.csv")
    before = state(tmp_path)
    hashes = annotated_frame_hashes([filmed], tmp_path, roles=("onset", "apex", "offset"))
    note_content(tmp_path / "note.txt", state=before, content=content_digest(hashes))
    film(changed=30)
    assert state(tmp_path) == before
    film(changed=12)
    assert state(tmp_path) != before


def test_ready_pictures_are_told_in_the_same_way(recorded):
    def told():
        plan.ready_pictures.cache_clear()
        version = plan.index_version(recorded / "clips.csv")
        return plan.ready_pictures(version, "s1", root=str(recorded), note=str(recorded / "note.txt"))

    picture = recorded / "one.png"
    picture.write_bytes(b"picture")
    one = replace(clip("s1"), color="one.png", depth="")
    write_clips([one], recorded / "clips.csv")
    before = told()
    note_content(recorded / "note.txt", state=before, content=content_digest(picture_hashes([one], recorded)))
    os.utime(picture, (HOUR, HOUR))
    assert told() == before
    picture.write_bytes(b"another picture")
    assert told() != before
