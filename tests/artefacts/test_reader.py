import shutil
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from merflow.artefacts import FORMAT_VERSION, open_shard, reader
from merflow.artefacts.reader import open_artefact
from merflow.artefacts.seal import seal
from merflow.errors import ArtefactError
from merflow.paths import shard as shard_path

FLOW_CLIP = "spNO.1_a_45"


def test_reads_what_was_written(tmp_path, write_flow, flow_arrays):
    with open_shard(write_flow(tmp_path / "a.h5"), kind="flow", dataset="demo", subject="spNO.1") as shard:
        assert shard.clips == [FLOW_CLIP]
        assert shard.params == {"tvl1": {"tau": 0.25}, "method": "tvl1"}
        assert shard.exclusions == [
            {"clip": "spNO.1_b_9", "stage": "faces", "reason": "no face", "source": "part_A/b/color/9.jpg"}
        ]
        np.testing.assert_array_equal(shard.read(FLOW_CLIP, "head_motion"), flow_arrays["head_motion"])
        assert shard.describe(FLOW_CLIP, "flow")["shape"] == (2, 32, 32)


def refusal(path, **expected):
    with pytest.raises(ArtefactError) as caught, open_shard(path, **{"kind": "flow"} | expected):
        pass
    message = str(caught.value)
    assert str(path) in message
    assert f"snakemake --cores all --force {path}" in message
    return message


def test_a_file_is_searched_for_foreign_content_once_and_again_when_it_is_another(tmp_path, write_flow, monkeypatch):
    searched, search = [], reader.foreign_problem
    monkeypatch.setattr(reader, "foreign_problem", lambda *one, **more: searched.append(one) or search(*one, **more))
    path = write_flow(tmp_path / "a.h5")
    for _ in range(3):
        with open_shard(path, kind="flow") as shard:
            assert shard.clips == [FLOW_CLIP]
    assert len(searched) == 1
    with h5py.File(path, "r+") as file:
        file["clips"][FLOW_CLIP]["extra"] = h5py.ExternalLink("other.h5", "/x")
    seal(path)
    assert "found a link to another file" in refusal(path)


@pytest.mark.parametrize(
    ("folder", "advice"), [("", "Name a file below results/"), ("results", "Make it: snakemake --cores all results/")]
)
def test_missing_file(tmp_path, monkeypatch, folder, advice):
    (tmp_path / "Snakefile").touch()
    monkeypatch.chdir(tmp_path)
    path = Path(folder, "demo/artefacts/flow/tvl1/a.h5")
    message = f"expected a flow artefact, but there is no file. {advice}"
    with pytest.raises(ArtefactError, match=message), open_shard(path, kind="flow"):
        pass


def test_missing_file_of_any_kind(tmp_path):
    message = "expected a file of merflow, but there is no file"
    with pytest.raises(ArtefactError, match=message), open_artefact(tmp_path / "a.h5", {"kind": None}):
        pass


def test_half_written_file(tmp_path, write_flow):
    path = write_flow(tmp_path / "a.h5")
    path.write_bytes(path.read_bytes()[:4000])
    assert "not a complete HDF5 file" in refusal(path)


def test_older_format_version(tmp_path, write_flow):
    path = write_flow(tmp_path / "a.h5")
    with h5py.File(path, "a") as file:
        file.attrs["format_version"] = 0
    assert f"expected format version {FORMAT_VERSION}, but found 0" in refusal(path)


def test_somebody_elses_hdf5(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = 1
    assert "merflow did not write it" in refusal(tmp_path / "a.h5")


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ({"kind": "faces"}, "expected kind 'faces', but found 'flow'"),
        ({"dataset": "casme3"}, "expected dataset 'casme3', but found 'demo'"),
        ({"subject": "spNO.2"}, "expected subject 'spNO.2', but found 'spNO.1'"),
        ({"variant": "dis"}, "expected variant 'dis', but found 'tvl1'"),
    ],
)
def test_shard_of_another_identity(tmp_path, write_flow, expected, message):
    assert message in refusal(write_flow(tmp_path / "a.h5"), **expected)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (("casme3", "tvl1", "spNO.1"), "expected dataset 'casme3', but found 'demo'"),
        (("demo", "dis", "spNO.1"), "expected variant 'dis', but found 'tvl1'"),
        (("demo", "tvl1", "spNO.2"), "expected subject 'spNO.2', but found 'spNO.1'"),
    ],
)
def test_a_shard_copied_to_the_place_of_another_is_refused_without_being_told(tmp_path, write_flow, other, message):
    made = write_flow(tmp_path / shard_path("demo", "flow", "tvl1", "spNO.1"))
    dataset, variant, subject = other
    copy = tmp_path / shard_path(dataset, "flow", variant, subject)
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(made, copy)
    with open_shard(made, kind="flow"):
        pass
    with pytest.raises(ArtefactError, match=message) as caught, open_shard(copy, kind="flow"):
        pass
    assert f"snakemake --cores all --force {copy}" in str(caught.value)


def test_flipped_bit_is_found_by_the_checksum(tmp_path, write_flow):
    path = write_flow(tmp_path / "a.h5", compression="none")
    with h5py.File(path) as file:
        offset = file["clips"][FLOW_CLIP]["flow"].id.get_chunk_info(0).byte_offset
    data = bytearray(path.read_bytes())
    data[offset + 100] ^= 1
    path.write_bytes(data)
    assert "does not match its checksum" in refusal(path)


def test_unknown_clip_and_field_name_what_there_is(tmp_path, write_flow):
    with open_shard(write_flow(tmp_path / "a.h5"), kind="flow") as shard:
        with pytest.raises(ArtefactError, match=FLOW_CLIP):
            shard.read("spNO.1_z_1", "flow")
        with pytest.raises(ArtefactError, match="expression_flow"):
            shard.read(FLOW_CLIP, "strain")


def test_a_fresh_process_reads_what_zstd_wrote(tmp_path, write_flow):
    path = write_flow(tmp_path / "spNO.1.h5", compression="zstd")
    code = f"""
from pathlib import Path
from merflow.artefacts import FORMAT_VERSION, open_shard, reader
with open_shard(Path({str(path)!r}), kind="flow") as shard:
    print(shard.read(shard.clips[0], "flow").shape)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
