"""A shard in a notebook: clips with their arrays, without a word of HDF5."""

import shutil

import numpy as np
import pytest

import merflow
from merflow.errors import ArtefactError
from merflow.paths import shard as shard_path

CLIP = "spNO.1_a_45"


@pytest.fixture
def path(tmp_path, write_flow):
    return write_flow(tmp_path / "a.h5")


def test_clips_come_with_their_arrays(path, flow_arrays):
    with merflow.open_shard(str(path)) as shard:
        assert (len(shard), list(shard)) == (1, [CLIP])
        found = {clip: {name: arrays[name] for name in arrays} for clip, arrays in shard.items()}
        assert repr(shard) == f"Shard(flow of spNO.1 in demo, 1 clips: {path})"
    assert list(found) == [CLIP]
    assert set(found[CLIP]) == set(flow_arrays)
    np.testing.assert_allclose(found[CLIP]["flow"], flow_arrays["flow"], atol=1 / 1024)  # half of its step


def test_an_array_says_what_it_is_and_a_clip_what_it_has(path):
    with merflow.open_shard(path) as shard:
        arrays = shard[CLIP]
        assert "flow" in arrays
        assert "landmarks" not in arrays
        assert len(arrays) == 3
        assert arrays.attrs == shard.attrs(CLIP)
        assert arrays.describe("flow")["dims"] == ["uv", "aligned_y", "aligned_x"]
        assert "flow (2, 32, 32)" in repr(arrays)


def test_what_is_not_there_is_a_key_error_that_says_what_is(path):
    with merflow.open_shard(path) as shard:
        with pytest.raises(KeyError, match=f"no clip 'x'; it holds .*{CLIP}"):
            shard["x"]
        with pytest.raises(KeyError, match=f"{CLIP} has no 'x'; it has expression_flow, flow, head_motion"):
            shard[CLIP]["x"]
        assert shard[CLIP].get("x") is None


def test_a_shard_in_the_place_of_another_kind_is_refused_without_being_told_a_kind(tmp_path, path):
    wrong = tmp_path / shard_path("demo", "faces", "tvl1", "spNO.1")
    wrong.parent.mkdir(parents=True)
    shutil.copy(path, wrong)
    with pytest.raises(ArtefactError, match="expected kind 'faces', but found 'flow'"), merflow.open_shard(wrong):
        pass
