import numpy as np
import openpyxl
import pytest

from merflow.datasets.casme2.generator import CODING_SHEET, CROPPED, OBJECTIVE_SHEET, RAW, SELECTED
from merflow.synthesis.layout import ClipRecord
from merflow.synthesis.repertoire import REPERTOIRE
from merflow.synthesis.timing import Timing

OFFICIAL_EMOTIONS = {"happiness", "disgust", "surprise", "repression", "sadness", "fear", "others"}


def record(subject="sub06", video="EP02_01f", onset=46, **other):
    fields = {"au": "4+7", "objective": "3", "emotion": "disgust"} | other
    return ClipRecord(subject, video, onset, onset + 13, onset + 40, **fields)


def cells(path):
    return list(openpyxl.load_workbook(path)["Sheet1"].iter_rows(values_only=True))


def test_coding_sheet_has_the_official_columns_two_of_them_empty(tmp_path):
    RAW.write_sheets(tmp_path, [record("sub11"), record("sub02", "EP03_01f", 7), record("sub02", "EP02_01f", 9)])
    header, *rows = cells(tmp_path / CODING_SHEET)
    official = ("Subject", "Filename", None, "OnsetFrame", "ApexFrame", "OffsetFrame", None, "Action Units")
    assert header == (*official, "Estimated Emotion")
    assert [row[:2] for row in rows] == [(2, "EP02_01f"), (2, "EP03_01f"), (11, "EP02_01f")]
    assert rows[2] == (11, "EP02_01f", None, 46, 59, 86, None, "4+7", "disgust")


def test_objective_classes_are_numbers_in_a_sheet_of_their_own(tmp_path):
    RAW.write_sheets(tmp_path, [record(objective=RAW.labels(REPERTOIRE["surprise"][0][0], {}).objective)])
    assert cells(tmp_path / OBJECTIVE_SHEET) == [("Subject", "Filename", "Objective Class"), (6, "EP02_01f", 2)]


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        (RAW, "CASME2-RAW/sub06/EP02_01f/img46.jpg"),
        (SELECTED, "CASME2_RAW_selected/sub06/EP02_01f/img46.jpg"),
        (CROPPED, "Cropped/sub06/EP02_01f/reg_img46.jpg"),
    ],
)
def test_files_are_the_official_ones(tmp_path, layout, expected):
    assert layout.frame_paths(tmp_path, record(), 46) == (tmp_path / expected, None)
    assert layout.subject(5) == "sub06"
    assert expected.split("/")[0] in layout.entries


def test_each_clip_has_a_video_of_its_own():
    assert RAW.videos("sub01", ["happy"] * 5) == ["EP02_01f", "EP02_02f", "EP03_01f", "EP03_02f", "EP04_01f"]


def test_only_official_words_are_written_and_anger_is_named_after_its_action_units():
    named = {(d.emotion, d.aus): RAW.labels(d, {}).emotion for ways in REPERTOIRE.values() for d, _ in ways}
    assert set(named.values()) == OFFICIAL_EMOTIONS
    anger = {aus: word for (emotion, aus), word in named.items() if emotion == "anger"}
    assert anger == {(4,): "disgust", (4, 7): "disgust", (17, 24): "repression"}


def test_selected_clips_go_from_onset_to_offset_and_recordings_beyond():
    timing = Timing(apex=40, offset=80, onset=10, frames_after=13)
    assert RAW.kept(timing) == range(94)
    assert SELECTED.kept(timing) == CROPPED.kept(timing) == range(10, 81)


def test_the_cropped_window_holds_the_landmarks_and_lies_in_the_image():
    landmarks = np.array([[190.0, 100.0], [450.0, 360.0]])
    window = CROPPED.clip_camera(landmarks)
    shift = np.array([CROPPED.camera.cx - window.cx, CROPPED.camera.cy - window.cy])
    assert ((landmarks - shift > 0) & (landmarks - shift < [window.width, window.height])).all()
    assert (window.width, window.height) == pytest.approx((280, 340), rel=0.05)  # as in the release
    assert (shift == shift.round()).all()
    assert SELECTED.clip_camera(landmarks) == SELECTED.camera
