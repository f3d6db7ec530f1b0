import pytest

from merflow import plan
from merflow.artefacts import ShardWriter
from merflow.config import Config
from merflow.datasets.clip_table import write_exclusions

FAIL, EXCLUDE = Config({"on_bad_clip": "fail"}), Config({"on_bad_clip": "exclude"})


@pytest.fixture
def shard(tmp_path):
    path = tmp_path / "s1.h5"
    named = {"dataset": "d", "subject": "s1", "variant": "v", "params": {}, "inputs": {}, "code": "0" * 16}
    with ShardWriter(path=path, kind="flow", **named) as writer:
        writer.exclude("s1_a_1", stage="faces", reason="no face", source="a")
        writer.exclude("s1_b_1", stage="flow", reason="no motion", source="b")
    return path


def test_a_stage_names_the_clips_that_it_left_out_itself(shard):
    assert plan.refused_in_shards(FAIL, [shard], stage="flow") == ["s1_b_1"]
    assert plan.refused_in_shards(EXCLUDE, [shard], stage="flow") == []
    assert plan.refused_in_shards(FAIL, [shard.with_name("none.h5")], stage="flow") == []


def test_a_damaged_shard_does_not_keep_its_own_job_from_being_planned(shard):
    shard.write_bytes(shard.read_bytes()[:-50])
    assert plan.refused_in_shards(FAIL, [shard], stage="flow") == []


def test_an_index_names_the_clips_that_it_left_out(tmp_path):
    path = tmp_path / "exclusions.csv"
    assert plan.refused_in_index(FAIL, path) == []
    row = {"clip": "s1_a_1", "subject": "s1", "stage": "index", "reason": "no folder", "source": "x"}
    write_exclusions([row], path)
    assert plan.refused_in_index(FAIL, path) == ["s1_a_1"]
    assert plan.refused_in_index(EXCLUDE, path) == []
