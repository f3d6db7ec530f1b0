"""A shard is kept where it was made of the same things, and made anew where one of them is another."""

import json
import logging
from dataclasses import replace

import numpy as np
import pytest
from tests.plan_fixture import clip

from merflow import paths
from merflow.artefacts import ShardWriter, open_shard
from merflow.errors import ArtefactError
from merflow.shard_lists import SHARD_LISTS
from merflow.stages import STAGES
from merflow.stages.flow_images.settings import FlowImageSettings
from merflow.stages.job import Job
from merflow.stages.making import make_shard
from merflow.stages.recorded import clips_digest, recorded_clips

MAKING = STAGES["flow_images"].making


def write_flow(seed=0, clips=("s1_a_1", "s1_a_9"), compression="gzip"):
    path = paths.shard("d", "flow", "tvl1", "s1")
    names = {"kind": "flow", "dataset": "d", "variant": "tvl1", "subject": "s1"}
    rng = np.random.default_rng(seed)
    with ShardWriter(path, params={}, code="f", inputs={}, compression=compression, **names) as shard:
        for one in clips:
            flow = rng.normal(0, 1, (2, 32, 32))
            shard.add(one, {"flow": flow, "expression_flow": flow, "head_motion": np.zeros((2, 3))})
        shard.exclude("s1_b_1", stage="faces", reason="no face")


@pytest.fixture
def job(tmp_path, monkeypatch):
    """The job of one subject in a working directory with the flow that it reads."""
    monkeypatch.chdir(tmp_path)
    write_flow()
    return Job(
        dataset="d", kind="flow_images", variant="uvs28", subject="s1", params={"flow": "tvl1", "size_px": 28},
        settings=FlowImageSettings(), code="c", above={"flow": "tvl1"},
    )  # fmt: skip


def made(job, caplog):
    """Make the shard and return its row, and whether it was written."""
    caplog.clear()
    before = job.path.stat().st_ino if job.path.exists() else None
    with caplog.at_level(logging.INFO):
        row = make_shard(job, MAKING)
    return row, job.path.stat().st_ino != before


def test_a_shard_is_made_once(job, caplog):
    first, written = made(job, caplog)
    assert written
    assert first[:3] == ("s1", 2, 1)
    again, written = made(job, caplog)
    assert not written
    assert again == first
    assert "is kept" in caplog.text


SMALLER = {"params": {"flow": "tvl1", "size_px": 14}, "settings": FlowImageSettings(size_px=14)}


@pytest.mark.parametrize(
    ("change", "reason"), [(SMALLER, "size_px: 28 then, 14 now"), ({"code": "edited"}, "code: c then, edited now")]
)
def test_another_setting_or_code_makes_it_anew(job, caplog, change, reason):
    made(job, caplog)
    _, written = made(replace(job, **change), caplog)
    assert written
    assert reason in caplog.text


def test_upstream_of_another_content_makes_it_anew(job, caplog):
    first, _ = made(job, caplog)
    write_flow()
    assert not made(job, caplog)[1]  # the same bytes, written later
    write_flow(seed=1)
    row, written = made(job, caplog)
    assert written
    assert row.sha256 != first.sha256
    assert "inputs: flow: " in caplog.text


def test_how_it_is_stored_makes_nothing_anew(job, caplog):
    made(job, caplog)
    assert not made(replace(job, compression="none", threads=4), caplog)[1]


def test_a_damaged_shard_is_made_anew_with_the_same_bytes(job, caplog):
    first, _ = made(job, caplog)
    content = bytearray(job.path.read_bytes())
    content[len(content) // 2] ^= 1
    job.path.write_bytes(content)
    row, _ = made(job, caplog)
    assert row == first
    assert "does not match its checksum" in caplog.text


def test_a_shard_that_left_a_clip_out_does_not_hold_where_none_may_be(job, caplog):
    write_flow(clips=())
    made(job, caplog)
    with open_shard(job.path, kind="flow_images") as shard:
        inputs = json.loads(shard.root_attrs()["inputs"])
    with ShardWriter(job.path, params=job.params, code="c", inputs=inputs, **job.names) as shard:
        shard.exclude("s1_a_1", stage="flow_images", reason="flat")
    assert not made(job, caplog)[1]
    assert made(replace(job, on_bad_clip="fail"), caplog)[1]
    assert "it left out s1_a_1" in caplog.text


def test_lists_that_name_another_content_are_removed(job, caplog):
    row, _ = made(job, caplog)
    lists = [job.path.with_name("shards.csv"), job.path.parent / "batches/1-2.csv"]
    for path in lists:
        SHARD_LISTS.write(path, [row])
    made(job, caplog)
    assert all(path.exists() for path in lists)
    made(replace(job, code="edited"), caplog)
    assert not any(path.exists() for path in lists)


def test_upstream_that_is_missing_or_damaged_is_named(job, caplog):
    flow = job.upstream()["flow"]
    flow.write_bytes(flow.read_bytes()[:-100])
    with pytest.raises(ArtefactError, match=r"flow/tvl1/s1\.h5"):
        make_shard(job, MAKING)
    flow.unlink()
    with pytest.raises(ArtefactError, match="expected a flow artefact, but there is no file"):
        make_shard(job, MAKING)
    assert not job.path.exists()


def test_labels_decide_no_artefact():
    plain = clip("s1", emotion="", aus="", notes="")
    labelled = clip("s1", emotion="anger", aus="4", notes="corrected", objective="II", expression="macro")
    assert recorded_clips([plain], depth=True) == recorded_clips([labelled], depth=True)


@pytest.mark.parametrize("change", [{"apex": 5}, {"fps": 60.0}, {"depth_unit_mm": 0.1}, {"offset": 40}, {"depth": ""}])
def test_what_was_recorded_decides_one(change):
    one = clip("s1")
    digests = [clips_digest(recorded_clips([each], depth=True)) for each in (one, replace(one, **change))]
    assert digests[0] != digests[1]


def test_a_moved_recording_has_the_digest_of_before():
    one = clip("s1", depth="/old/depth")
    moved = replace(one, color="elsewhere", depth="/new/depth")
    assert clips_digest([one]) == clips_digest([moved])


def test_a_stage_that_reads_shards_only_is_given_no_clips():
    assert MAKING.clips_read([clip("s1")], FlowImageSettings()) == []
    assert STAGES["flow_images"].importing.clips_read([clip("s1", depth="d")], {})[0].depth == ""
