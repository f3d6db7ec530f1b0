"""The layouts of 4DME that the generator writes, without rendering; labels by Table 4, folds by balance."""

from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
import yaml

from merflow.datasets.fourdme.generator import CLIPS, CROPPED, DISPLAYS, LONG, SHEET, folds_of
from merflow.datasets.fourdme.reader import read_fourdme
from merflow.datasets.fourdme.settings import FourdmeSettings
from merflow.datasets.labels import LABEL_SETS
from merflow.synthesis.action_units import ACTION_UNITS
from merflow.synthesis.layout import ClipRecord

ROOT = Path(__file__).parents[3]
EIGHT = {1, 2, 4, 6, 7, 12, 17, 45}
FIVE = {"Positive", "Negative", "Surprise", "Repression", "Others"}


def record(subject="S01", video="001_01_1", onset=1823, au="AU1+2+12", emotion="Positive+Surprise"):
    return ClipRecord(subject, video, onset, onset + 9, onset + 20, au, "", emotion)


def records_of(subjects, clips, layout=CLIPS):
    """The rows of a dataset before it is filmed: one a clip, as the generator plans them."""
    rows = []
    for index in range(subjects):
        name = layout.subject(index)
        shown = layout.shown(np.random.default_rng(index), index, clips=clips, others=0, macro=0)
        videos = layout.videos(name, [word for word, _ in shown])
        for video, (word, expression) in zip(videos, shown, strict=True):
            display = layout.display(np.random.default_rng(0), word)
            labels = layout.labels(display, dict.fromkeys(display.aus, 1.0))
            assert expression == "micro"
            rows.append(ClipRecord(name, video, 500, 510, 520, *labels))
    return rows


def units(row):
    return {int(number) for number in row.au.removeprefix("AU").split("+")}


def labels_by_fold(rows):
    folds = folds_of(rows)
    found = defaultdict(Counter)
    for row in rows:
        found[folds[row.subject]].update([*units(row), *filter(None, row.emotion.split("+")), "clips"])
    return found


def test_the_embedded_dataset_has_every_label_often_enough_and_in_every_fold():
    block = yaml.safe_load((ROOT / "config.yaml").read_text())["datasets"]["demo_4dme"]["synthesis"]
    rows = records_of(block["n_subjects"], block["clips"])
    assert block["layout"] == "fourdme"
    assert len(rows) == 120
    assert len({(row.subject, row.video) for row in rows}) == 120
    counts = Counter(unit for row in rows for unit in units(row))
    assert all(counts[unit] >= 10 for unit in EIGHT)
    folds = labels_by_fold(rows)
    assert sorted(folds) == [1, 2, 3, 4, 5]
    assert {labels["clips"] for labels in folds.values()} == {24}
    for label in (*EIGHT, *FIVE):
        numbers = [labels[label] for labels in folds.values()]
        assert min(numbers) >= 2, label
        assert max(numbers) <= 2 * min(numbers), label


@pytest.mark.parametrize("start", range(len(DISPLAYS)))
def test_any_twelve_displays_have_the_eight_units_and_the_five_emotions(start):
    twelve = [DISPLAYS[(start + k) % len(DISPLAYS)] for k in range(12)]
    shown = [CLIPS.display(np.random.default_rng(0), word) for word in twelve]
    assert {unit for display in shown for unit in display.aus} >= EIGHT
    assert {word.lower() for word in FIVE} <= {word for display in shown for word in display.emotion.split("+")}


def test_displays_are_of_units_that_the_head_has_and_some_have_two_emotions_or_none():
    shown = [CLIPS.display(np.random.default_rng(0), word) for word in DISPLAYS]
    assert {unit for display in shown for unit in display.aus} <= set(ACTION_UNITS)
    assert {display.emotion: display.aus for display in shown if display.emotion.count("+")} == {
        "positive+surprise": (1, 2, 12),
        "negative+repression": (4, 17),
        "negative+surprise": (1, 2, 4),
        "positive+repression": (12, 17),
    }
    assert [display.aus for display in shown if not display.emotion] == [(45,)]


