from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from merflow.datasets.casme3.generator import CLIP_PACK, MACRO_SHEET, MICRO_SHEET, UNITS_SHEET, VIDEOS
from merflow.datasets.casme3.sheets import macro_annotations
from merflow.datasets.labels import LABEL_SETS
from merflow.synthesis.layout import ClipRecord

OFFICIAL_COLUMNS = ["Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Objective class", "emotion"]


def record(subject="spNO.10", video="a", onset=116, **other):
    fields = {"au": "4+7", "objective": "III", "emotion": "anger"} | other
    return ClipRecord(subject, video, onset, onset + 5, onset + 11, **fields)


def test_micro_sheet_has_the_official_columns_and_numeric_subject_order(tmp_path):
    VIDEOS.write_sheets(tmp_path, [record("spNO.10"), record("spNO.2", "b", 30), record("spNO.2", "a", 44)])
    table = pd.read_excel(tmp_path / MICRO_SHEET, sheet_name="label", dtype={"AU": str})
    assert list(table.columns) == OFFICIAL_COLUMNS
    assert list(table["Subject"]) == ["spNO.2", "spNO.2", "spNO.10"]
    assert list(table["Filename"]) == ["a", "b", "a"]
    assert table.iloc[2].tolist() == ["spNO.10", "a", 116, 121, 127, "4+7", "III", "anger"]
    assert not (tmp_path / MACRO_SHEET).exists()


def test_macro_clips_go_to_the_macro_sheet_in_its_own_spelling(tmp_path):
    VIDEOS.write_sheets(tmp_path, [record(), record(onset=300, emotion="happy", au="12", expression="macro")])
    assert openpyxl.load_workbook(tmp_path / MICRO_SHEET)["label"].max_row == 2
    rows = list(openpyxl.load_workbook(tmp_path / MACRO_SHEET).active.values)
    assert rows[0][:5] == ("sub", "seq", "onset", "apex", "offset")
    assert rows[0][6] == "emotion"  # the seventh column, as in the official sheet
    assert rows[1] == ("spNO.10", "a", 300, 305, 311, "12", "happiness")


def test_macro_clips_have_the_objective_class_that_is_shown(tmp_path):
    """1+2+5 is shown as II, as in the micro sheet; of the units alone it would be VII."""
    shown = record(onset=300, emotion="surprise", au="1+2+5", objective="II", expression="macro")
    VIDEOS.write_sheets(tmp_path, [record(), shown, replace(shown, onset=340, au="12", objective="I")])
    rows = list(openpyxl.load_workbook(tmp_path / UNITS_SHEET)["AU+Emotion"].values)
    assert [row[6] for row in rows[1:]] == ["Micro-expression", "Macro-expression", "Macro-expression"]
    read = macro_annotations(tmp_path / UNITS_SHEET, tmp_path / MACRO_SHEET, dataset="demo", fps=30)
    clips = [one.clip for one in read.annotations]
    assert [(clip.onset, clip.expression, clip.aus, clip.emotion) for clip in clips] == [
        (300, "macro", "1+2+5", "surprise"), (340, "macro", "12", "surprise"),
    ]  # fmt: skip
    objective = LABEL_SETS["objective7"]
    assert [objective.classes[objective.label_of(clip)] for clip in clips] == ["II", "I"]
    assert [clip.notes for clip in clips] == ["", ""]


@pytest.mark.parametrize(
    ("layout", "expression", "color", "depth"),
    [
        (VIDEOS, "micro", "part_A/data/part_A/spNO.10/a/color", "part_A/data/part_A/spNO.10/a/depth"),
        (CLIP_PACK, "micro", "Part_A_ME_clip/frame/spNO.10_a_116", "Part_A_ME_clip/depth/spNO.10_a_116"),
        (CLIP_PACK, "macro", "Part_A_MaE_clip/frame/spNO.10_a_116", "Part_A_MaE_clip/depth/spNO.10_a_116"),
    ],
)
def test_files_are_the_official_ones(tmp_path, layout, expression, color, depth):
    paths = layout.frame_paths(tmp_path, record(expression=expression), 120)
    assert paths == (tmp_path / color / "120.jpg", tmp_path / depth / "120.png")
