import cv2
import numpy as np
import openpyxl
import pandas as pd
import pytest

from merflow.errors import DatasetError
from merflow.synthesis.writer import MACRO_SHEET, MICRO_SHEET, ClipRecord, clip_folders, write_frame, write_sheets


def record(subject="spNO.10", video="a", onset=116, **other):
    fields = {"au": "4+7", "objective": "III", "emotion": "anger"} | other
    return ClipRecord(subject, video, onset, onset + 5, onset + 11, **fields)


def test_micro_sheet_has_the_official_columns_and_numeric_subject_order(tmp_path):
    write_sheets(tmp_path, [record("spNO.10"), record("spNO.2", "b", 30), record("spNO.2", "a", 44)])
    table = pd.read_excel(tmp_path / MICRO_SHEET, sheet_name="label", dtype={"AU": str})
    official = ["Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Objective class", "emotion"]
    assert list(table.columns) == official
    assert list(table["Subject"]) == ["spNO.2", "spNO.2", "spNO.10"]
    assert list(table["Filename"]) == ["a", "b", "a"]
    assert table.iloc[2].tolist() == ["spNO.10", "a", 116, 121, 127, "4+7", "III", "anger"]
    assert not (tmp_path / MACRO_SHEET).exists()


def test_macro_clips_go_to_the_macro_sheet_in_its_own_spelling(tmp_path):
    write_sheets(tmp_path, [record(), record(onset=300, emotion="happy", au="12", expression="macro")])
    assert openpyxl.load_workbook(tmp_path / MICRO_SHEET)["label"].max_row == 2
    rows = list(openpyxl.load_workbook(tmp_path / MACRO_SHEET).active.values)
    assert rows[0][:5] == ("sub", "seq", "onset", "apex", "offset")
    assert rows[0][6] == "emotion"  # the seventh column, as in the official sheet
    assert rows[1] == ("spNO.10", "a", 300, 305, 311, "12", "happiness")


@pytest.mark.parametrize(
    ("layout", "expression", "expected"),
    [
        ("raw", "micro", "part_A/data/part_A/spNO.10/a/color"),
        ("clips", "micro", "Part_A_ME_clip/frame/spNO.10_a_116"),
        ("clips", "macro", "Part_A_MaE_clip/frame/spNO.10_a_116"),
    ],
)
def test_folders_are_the_official_ones(tmp_path, layout, expression, expected):
    color, depth = clip_folders(tmp_path, record(expression=expression), layout)
    assert color == tmp_path / expected
    assert depth.parent.name in ("a", "depth")
    assert depth != color


def test_frames_keep_color_order_and_depth_to_the_millimetre(tmp_path):
    red = np.zeros((32, 48, 3), np.uint8)
    red[..., 0] = 200
    depth = np.arange(32 * 48, dtype=np.uint16).reshape(32, 48)
    write_frame((tmp_path, tmp_path), 7, red, depth)
    assert cv2.imread(str(tmp_path / "7.jpg"))[16, 24] == pytest.approx([0, 0, 200], abs=3)  # OpenCV reads BGR
    np.testing.assert_array_equal(cv2.imread(str(tmp_path / "7.png"), cv2.IMREAD_UNCHANGED), depth)


def test_a_frame_is_never_overwritten(tmp_path):
    frame = np.zeros((8, 8, 3), np.uint8), np.zeros((8, 8), np.uint16)
    write_frame((tmp_path, tmp_path), 7, *frame)
    with pytest.raises(DatasetError, match="not to exist yet"):
        write_frame((tmp_path, tmp_path), 7, *frame)
