from tests.datasets.samm_lv.samm_lv_fixture import COLUMNS as OFFICIAL_COLUMNS
from tests.datasets.samm_lv.samm_lv_fixture import HEADER_ROW as OFFICIAL_ROW

from merflow.datasets.action_units import objective_from_aus
from merflow.datasets.reading.frames import list_frames
from merflow.datasets.registry import index_dataset
from merflow.datasets.samm_lv.generator import COLUMNS, HEADER_ROW, LONG
from merflow.synthesis.layout import ClipRecord
from merflow.synthesis.repertoire import REPERTOIRE


def test_files_and_header_are_the_official_ones(tmp_path):
    record = ClipRecord("006", "1_1", 30, 50, 90, au="4B", objective="", emotion="")
    path = tmp_path / "SAMM_longvideos/006_1/006_1_0030.jpg"
    assert LONG.frame_paths(tmp_path, record, 30) == (path, None)
    assert (COLUMNS, HEADER_ROW) == (OFFICIAL_COLUMNS, OFFICIAL_ROW)


def test_the_reader_meets_movements_of_both_kinds_inside_their_long_videos(tmp_path, written):
    records = written("samm_lv", n_subjects=2, clips=2, macro=2)
    index = index_dataset("demo", "samm_lv", {"root": str(tmp_path), "expressions": ["micro", "macro"]})
    assert index.exclusions == ()
    read = {c.id: (c.expression, c.onset, c.apex, c.offset, c.aus, c.emotion, c.fps) for c in index.clips}
    assert read == {r.id: (r.expression, r.onset, r.apex, r.offset, r.au, "", 200.0) for r in records}
    assert sorted({c.expression for c in index.clips}) == ["macro", "micro"]
    for clip in index.clips:
        numbers = list(list_frames(tmp_path / clip.color))
        assert (numbers[0], numbers[-1]) == (clip.onset - 10, clip.offset + 10)


def test_letters_of_strength_do_not_change_the_objective_class():
    for ways in REPERTOIRE.values():
        for display, _ in ways:
            au = LONG.labels(display, dict.fromkeys(display.aus, 1.5)).au
            assert (objective_from_aus(au), au[-1] in "ABCDE") == (objective_from_aus(display.au_string), True)
