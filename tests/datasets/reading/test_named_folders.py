import re

import pytest
from tests.permissions import as_a_normal_user

from merflow.datasets.reading.named_folders import NamedFolders
from merflow.errors import DatasetError, UnreadableError


def canonical(name):
    """Return ``c7`` for ``c7``, ``C07``."""
    match = re.fullmatch(r"c0*(\d+)", name, re.IGNORECASE)
    return f"c{match[1]}" if match else None


@pytest.fixture
def make(tmp_path):
    """Make folders below the root."""

    def folders(*names):
        for name in names:
            (tmp_path / name).mkdir(parents=True, exist_ok=True)
        return tmp_path

    return folders


def test_folders_are_found_by_their_names_however_they_are_spelt_and_wherever_they_lie(make):
    root = make("c1", "a/C02", "a/b/d/c3", "a/b/d/e/c4", "__MACOSX/c5", ".hidden/c6")
    found = NamedFolders(root, canonical)
    assert {name: path.relative_to(root).as_posix() for name, path in found.paths.items()} == {
        "c1": "c1",
        "c2": "a/C02",
        "c3": "a/b/d/c3",
    }
    assert found.find("", "C002") == root / "a/C02"
    assert (found.find("", "c9"), found.find("", "x")) == (None, None)


def test_a_folder_of_such_a_name_and_those_to_skip_are_not_searched(make):
    root = make("c1/c2", "Macro/c3", "d/c4")
    assert sorted(NamedFolders(root, canonical, skipped=("macro",)).paths) == ["c1", "c4"]
    assert sorted(NamedFolders(root, canonical, bases=[root / "Macro"], depth=1).paths) == ["c3"]


def test_two_folders_of_one_name_are_a_question(make):
    with pytest.raises(DatasetError, match=r"one folder c1, found .*a/c1 and .*b/c01, which may differ in scale"):
        NamedFolders(make("a/c1", "b/c01"), canonical)


def test_a_folder_that_cannot_be_read_is_passed_over_and_noted_but_not_the_root(make):
    root = make("a/c1", "closed/c2")
    (root / "closed").chmod(0)
    try:
        with as_a_normal_user():
            found = NamedFolders(root, canonical)
            with pytest.raises(UnreadableError):
                NamedFolders(root, canonical, bases=[root / "closed"])
    finally:
        (root / "closed").chmod(0o700)
    assert list(found.paths) == ["c1"]
    assert len(found.notes) == 1
    assert found.notes[0].startswith("passed over closed: ")


def test_what_lies_there_instead_is_looked_for_where_the_subject_is(make):
    root = make("a/s1/c1", "a/s2/c2", "a/s2/other")
    assert "c2" in NamedFolders(root, canonical).instead("s2", "c9")
    assert "c1" not in NamedFolders(root, canonical).instead("s2", "c9")
