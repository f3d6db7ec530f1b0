from collections import Counter
from dataclasses import asdict, replace

import numpy as np
import pytest

from merflow.errors import ConfigError, DatasetError
from merflow.synthesis.conditions import (
    DIFFICULTIES,
    ConditionRanges,
    Worn,
    deal_difficulties,
    sample_conditions,
    sample_worn,
)
from merflow.synthesis.conditions_table import read_difficulties

RANGES = ConditionRanges(
    amp_mm=(2.0, 0.5),
    head_motion=(0.3, 3.0),
    distractors=(0, 3),
    lamp_side=(0.0, 1.5),
    lamp_gain=(1.0, 0.4),
    noise_sd=(1.0, 4.0),
    glasses=0.25,
    fringe=0.5,
    hand=(0.0, 0.6),
)
NOTHING = Worn(glasses=False, fringe=False)
SUBJECT = ["anger", "sad", "fear", "disgust", "anger", "sad", "happy", "happy", "happy"] + ["surprise"] * 3


def draw(difficulty, n=300):
    rng = np.random.default_rng(1)
    return [sample_conditions(rng, RANGES, difficulty, NOTHING) for _ in range(n)]


@pytest.mark.parametrize(("difficulty", "low", "high"), [("easy", 1.0, 2.0), ("medium", 2.0, 3.0), ("hard", 3.0, 4.0)])
def test_a_strength_lies_in_the_third_of_its_range_that_the_difficulty_names(difficulty, low, high):
    noise = [conditions.noise_sd for conditions in draw(difficulty)]
    assert low <= min(noise) < low + 0.05
    assert high - 0.05 < max(noise) <= high


def test_a_range_may_run_downwards():
    assert [draw(name)[0].amp_mm for name in DIFFICULTIES] == [(1.5, 2.0), (1.0, 1.5), (0.5, 1.0)]
    assert min(c.lamp_gain for c in draw("hard")) >= 0.4
    assert max(c.lamp_gain for c in draw("hard")) <= 0.6


def test_the_lamp_stands_on_either_side():
    sides = np.array([c.lamp_side for c in draw("hard")])
    assert 0.4 < (sides > 0).mean() < 0.6
    assert np.abs(sides).min() >= 1.0


def test_a_share_rises_with_the_difficulty():
    shares = [np.mean([c.hand for c in draw(name)]) for name in DIFFICULTIES]
    np.testing.assert_allclose(shares, [0.1, 0.3, 0.5], atol=0.08)  # middles of the thirds of 0 to .6


def test_glasses_and_hair_are_the_subjects():
    rng = np.random.default_rng(2)
    worn = [sample_worn(rng, RANGES) for _ in range(500)]
    assert np.mean([w.glasses for w in worn]) == pytest.approx(0.25, abs=0.06)
    assert np.mean([w.fringe for w in worn]) == pytest.approx(0.5, abs=0.06)
    assert sample_conditions(rng, RANGES, "easy", Worn(glasses=True, fringe=False)).glasses


def test_each_class_of_a_subject_has_each_difficulty_as_often():
    dealt = deal_difficulties(np.random.default_rng(3), SUBJECT)
    assert Counter(dealt[:6]) == {"easy": 2, "medium": 2, "hard": 2}
    assert sorted(dealt[6:9]) == sorted(dealt[9:]) == sorted(DIFFICULTIES)


def test_the_record_has_plain_values_and_every_condition():
    conditions = draw("medium")[0]
    record = conditions.record()
    assert record["difficulty"] == "medium"
    assert set(record) == set(asdict(conditions)) - {"amp_mm"} | {"amp_low_mm", "amp_high_mm"}
    assert all(isinstance(value, str | int | float) and not isinstance(value, bool) for value in record.values())


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"noise_sd": (1.0, -2.0)}, r"conditions\.noise_sd: expected two numbers that are not negative"),
        ({"hand": (0.0, 1.5)}, r"conditions\.hand: expected shares of 1 at most"),
        ({"glasses": 2.0}, r"conditions\.glasses: expected shares of 1 at most"),
    ],
)
def test_impossible_ranges_are_refused(wrong, words):
    with pytest.raises(ConfigError, match=words):
        replace(RANGES, **wrong)


def test_a_dataset_without_conditions_is_told(tmp_path):
    with pytest.raises(DatasetError, match=r"only a dataset with synthesis\.conditions"):
        read_difficulties(tmp_path)
