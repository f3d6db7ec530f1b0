import numpy as np
import pytest

from merflow.artefacts import ShardWriter, add_clips, add_clips_of, open_shard
from merflow.errors import BadClipError

FLOW_CLIP = "spNO.1_a_45"
NAMES = {"variant": "v", "dataset": "demo", "subject": "spNO.1", "params": {}, "code": "", "inputs": {}}


def dz_of(clip):
    if clip == "bad":
        raise BadClipError("no depth", source="x.png")
    return {"dz": np.zeros((2, 2)), "dz_raw": np.zeros((2, 2))}, {"nasal_shift_mm": 0.0}


def test_a_bad_clip_is_listed_and_the_others_are_added(tmp_path):
    with ShardWriter(tmp_path / "a.h5", kind="depth_flow", **NAMES) as shard:
        add_clips(shard, ["one", "bad", "two"], dz_of, stage="depth_flow", on_bad_clip="exclude")
    with open_shard(tmp_path / "a.h5", kind="depth_flow") as shard:
        assert shard.clips == ["one", "two"]
        assert shard.exclusions == [{"clip": "bad", "stage": "depth_flow", "reason": "no depth", "source": "x.png"}]


def test_fail_names_the_clip_and_writes_nothing(tmp_path):
    def run():
        with ShardWriter(tmp_path / "a.h5", kind="depth_flow", **NAMES) as shard:
            add_clips(shard, ["one", "bad"], dz_of, stage="depth_flow", on_bad_clip="fail")

    with pytest.raises(BadClipError, match=r"bad: no depth \(x\.png\)"):
        run()
    assert list(tmp_path.iterdir()) == []


def test_what_upstream_left_out_is_passed_on_once(tmp_path, write_flow):
    write_flow(tmp_path / "flow.h5")
    with (
        open_shard(tmp_path / "flow.h5", kind="flow") as flow,
        ShardWriter(tmp_path / "a.h5", kind="depth_flow", **NAMES) as shard,
    ):
        add_clips_of([flow, flow], shard, dz_of, stage="depth_flow", on_bad_clip="exclude")
    with open_shard(tmp_path / "a.h5", kind="depth_flow") as shard:
        assert shard.clips == [FLOW_CLIP]
        assert [row["clip"] for row in shard.exclusions] == ["spNO.1_b_9"]
