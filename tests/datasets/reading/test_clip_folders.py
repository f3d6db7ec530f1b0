import random

import pytest

from merflow.datasets.reading.clip_folders import ClipFolders, check_one_place, folders_with_subjects, natural
from merflow.datasets.reading.numbered_subjects import subject_name, subject_of_folder
from merflow.errors import DatasetError


def test_folders_with_subjects_are_found_two_levels_down_nearest_first(tmp_path):
    for path in ("b/c/sub01", "a/sub1/sub02", "x/y/z/sub01", "sheets", "__MACOSX/sub01", ".old/sub01"):
        (tmp_path / path).mkdir(parents=True)
    (tmp_path / "a" / "readme.txt").touch()
    found = folders_with_subjects(tmp_path, subject_of_folder).bases
    assert [path.relative_to(tmp_path).as_posix() for path in found] == ["a", "b/c"]
    assert folders_with_subjects(tmp_path / "a", subject_of_folder) == ([tmp_path / "a"], [])


def test_clips_are_found_whatever_the_spelling_of_their_subjects_folder(tmp_path):
    for path in ("one/sub1/EP01", "one/sub01/EP01", "one/sub01/EP02", "two/Sub2/EP01"):
        (tmp_path / path).mkdir(parents=True)
    bases = [tmp_path / "one", tmp_path / "two"]
    check_one_place(bases, subject_of_folder)
    folders = ClipFolders(tmp_path, bases, subject_of_folder)
    assert folders.find("sub01", "ep01") == tmp_path / "one/sub01/EP01"
    assert folders.find("sub01", "EP02") == tmp_path / "one/sub01/EP02"
    assert folders.find("sub02", "EP01") == tmp_path / "two/Sub2/EP01"
    assert folders.find("sub01", "EP03") is None
    assert folders.find("sub03", "EP01") is None


def test_one_subject_in_two_places_is_refused_by_name(tmp_path):
    for path in ("one/sub1", "two/sub02", "two/SUB01"):
        (tmp_path / path).mkdir(parents=True)
    with pytest.raises(
        DatasetError, match=r"recordings of subject sub01 in one folder, found them in .*/one and .*/two"
    ):
        check_one_place([tmp_path / "one", tmp_path / "two"], subject_of_folder)


def test_names_sort_by_the_numbers_in_them():
    names = ["006_1_2_100", "006_1_10_9", "006_2_1_5", "011_1_1_1", "sub02_EP01_1", "sub02_EP01_20", "sub02_EP01f_3"]
    shuffled = random.Random(0).sample(names, len(names))
    assert sorted(shuffled, key=natural) == names


@pytest.mark.parametrize("text", ["1", "01", "sub01", "Sub1", "SUB 001"])
def test_subjects_of_the_sheet_are_spelt_as_the_folders(text):
    assert subject_name(text) == "sub01"


@pytest.mark.parametrize("name", ["0", "sub", "x1", "1a", "01", "١"])
def test_other_folders_are_nobodys(name):
    assert subject_of_folder(name) is None
