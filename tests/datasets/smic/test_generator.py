import numpy as np
import openpyxl
import pytest

from merflow.datasets.smic.generator import CROPPED, LONG, RAW, SHEET
from merflow.synthesis.layout import ClipRecord
from merflow.synthesis.repertoire import REPERTOIRE
from merflow.synthesis.timing import Timing

SHOWN = ("anger", "happy", "surprise", "sad", "fear", "disgust", "happy")


def record(subject="s06", video="ne_01", onset=123, emotion="negative"):
    return ClipRecord(subject, video, onset, onset + 15, onset + 30, au="", objective="", emotion=emotion)


def cells(root):
    return list(openpyxl.load_workbook(root / SHEET)["Sheet1"].iter_rows(values_only=True))


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        (CROPPED, "SMIC_all_cropped/HS/s6/micro/negative/s6_ne_01/reg_image000123.bmp"),
        (RAW, "SMIC_all_raw/HS/s6/micro/negative/s6_ne_01/image000123.bmp"),
        (LONG, "SMIC-E_raw image/HS_long/SMIC-HS-E/s06/s06_ne_01/image000123.jpg"),
    ],
)
def test_files_are_the_official_ones(tmp_path, layout, expected):
    assert layout.frame_paths(tmp_path, record(), 123) == (tmp_path / expected, None)
    assert layout.subject(5) == "s06"
    assert expected.split("/")[0] in layout.entries


def test_the_long_clips_of_one_subject_have_eight_digits(tmp_path):
    assert LONG.frame_paths(tmp_path, record("s20"), 123).color.name == "image00000123.jpg"
    assert RAW.frame_paths(tmp_path, record("s20"), 123).color.name == "image000123.bmp"


def test_videos_count_the_expressions_of_each_emotion():
    names = ["ne_01", "po_01", "sur_01", "ne_02", "ne_03", "ne_04", "po_02"]
    assert RAW.videos("s01", SHOWN) == CROPPED.videos("s01", SHOWN) == names


def test_the_third_expression_of_an_emotion_lies_in_the_long_clip_of_the_second():
    assert LONG.videos("s01", SHOWN) == ["ne_01", "po_01", "sur_01", "ne_02", "ne_02", "ne_03", "po_02"]


def test_only_official_words_are_written_and_no_action_units():
    labels = {emotion: RAW.labels(ways[0][0], {}) for emotion, ways in REPERTOIRE.items() if emotion != "others"}
    assert {label.au + label.objective for label in labels.values()} == {""}
    words = {emotion: label.emotion for emotion, label in labels.items()}
    assert words == dict.fromkeys(("anger", "disgust", "sad", "fear"), "negative") | {
        "happy": "positive",
        "surprise": "surprise",
    }


def test_the_sheet_of_the_long_clips_has_one_row_a_clip_with_all_its_expressions(tmp_path):
    two = [record("s02", onset=300), record("s02", onset=200)]
    LONG.write_sheets(tmp_path, [record("s11"), *two, record("s02", "po_01", emotion="positive")])
    header, *rows = cells(tmp_path)
    assert [name for name in header if name] == [
        "Subject", "Filename", "OnsetF", "OffsetF", "Onset2F", "Offset2F", "Onset3F", "Offset3F", "FirstF", "LastF",
        "TotalMF1", "TotalMF2", "TotalMF3", "TotalVL", "Emotion",
    ]  # fmt: skip
    assert [row[:2] for row in rows] == [(2, "s02_ne_01"), (2, "s02_po_01"), (11, "s11_ne_01")]
    first = dict(zip(header, rows[0], strict=True))
    assert [first[name] for name in ("OnsetF", "OffsetF", "Onset2F", "Offset2F")] == [200, 230, 300, 330]
    assert first["Onset3F"] is first["Offset3F"] is None
    assert [first[name] for name in ("FirstF", "LastF", "TotalVL")] == [180, 355, 176]
    assert [first[name] for name in ("TotalMF1", "TotalMF2", "TotalMF3", "Emotion")] == [31, 31, None, "negative"]


@pytest.mark.parametrize("layout", [CROPPED, RAW])
def test_folders_that_say_everything_have_no_sheet(tmp_path, layout):
    layout.write_sheets(tmp_path, [record()])
    assert list(tmp_path.iterdir()) == []


def test_cut_clips_go_from_onset_to_offset_and_long_ones_beyond():
    timing = Timing(apex=40, offset=60, onset=20, frames_after=25)
    assert LONG.kept(timing) == range(86)
    assert RAW.kept(timing) == CROPPED.kept(timing) == range(20, 61)


def test_the_cropped_window_holds_the_landmarks():
    landmarks = np.array([[230.0, 140.0], [410.0, 320.0]])
    window = CROPPED.clip_camera(landmarks)
    shift = np.array([CROPPED.camera.cx - window.cx, CROPPED.camera.cy - window.cy])
    assert ((landmarks - shift > 0) & (landmarks - shift < [window.width, window.height])).all()
    assert RAW.clip_camera(landmarks) == LONG.clip_camera(landmarks) == RAW.camera
