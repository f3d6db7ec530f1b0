"""How arrays lie in a shard: whole frames and whole columns in a chunk, and the same values whatever the layout."""

import h5py
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from merflow.artefacts import ShardWriter, open_shard
from merflow.artefacts.kinds import KINDS
from merflow.artefacts.storage import filters, storage_of


def sizes_of(field):
    """A size for each axis, all different, so that a wrong order of axes shows."""
    return tuple(7 + 2 * place for place in range(len(field.dims)))


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in KINDS for name in KINDS[kind].fields])
def test_a_chunk_of_any_field_is_a_frame_a_column_or_the_whole(kind, name):
    field = KINDS[kind].fields[name]
    shape = sizes_of(field)
    chunks = storage_of(field, np.zeros(shape, field.dtype))["chunks"]
    if field.dims[0] == "point":
        assert chunks == (shape[0], 1)
    elif field.dims[1:3] in [(f"{grid}_y", f"{grid}_x") for grid in ("aligned", "native", "texture", "view")]:
        assert chunks == (1, *shape[1:])
    else:
        assert chunks == shape


def test_rounding_makes_a_measured_field_smaller(tmp_path):
    """Measured with HDF5 itself, on a smooth field with the noise that optical flow has."""
    rng = np.random.default_rng(0)
    flow = gaussian_filter(rng.normal(size=(2, 256, 256)), (0, 9, 9)) * 20 + rng.normal(0, 0.02, (2, 256, 256))
    identity = {"variant": "v", "dataset": "d", "subject": "s", "params": {}, "code": "", "inputs": {}}
    with ShardWriter(tmp_path / "s.h5", kind="flow", **identity) as shard:
        shard.add("c", {"flow": flow, "expression_flow": flow, "head_motion": np.eye(2, 3)})
    with h5py.File(tmp_path / "s.h5") as file, h5py.File.in_memory() as other:
        field, data = KINDS["flow"].fields["flow"], flow.astype(np.float32)
        other.create_dataset("x", data=data, **filters("gzip", gzip_level=4) | storage_of(field, data))
        other.flush()
        stored = file["clips/c/flow"].id.get_storage_size()
        assert stored < 0.6 * other["x"].id.get_storage_size(), "of the same type, unrounded"


@pytest.mark.parametrize("compression", ["gzip", "zstd", "none"])
def test_a_cloud_comes_back_from_its_columns(tmp_path, compression):
    rng = np.random.default_rng(0)
    arrays = {
        "xyz": rng.integers(-9999, 9999, (500, 3)).astype(np.float32) / 2**15,
        "motion": rng.integers(-999, 999, (500, 3)).astype(np.float32) / 2**5,
        "pixel": rng.integers(0, 900, (500, 2)).astype(np.int16),
    }
    identity = {"variant": "v", "dataset": "d", "subject": "s", "params": {}, "code": "", "inputs": {}}
    with ShardWriter(tmp_path / "s.h5", kind="clouds", compression=compression, **identity) as shard:
        shard.add("c", arrays, {"camera": [1000.0, 1000.0, 1.0, 2.0]})
    with open_shard(tmp_path / "s.h5", kind="clouds") as shard:
        for name, values in arrays.items():
            np.testing.assert_array_equal(shard.read("c", name), values)


def test_a_field_has_the_gzip_level_that_it_declares(tmp_path):
    """Pictures of projections are noise for the most part, and have the quickest; any HDF5 reader knows both."""
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (3, 24, 24, 3)).astype(np.uint8)
    arrays = {
        "depth": pictures[..., 0] / np.float32(64),
        "enhanced": pictures[..., 1].astype(np.uint16),
        "texture": pictures,
        "hidden": (pictures[..., 2] > 127).astype(np.uint8),
    }
    attrs = dict.fromkeys(KINDS["projections"].attrs, 1)
    identity = {"variant": "v", "dataset": "d", "subject": "s", "params": {}, "code": "", "inputs": {}}
    with ShardWriter(tmp_path / "s.h5", kind="projections", **identity) as shard:
        shard.add("c", arrays | {"covered": np.ones(3)}, attrs)
    with h5py.File(tmp_path / "s.h5") as file:
        nodes = {name: file["clips/c"][name] for name in arrays}
        assert {node.compression for node in nodes.values()} == {"gzip"}
        assert {name: node.compression_opts for name, node in nodes.items()} == {
            "depth": 1, "enhanced": 1, "texture": 1, "hidden": 4
        }  # fmt: skip
        for name, values in arrays.items():
            np.testing.assert_array_equal(nodes[name][()], values)


def test_an_unknown_compression_is_refused():
    with pytest.raises(ValueError, match="must be one of"):
        filters("lzma", gzip_level=4)
