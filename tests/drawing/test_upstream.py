import shutil
from types import SimpleNamespace

import pytest

from merflow import paths
from merflow.artefacts import open_shard
from merflow.drawing.upstream import find_field, frame_index, open_upstream, upstream_path
from merflow.errors import ArtefactError


def test_the_chain_is_followed_to_its_first_stage(results):
    with open_shard(results["regions"], kind="regions") as shard, open_upstream(shard) as found:
        assert set(found) == {"faces", "flow", "depth_flow", "clouds"}
        assert found["faces"].path == results["faces"]


def test_the_path_is_that_of_the_path_scheme(results):
    with open_shard(results["flow"], kind="flow") as shard:
        assert upstream_path(shard, "faces") == results["root"] / paths.shard("demo", "faces", "default", "sp9.1")
        assert upstream_path(shard, "clouds") is None


@pytest.mark.parametrize("variant", ["../elsewhere", "/etc", ".."])
def test_a_variant_that_leads_out_of_the_results_is_not_followed(tmp_path, variant):
    shard = SimpleNamespace(params={"faces": variant}, path=tmp_path / "flow" / "tvl1" / "sp9.1.h5")
    assert upstream_path(shard, "faces") is None


def test_a_missing_or_foreign_file_ends_the_chain(results, tmp_path):
    alone = tmp_path / "artefacts" / "clouds" / "default" / "sp9.1.h5"
    alone.parent.mkdir(parents=True)
    shutil.copy(results["clouds"], alone)
    with open_shard(alone, kind="clouds") as shard, open_upstream(shard) as found:
        assert found == {}
    foreign = tmp_path / "artefacts" / "depth_flow" / "default" / "sp9.1.h5"
    foreign.parent.mkdir(parents=True)
    shutil.copy(results["flow"], foreign)
    with open_shard(alone, kind="clouds") as shard, open_upstream(shard) as found:
        assert found == {}


def test_a_damaged_file_of_a_results_folder_is_no_missing_one(results, tmp_path):
    """Drawn without it, a picture would look whole and stay."""
    shutil.copytree(results["root"] / "results", tmp_path / "results")
    clouds, faces = (tmp_path / results[kind].relative_to(results["root"]) for kind in ("clouds", "faces"))
    data = bytearray(faces.read_bytes())
    data[len(data) // 2] ^= 1
    faces.write_bytes(data)
    with (
        open_shard(clouds, kind="clouds") as shard,
        pytest.raises(ArtefactError, match="does not match its checksum"),
        open_upstream(shard),
    ):
        pass


def test_a_field_that_is_not_there_is_none(results):
    with open_shard(results["flow"], kind="flow") as shard, open_upstream(shard) as found:
        assert find_field(found, "faces", shard.clips[0], "native_depth") is not None
        assert find_field(found, "faces", shard.clips[0], "nothing") is None
        assert find_field(found, "faces", "sp9.1_other_1", "landmarks") is None
        assert find_field(found, "clouds", shard.clips[0], "xyz") is None


def test_the_last_frame_stands_in_for_a_missing_apex():
    assert frame_index(["onset", "apex", "offset"], "apex") == 1
    assert frame_index(["onset", "", ""], "apex") == 2
