"""The quality pages in a real run: made from what is built, and a review that leaves clips out."""

import csv
import json

import pytest
from tests.workflow.conftest import METRICS

pytestmark = pytest.mark.workflow
PAGE = "results/tiny/qc/index.html"


def rows(workflow, delimiter="\t", name="qc/clips.tsv"):
    with (workflow.folder / "results/tiny" / name).open(newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def test_pages_are_made_of_what_is_built_and_a_review_leaves_clips_out(copied):
    copied(PAGE)
    assert copied.planned(PAGE, METRICS) == {}
    clips = rows(copied)
    assert len(clips) == 12
    assert sum(row["flagged"] != "n/a" for row in clips) <= 1
    stages = json.loads((copied.folder / "results/tiny/qc/clips.json").read_text())["stages"]
    assert stages["Read"]["regions/sort1024"] == 12
    assert "sequences" in stages["NotBuilt"]
    assert copied.check()[1] == 0

    shown = {"experiments": ["lite_point_gcn"], "reference": "other.tsv"}
    (copied.folder / "other.tsv").write_text("clip\thead_px\na\t0.25\nb\t0.25\n")
    copied.write_config(copied.config | {"qc": shown})
    copied(PAGE)
    assert copied.planned(PAGE) == {}
    assert {row["wrong_seeds_lite_point_gcn"] for row in rows(copied)} <= {"0", "0.5", "1"}
    assert "Reference: 0.25 to 0.25." in (copied.folder / PAGE).read_text()

    (copied.folder / "review.tsv").write_text(f"clip\tverdict\tcomment\n{clips[0]['clip']}\tfail\tblinks\n")
    copied.write_config(
        copied.config | {"datasets": {"tiny": copied.config["datasets"]["tiny"] | {"exclude": "review.tsv"}}}
    )
    copied(PAGE)
    [left_out] = rows(copied, ",", "exclusions.csv")
    assert (left_out["clip"], left_out["stage"], left_out["reason"]) == (clips[0]["clip"], "review", "blinks")
    assert [row["stage"] for row in rows(copied)] == ["n/a"] * 11 + ["review"]
