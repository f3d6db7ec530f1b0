"""The sets of docs/scale.md that were not measured: numbers by hand, and the costs that merflow plan takes too."""

import math

import pytest
from tools.scale import estimate as est
from tools.scale.other_table import measured_picture, other_table
from tools.scale.others import others, together
from tools.scale.sizes import of_tables
from tools.write_scale_page import COSTS, ROOT

from merflow.config import read_config
from merflow.costs.lookup import Costs
from merflow.costs.table import read_costs
from merflow.datasets.counts import Counts
from merflow.datasets.declared import DATASETS

CONFIG, TABLE = read_config(ROOT / "config.yaml"), Costs(read_costs(COSTS))
SETS = {other.size.title: other for other in others(CONFIG)}


def test_every_released_set_has_its_costs():
    shown = [size.dataset for size in of_tables()] + [other.size.dataset for other in SETS.values()]
    assert {CONFIG.datasets[name].reader for name in shown} >= {name for name, one in DATASETS.items() if one.about}


@pytest.mark.parametrize(
    ("title", "people", "at_most", "clips", "pixels"),
    [
        ("CASME", 19, False, 195, 1280 * 720),
        ("MMEW", 36, False, 300, 231 * 231),
        ("CAS(ME)^2 micro", 22, True, 57, 640 * 480),
        ("CAS(ME)^2 micro, macro", 22, True, 57 + 300, 640 * 480),
        ("SAMM Long Videos micro, macro", 32, True, 159 + 343, 2040 * 1088),
        ("DFME", 176 + 42 + 41, False, 1856 + 474 + 299, 0),
        ("BU-4DFE", 101, False, 606, 1040 * 1329),
        ("BP4D-Spontaneous", 41, False, 0, 1040 * 1392),
        ("SMIC-E HS, long clips", 16, False, 164, 640 * 480),
    ],
)
def test_the_size_of_a_set_as_it_is_published(title, people, at_most, clips, pixels):
    other = SETS[title]
    assert (other.size.subjects, other.at_most, other.size.clips, other.size.pixels) == (people, at_most, clips, pixels)


def test_frames_and_labels_of_a_set_by_hand():
    both = SETS["CAS(ME)^2 micro, macro"].size
    assert SETS["CAS(ME)^2 micro"].size.frames == 16  # half a second at 30 frames a second
    assert 16 < both.frames < 32
    assert SETS["CAS(ME)^2 micro"].size.labelled("emotion3") == 57 - 19  # others are in no class
    assert both.labelled("emotion3") == 57 - 19 + 300  # of the macro-expressions no emotion is published
    assert SETS["DFME"].size.labelled("emotion3") == 1856 + 474 + 299
    assert together([Counts(rows=3), Counts(rows=None)]).rows is None


@pytest.mark.parametrize(
    ("pixels", "measured"),
    [
        (231 * 231, "179x235"),
        (1040 * 1329, "1280x720"),  # 1.50 times as many pixels; 2040x1088 has 1.61 times those
        (0, "2040x1088"),  # not known: the largest
    ],
)
def test_the_measured_picture_is_the_nearest_one(pixels, measured):
    assert measured_picture(CONFIG, TABLE, pixels) == measured


def test_the_faces_of_a_set_cost_what_the_plan_of_its_pictures_says():
    """`merflow plan` asks for the costs of a picture of so many pixels, and counts the clips."""
    size = SETS["MMEW"].size
    stages = est.estimate(CONFIG, size, TABLE)
    parts = [TABLE.shards(CONFIG, "faces", name, pixels=231 * 231).cost for name in ("aligned256", "onset")]
    jobs = math.ceil(36 / 4)
    assert stages["faces"].seconds == pytest.approx(sum(jobs * one.start_s + 300 * one.each_s for one in parts))
    assert stages["faces"].size == pytest.approx(300 * sum(one.each_bytes for one in parts))


def test_a_set_whose_clips_are_not_counted_has_no_cost():
    line = next(line for line in other_table(CONFIG, TABLE).splitlines() if line.startswith("| BP4D"))
    assert line == "| BP4D-Spontaneous | 41 | not published | 1040x1392 |" + "  |" * 7
