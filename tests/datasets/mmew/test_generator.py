import openpyxl

from merflow.datasets.mmew.generator import COLUMNS, CROPPED, SHEET
from merflow.datasets.registry import index_dataset
from merflow.synthesis.demo import SynthesisSettings, generate_demo
from merflow.synthesis.layout import ClipRecord
from merflow.synthesis.repertoire import REPERTOIRE


def record(video="01-002", emotion="happiness"):
    return ClipRecord("S03", video, 1, 12, 30, au="6+12", objective="", emotion=emotion)


def test_files_are_those_that_the_reader_expects(tmp_path):
    assert CROPPED.frame_paths(tmp_path, record(), 7) == (
        tmp_path / "Micro_Expression/happiness/S03-01-002/7.jpg",
        None,
    )
    others = CROPPED.frame_paths(tmp_path, record("07-001", "others"), 1).color
    assert others == tmp_path / "Micro_Expression/repression/S03-07-001/1.jpg"
    assert CROPPED.subject(2) == "S03"


def test_every_clip_has_a_name_of_its_own():
    names = CROPPED.videos("S01", ["happy", "anger", "happy", "others"])
    assert names == ["01-001", "06-002", "01-003", "07-004"]


def test_words_and_sheet_are_those_of_the_set(tmp_path):
    words = {CROPPED.labels(ways[0][0], {}).emotion for ways in REPERTOIRE.values()}
    assert words <= {"happiness", "surprise", "disgust", "fear", "sadness", "anger", "others"}
    CROPPED.write_sheets(tmp_path, [record()])
    header, row = openpyxl.load_workbook(tmp_path / SHEET).active.iter_rows(values_only=True)
    assert header == COLUMNS
    assert row == ("S03", "S03-01-002", 1, 12, 30, "6+12", "happiness", None)


def test_the_reader_meets_what_was_written(tmp_path):
    (one,) = generate_demo(tmp_path, SynthesisSettings(n_subjects=1, clips=1, layout="mmew"))
    index = index_dataset("demo", "mmew", {"root": str(tmp_path)})
    assert index.exclusions == ()
    (clip,) = index.clips
    assert (clip.id, clip.onset, clip.apex, clip.offset) == (one.id, one.onset, one.apex, one.offset)
    assert (clip.onset, clip.fps, clip.emotion, clip.aus) == (1, 90.0, one.emotion, one.au)
