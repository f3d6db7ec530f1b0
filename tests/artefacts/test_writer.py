import h5py
import numpy as np
import pytest

from merflow.artefacts import KINDS, ShardWriter

FLOW_CLIP = "spNO.1_a_45"


def test_same_content_gives_the_same_bytes(tmp_path, write_flow):
    first = write_flow(tmp_path / "1" / "spNO.1.h5").read_bytes()
    assert write_flow(tmp_path / "2" / "spNO.1.h5").read_bytes() == first


@pytest.mark.parametrize("compression", ["gzip", "zstd", "none"])
def test_compression_changes_no_value(tmp_path, write_flow, flow_arrays, compression):
    path = write_flow(tmp_path / "a.h5", compression=compression)
    import hdf5plugin  # noqa: F401  registers the zstd filter

    with h5py.File(path) as file:
        node = file["clips"][FLOW_CLIP]["flow"]
        assert node.fletcher32
        np.testing.assert_array_equal(node[()], np.round(flow_arrays["flow"] * 512).astype(np.float32) / 512)


def test_opens_with_plain_h5py_and_explains_itself(tmp_path, write_flow):
    with h5py.File(write_flow(tmp_path / "a.h5")) as file:
        node = file["clips"][FLOW_CLIP]["flow"]
        assert list(node.attrs["dims"]) == list(KINDS["flow"].fields["flow"].dims)
        assert node.attrs["units"] == "aligned px"
        assert node.attrs["description"]
        assert (file.attrs["format"], file.attrs["kind"], file.attrs["subject"]) == ("merflow", "flow", "spNO.1")


def test_measured_numbers_are_whole_multiples_of_their_step_and_the_file_says_so(tmp_path, write_flow, flow_arrays):
    with h5py.File(write_flow(tmp_path / "a.h5")) as file:
        node = file["clips"][FLOW_CLIP]["flow"]
        stored, step = node[()], node.attrs["step"]
        assert "step" not in file["clips"][FLOW_CLIP]["head_motion"].attrs
    assert np.abs(stored - flow_arrays["flow"]).max() <= step / 2
    np.testing.assert_array_equal(stored % step, 0)
    assert not np.signbit(stored[stored == 0]).any()


def test_what_is_rounded_does_not_depend_on_the_precision_of_what_is_given(tmp_path, write_flow, flow_arrays):
    stored = []
    for dtype in (np.float32, np.float64):
        arrays = flow_arrays | {"flow": flow_arrays["flow"].astype(np.float32).astype(dtype)}
        with h5py.File(write_flow(tmp_path / f"{dtype.__name__}.h5", arrays=arrays)) as file:
            stored.append(file["clips"][FLOW_CLIP]["flow"][()])
    assert stored[0].tobytes() == stored[1].tobytes()


def test_each_column_has_the_step_of_its_unit(tmp_path):
    motion = np.random.default_rng(0).normal(size=(300, 3))
    arrays = {"xyz": motion, "motion": motion, "pixel": np.zeros((300, 2), np.int16)}
    identity = {"variant": "v", "dataset": "d", "subject": "s", "params": {}, "code": "", "inputs": {}}
    with ShardWriter(tmp_path / "a.h5", kind="clouds", **identity) as shard:
        shard.add("c", arrays, {"camera": [1.0, 1.0, 1.0, 1.0]})
    with h5py.File(tmp_path / "a.h5") as file:
        node = file["clips/c/motion"]
        step = node.attrs["step"]
        np.testing.assert_array_equal(step, [2**-9, 2**-9, 2**-5])
        np.testing.assert_array_equal(node[()], np.round(motion / step) * step)


def test_an_error_leaves_neither_file_nor_partial(tmp_path, write_flow, flow_arrays):
    with pytest.raises(ValueError, match="missing"):
        write_flow(tmp_path / "a.h5", arrays={"flow": flow_arrays["flow"]})
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_job_left_is_overwritten(tmp_path, write_flow):
    (tmp_path / ".a.0123abcd.partial.h5").write_bytes(b"half of a file")
    write_flow(tmp_path / "a.h5")
    assert [path.name for path in tmp_path.iterdir()] == ["a.h5"]


def test_an_existing_shard_survives_a_failed_rewrite(tmp_path, write_flow):
    before = write_flow(tmp_path / "a.h5").read_bytes()
    with pytest.raises(ValueError, match="not in the schema"):
        write_flow(tmp_path / "a.h5", arrays={"flo": np.zeros((2, 4, 4))})
    assert (tmp_path / "a.h5").read_bytes() == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"flow": np.zeros((3, 32, 32))}, "expected 2 along 'uv'"),
        ({"flow": np.zeros((2, 16, 32))}, "along 'aligned_y'"),
        ({"flow": np.zeros((32, 32))}, "expected axes"),
        ({"flow": np.full((2, 32, 32), np.nan)}, "not finite"),
        ({"flow": np.full((2, 32, 32), 1e39)}, "do not fit float32"),
    ],
)
def test_refuses_arrays_that_break_the_schema(tmp_path, write_flow, flow_arrays, change, message):
    with pytest.raises(ValueError, match=message):
        write_flow(tmp_path / "a.h5", arrays=flow_arrays | change)


def test_nan_is_kept_where_it_means_missing(tmp_path):
    dz = np.array([[np.nan, 0.5], [1.0, -2.0]])  # whole multiples of the step
    with ShardWriter(
        tmp_path / "a.h5", kind="depth_flow", variant="v", dataset="d", subject="s", params={}, code="", inputs={}
    ) as shard:
        shard.add("c", {"dz": dz, "dz_raw": dz}, {"nasal_shift_mm": 0.1})
    with h5py.File(tmp_path / "a.h5") as file:
        np.testing.assert_array_equal(file["clips/c/dz"][()], dz.astype(np.float32))


def test_refuses_an_unknown_compression(tmp_path, write_flow):
    with pytest.raises(ValueError, match="compression must be one of"):
        write_flow(tmp_path / "a.h5", compression="lzf")
