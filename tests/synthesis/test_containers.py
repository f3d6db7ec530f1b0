import time
import zipfile

import numpy as np
import openpyxl

from merflow.synthesis.containers import write_npz, write_xlsx


def test_npz_is_read_by_numpy_and_does_not_hold_the_time(tmp_path):
    arrays = {"flow": np.arange(12, dtype=np.float16).reshape(3, 4), "au": np.array('{"12": 1.5}')}
    write_npz(tmp_path / "a.npz", arrays)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as file:
        assert file.files == ["flow", "au"]
        np.testing.assert_array_equal(file["flow"], arrays["flow"])
        assert str(file["au"]) == '{"12": 1.5}'
    assert {info.date_time for info in zipfile.ZipFile(tmp_path / "a.npz").infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_notes_stand_above_the_header_and_a_column_can_lack_a_name(tmp_path):
    write_xlsx(tmp_path / "a.xlsx", "S", ("Subject", None, "Onset"), [("006", None, 7)], above=[("a note",), (None,)])
    cells = [tuple(row) for row in openpyxl.load_workbook(tmp_path / "a.xlsx")["S"].iter_rows(values_only=True)]
    assert [cells[0][0], cells[1][0]] == ["a note", None]
    assert cells[2:] == [("Subject", None, "Onset"), ("006", None, 7)]


def test_sheet_is_byte_identical_a_moment_later(tmp_path):
    rows = [("spNO.1", "a", 21, "4+7"), ("spNO.2", "b", 33, "12")]
    for name in ("first", "second"):
        write_xlsx(tmp_path / f"{name}.xlsx", "label", ("Subject", "Filename", "Onset", "AU"), rows)
        time.sleep(1.1)  # openpyxl stamps whole seconds
    assert (tmp_path / "first.xlsx").read_bytes() == (tmp_path / "second.xlsx").read_bytes()
    sheet = openpyxl.load_workbook(tmp_path / "first.xlsx")["label"]
    assert list(sheet.values) == [("Subject", "Filename", "Onset", "AU"), *rows]
