import errno
import hashlib
import os
import re

import pytest

from merflow.errors import ArtefactError
from merflow.files import atomic_path, sha256


def test_file_appears_when_the_block_ends(tmp_path):
    target = tmp_path / "new" / "table.csv"
    with atomic_path(target) as partial:
        partial.write_text("a\n")
        assert not target.exists()
        assert partial.suffix == ".csv"
    assert target.read_text() == "a\n"
    assert [path.name for path in target.parent.iterdir()] == ["table.csv"]


def test_the_bytes_are_on_the_disk_before_the_name_is(tmp_path, monkeypatch):
    target, flushed, fsync = tmp_path / "table.csv", [], os.fsync

    def watched(descriptor):
        flushed.append((os.fstat(descriptor).st_ino, os.fstat(descriptor).st_size, target.exists()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    with atomic_path(target) as partial:
        partial.write_text("a\n")
    assert flushed[0] == (target.stat().st_ino, 2, False)


def test_an_error_keeps_the_old_file(tmp_path):
    target = tmp_path / "table.csv"
    target.write_text("old\n")

    def fail_half_way():
        with atomic_path(target) as partial:
            partial.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert target.read_text() == "old\n"
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


def test_what_a_killed_job_left_goes_and_what_is_another_files_stays(tmp_path):
    for name in (".s.1.0123abcd.partial.h5", ".s.1.x.0123abcd.partial.h5", ".s.0123abcd.partial.h5"):
        (tmp_path / name).touch()
    with atomic_path(tmp_path / "s.1.h5") as partial:
        assert re.fullmatch(r"\.s\.1\.[0-9a-f]{8}\.partial\.h5", partial.name)
        partial.touch()
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"s.1.h5", ".s.1.x.0123abcd.partial.h5", ".s.0123abcd.partial.h5"}


def test_a_forgotten_job_cannot_give_its_name_to_what_another_is_writing(tmp_path):
    target = tmp_path / "a.csv"
    forgotten = atomic_path(target)
    forgotten.__enter__().write_text("old job, whole\n")
    with atomic_path(target) as partial:
        partial.write_text("half of")
        with pytest.raises(ArtefactError, match="another job began to write the same file"):
            forgotten.__exit__(None, None, None)
        assert not target.exists()
        partial.write_text("whole\n")
    assert target.read_text() == "whole\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_a_forgotten_job_is_told_so_while_it_still_writes(tmp_path):
    target = tmp_path / "a.csv"

    def forgotten():
        with atomic_path(target) as partial:
            partial.write_text("half of")
            with atomic_path(target) as later:
                later.write_text("whole\n")
            with partial.open("r+") as file:
                file.write("the old job goes on")

    with pytest.raises(ArtefactError, match="another job began to write the same file"):
        forgotten()
    assert target.read_text() == "whole\n"


def test_a_missing_input_is_not_told_as_a_later_job(tmp_path):
    with pytest.raises(FileNotFoundError, match="input"), atomic_path(tmp_path / "a.csv"):
        (tmp_path / "input.csv").read_text()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_no_room_is_told_with_the_next_move(tmp_path, number):
    def fill_the_disk():
        with atomic_path(tmp_path / "a.csv") as partial:
            partial.write_text("half")
            raise OSError(number, "deep inside", "x")

    with pytest.raises(ArtefactError, match=r"a\.csv: expected room .* MB free in .*the same command") as caught:
        fill_the_disk()
    assert isinstance(caught.value.__cause__, OSError)
    assert list(tmp_path.iterdir()) == []


def test_another_error_of_the_system_passes_as_it_is(tmp_path):
    with pytest.raises(PermissionError), atomic_path(tmp_path / "a.csv"):
        raise PermissionError(errno.EACCES, "not yours")


def test_sha256_is_that_of_the_bytes(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256(tmp_path / "a") == hashlib.sha256(b"abc").hexdigest()
