"""Tables of estimated apexes: read back as written, refused with their line, and taken only where none is annotated."""

from dataclasses import replace

import pytest
from tests.quality.conftest import clip_named

from merflow.datasets.estimated_apexes import EstimatedApex, has_midpoint, read_apexes, with_apexes, write_apexes
from merflow.datasets.index import Index
from merflow.datasets.reading.annotation import with_midpoint
from merflow.errors import DatasetError

ANNOTATED = clip_named("s1_a_1")
MISSING = with_midpoint(replace(clip_named("s1_b_1", notes="first note"), apex=-1))
OTHER = with_midpoint(replace(clip_named("s2_a_1"), apex=-1))
ROW = EstimatedApex(onset=1, offset=9, apex=7, rule="largest expression flow")


def test_a_table_reads_back_as_it_was_written(tmp_path):
    rows = {"s1_b_1": ROW, "s2_a_1": ROW._replace(apex=1)}
    write_apexes(tmp_path / "apexes.csv", rows)
    assert read_apexes(tmp_path / "apexes.csv") == rows


def test_an_estimate_takes_the_place_of_a_midpoint_and_says_so():
    index = with_apexes(Index((ANNOTATED, MISSING, OTHER), ()), {"s1_b_1": ROW}, source="apexes.csv")
    annotated, estimated, other = index.clips
    assert annotated == ANNOTATED
    assert other == OTHER
    assert (MISSING.apex, estimated.apex) == (5, 7)
    assert estimated.notes == ("first note; no apex in the sheet, 7 estimated (largest expression flow, midpoint 5)")
    assert not has_midpoint(estimated)
    assert index.notes == (
        "apex of 1 clip from apexes.csv, estimated",
        "apex of 1 clip is the midpoint, apexes.csv does not name them: s2_a_1",
    )


def test_an_annotated_apex_stays_and_the_row_is_named():
    index = with_apexes(Index((ANNOTATED,), ()), {"s1_a_1": ROW}, source="apexes.csv")
    assert index.clips == (ANNOTATED,)
    assert "whose annotation names one, which is taken: s1_a_1" in index.notes[1]


@pytest.mark.parametrize(
    ("rows", "match"),
    [
        ({"s1_b_2": ROW}, r"found 's1_b_2'\. Did you mean 's1_b_1'"),
        ({"s1_b_1": ROW._replace(offset=12)}, r"expected the frames 1 to 9 of s1_b_1, found 1 to 12"),
    ],
)
def test_a_table_of_other_clips_is_refused(rows, match):
    with pytest.raises(DatasetError, match=match):
        with_apexes(Index((ANNOTATED, MISSING), ()), rows, source="apexes.csv")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("clip,onset,offset,apex\n", r"missing rule"),
        ("clip,onset,offset,apex,rule\na,1,9,x,r\n", r"line 2: expected frame numbers"),
        ("clip,onset,offset,apex,rule\na,1,9,10,r\n", r"line 2: expected an apex from 1 to 9, found 10"),
        ("clip,onset,offset,apex,rule\na,1,9,3,r\na,1,9,4,r\n", r"line 3: expected each clip once"),
    ],
)
def test_a_wrong_table_is_refused(tmp_path, text, match):
    path = tmp_path / "apexes.csv"
    path.write_text(text)
    with pytest.raises(DatasetError, match=match):
        read_apexes(path)
    with pytest.raises(DatasetError, match=r"there is no such file"):
        read_apexes(tmp_path / "nowhere.csv")
