import openpyxl
import pandas as pd

from merflow.datasets.samm.generator import GREY, SHEET
from merflow.synthesis.action_units import ACTION_UNITS
from merflow.synthesis.layout import ClipRecord
from merflow.synthesis.repertoire import REPERTOIRE, Display


def record(subject="006", video="1_2", onset=5562, **other):
    fields = {"au": "4B+7A", "objective": "3", "emotion": "Anger"} | other
    return ClipRecord(subject, video, onset, onset + 13, onset + 26, **fields)


def test_the_header_is_the_14th_row_below_a_block_of_notes(tmp_path):
    GREY.write_sheets(tmp_path, [record("011", "2_1", 88), record()])
    rows = list(openpyxl.load_workbook(tmp_path / SHEET)["MICRO_ONLY"].iter_rows(values_only=True))
    assert rows[13][:4] == ("Subject", "Filename", "Inducement Code", "Onset Frame")
    assert [row[0] for row in rows[14:]] == ["006", "011"]
    assert rows[0][0]
    assert not any(any(row[1:]) for row in rows[:13])


def test_the_sheet_has_the_official_columns(tmp_path):
    GREY.write_sheets(tmp_path, [record()])
    table = pd.read_excel(tmp_path / SHEET, sheet_name="MICRO_ONLY", skiprows=13, dtype={"Subject": str})
    official = "Subject, Filename, Inducement Code, Onset Frame, Apex Frame, Offset Frame, Duration, Micro"
    assert list(table.columns) == [
        *official.split(", "),
        "Action Units",
        "Estimated Emotion",
        "Objective Classes",
        "Notes",
    ]
    row = table.iloc[0]
    assert row[:7].tolist() == ["006", "006_1_2", 1, 5562, 5575, 5588, 27]
    assert row[8:11].tolist() == ["4B+7A", "Anger", 3]


def test_files_are_the_official_ones_and_every_second_subject_is_not_padded(tmp_path):
    assert GREY.frame_paths(tmp_path, record(), 5562) == (tmp_path / "SAMM/006/006_1_2/006_05562.jpg", None)
    other = GREY.frame_paths(tmp_path, record("007"), 5562)
    assert other.color == tmp_path / "SAMM/007/007_1_2/007_5562.jpg"
    assert [GREY.subject(index) for index in (0, 5)] == ["006", "011"]


def test_videos_are_named_after_inducement_and_count():
    assert GREY.videos("006", ["happy"] * 9)[-3:] == ["7_1", "1_2", "2_2"]


def test_letters_give_the_strength_in_fifths_of_the_full_amplitude():
    full = ACTION_UNITS[4].full_mm
    shown = Display("anger", (4, 7), "III")
    strengths = [GREY.labels(shown, {4: share * full, 7: 0.0}).au for share in (0.05, 0.25, 0.55, 0.7, 0.95, 1.4)]
    assert strengths == ["4A+7A", "4B+7A", "4C+7A", "4D+7A", "4E+7A", "4E+7A"]


def test_emotions_are_written_in_the_words_of_the_set():
    words = {
        emotion: GREY.labels(ways[0][0], dict.fromkeys(range(50), 1.0)).emotion for emotion, ways in REPERTOIRE.items()
    }
    assert words == {
        "happy": "Happiness",
        "surprise": "Surprise",
        "anger": "Anger",
        "disgust": "Disgust",
        "sad": "Sadness",
        "fear": "Fear",
        "others": "Other",
    }
