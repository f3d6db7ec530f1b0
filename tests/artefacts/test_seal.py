"""A flipped bit anywhere in a file of the store is found before a number of it is read."""

import os
import sys

import h5py
import numpy as np
import pytest

from merflow.artefacts import Examples, open_shard, read_examples, seal, write_examples
from merflow.artefacts.seal import seal_state
from merflow.errors import ArtefactError


@pytest.fixture
def shard(tmp_path, write_flow):
    return write_flow(tmp_path / "a.h5")


@pytest.fixture
def examples(tmp_path):
    path = tmp_path / "b.h5"
    names = np.array(["a", "b", "c"])
    made = Examples(
        x=np.arange(24, dtype=np.float32).reshape(3, 8), label=np.array([0, 1, 0]), subject=names, clip=names,
        expression=np.array(["micro"] * 3), classes=("negative", "positive"), label_set="two", dims=("clip", "feature"),
    )  # fmt: skip
    write_examples(made, path, dataset="demo", experiment="e", params={}, code="c", inputs={})
    return path


def read_all(path):
    """Read everything that a stage could read of a file."""
    if path.name.startswith("b"):
        return read_examples(path)
    with open_shard(path, kind="flow") as opened:
        return [opened.exclusions, opened.params, *(opened.read(c, f) for c in opened.clips for f in opened.fields(c))]


def flipped(path, position, bit):
    data = bytearray(path.read_bytes())
    data[position] ^= 1 << bit
    copy = path.with_name(f"{path.stem}-{position}.h5")
    copy.write_bytes(data)
    return copy


@pytest.mark.parametrize("kind", ["shard", "examples"])
def test_no_flipped_bit_passes(kind, request):
    path = request.getfixturevalue(kind)
    read_all(path)
    size = path.stat().st_size
    positions = {*range(0, size, 37), *range(200), *range(size - 90, size)}
    for position in sorted(positions):
        copy = flipped(path, position, position % 8)
        with pytest.raises(ArtefactError) as caught:
            read_all(copy)
        assert f"snakemake --cores all --force {copy}" in str(caught.value), position
        copy.unlink()


@pytest.mark.parametrize("what", ["clips/spNO.1_a_45/head_motion", "exclusions/reason"])
def test_hdf5_alone_would_read_another_number_or_text(shard, what):
    """Why there is a seal: small arrays and texts have no checksum of HDF5's."""
    with h5py.File(shard) as file:
        before = file[what][()].tolist()
        data = shard.read_bytes()
        stored = file[what][()].tobytes() if what.endswith("motion") else b"no face"
    copy = flipped(shard, data.index(stored) + 6, 1)
    with h5py.File(copy) as file:
        assert file[what][()].tolist() != before
    with pytest.raises(ArtefactError, match="does not match its checksum"):
        read_all(copy)


def test_another_program_that_changes_a_file_takes_the_seal_off(shard):
    with h5py.File(shard, "a") as file:
        file["clips/spNO.1_a_45/head_motion"][0, 2] = 7
    assert seal_state(shard) == "missing"
    with pytest.raises(ArtefactError, match="another program has changed it"):
        read_all(shard)
    seal(shard)
    assert seal_state(shard) == "whole"
    with open_shard(shard, kind="flow") as opened:
        assert opened.read("spNO.1_a_45", "head_motion")[0, 2] == 7


@pytest.mark.parametrize("in_place", [True, False])
def test_a_file_that_was_found_whole_is_read_again_when_it_is_another(shard, in_place):
    """Written over it has another time, and put in its place, with the time kept, another number on the disk."""
    status = shard.stat()
    assert seal_state(shard) == "whole"
    copy = flipped(shard, 1000, 3)
    if in_place:
        shard.write_bytes(copy.read_bytes())
        os.utime(shard, ns=(status.st_atime_ns, status.st_mtime_ns + 1000))
    else:
        os.utime(copy, ns=(status.st_atime_ns, status.st_mtime_ns))
        copy.replace(shard)
    found = shard.stat()
    assert found.st_size == status.st_size
    assert (found.st_ino == status.st_ino, found.st_mtime_ns == status.st_mtime_ns) == (in_place, not in_place)
    assert seal_state(shard) == "broken"


def test_a_page_of_zeros_at_the_end(shard):
    data = shard.read_bytes()
    shard.write_bytes(data[:-512] + bytes(512))
    with pytest.raises(ArtefactError, match="--force"):
        read_all(shard)


def test_the_seal_is_behind_what_hdf5_reads(shard):
    """Any HDF5 reader opens a sealed file, by its first bytes too."""
    data = shard.read_bytes()
    assert data.startswith(b"\x89HDF\r\n\x1a\n")
    assert data[-81:].startswith(b"\nmerflow sha256 ")
    with h5py.File(shard) as file:
        assert file.id.get_filesize() in (len(data), len(data) - 81)
        assert set(file) == {"clips", "exclusions"}


def test_no_seal_is_put_on_nothing(tmp_path, monkeypatch):
    """A later job may remove the file between the moment when it is read and the moment when it is sealed."""
    monkeypatch.setattr(sys.modules[seal.__module__], "sha256", lambda path: "0" * 64)
    with pytest.raises(FileNotFoundError):
        seal(tmp_path / "gone.h5")
    assert list(tmp_path.iterdir()) == []
