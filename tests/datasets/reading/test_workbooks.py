import errno
import shutil
import zipfile

import pytest
from tests.datasets.casme3 import casme3_fixture as casme3

from merflow.datasets.reading.grids import read_grids
from merflow.datasets.reading.workbooks import find_workbook, required_workbook
from merflow.errors import DatasetError


def test_found_by_name_of_any_case_outside_the_recordings(tmp_path):
    path = casme3.write_micro(tmp_path / "part_A" / "annotation", [casme3.Row()])
    assert find_workbook(casme3.MICRO_NAME.upper(), tmp_path) == path
    hidden = tmp_path / "spNO.1" / "a"
    hidden.mkdir(parents=True)
    shutil.move(path, hidden / path.name)
    assert find_workbook(casme3.MICRO_NAME, tmp_path) is None


def test_search_may_be_kept_to_the_folder_itself(tmp_path):
    path = casme3.write_micro(tmp_path / "copy", [casme3.Row()])
    assert find_workbook(casme3.MICRO_NAME, tmp_path, depth=0) is None
    assert find_workbook(casme3.MICRO_NAME, tmp_path, depth=1) == path
    assert find_workbook(casme3.MICRO_NAME, path.parent, depth=0) == path


def test_equal_copies_are_one_and_different_ones_a_question(tmp_path):
    path = casme3.write_micro(tmp_path, [casme3.Row()])
    (tmp_path / "copy").mkdir()
    shutil.copy(path, tmp_path / "copy")
    assert find_workbook(casme3.MICRO_NAME, tmp_path) == path
    casme3.write_micro(tmp_path / "copy", [casme3.Row(onset=11)])
    with pytest.raises(DatasetError, match="found two that differ"):
        find_workbook(casme3.MICRO_NAME, tmp_path)


def test_missing_workbook_says_which_lie_there(tmp_path):
    with pytest.raises(DatasetError, match="found no workbook"):
        required_workbook(casme3.MICRO_NAME, tmp_path)
    casme3.write_macro(tmp_path, [casme3.Row()])
    (tmp_path / f"~${casme3.MICRO_NAME}").touch()  # what Excel leaves while the file is open
    with pytest.raises(DatasetError, match=r"found only cas\(me\)3_part_A_MaE_label_JpgIndex_v2_emotion\.xlsx"):
        required_workbook(casme3.MICRO_NAME, tmp_path)
    with pytest.raises(DatasetError, match="no such file or folder"):
        required_workbook(casme3.MICRO_NAME, tmp_path / "none")


@pytest.mark.parametrize("readable", [0, 1, 2])  # how often the end of the archive can still be read
def test_a_disk_that_fails_is_not_told_as_a_damaged_sheet(tmp_path, monkeypatch, readable):
    path = casme3.write_micro(tmp_path, [casme3.Row()])
    find, calls = zipfile._EndRecData, []

    def fail(file):
        calls.append(file)
        if len(calls) > readable:
            raise OSError(errno.EIO, "Input/output error")
        return find(file)

    monkeypatch.setattr("zipfile._EndRecData", fail)
    with pytest.raises(DatasetError, match="the system says: Input/output error"):
        read_grids(path, ["subject"])
