"""The graphs stage: shards in, shards out; a graph survives the store; bad clips in the exclusions."""

import cv2
import numpy as np
import pytest

from merflow.artefacts import ShardWriter, open_shard
from merflow.errors import BadClipError
from merflow.landmarks.alignment import transform_points
from merflow.stages.graphs.node_sets import NODE_SETS
from merflow.stages.graphs.settings import GraphSettings
from merflow.stages.graphs.stage import build_graphs, graph_of_clip

IDENTITY = {"variant": "v", "dataset": "demo", "subject": "spNO.1", "params": {}, "code": "", "inputs": {}}


def run(magnified, out, settings=None, **options):
    with open_shard(magnified, kind="magnified") as source, ShardWriter(out, kind="graphs", **IDENTITY) as shard:
        build_graphs(source, settings or GraphSettings(), shard=shard, **options)
    return out


@pytest.mark.parametrize("settings", [GraphSettings(nodes=31, copies=2), GraphSettings(landmarks="detected")])
def test_a_graph_survives_the_store(magnified, detector, tmp_path, settings):
    with open_shard(magnified, kind="magnified") as source:
        clips = source.clips
        frames = source.read(clips[1], "magnified_color")
        numbers = source.attrs(clips[1])["frames"]
    arrays, attrs, _ = graph_of_clip(frames, settings, detector, clip=clips[1])
    with open_shard(run(magnified, tmp_path / "graphs.h5", settings), kind="graphs") as shard:
        assert shard.clips == clips
        assert set(shard.fields(clips[1])) == set(arrays)
        for name, array in arrays.items():
            np.testing.assert_array_equal(shard.read(clips[1], name), array)
        found = shard.attrs(clips[1])
        landmarks, node = shard.read(clips[1], "landmarks"), shard.read(clips[1], "node")
        np.testing.assert_array_equal(shard.read(clips[1], "position"), landmarks[:, node])
    assert tuple(node) == NODE_SETS[settings.nodes].landmarks
    assert found == {
        "frames": numbers, "roles": ["onset", "apex", "offset"], "aligned_size": 256, "notes": "",
        "interocular_px": attrs["interocular_px"],
    }  # fmt: skip
    assert ("copies" in arrays) == (settings.copies > 0)


def test_tracked_landmarks_begin_where_the_faces_stage_saw_them(magnified, faces, tmp_path):
    with (
        open_shard(run(magnified, tmp_path / "graphs.h5"), kind="graphs") as shard,
        open_shard(faces, kind="faces") as source,
    ):
        for clip in shard.clips:
            expected = transform_points(source.read(clip, "aligned_from_image"), source.read(clip, "landmarks")[0])
            found = shard.read(clip, "landmarks")[0]
            assert np.linalg.norm(found - expected, axis=1)[17:].mean() < 2.5
            between_corners = np.linalg.norm(expected[45] - expected[36])
            assert 0.6 < shard.attrs(clip)["interocular_px"] / between_corners < 0.8


def test_threads_change_no_byte(magnified, tmp_path):
    before = cv2.getNumThreads()
    files = []
    try:
        for threads in (1, 2):
            cv2.setNumThreads(threads)
            files.append(run(magnified, tmp_path / f"{threads}.h5", GraphSettings(copies=1)).read_bytes())
    finally:
        cv2.setNumThreads(before)
    assert files[0] == files[1]


def test_roles_are_found_wherever_they_stand(write_magnified, frames, tmp_path):
    order = [0, 2, 1, 1]
    attrs = {"frames": [3, 15, 20, 9], "roles": ["onset", "offset", "", "apex"]}
    path = write_magnified({"s_a_1": (frames[order], attrs), "s_b_2": (frames, {})})
    with open_shard(run(path, tmp_path / "graphs.h5"), kind="graphs") as shard:
        assert shard.attrs("s_a_1")["frames"] == [3, 9, 15]
        np.testing.assert_array_equal(shard.read("s_a_1", "position"), shard.read("s_b_2", "position"))


@pytest.fixture
def bad_clips(write_magnified, frames):
    """A good clip, one without an offset, one whose mouth is cut off, one without a face."""
    low = np.concatenate([np.repeat(frames[:, :1], 85, axis=1), frames[:, :-85]], axis=1)
    return write_magnified(
        {
            "s_a_1": (frames, {"notes": "grey recording"}),
            "s_b_2": (frames[:2], {"frames": [3, 9], "roles": ["onset", "apex"]}),
            "s_c_3": (low, {}),
            "s_d_4": (np.full_like(frames, 128), {}),
        }
    )


def test_bad_clips_become_exclusions(bad_clips, tmp_path):
    with open_shard(run(bad_clips, tmp_path / "graphs.h5"), kind="graphs") as shard:
        assert shard.clips == ["s_a_1"]
        assert shard.attrs("s_a_1")["notes"] == "grey recording"
        reasons = {row["clip"]: row["reason"] for row in shard.exclusions}
        assert {row["stage"] for row in shard.exclusions} == {"graphs"}
    assert "but offset is not there: found ['onset', 'apex']" in reasons["s_b_2"]
    assert "inside the aligned frame of 256x256 px, but found landmark" in reasons["s_c_3"]
    assert "no face found" in reasons["s_d_4"]


def test_fail_stops_at_a_bad_clip_and_leaves_no_shard(bad_clips, tmp_path):
    out = tmp_path / "graphs.h5"
    with pytest.raises(BadClipError, match="offset is not there"):
        run(bad_clips, out, on_bad_clip="fail")
    assert not out.exists()


def test_landmarks_outside_that_are_no_nodes_are_noted(write_magnified, frames, tmp_path):
    """The chin leaves the frame; the 14 nodes stay, and of 68 nodes it is one."""
    low = np.concatenate([np.repeat(frames[:, :1], 30, axis=1), frames[:, :-30]], axis=1)
    path = write_magnified({"s_a_1": (low, {})})
    with open_shard(run(path, tmp_path / "graphs.h5"), kind="graphs") as shard:
        assert "of 68 landmarks, none of them a node, outside the aligned frame" in shard.attrs("s_a_1")["notes"]
        assert (shard.read("s_a_1", "landmarks")[0, :, 1] > 255.5).any()
    with open_shard(run(path, tmp_path / "all.h5", GraphSettings(nodes=68)), kind="graphs") as shard:
        assert shard.clips == []
        assert "found landmark" in shard.exclusions[0]["reason"]
