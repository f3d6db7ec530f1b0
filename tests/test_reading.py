"""Reading what belongs to the user: a fault of the file, a fault of the machine, and what each becomes."""

import errno
import os

import pytest
from tests.permissions import as_a_normal_user

from merflow.errors import BadClipError, DatasetError, UnreadableError
from merflow.reading import hidden_fault, is_file, is_folder, reading, reading_clip

OF_THE_FILE = (errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG)
OF_THE_MACHINE = (errno.ESTALE, errno.EIO, errno.ETIMEDOUT, errno.ENOTCONN, errno.ENOLCK, errno.EMFILE, errno.ENFILE)


def raised(number):
    raise OSError(number, os.strerror(number))


@pytest.mark.parametrize("number", OF_THE_FILE)
def test_a_fault_of_the_file_names_it_and_what_the_system_says(number):
    with pytest.raises(UnreadableError) as caught, reading("/data/sub01"):
        raised(number)
    assert str(caught.value).startswith(
        f"/data/sub01: expected to read it, but the system says: {os.strerror(number)}."
    )
    assert "config.yaml" in str(caught.value)


@pytest.mark.parametrize("number", OF_THE_FILE)
def test_a_fault_of_the_file_costs_its_clip(number):
    with pytest.raises(BadClipError) as caught, reading_clip("/data/sub01/EP01/3.jpg"):
        raised(number)
    assert caught.value.reason == f"expected to read it, but the system says: {os.strerror(number)}"
    assert caught.value.source == "/data/sub01/EP01/3.jpg"


@pytest.mark.parametrize("number", OF_THE_MACHINE)
@pytest.mark.parametrize("read", [reading, reading_clip])
def test_a_fault_of_the_machine_costs_no_clip_but_stops(number, read):
    with pytest.raises(DatasetError, match=os.strerror(number)) as caught, read("/data/sub01/EP01/3.jpg"):
        raised(number)
    assert not isinstance(caught.value, UnreadableError)
    assert "give the same command again" in str(caught.value)


def test_too_many_open_files_name_the_limit_and_no_damage():
    with (
        pytest.raises(DatasetError, match=r"Too many open files\. Raise the limit of open files \(ulimit -n"),
        reading("x"),
    ):
        raised(errno.EMFILE)


def test_an_error_of_another_kind_passes():
    with pytest.raises(ValueError, match="other"), reading_clip("x"):
        raise ValueError("other")


def chained(*errors):
    """Return the last of some errors, each of which was met while the one before it was handled."""
    for error, earlier in zip(errors[1:], errors, strict=False):
        error.__context__ = earlier
    return errors[-1]


def test_a_fault_of_the_machine_is_found_behind_what_a_library_makes_of_it():
    disk, memory = OSError(errno.EIO, "Input/output error"), MemoryError()
    assert hidden_fault(chained(disk, ValueError("no archive"), KeyError("sheet"))) is disk
    assert hidden_fault(chained(memory, ValueError("no archive"))) is memory
    for of_the_file in (OSError(errno.ENOENT, "none"), OSError("no number"), KeyError("x")):
        assert hidden_fault(chained(of_the_file, ValueError("no archive"))) is None


def test_what_a_path_leads_to(tmp_path):
    file = tmp_path / "file"
    file.touch()
    assert (is_file(file), is_folder(file)) == (True, False)
    assert (is_file(tmp_path), is_folder(tmp_path)) == (False, True)
    for missing in (tmp_path / "none", file / "below"):
        assert not is_file(missing)
        assert not is_folder(missing)


def test_a_path_that_leads_through_a_closed_folder_is_not_taken_for_a_missing_one(tmp_path):
    (tmp_path / "closed/root").mkdir(parents=True)
    (tmp_path / "closed").chmod(0)
    for ask in (is_file, is_folder):
        with as_a_normal_user(), pytest.raises(UnreadableError, match="Permission denied"):
            ask(tmp_path / "closed/root")
    (tmp_path / "closed").chmod(0o700)