def test_subjects_share_no_fold_with_another_one_that_shows_as_much_of_a_label():
    """Two of ten subjects have all the smiles: they go to different folds, and so do the two with all the blinks."""
    rows = [record(f"S{i:02d}", f"{k:03d}_01_1", au=au, emotion=emotion)
            for i, (au, emotion) in enumerate([("AU12", "Positive"), ("AU45", ""), *[("AU4", "Negative")] * 3] * 2)
            for k in range(4)]  # fmt: skip
    folds = folds_of(rows)
    assert Counter(folds.values()) == dict.fromkeys(range(1, 6), 2)
    assert folds["S00"] != folds["S05"]
    assert folds["S01"] != folds["S06"]
    assert folds_of(rows[::-1]) == folds


def test_files_of_the_three_layouts(tmp_path):
    number = 1823
    assert (
        CLIPS.frame_paths(tmp_path, record(), number).color == tmp_path / "gray_micro/S01/001_01_1/Frame_000001823.jpg"
    )
    cropped = tmp_path / "gray_micro_crop/S01/001_01_1/Frame_000001823.jpg"
    assert CROPPED.frame_paths(tmp_path, record(), number) == (cropped, None)
    video = tmp_path / "long_gray_video/long gray video/S01/S01_001_01/Frame_000001823.jpg"
    assert LONG.frame_paths(tmp_path, record(), number).color == video
    assert CLIPS.videos("S01", ["4"] * 12)[-2:] == ["011_01_1", "001_02_1"]
    assert [CLIPS.subject(index) for index in (0, 11)] == ["S01", "S12"]


def test_the_sheet_has_the_columns_of_the_release_and_one_hot_cells_that_follow(tmp_path):
    CLIPS.write_sheets(tmp_path, [record("S02", au="AU45", emotion=""), record()])
    assert openpyxl.load_workbook(tmp_path / SHEET).sheetnames == ["Sheet1"]
    table = pd.read_excel(tmp_path / SHEET)
    assert list(table.columns[:7]) == ["sub_ID", "fold_name", "Emotion", "Onset", "Apex", "Offset", "AUs"]
    assert list(table.columns[-8:-3]) == ["Positive", "Negative", "Surprise", "Repression", "Others"]
    assert list(table.columns[-3:]) == ["eye blink", "fold", "Total"]
    assert table.iloc[0, :7].tolist() == ["S01", "001_01_1", "Positive+Surprise", 1823, 1832, 1843, "AU1+2+12"]
    first, second = ({name for name in table.columns[7:-2] if row[name] == 1} for _, row in table.iterrows())
    assert first == {"AU1", "AU2", "AU12", "Positive", "Surprise"}
    assert second == {"AU45", "eye blink"}
    assert list(table["fold"]) == [1, 2]


@pytest.mark.parametrize("layout", [CLIPS, LONG, CROPPED])
def test_the_reader_of_the_real_set_reads_the_sheet_as_it_was_meant(tmp_path, layout):
    rows = records_of(3, 12, layout)
    layout.write_sheets(tmp_path, rows)
    for row in rows:
        for number in range(row.onset, row.offset + 1):
            path = layout.frame_paths(tmp_path, row, number).color
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    index = read_fourdme("demo", FourdmeSettings(root=tmp_path))
    assert index.exclusions == ()
    expected = {row.id: (row.au, row.emotion.lower() or "none", str(folds_of(rows)[row.subject])) for row in rows}
    assert {clip.id: (clip.aus, clip.emotions, clip.fold) for clip in index.clips} == expected
    assert {clip.notes for clip in index.clips} == {""}
    for name, column in (("au8", "aus"), ("emotion5_multi", "emotions")):
        labels = {clip.id: LABEL_SETS[name].label_of(clip) for clip in index.clips}
        assert None not in labels.values()  # a clip of a blink alone shows none of the emotions, and is no clip without
        for clip in index.clips:
            parts = getattr(clip, column).replace("AU", "").split("+")
            names = [label.removeprefix("AU") in parts for label in LABEL_SETS[name].classes]
            assert list(labels[clip.id]) == names
    assert not any("Table 4" in note for note in index.notes)
