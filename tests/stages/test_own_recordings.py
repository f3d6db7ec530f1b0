"""A table of one's own recordings through the stages, against the layout of CAS(ME)^3 and against its own cameras."""

import csv
from contextlib import ExitStack
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from tools.compression.study import CODINGS, frames_of_clip, write_video

from merflow.artefacts import ShardWriter, open_shard
from merflow.datasets.casme3.generator import VIDEOS
from merflow.datasets.reading.frames import read_unchanged
from merflow.datasets.registry import index_dataset
from merflow.datasets.table.generator import FOLDERS
from merflow.names import named
from merflow.stages import STAGES
from merflow.stages.clouds.back_projection import Camera, project
from merflow.stages.job import Job
from merflow.stages.recorded import clips_digest
from merflow.synthesis import demo
from merflow.synthesis.camera import Camera as Pinhole
from merflow.synthesis.settings import SynthesisSettings

CAMERA = Pinhole(f=800.0, cx=319.5, cy=239.5, width=640, height=480)
OTHER = Pinhole(f=640.0, cx=280.0, cy=200.25, width=560, height=420)
SETTINGS = {"unit": "frames", "first_frame": 1}
CHAIN = ("faces", "flow", "depth_flow", "clouds")


class Rendered(NamedTuple):
    """One subject with one clip: in a table seen by two cameras, and in the layout of CAS(ME)^3 seen by the first."""

    root: object
    rows: list
    casme3: object


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    root = tmp_path_factory.mktemp("rendered")
    layouts = {
        "a": replace(FOLDERS, camera=CAMERA),
        "b": replace(FOLDERS, camera=OTHER),
        "casme3": replace(VIDEOS, camera=CAMERA),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, layout in layouts.items():
            patch.setattr(demo, "layout_named", lambda _, layout=layout: layout)
            demo.generate_demo(root / name, SynthesisSettings(n_subjects=1, clips=1))
    rows = []
    for name in "ab":
        with (root / name / "clips.csv").open(newline="") as file:
            (row,) = csv.DictReader(file)
        paths = {column: f"{name}/{row[column]}" for column in ("path", "depth_path")}
        rows.append({**row, **paths, "clip": name})
    return Rendered(root, rows, index_dataset("c", "casme3", {"root": str(root / "casme3")}).clips)


def indexed(root, rows):
    """Write the table beside the recordings of the rows and index it."""
    with (root / "clips.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return index_dataset("mine", "table", SETTINGS | {"root": str(root)}).clips


def made(clips, root, folder, stack, chain=CHAIN):
    """Make the shards of one subject, each stage with its defaults and what it is told of the clips."""
    found = {}
    for kind in chain:
        making, settings = STAGES[kind].making, STAGES[kind].settings_class()()
        names = {"kind": kind, "dataset": "mine", "variant": "v", "subject": clips[0].subject}
        job = Job(
            **names, params={}, settings=settings, code="", above={}, root=root,
            clips=making.clips_read(clips, settings), on_bad_clip="fail", compression="none",
        )  # fmt: skip
        folder.mkdir(exist_ok=True)
        with ShardWriter(folder / f"{kind}.h5", params={}, code="", inputs={}, compression="none", **names) as shard:
            named(making.job)(job, {name: found[name] for name in making.reads}, shard)
        found[kind] = stack.enter_context(open_shard(folder / f"{kind}.h5", **names))
    return found


def test_flow_of_a_table_is_that_of_the_layout_of_casme3(rendered, tmp_path):
    """Folders with depth and without, and a lossless video; the numbers of the last begin anew."""
    row = rendered.rows[0]
    own, (theirs,) = indexed(rendered.root, [row | {"depth_path": ""}]), rendered.casme3
    lossless = next(one for one in CODINGS if one.title == "FFV1, RGB")
    write_video(rendered.root / "video.mkv", frames_of_clip(own[0], rendered.root), lossless, fps=30)
    first = int(row["onset"]) - 1
    moved = {name: int(row[name]) - first for name in ("onset", "apex", "offset")}
    plain = {"depth_path": "", "clip": "plain"}
    clips = indexed(rendered.root, [row, row | plain | {"onset": int(row["onset"]) + 1, "apex": int(row["apex"]) + 1},
                                    row | plain | moved | {"path": "video.mkv", "clip": "video"}])  # fmt: skip
    by_video = {clip.video: clip for clip in clips}
    assert by_video["video"].onset == 1
    chain = ("faces", "flow")
    with ExitStack() as stack:
        expected = made([theirs], rendered.root / "casme3", tmp_path / "c", stack, (*chain, "depth_flow"))
        with_depth = made([by_video["a"]], rendered.root, tmp_path / "a", stack, (*chain, "depth_flow"))
        others = made([*own, by_video["video"], by_video["plain"]], rendered.root, tmp_path / "o", stack, chain)
        known = expected["flow"].read(theirs.id, "flow")
        assert np.hypot(*known).max() > 0.5
        for shards, clip in ((with_depth, by_video["a"]), (others, own[0]), (others, by_video["video"])):
            for name in ("flow", "expression_flow"):
                difference = shards["flow"].read(clip.id, name) - expected["flow"].read(theirs.id, name)
                assert np.abs(difference).max() < 0.01
        np.testing.assert_array_equal(
            with_depth["depth_flow"].read(by_video["a"].id, "dz"), expected["depth_flow"].read(theirs.id, "dz")
        )
        beside = others["flow"].read(by_video["plain"].id, "flow")  # a frame later: the test would see one
        assert np.abs(beside - known).max() > 0.1


def test_each_clip_is_seen_by_the_camera_of_its_row(rendered, tmp_path):
    clips = indexed(rendered.root, rendered.rows)
    with ExitStack() as stack:
        shards = made(clips, rendered.root, tmp_path / "two", stack)
        eyes = {}
        for clip, pinhole in zip(clips, (CAMERA, OTHER), strict=True):
            camera = Camera(*shards["clouds"].attrs(clip.id)["camera"])
            assert camera == (pinhole.f, pinhole.f, pinhole.cx, pinhole.cy)
            xyz, pixel = (shards["clouds"].read(clip.id, name) for name in ("xyz", "pixel"))
            np.testing.assert_allclose(project(xyz, camera), pixel, atol=0.05)  # half a step of a stored coordinate
            (depth,) = (rendered.root / clip.depth).glob(f"*{clip.apex}.png")
            at = read_unchanged(depth)[pixel[:, 1], pixel[:, 0]]
            np.testing.assert_allclose(xyz, pinhole.unproject(pixel, at) / 1000, atol=2e-5)
            eyes[clip.video] = named(STAGES["clouds"].quality).measure(shards["clouds"], clip, shards)[
                "eye_distance_mm"
            ]
    assert eyes["a"] == pytest.approx(eyes["b"], abs=2)  # one person


def test_an_edit_of_a_camera_makes_clouds_stale_and_nothing_before(rendered):
    clips = indexed(rendered.root, rendered.rows)
    edited = [replace(clips[0], camera="800.0 800.0 320.0 240.0"), clips[1]]
    for kind in ("faces", "clouds"):
        making, settings = STAGES[kind].making, STAGES[kind].settings_class()()
        before, after = (clips_digest(making.clips_read(some, settings)) for some in (clips, edited))
        assert (before == after) == (kind == "faces")
