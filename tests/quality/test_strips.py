"""Strips: a dot for each clip in the order of the values, inside the drawing, with its band where the limits are."""

import numpy as np
import pytest

from merflow.quality.flags import Range
from merflow.quality.measuring import Column
from merflow.quality.strips import HEIGHT, WIDTH, shapes_of, strip
from merflow.quality_columns import QualityColumn

CLIPS = [f"c{i}" for i in range(40)]


def laid_out(values, low, high, *, log=False):
    declared = QualityColumn(name="x", unit="1", meaning="m", bad="b", why="w", log=log)
    flags = {clip: "why" for clip, value in zip(CLIPS, values, strict=False) if not low <= value <= high}
    found = Range(low, high, float(np.median(values)))
    return strip(Column(declared, "faces/a", dict(zip(CLIPS, values, strict=False)), found, flags), CLIPS)


@pytest.mark.parametrize("log", [False, True])
def test_dots_stand_in_the_order_of_the_values(log):
    values = np.random.default_rng(0).lognormal(0, 1, 40)
    found = laid_out(values.tolist(), 0.1, 5.0, log=log)
    x = [dot.x for dot in found.dots]
    assert np.all(np.diff(np.array(x)[np.argsort(values)]) >= 0)
    assert all(0 <= dot.x <= WIDTH and 0 < dot.y < HEIGHT for dot in found.dots)
    left, right = found.band
    assert [dot.flagged for dot in found.dots] == [not left <= dot.x <= right for dot in found.dots]


def test_clips_of_one_value_do_not_hide_each_other():
    found = laid_out([1.0] * 40, 0.0, 1.0)
    assert len({(dot.x, dot.y) for dot in found.dots}) == 40


def test_a_limit_far_from_all_values_does_not_press_them_together():
    near, far = laid_out([1.0, 2.0], 0.0, 3.0), laid_out([1.0, 2.0], 0.0, 900.0)
    assert near.band[1] < WIDTH
    assert far.band[1] == WIDTH
    assert far.dots[1].x - far.dots[0].x > WIDTH / 3


def test_clips_without_a_value_have_no_dot():
    assert [dot.clip for dot in laid_out([3.0, 4.0], 0.0, 9.0).dots] == [0, 1]


def test_classes_have_shapes_in_the_order_of_their_names():
    assert shapes_of(["b", "a", "b"]) == {"a": "circle", "b": "square"}
