import errno
import hashlib
import os
import re
import shutil
import subprocess

import pytest

from merflow.errors import ArtefactError
from merflow.files import atomic_path, seal_problem, sealed_path, sha256


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


def sealed(path, text="a,b\n1,2\n"):
    with sealed_path(path) as partial:
        partial.write_text(text)
    return path


def test_a_sealed_table_is_what_sha256sum_compares(tmp_path):
    path = sealed(tmp_path / "made" / "table.csv")
    assert seal_problem(path) == ""
    assert sorted(found.name for found in path.parent.iterdir()) == ["table.csv", "table.csv.sha256"]
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "--check", "--strict", "table.csv.sha256"], cwd=path.parent, check=True)


@pytest.mark.parametrize("name", ["table.csv", "table.csv.sha256"])
def test_any_changed_bit_of_the_table_or_its_seal_is_a_problem(tmp_path, name):
    path = sealed(tmp_path / "table.csv")
    changed = tmp_path / name
    data = changed.read_bytes()
    for at in range(len(data)):
        changed.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert seal_problem(path).startswith("expected the content whose SHA-256 stands in table.csv.sha256")
    changed.write_bytes(data)
    assert seal_problem(path) == ""


def test_the_table_of_another_is_a_problem_and_one_without_a_seal_is_none(tmp_path):
    path, other = sealed(tmp_path / "table.csv"), sealed(tmp_path / "other.csv", "a,b\n3,4\n")
    shutil.copy(other, path)
    assert "delete table.csv.sha256" in seal_problem(path)
    (tmp_path / "table.csv.sha256").unlink()
    assert seal_problem(path) == ""


def test_a_job_that_is_killed_between_table_and_seal_leaves_no_seal_of_another_table(tmp_path, monkeypatch):
    path = sealed(tmp_path / "table.csv")

    def killed(path):
        raise KeyboardInterrupt

    monkeypatch.setattr("merflow.files.sha256", killed)
    with pytest.raises(KeyboardInterrupt), sealed_path(path) as partial:
        partial.write_text("new\n")
    assert path.read_text() == "new\n"
    assert [found.name for found in tmp_path.iterdir()] == ["table.csv"]


def test_an_error_keeps_the_old_table_and_its_seal(tmp_path):
    path = sealed(tmp_path / "table.csv")

    def fail_half_way():
        with sealed_path(path) as partial:
            partial.write_text("new\n")
            raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        fail_half_way()
    assert path.read_text() == "a,b\n1,2\n"
    assert seal_problem(path) == ""
