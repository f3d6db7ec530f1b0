"""A disk that fills up while HDF5 writes: one clear message, nothing half written, and no crash of the library."""

import errno
import subprocess
import sys

import numpy as np
import pytest

import merflow.artefacts.new_file
from merflow.artefacts.new_file import new_file
from merflow.artefacts.sink import Sink
from merflow.errors import ArtefactError

WRITE = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from merflow.artefacts import ShardWriter
from merflow.errors import ArtefactError

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
rng = np.random.default_rng(0)
added = 0
try:
    with ShardWriter(Path(sys.argv[1]), kind="flow", variant="v", dataset="d", subject="s", params={}, code="",
                     inputs={}, compression=sys.argv[3]) as shard:
        for clip in range(12):
            flow = rng.normal(size=(2, 64, 64))
            shard.add(f"c{clip}", {"flow": flow, "expression_flow": flow, "head_motion": np.zeros((2, 3))})
            added += 1
except ArtefactError as error:
    print(added, error)
"""


@pytest.mark.parametrize("compression", ["gzip", "none", "zstd"])
@pytest.mark.parametrize("room", [500, 20_000, 150_000])
def test_a_file_that_does_not_fit(tmp_path, room, compression):
    """Python leaves its own files unharmed by such a limit as by a full disk; HDF5 by itself dies of it."""
    path = tmp_path / "new" / "a.h5"
    done = subprocess.run(
        [sys.executable, "-c", WRITE, path, str(room), compression], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    added, message = done.stdout.split(" ", 1)
    assert int(added) < 12  # it is found while the shard is made, not after all clips
    assert message.startswith(f"{path}: expected room to write it, but found: File too large (")
    assert "Make room, then give the same command again." in message
    assert list(path.parent.iterdir()) == []


def test_what_comes_after_the_first_error_is_not_written(tmp_path, monkeypatch):
    """A chunk lost on a disk that is full for a moment must not be missing in a file that looks whole."""
    calls = []

    def full_once(self, data):
        calls.append(len(data))
        if len(calls) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(self, data)

    write = Sink.__base__.write
    bases = type("Base", (Sink.__base__,), {"write": full_once})
    monkeypatch.setattr("merflow.artefacts.new_file.Sink", type("FullOnce", (Sink, bases), {}))

    def attempt():
        with new_file(tmp_path / "a.h5") as (file, _):
            for name in "abcdef":
                file.create_dataset(name, data=np.arange(5000), chunks=(500,), fletcher32=True)

    with pytest.raises(ArtefactError, match="No space left on device"):
        attempt()
    assert len(calls) == 3
    assert list(tmp_path.iterdir()) == []


def make_one(path, *, then=None):
    """Write a file of one array, and raise `then` in the block."""
    with new_file(path) as (file, _):
        file.create_dataset("x", data=np.full(500, 77, dtype=np.uint8), chunks=(500,), fletcher32=True)
        file.flush()
        if then is not None:
            raise then


def test_what_hdf5_stumbles_over_on_a_full_disk_is_told_as_a_full_disk(tmp_path, monkeypatch):
    def always_full(self, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    stumble = RuntimeError("cannot read what was not written")
    with pytest.raises(RuntimeError, match="cannot read"):
        make_one(tmp_path / "a.h5", then=stumble)
    bases = type("Base", (Sink.__base__,), {"write": always_full})
    monkeypatch.setattr("merflow.artefacts.new_file.Sink", type("Full", (Sink, bases), {}))
    with pytest.raises(ArtefactError, match="No space left on device"):
        make_one(tmp_path / "a.h5", then=stumble)
    assert list(tmp_path.iterdir()) == []


def test_a_chunk_that_reaches_the_disk_as_another_gives_no_file(tmp_path, monkeypatch):
    changed = []

    def change_one_byte(self, data):
        data = bytes(data)
        if b"M" * 400 in data and not changed:
            changed.append(data)
            data = data.replace(b"M" * 400, b"M" * 399 + b"N")
        return Sink.__base__.write(self, data)

    bases = type("Base", (Sink.__base__,), {"write": change_one_byte})
    monkeypatch.setattr("merflow.artefacts.new_file.Sink", type("Changing", (Sink, bases), {}))
    with pytest.raises((OSError, ArtefactError)):
        make_one(tmp_path / "a.h5")
    assert len(changed) == 1
    assert list(tmp_path.iterdir()) == []
    make_one(tmp_path / "a.h5")
    assert [path.name for path in tmp_path.iterdir()] == ["a.h5"]


def test_a_write_that_the_system_takes_in_parts(tmp_path, monkeypatch):
    parts = type("Parts", (Sink.__base__,), {"write": lambda self, data: Sink.__base__.write(self, data[:7])})
    monkeypatch.setattr("merflow.artefacts.new_file.Sink", type("InParts", (Sink, parts), {}))
    with new_file(tmp_path / "a.h5") as (file, _):
        file["x"] = np.arange(1000)
    monkeypatch.undo()
    with new_file(tmp_path / "b.h5") as (file, _):
        file["x"] = np.arange(1000)
    assert (tmp_path / "a.h5").read_bytes() == (tmp_path / "b.h5").read_bytes()


def test_what_a_reader_would_refuse_gets_no_name(tmp_path):
    path = tmp_path / "a.h5"

    def attempt():
        with new_file(path) as (file, _):
            file.create_dataset("x", (2**28 + 1,), "u1", chunks=(2**20,), compression="gzip")

    with pytest.raises(ArtefactError, match="beyond its limits for foreign files") as caught:
        attempt()
    assert str(caught.value).startswith(f"{path}: expected content that merflow reads again, but")
    assert "found an array that claims 268435457 bytes of 0 stored at /x. " in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("step", ["read_back", "_check_readable", "seal"])
def test_a_forgotten_job_is_told_so_wherever_it_meets_that_a_later_one_began(tmp_path, monkeypatch, step):
    place, carry_out = f"merflow.artefacts.new_file.{step}", getattr(merflow.artefacts.new_file, step)

    def after_a_later_job_began(*arguments):
        for left in tmp_path.glob(".a.*.partial.h5"):  # as that job does
            left.unlink()
        carry_out(*arguments)

    monkeypatch.setattr(place, after_a_later_job_began)
    with pytest.raises(ArtefactError, match=r"a\.h5: expected to give the file its name, .* another job began"):
        make_one(tmp_path / "a.h5")
    assert list(tmp_path.iterdir()) == []
