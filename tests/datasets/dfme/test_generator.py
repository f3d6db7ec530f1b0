import openpyxl
from tests.datasets.dfme.dfme_fixture import COLUMNS as OFFICIAL_COLUMNS
from tests.datasets.dfme.dfme_fixture import IDS, SHEETS

from merflow.datasets.action_units import known_units
from merflow.datasets.dfme.generator import TRAIN
from merflow.datasets.registry import index_dataset
from merflow.synthesis.layout import ClipRecord


def test_files_are_the_official_ones(tmp_path):
    record = ClipRecord("sub0003", "01", 109, 120, 140, au="4, 7", objective="", emotion="anger")
    assert TRAIN.frame_paths(tmp_path, record, 109) == (tmp_path / "train_data/sub0003_01/00109.png", None)


def test_the_reader_meets_what_was_written(tmp_path, written):
    records = written("dfme", n_subjects=2, clips=8)
    header, *rows = openpyxl.load_workbook(tmp_path / SHEETS["train"]).active.iter_rows(values_only=True)
    assert header == OFFICIAL_COLUMNS
    assert all(IDS[row[5]] == row[6] and row[7] == 200 for row in rows)
    index = index_dataset("demo", "dfme", {"root": str(tmp_path)})
    assert index.exclusions == ()
    read = {c.id: (c.onset, c.apex, c.offset, c.emotion, c.part, c.fps) for c in index.clips}
    assert read == {r.id: (r.onset, r.apex, r.offset, r.emotion, "train", 200.0) for r in records}
    units = {r.id: frozenset(map(int, r.au.split(", "))) for r in records}
    assert {c.id: known_units(c.aus) for c in index.clips} == units
