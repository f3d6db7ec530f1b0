import openpyxl
import pytest

from merflow.datasets.casme_sq.generator import SELECTED, SHEET
from merflow.datasets.registry import index_dataset
from merflow.errors import ConfigError
from merflow.synthesis.demo import SynthesisSettings, generate_demo
from merflow.synthesis.layout import ClipRecord
from merflow.synthesis.repertoire import REPERTOIRE


def test_files_are_those_that_the_reader_expects(tmp_path):
    record = ClipRecord("s15", "anger1_1", 557, 563, 570, au="4", objective="", emotion="negative")
    assert SELECTED.frame_paths(tmp_path, record, 557).color == tmp_path / "selectedpic/s15/anger1_1/img557.jpg"
    assert [SELECTED.subject(k) for k in (0, 2, 21)] == ["s15", "s19", "s40"]
    with pytest.raises(ConfigError, match="expected at most 22 in the layout casme_sq"):
        SELECTED.subject(22)


def test_every_clip_has_a_name_of_its_own():
    names = SELECTED.videos("s15", ["happy"] * 20)
    assert len(set(names)) == 20
    assert names[:2] + names[8:10] == ["disgust1_1", "disgust2_1", "happy5_1", "disgust1_2"]


def test_words_and_sheet_are_those_of_the_set(tmp_path):
    words = {emotion: SELECTED.labels(ways[0][0], {}).emotion for emotion, ways in REPERTOIRE.items()}
    assert set(words.values()) == {"negative", "positive", "surprise", "others"}
    record = ClipRecord("s16", "happy1_1", 10, 20, 40, au="12", objective="", emotion="positive", expression="macro")
    SELECTED.write_sheets(tmp_path, [record])
    (row,) = (row for row in openpyxl.load_workbook(tmp_path / SHEET).active.iter_rows(values_only=True) if any(row))
    assert row == (2, "happy1_1", 10, 20, 40, "12", "positive", "macro-expression")


def test_the_reader_meets_micro_and_macro_expressions_as_they_were_written(tmp_path):
    records = generate_demo(tmp_path, SynthesisSettings(n_subjects=1, clips=1, macro=1, layout="casme_sq"))
    index = index_dataset("demo", "casme_sq", {"root": str(tmp_path), "expressions": ["micro", "macro"]})
    assert index.exclusions == ()
    found = {clip.id: (clip.expression, clip.onset, clip.apex, clip.offset, clip.emotion) for clip in index.clips}
    assert found == {one.id: (one.expression, one.onset, one.apex, one.offset, one.emotion) for one in records}
    assert {clip.fps for clip in index.clips} == {30.0}
