import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.datasets.clip import (
    CLIP_COLUMNS,
    Clip,
    read_clips,
    read_exclusions,
    write_clips,
    write_exclusions,
)
from merflow.errors import DatasetError

CLIP = Clip(
    "demo", "006", "a", "A", "micro", 116, 120, -1, 30.0, "4,7，", "disgust", "III", "spNO.1/a/color", "", "one; two"
)
NAME = st.from_regex(r"\A\w[\w.-]{0,20}\Z").filter(lambda name: len(name.encode()) <= 100)
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]))


def test_table_is_the_clip_id_and_the_fields_in_order(tmp_path):
    write_clips([CLIP], tmp_path / "made" / "clips.csv")
    header, row = (tmp_path / "made" / "clips.csv").read_bytes().decode().splitlines()
    assert header == (
        "clip,dataset,subject,video,part,expression,onset,apex,offset,fps,aus,emotion,objective,color,depth,notes,"
        "depth_unit_mm"
    )
    assert row == '006_a_116,demo,006,a,A,micro,116,120,-1,30.0,"4,7，",disgust,III,spNO.1/a/color,,one; two,1.0'
    assert header.split(",") == list(CLIP_COLUMNS)


@given(
    subject=NAME,
    aus=TEXT,
    notes=TEXT,
    onset=st.integers(0, 10**6),
    fps=st.floats(0.1, 1000),
    unit=st.floats(1e-3, 1e3),
)
def test_reading_returns_what_was_written(tmp_path_factory, subject, aus, notes, onset, fps, unit):
    path = tmp_path_factory.getbasetemp() / "round_trip.csv"
    changed = {"subject": subject, "aus": aus, "notes": notes, "onset": onset, "fps": fps, "depth_unit_mm": unit}
    clip = dataclasses.replace(CLIP, **changed)
    write_clips([clip], path)
    assert read_clips(path) == [clip]


@pytest.mark.parametrize("subject", ["006", "NA", "1e3", "nan", "spNO.1"])
def test_subjects_stay_strings(tmp_path, subject):
    clip = dataclasses.replace(CLIP, subject=subject)
    write_clips([clip], tmp_path / "clips.csv")
    assert read_clips(tmp_path / "clips.csv")[0].subject == subject


def test_two_clips_of_one_id_are_refused_by_name(tmp_path):
    macro = dataclasses.replace(CLIP, expression="macro", apex=119)
    with pytest.raises(DatasetError, match=r"one clip named '006_a_116'.*micro 006/a 116-120.*macro 006/a 116-119"):
        write_clips([CLIP, macro], tmp_path / "clips.csv")
    assert not (tmp_path / "clips.csv").exists()


def test_reading_refuses_a_table_of_another_form(tmp_path):
    path = tmp_path / "clips.csv"
    with pytest.raises(DatasetError, match="no such file"):
        read_clips(path)
    path.write_text("clip,subject\n", encoding="utf-8")
    with pytest.raises(DatasetError, match="missing dataset, video"):
        read_clips(path)
    write_clips([CLIP], path)
    path.write_text(path.read_text(encoding="utf-8").replace(",116,", ",soon,"), encoding="utf-8")
    with pytest.raises(DatasetError, match=r"line 2: .*'soon'"):
        read_clips(path)


def test_exclusions_round_trip(tmp_path):
    rows = [{"clip": "1_a_2", "subject": "1", "stage": "index", "reason": "no, none", "source": "x.xlsx, row 2"}]
    write_exclusions(rows, tmp_path / "exclusions.csv")
    assert read_exclusions(tmp_path / "exclusions.csv") == rows
    write_exclusions([], tmp_path / "exclusions.csv")
    assert (tmp_path / "exclusions.csv").read_bytes() == b"clip,subject,stage,reason,source\n"
