import h5py
import numpy as np
import pytest

from merflow.artefacts import Examples, ShardWriter, write_examples
from merflow.errors import ArtefactError
from merflow.inspection import describe_artefact, render_artefact


@pytest.fixture
def shard(tmp_path):
    dz = np.arange(20, dtype=float).reshape(4, 5)
    dz[0, 0] = np.nan
    path = tmp_path / "artefacts" / "depth_flow" / "denoised" / "s1.h5"
    params = {"flow": "tvl1", "sd_px": 10.0}
    with ShardWriter(
        path, kind="depth_flow", variant="denoised", dataset="demo", subject="s1", params=params, code="c0de",
        inputs={"flow": "ab" * 32},
    ) as writer:  # fmt: skip
        writer.add("s1_a_4", {"dz": dz, "dz_raw": 2 * dz}, {"nasal_shift_mm": 0.25})
        writer.add("s1_b_9", {"dz": dz, "dz_raw": dz}, {"nasal_shift_mm": 0.0})
        writer.exclude("s1_c_2", stage="depth_flow", reason="no depth on the nose", source="c/2.png")
    return path


def test_a_shard_tells_what_it_is_and_how_it_was_made(shard):
    text = describe_artefact(shard)
    for expected in (
        "kind       depth_flow", "variant    denoised", "subject    s1", "dataset    demo", "flow=tvl1, sd_px=10",
        "code       c0de", "flow=sha256 abababababababab", "numpy=", "2 clips", "nasal_shift_mm=0.25",
    ):  # fmt: skip
        assert expected in text


def test_arrays_come_with_units_and_statistics_by_hand(shard):
    text = describe_artefact(shard)
    # dz is 1..19 and one NaN of 20 values: median 10, 5 % missing; stored as float32.
    assert "float32, 4 native_y x 5 native_x; mm" in text
    assert "min 1, median 10, max 19, 5.0% NaN" in text
    assert "min 2, median 20, max 38, 5.0% NaN" in text


def test_exclusions_are_listed_with_their_reason_or_denied(shard, tmp_path):
    assert "s1_c_2 (depth_flow): no depth on the nose  [c/2.png]" in describe_artefact(shard)
    empty = tmp_path / "empty.h5"
    with ShardWriter(empty, kind="flow", variant="v", dataset="d", subject="s", params={}, code="", inputs={}):
        pass
    text = describe_artefact(empty)
    assert "No exclusions." in text
    assert "0 clips" in text
    assert "settings   none" in text


def test_examples_tell_classes_by_subject(tmp_path):
    path = tmp_path / "examples.h5"
    examples = Examples(
        x=np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4),
        label=np.array([0, 1, 1]),
        subject=np.array(["s1", "s1", "s2"]),
        clip=np.array(["a", "b", "c"]),
        expression=np.array(["micro", "macro", "micro"]),
        classes=("negative", "positive"),
        label_set="two",
        dims=("clip", "feature"),
    )
    write_examples(examples, path, dataset="demo", experiment="svm", params={}, code="", inputs={})
    lines = [" ".join(line.split()) for line in describe_artefact(path).splitlines()]
    for expected in (
        "experiment svm", "x: float32, 3 clip x 4 feature", "min -1, median 0, max 1, 0.0% NaN",
        "3 clips of 2 subjects",
        "negative positive all", "s1 1 1 2", "s2 0 1 1", "all subjects 1 2 3", "Expressions: 1 macro, 2 micro",
    ):  # fmt: skip
        assert expected in lines
    assert render_artefact(path, tmp_path / "out") == []


def test_pictures_of_all_clips_or_of_those_asked_for(shard, tmp_path):
    everything = render_artefact(shard, tmp_path / "all")
    assert [path.name for path in everything] == ["depth_flow_s1_a_4.png", "depth_flow_s1_b_9.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in everything)
    one = render_artefact(shard, tmp_path / "one", clips=["s1_b_9"])
    assert [path.name for path in one] == ["depth_flow_s1_b_9.png"]
    assert one[0].read_bytes() == everything[1].read_bytes()
    with pytest.raises(ArtefactError, match="found 's1_z_1'"):
        render_artefact(shard, tmp_path / "none", clips=["s1_z_1"])


def test_what_is_no_artefact_is_refused(tmp_path):
    with pytest.raises(ArtefactError, match="there is no file"):
        describe_artefact(tmp_path / "nothing.h5")
    broken = tmp_path / "broken.h5"
    broken.write_bytes(b"half a file")
    with pytest.raises(ArtefactError, match="not a complete HDF5 file"):
        describe_artefact(broken)
    foreign = tmp_path / "foreign.h5"
    with h5py.File(foreign, "w") as file:
        file["x"] = 1
    with pytest.raises(ArtefactError, match="merflow did not write it"):
        render_artefact(foreign, tmp_path)


def test_one_clip_means_one_clip(shard):
    text = describe_artefact(shard, clips=["s1_b_9"])
    assert "1 of 2 clips" in text
    assert "s1_b_9" in text
    assert "s1_a_4" not in text
    assert "s1_c_2" not in text
    left_out = describe_artefact(shard, clips=["s1_c_2"])
    assert "0 of 2 clips" in left_out
    assert "s1_c_2 (depth_flow): no depth on the nose" in left_out
    with pytest.raises(ArtefactError, match="expected one of the clips s1_a_4, s1_b_9, but found s1_x_1"):
        describe_artefact(shard, clips=["s1_x_1"])
