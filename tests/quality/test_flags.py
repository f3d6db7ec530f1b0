"""Flags by hand: limits of a declaration, outliers by the median absolute deviation, texts that two clips share."""

import numpy as np
import pytest
from scipy.stats import median_abs_deviation

from merflow.names import named
from merflow.quality.flags import flags_of_column, good_range
from merflow.quality_columns import QualityColumn
from merflow.stages import STAGES


def column(**declared):
    return QualityColumn(name="x", unit="1", meaning="m", bad="b", why="w", **declared)


def test_the_outlier_of_the_docstring():
    values = [1.0, 2, 3, 4, 5, 6, 7, 8, 100]
    found = good_range(column(outlier="high"), values, deviations=5)
    assert found.median == 5
    assert found.high == pytest.approx(5 + 5 * 1.4826 * 2)
    assert found.low == -np.inf


@pytest.mark.parametrize("log", [False, True])
def test_the_spread_is_that_of_scipy(log):
    values = np.random.default_rng(0).lognormal(1, 0.4, 50)
    scaled = np.log(values) if log else values
    reach = 4 * median_abs_deviation(scaled, scale="normal")
    found = good_range(column(outlier="both", log=log), values.tolist(), deviations=4)
    ends = np.median(scaled) + np.array([-reach, reach])
    np.testing.assert_allclose([found.low, found.high], np.exp(ends) if log else ends, rtol=1e-4)


def test_a_limit_wins_over_the_outliers_of_its_side_only():
    values = [*np.linspace(0, 1, 20), 50.0]
    found = good_range(column(high=60.0, outlier="both"), values, deviations=3)
    assert found.high == 60
    assert np.isfinite(found.low)


def test_where_all_clips_are_alike_the_least_spread_counts():
    values = [3.0] * 20 + [3.4]
    assert flags_of_column(column(outlier="both"), dict(enumerate(values)), deviations=5)[1] == {20: "3.4 > 3"}
    flags = flags_of_column(column(outlier="both", least_spread=0.1), dict(enumerate(values)), deviations=5)[1]
    assert flags == {}


def test_few_clips_have_no_outliers_and_missing_values_no_flags():
    assert flags_of_column(column(outlier="both"), {"a": 1.0, "b": 1.0, "c": 9.0}, deviations=5)[1] == {}
    assert flags_of_column(column(low=0.0), {"a": float("nan"), "b": -1.0}, deviations=5)[1] == {"b": "-1 < 0"}


def test_a_text_that_two_clips_have_flags_both():
    limits, flags = flags_of_column(column(unique=True), {"a": "17", "b": "4", "c": "17"}, deviations=5)
    assert limits is None
    assert flags == {"a": "same as c", "c": "same as a"}


def test_no_two_stages_declare_one_column():
    names = [one.name for stage in STAGES.values() if stage.quality for one in named(stage.quality).columns]
    assert len(names) == len(set(names)) > 20
