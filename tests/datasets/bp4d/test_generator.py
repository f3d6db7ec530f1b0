from itertools import pairwise

import pytest

from merflow.datasets.action_units import known_units
from merflow.datasets.bp4d.generator import INTENSITY_UNITS, SEQUENCE
from merflow.datasets.bp4d.reader import UNITS
from merflow.datasets.bp4d.tables import read_intensities, read_table
from merflow.datasets.registry import index_dataset
from merflow.errors import ConfigError
from merflow.synthesis.layout import ClipRecord
from merflow.synthesis.settings import SynthesisSettings

TASKS = {"anger": "T7", "disgust": "T8", "fear": "T5", "happy": "T1", "sad": "T2", "surprise": "T3"}


def test_files_are_the_official_ones(tmp_path):
    record = ClipRecord("F001", "T1", 2440, 2450, 2460, au="12", objective="", emotion="", expression="macro")
    path = tmp_path / "Sequences(2D+3D)/F001/T1/2440.jpg"
    assert SEQUENCE.frame_paths(tmp_path, record, 2440) == (path, None)
    assert [SEQUENCE.subject(k) for k in (0, 22, 23, 40)] == ["F001", "F023", "M001", "M018"]
    with pytest.raises(ConfigError, match="at most 41 in the layout bp4d"):
        SEQUENCE.subject(41)
    assert dict(zip(TASKS, SEQUENCE.videos("F001", list(TASKS)), strict=True)) == TASKS


def test_each_unit_of_an_expression_is_a_run_from_its_onset_to_its_offset(tmp_path, written):
    records = written("bp4d", n_subjects=2, clips=8)
    index = index_dataset("demo", "bp4d", {"root": str(tmp_path)})
    assert index.exclusions == ()
    made = {
        (r.subject, f"{r.video}-{unit}", r.onset, r.offset): r
        for r in records
        for unit in map(int, r.au.split("+"))
        if unit in UNITS
    }
    read = {(c.subject, c.video, c.onset, c.offset): c for c in index.clips}
    assert read.keys() == made.keys()
    for key, clip in read.items():
        assert (clip.expression, clip.fps) == ("macro", 25.0)
        assert known_units(clip.aus) == frozenset(map(int, made[key].au.split("+")))


def test_intensities_rise_to_the_apex_and_the_reader_takes_their_first_peak(tmp_path, written):
    records = written("bp4d", n_subjects=1, clips=6)
    clips = {(c.video, c.onset): c for c in index_dataset("demo", "bp4d", {"root": str(tmp_path)}).clips}
    seen = 0
    for record in records:
        for unit in {*map(int, record.au.split("+"))} & {*INTENSITY_UNITS}:
            path = tmp_path / f"AUCoding/AU_INT/AU{unit:02d}/{record.subject}_{record.video}_AU{unit:02d}.csv"
            found = read_intensities(path)
            values = [found[n] for n in range(record.onset, record.offset + 1)]
            assert (values[0], values[-1], found[record.apex]) == (0, 0, 5)
            assert all(b >= a for a, b in pairwise(values[: record.apex - record.onset + 1]))
            apex = clips[f"{record.video}-{unit}", record.onset].apex
            assert found[apex] == 5
            assert found[apex - 1] < 5
            seen += 1
    assert seen > 0


def test_what_lies_between_two_expressions_of_a_sequence_is_not_coded(tmp_path, written):
    records = [r for r in written("bp4d", n_subjects=1, clips=8) if r.video == "T8"]
    frames = [n for r in sorted(records, key=lambda r: r.onset) for n in range(r.onset, r.offset + 1)]
    assert len(records) == 2
    assert read_table(tmp_path / "AUCoding/AU_OCC/F001_T8.csv").frames.tolist() == frames


def test_a_set_without_micro_expressions_has_one_number_of_clips():
    with pytest.raises(ConfigError, match="macro must be 0 in layout bp4d"):
        SynthesisSettings(layout="bp4d", macro=1)
