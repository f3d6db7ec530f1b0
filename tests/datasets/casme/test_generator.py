import openpyxl
import pytest
from tests.datasets.casme.casme_fixture import COLUMNS as OFFICIAL_COLUMNS

from merflow.datasets.action_units import objective_from_aus
from merflow.datasets.casme.generator import CROPPED, SELECTED
from merflow.datasets.casme.reader import SHEET
from merflow.datasets.registry import index_dataset
from merflow.synthesis.layout import ClipRecord
from merflow.synthesis.repertoire import REPERTOIRE

OFFICIAL_EMOTIONS = {"happiness", "disgust", "sadness", "fear", "tense", "surprise", "repression"}


@pytest.mark.parametrize(
    ("layout", "subject", "expected"),
    [
        (SELECTED, "sub01", "CASME_raw_selected/sub01/EP01_5/EP01_5-1.jpg"),
        (SELECTED, "sub02", "CASME_raw_selected/sub02/EP01_5/EP01_5-001.jpg"),
        (CROPPED, "sub01", "Cropped/sub01/EP01_5/reg_EP01_5-1.jpg"),
    ],
)
def test_files_are_the_official_ones(tmp_path, layout, subject, expected):
    record = ClipRecord(subject, "EP01_5", 1, 9, 20, au="4", objective="", emotion="disgust")
    assert layout.frame_paths(tmp_path, record, 1) == (tmp_path / expected, None)


def test_only_official_words_are_written_and_anger_is_named_after_its_action_units():
    named = {(d.emotion, d.aus): SELECTED.labels(d, {}).emotion for ways in REPERTOIRE.values() for d, _ in ways}
    assert set(named.values()) == OFFICIAL_EMOTIONS
    assert (named["anger", (4, 7)], named["anger", (17, 24)]) == ("disgust", "repression")
    assert named["others", (14,)] == "tense"


@pytest.mark.parametrize("layout", ["casme", "casme_cropped"])
def test_the_reader_meets_what_was_written(tmp_path, written, layout):
    records = written(layout, n_subjects=2, clips=3, others=1)
    index = index_dataset("demo", "casme", {"root": str(tmp_path)})
    header, *rows = openpyxl.load_workbook(tmp_path / SHEET).active.iter_rows(values_only=True)
    assert (header, len(rows)) == (OFFICIAL_COLUMNS, 8)
    assert index.exclusions == ()
    read = {c.id: (c.onset, c.apex, c.offset, c.emotion, c.aus, c.objective, c.fps) for c in index.clips}
    made = {r.id: (r.onset, r.apex, r.offset, r.emotion, r.au, objective_from_aus(r.au), 60.0) for r in records}
    assert read == made
