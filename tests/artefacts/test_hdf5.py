"""Files of the store on file systems without locks, and what is told when the operating system gives none."""

import errno
import fcntl
import os
import resource

import numpy as np
import pytest
from tests.permissions import as_a_normal_user

from merflow.artefacts import Examples, open_shard, read_examples, write_examples
from merflow.artefacts.new_file import read_back
from merflow.artefacts.reader import well_formed
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


def test_no_lock_is_needed_to_read_examples_row_by_row(tmp_path, locked):
    x = np.arange(96, dtype=np.uint8).reshape(2, 4, 4, 3)
    texts = {name: np.array(["a", "b"]) for name in ("subject", "clip")}
    examples = Examples(
        x=x, label=np.array([0, 1]), expression=np.array(["micro"] * 2), classes=("p", "q"), label_set="two",
        dims=("clip", "y", "x", "rgb"), **texts,
    )  # fmt: skip
    path = tmp_path / "examples.h5"
    write_examples(examples, path, dataset="d", experiment="e", params={}, code="", inputs={})
    rows = read_examples(locked(path), in_memory_bytes=0).x
    np.testing.assert_array_equal(rows[np.array([1])], x[[1]])


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
