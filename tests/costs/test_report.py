"""A plan as text and as a table: 80 columns, and nothing that was not measured looks like 0."""

import csv
from types import SimpleNamespace

from tests.costs.costs_fixture import cost
from tests.plan_fixture import clip

from merflow.costs.dry_run import Planned
from merflow.costs.jobs import JobCost
from merflow.costs.lookup import Found
from merflow.costs.parts import Part
from merflow.costs.report import format_plan, write_plan


def part(title, *jobs, dataset="mine", trained=""):
    found = Part(dataset, title, trained=trained)
    for rule, job in jobs:
        found.add(rule, job)
    return found


def measured(seconds, size, basis="measured", differs=""):
    return JobCost(seconds, size, Found(cost("shards", "faces/aligned256", pixels=(640, 480)), basis, differs))


PARTS = [
    part("faces/aligned256", ("extract_faces", measured(1800.0, 1e9)), ("extract_faces", measured(7200.0, 1e9))),
    part(
        "train ststnet", ("train_folds", measured(36.0, None, "similar", "ststnet as measured with other parameters"))
    ),
    part("scores and pictures", ("write_summary", JobCost(None, None))),
]


def test_text_by_hand():
    text = format_plan(Planned([]), PARTS, ["a licence. " * 12])
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    table = [line.split() for line in lines if line[:1] in tuple(" ~?")]
    assert ["faces/aligned256", "2", "2.5", "2", "GB", "2", "h", "0", "min"] in table
    assert ["~", "train", "ststnet", "1", "0.01", "?", "36", "s"] in table
    assert ["?", "scores", "and", "pictures", "1", "?", "?", "?"] in table
    assert ["?", "all", "4", "2.5+", "2", "GB+", "2", "h", "0", "min"] in table
    assert "Longest job: faces/aligned256 (mine), 2 h 0 min of one core" in lines
    assert "Measured: 2026-12-01, merflow 1.0, one core of an abacus" in lines
    assert "Not measured: write_summary (1)" in lines
    assert "~ measured with other settings: ststnet as measured with other parameters" in lines


def test_one_clip_of_one_subject_is_told_as_one():
    known = {"mine": SimpleNamespace(clips=[clip("a")], subjects=1, picture=(640, 480), made_now=None, stale="")}
    lines = format_plan(Planned([], known), PARTS, []).splitlines()
    assert "Dataset mine: 1 clip of 1 subject, pictures of 640x480 px" in lines


def test_a_stale_index_is_told_from_none():
    of = {"clips": [clip("a")], "subjects": 1, "picture": (0, 0), "made_now": object()}
    with_reason = SimpleNamespace(**of, stale="clips.csv changed since it was made")
    told = " ".join(format_plan(Planned([], {"mine": with_reason}), PARTS, []).split())
    assert "; the index is stale: clips.csv changed since it was made; made anew for this plan" in told
    told = " ".join(format_plan(Planned([], {"mine": SimpleNamespace(**of, stale="")}), PARTS, []).split())
    assert "; no index yet, made for this plan" in told


def test_nothing_to_do():
    assert format_plan(Planned([]), [], []) == (
        "Nothing to be done: every result that was asked for is there and up to date."
    )


def test_the_table_has_a_row_a_part(tmp_path):
    write_plan(PARTS, tmp_path / "plan.csv")
    with (tmp_path / "plan.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["part"], row["jobs"], row["basis"]) for row in rows] == [
        ("faces/aligned256", "2", "measured"), ("train ststnet", "1", "similar"),
        ("scores and pictures", "1", "not measured"),
    ]  # fmt: skip
    assert rows[0]["core_seconds"] == "9000"
    assert (rows[2]["core_seconds"], rows[2]["bytes"], rows[2]["longest_s"]) == ("", "", "")
    assert rows[1]["jobs_without_bytes"] == "1"
    assert rows[0]["processor"] == "an abacus"
