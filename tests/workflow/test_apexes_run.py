"""A table of estimated apexes goes into the index, and the index is stale when the table changes."""

import pytest
from tests.datasets.casme2 import casme2_fixture as casme2

from merflow.datasets.clip_table import read_clips
from merflow.datasets.estimated_apexes import EstimatedApex, write_apexes

pytestmark = pytest.mark.workflow
CLIPS = "results/small/clips.csv"


@pytest.fixture
def small(workflow, tmp_path):
    """A workflow on two clips, one without an apex, whose table is named."""
    root = tmp_path / "recordings"
    casme2.write_coding(root, [casme2.Row(1, apex="/"), casme2.Row(2)])
    for subject in ("sub01", "sub02"):
        casme2.add_clip(root, subject, "EP02_01f", range(46, 87))
    workflow.config["datasets"]["small"] = {"reader": "casme2", "root": str(root), "apexes": "small_apexes.csv"}
    workflow.write_config(workflow.config)
    return workflow


def apexes(small):
    return [clip.apex for clip in read_clips(small.folder / CLIPS)]


def test_the_index_takes_the_table_and_follows_it(small):
    table = small.folder / "small_apexes.csv"
    assert "expected the table of apexes small_apexes.csv" in small(CLIPS, check=False).output
    write_apexes(table, {"sub01_EP02_01f_46": EstimatedApex(46, 86, 60, "largest expression flow")})
    small(CLIPS)
    assert apexes(small) == [60, 59]
    assert small.planned(CLIPS) == {}
    write_apexes(table, {"sub01_EP02_01f_46": EstimatedApex(46, 86, 70, "seen")})
    small(CLIPS)
    assert apexes(small) == [70, 59]
    note = read_clips(small.folder / CLIPS)[0].notes
    assert "no apex in the sheet, 70 estimated (seen, midpoint 66)" in note
