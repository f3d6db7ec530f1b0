import pytest

from merflow.datasets.bu4dfe.generator import PICTURES
from merflow.datasets.registry import index_dataset
from merflow.errors import ConfigError
from merflow.synthesis.layout import ClipRecord


def test_files_are_the_official_ones(tmp_path):
    record = ClipRecord("F001", "Angry", 0, 9, 20, au="", objective="", emotion="anger", expression="macro")
    assert PICTURES.frame_paths(tmp_path, record, 7).color == tmp_path / "F001/Angry/007.jpg"


def test_the_reader_meets_one_expression_of_each_emotion(tmp_path, written):
    records = written("bu4dfe", n_subjects=2, clips=6)
    index = index_dataset("demo", "bu4dfe", {"root": str(tmp_path)})
    assert index.exclusions == ()
    read = {c.id: (c.onset, c.offset, c.emotion, c.expression, c.fps) for c in index.clips}
    assert read == {r.id: (0, r.offset, r.emotion, "macro", 25.0) for r in records}
    assert len({c.emotion for c in index.clips}) == 6
    assert {c.apex for c in index.clips} == {r.offset // 2 for r in records}


def test_more_clips_than_emotions_are_refused(written):
    with pytest.raises(ConfigError, match="at most 6 in the layout bu4dfe"):
        written("bu4dfe", clips=7)
