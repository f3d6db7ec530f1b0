"""Files of the store on file systems without locks, and what is told when the operating system gives none."""

import errno
import fcntl
import os
import resource

import numpy as np
import pytest
from tests.permissions import as_a_normal_user

from merflow.artefacts import Examples, open_shard, read_examples, write_examples
from merflow.artefacts.hdf5 import open_to_read, pass_on
from merflow.artefacts.new_file import read_back
from merflow.artefacts.refusals import well_formed
from merflow.errors import ArtefactError

FLOW_CLIP = "spNO.1_a_45"


@pytest.fixture
def locked():
    """Let another program hold a lock on a file: HDF5 could lock it no more than where there are no locks at all."""
    opened = []

    def take(path):
        opened.append(path.open("rb"))
        fcntl.flock(opened[-1], fcntl.LOCK_EX)
        return path

    yield take
    for file in opened:
        file.close()


def test_no_lock_is_needed_to_read_a_shard(tmp_path, write_flow, locked):
    path = locked(write_flow(tmp_path / "a.h5"))
    with open_shard(path, kind="flow") as shard:
        assert shard.clips == [FLOW_CLIP]
    read_back(path)


def two_pictures(path):
    """Write examples of two pictures, whose values are 0 to 95."""
    x = np.arange(96, dtype=np.uint8).reshape(2, 4, 4, 3)
    texts = {name: np.array(["a", "b"]) for name in ("subject", "clip")}
    examples = Examples(
        x=x, label=np.array([0, 1]), expression=np.array(["micro"] * 2), classes=("p", "q"), label_set="two",
        dims=("clip", "y", "x", "rgb"), **texts,
    )  # fmt: skip
    write_examples(examples, path, dataset="d", experiment="e", params={}, code="", inputs={})
    return path


def test_no_lock_is_needed_to_read_examples_row_by_row(tmp_path, locked):
    rows = read_examples(locked(two_pictures(tmp_path / "examples.h5")), in_memory_bytes=0).x
    np.testing.assert_array_equal(rows[np.array([1])].ravel(), np.arange(48, 96))


def test_too_many_open_files_are_not_told_as_damage(tmp_path, write_flow):
    path = write_flow(tmp_path / "a.h5")
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.open(os.devnull, os.O_RDONLY)
    os.close(free)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, limits[1]))
        with pytest.raises(ArtefactError) as caught, open_shard(path, kind="flow"):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    message = str(caught.value)
    assert "the system says: Too many open files. Raise the limit of open files (ulimit -n" in message
    assert "Rebuild" not in message
    with open_shard(path, kind="flow"):
        pass


@pytest.mark.parametrize("closed", ["a.h5", "."])
def test_a_closed_shard_is_not_told_as_damage(tmp_path, write_flow, closed):
    path = write_flow(tmp_path / "flow/a.h5")
    mode = (path.parent / closed).stat().st_mode
    (path.parent / closed).chmod(0)
    with as_a_normal_user(), pytest.raises(ArtefactError) as caught, open_shard(path, kind="flow"):
        pass
    (path.parent / closed).chmod(mode)
    assert "the system says: Permission denied. Correct its path, or its rights" in str(caught.value)
    assert "Rebuild" not in str(caught.value)


def test_an_error_of_the_system_between_two_reads_is_not_told_as_foreign_content(tmp_path):
    with pytest.raises(ArtefactError, match="Stale file handle") as caught, well_formed(tmp_path / "a.h5"):
        raise OSError(errno.ESTALE, "as h5py passes it on")
    assert "Rebuild" not in str(caught.value)


def break_descriptor(file):
    """Let every further read of an open file fail in the operating system: its descriptor becomes a folder's."""
    folder = os.open(os.curdir, os.O_RDONLY)
    os.dup2(folder, file.id.get_vfd_handle())
    os.close(folder)


@pytest.mark.parametrize(
    ("raised", "read"),
    [
        (KeyError, lambda file: file["clips"]),
        (RuntimeError, lambda file: file.id.links.visit(lambda name: None)),
    ],
)
def test_an_error_of_the_system_is_told_whatever_hdf5_makes_of_it(tmp_path, write_flow, raised, read):
    path = write_flow(tmp_path / "a.h5")
    with open_to_read(path) as file:
        break_descriptor(file)
        with pytest.raises(raised):
            read(file)
        with pytest.raises(ArtefactError, match="the system says: Is a directory") as caught, well_formed(path):
            read(file)
    assert "Rebuild" not in str(caught.value)


def test_an_error_of_the_system_in_an_open_shard_is_told_as_such(tmp_path, write_flow):
    path = write_flow(tmp_path / "a.h5")
    with open_shard(path, kind="flow") as shard:
        break_descriptor(shard._file)
        with pytest.raises(ArtefactError, match="the system says: Is a directory") as caught:
            shard.read(FLOW_CLIP, "flow")
    assert "Rebuild" not in str(caught.value)


def test_an_error_of_the_system_in_a_row_of_examples_is_told_as_such(tmp_path, monkeypatch):
    rows = read_examples(two_pictures(tmp_path / "examples.h5"), in_memory_bytes=0).x

    def opened(path):
        file = open_to_read(path)
        break_descriptor(file)
        return file

    monkeypatch.setattr("merflow.artefacts.examples_file.open_to_read", opened)
    with pytest.raises(ArtefactError, match="the system says: Is a directory") as caught:
        rows[np.array([1])]
    assert "Rebuild" not in str(caught.value)


def test_a_filter_without_memory_is_not_told_as_damage(tmp_path, write_flow, monkeypatch):
    """Of a filter that could have had no memory HDF5 says that it failed, as it does of one that met damage."""
    asked = []

    def none_left(size):
        asked.append(size)
        raise MemoryError

    monkeypatch.setattr("merflow.artefacts.hdf5.check_room", none_left)
    with pytest.raises(MemoryError):
        pass_on(tmp_path / "a.h5", OSError("Can't synchronously read data (filter returned failure)"), size=1000)
    assert asked == [4000]
    with pytest.raises(MemoryError, match=r"a\.h5: .*memory allocation failed"):
        pass_on(tmp_path / "a.h5", OSError("Can't synchronously read data (memory allocation failed for a chunk)"))
