import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.datasets.clip import Clip
from merflow.datasets.clip_table import CLIP_COLUMNS, read_clips, read_exclusions, write_clips, write_exclusions
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
    onset=st.integers(0, 120),
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


ROW = "006_a_116,demo,006,a,A,micro,116,120,-1,30.0,4,disgust,III,spNO.1/a/color,,,1.0\n"


@pytest.mark.parametrize(
    ("was", "becomes", "message"),
    [
        (",116,", ",soon,", "'soon'"),
        ("006_a_116", "006_a_117", "expected the clip '006_a_116' of subject, video and onset, but it is called"),
        ("_116,demo", "_-116,demo", "expected the clip"),
        ("_116,demo,006,a,A,micro,116", "_-5,demo,006,a,A,micro,-5", "expected frames from 0 on"),
        (",120,", ",-2,", "expected frames from 0 on"),
        (",120,", ",115,", "expected the apex at the onset 116 or after it, but found 115"),
        (",-1,30.0", ",119,30.0", "expected the offset after onset 116 and apex 120, but found 119"),
        ("30.0", "nan", "expected frames per second"),
        ("30.0", "-30", "expected frames per second"),
        ("30.0", "inf", "expected frames per second"),
        ("disgust", "disgusted", "expected an emotion of anger, .* but found 'disgusted'"),
        ("III", "VIII", "expected an objective class of I to VII or none, but found 'VIII'"),
        ("micro", "mikro", "expected the expression micro or macro"),
        (",disgust", ',"disgust', "could not read it"),
        (",,,1.0", ",,1.0", "expected 17 cells"),
        (",,,1.0", ",,,,1.0", "expected 17 cells"),
        (",1.0\n", ",0\n", "expected a depth unit above 0 mm"),
        (",1.0\n", ",nan\n", "expected a depth unit above 0 mm"),
    ],
)
def test_a_row_that_was_edited_into_nonsense_is_refused_with_its_line(tmp_path, was, becomes, message):
    path = tmp_path / "clips.csv"
    header = ",".join(CLIP_COLUMNS) + "\n"
    path.write_text(header + ROW, encoding="utf-8")
    assert len(read_clips(path)) == 1
    assert was in ROW
    path.write_text(header + ROW.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(DatasetError, match=message) as caught:
        read_clips(path)
    assert "line 2" in str(caught.value) or "could not read" in message


def test_optional_columns_stand_last_where_a_clip_has_something_in_them(tmp_path):
    several = dataclasses.replace(CLIP, video="b", emotions="positive+surprise", fold="3")
    others = [dataclasses.replace(CLIP, video="c", emotions="none", fold="1"), dataclasses.replace(CLIP, video="d")]
    write_clips([several, *others], tmp_path / "clips.csv")
    header, first, *_, last = (tmp_path / "clips.csv").read_text().splitlines()
    assert header == ",".join([*CLIP_COLUMNS, "emotions", "fold"])
    assert first.endswith(",1.0,positive+surprise,3")
    assert last.endswith(",1.0,,")
    assert read_clips(tmp_path / "clips.csv") == [several, *others]
    write_clips([dataclasses.replace(CLIP, fold="1")], tmp_path / "clips.csv")
    assert read_clips(tmp_path / "clips.csv")[0].fold == "1"
    assert "emotions" not in (tmp_path / "clips.csv").read_text()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"emotions": "positive+glad"}, r"expected emotions of anger, .* each once .* but found 'positive\+glad'"),
        ({"emotions": "positive+positive"}, "each once"),
        ({"emotions": "positive+none"}, "each once"),
        ({"emotions": "+"}, "each once"),
        ({"fold": "../1"}, "expected a fold of at most 20 letters and digits"),
        ({"fold": "1" * 21}, "expected a fold"),
    ],
)
def test_emotions_and_folds_that_are_none_are_refused(tmp_path, changed, message):
    with pytest.raises(DatasetError, match=message):
        write_clips([dataclasses.replace(CLIP, **changed)], tmp_path / "clips.csv")


def test_a_clip_that_stands_twice_is_refused_with_both_lines(tmp_path):
    path = tmp_path / "clips.csv"
    path.write_text(",".join(CLIP_COLUMNS) + "\n" + ROW + ROW, encoding="utf-8")
    with pytest.raises(DatasetError, match=r"line 3: expected one clip named '006_a_116', found another in line 2"):
        read_clips(path)


def test_exclusions_round_trip(tmp_path):
    rows = [{"clip": "1_a_2", "subject": "1", "stage": "index", "reason": "no, none", "source": "x.xlsx, row 2"}]
    write_exclusions(rows, tmp_path / "exclusions.csv")
    assert read_exclusions(tmp_path / "exclusions.csv") == rows
    write_exclusions([], tmp_path / "exclusions.csv")
    assert (tmp_path / "exclusions.csv").read_bytes() == b"clip,subject,stage,reason,source\n"


@pytest.mark.parametrize(("was", "becomes"), [("120", "121"), ("disgust", "fear"), ("4,7", "4,6"), ("30.0", "60.0")])
def test_another_plausible_cell_is_told_by_the_seal_beside_the_table(tmp_path, was, becomes):
    path = tmp_path / "clips.csv"
    write_clips([CLIP], path)
    path.write_text(path.read_text(encoding="utf-8").replace(was, becomes), encoding="utf-8")
    with pytest.raises(DatasetError, match=r"SHA-256 stands in clips\.csv\.sha256.*else delete clips\.csv and"):
        read_clips(path)
    (tmp_path / "clips.csv.sha256").unlink()  # a change of one's own
    assert read_clips(path) != [CLIP]


def test_a_row_that_is_gone_is_told_by_the_seal(tmp_path):
    path = tmp_path / "exclusions.csv"
    row = {"clip": "a", "subject": "006", "stage": "index", "reason": "no frames", "source": ""}
    write_exclusions([row, row | {"clip": "b"}], path)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    with pytest.raises(DatasetError, match="SHA-256"):
        read_exclusions(path)
