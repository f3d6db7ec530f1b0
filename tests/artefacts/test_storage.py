"""How arrays lie in a shard: whole frames and whole columns in a chunk, and the same values whatever the layout."""

import h5py
import numpy as np
import pytest

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
    elif field.dims[1:3] in (("aligned_y", "aligned_x"), ("native_y", "native_x")):
        assert chunks == (1, *shape[1:])
    else:
        assert chunks == shape


def test_the_bytes_of_whole_values_that_recur_stay_together():
    """Measured with HDF5 itself: depth of whole mm on a grid of pixels, back-projected."""
    x, y = np.meshgrid(np.arange(200.0), np.arange(150.0))
    z = np.round(600 + 20 * np.sin(x / 30) + 20 * np.cos(y / 40)) / 1000
    xyz = np.stack([(x - 100) * z / 1324.65, (y - 75) * z / 1324.65, z], axis=-1).reshape(-1, 3).astype(np.float32)
    field = KINDS["clouds"].fields["xyz"]
    chosen = storage_of(field, xyz)
    sizes = {}
    for shuffle in (False, True):
        with h5py.File.in_memory() as file:
            node = file.create_dataset("x", data=xyz, **filters("gzip") | chosen | {"shuffle": shuffle})
            file.flush()
            sizes[shuffle] = node.id.get_storage_size()
    assert sizes[chosen["shuffle"]] < 0.9 * sizes[not chosen["shuffle"]]


@pytest.mark.parametrize("compression", ["gzip", "zstd", "none"])
def test_a_cloud_comes_back_from_its_columns(tmp_path, compression):
    rng = np.random.default_rng(0)
    arrays = {
        "xyz": rng.normal(size=(500, 3)).astype(np.float32),
        "motion": rng.normal(size=(500, 3)).astype(np.float16),
        "pixel": rng.integers(0, 900, (500, 2)).astype(np.int16),
    }
    identity = {"variant": "v", "dataset": "d", "subject": "s", "params": {}, "code": "", "inputs": {}}
    with ShardWriter(tmp_path / "s.h5", kind="clouds", compression=compression, **identity) as shard:
        shard.add("c", arrays, {"camera": [1000.0, 1.0, 2.0]})
    with open_shard(tmp_path / "s.h5", kind="clouds") as shard:
        for name, values in arrays.items():
            np.testing.assert_array_equal(shard.read("c", name), values)


def test_an_unknown_compression_is_refused():
    with pytest.raises(ValueError, match="must be one of"):
        filters("lzma")
