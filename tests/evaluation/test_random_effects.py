"""The combination of effects against equations by hand, and against a published meta-analysis."""

import numpy as np
import pytest
from scipy import stats

from merflow.evaluation.random_effects import between_variance, combine

BCG = np.array([
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
    (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600),
    (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825),
], dtype=float)  # fmt: skip
"""Tuberculosis with and without after vaccination with BCG, then without it, in 13 trials (Colditz et al. 1994)."""


def log_risk_ratios():
    ill, well, ill0, well0 = BCG.T
    effects = np.log(ill / (ill + well)) - np.log(ill0 / (ill0 + well0))
    return effects, np.sqrt(1 / ill - 1 / (ill + well) + 1 / ill0 - 1 / (ill0 + well0))


def test_two_effects_by_hand():
    """Q(tau^2) = (d1 - d2)^2 / (2 (e^2 + tau^2)) = 1; the mean has the variance (e^2 + tau^2) / 2 and t(1)."""
    found = combine(np.array([0.1, 0.5]), np.array([0.1, 0.1]))
    variance = 0.4**2 / 2
    assert found.tau**2 == pytest.approx(variance - 0.01)
    assert found.effect == pytest.approx(0.3)
    assert found.high - found.effect == pytest.approx(12.7062 * np.sqrt(variance / 2), rel=1e-5)
    assert found.q == pytest.approx(0.4**2 / 0.02)
    assert found.i2 == pytest.approx(7 / 8)
    assert np.isnan(found.new_low)


def test_the_vaccine_trials_as_they_are_published():
    """R's metafor, rma(measure="RR", data=dat.bcg): Q 152.233; by REML -.7145, tau^2 .3132, of which ours is near."""
    effects, errors = log_risk_ratios()
    found = combine(effects, errors)
    assert found.q == pytest.approx(152.233, abs=5e-4)
    assert found.effect == pytest.approx(-0.7145, abs=0.002)
    assert found.tau**2 == pytest.approx(0.3132, abs=0.01)
    assert (found.low, found.high) == pytest.approx((-1.1084, -0.3206), abs=0.01)  # its test="knha"
    assert found.i2 == pytest.approx((152.233 - 12) / 152.233, abs=1e-4)
    assert found.p_same == pytest.approx(stats.chi2.sf(152.233, 12), rel=1e-3)
    assert found.new_low < found.low
    assert found.weights.sum() == pytest.approx(1)


def test_the_variance_between_solves_its_equation():
    effects, errors = log_risk_ratios()
    weights = 1 / (errors**2 + between_variance(effects, errors**2))
    mean = np.average(effects, weights=weights)
    assert weights @ (effects - mean) ** 2 == pytest.approx(12)


def test_effects_that_agree_give_their_weighted_mean_and_no_narrower_an_interval():
    errors = np.array([0.1, 0.2, 0.3])
    found = combine(np.array([0.2, 0.2, 0.2]), errors)
    assert (found.effect, found.tau, found.i2, found.q) == pytest.approx((0.2, 0, 0, 0))
    reach = stats.t.ppf(0.975, 2) / np.sqrt((1 / errors**2).sum())
    assert found.high == pytest.approx(0.2 + reach)


def test_a_larger_spread_gives_a_wider_interval_and_units_do_not_matter():
    errors = np.array([0.05, 0.1, 0.08, 0.06])
    effects = np.array([0.1, 0.2, 0.05, 0.15])
    near, far = (combine(effects * factor, errors) for factor in (1, 4))
    assert far.high - far.low > near.high - near.low
    per_cent = combine(100 * effects, 100 * errors)
    expected = [100 * near.effect, 100 * near.low, 100 * near.tau]
    assert [per_cent.effect, per_cent.low, per_cent.tau] == pytest.approx(expected)


@pytest.mark.parametrize("errors", [[0.1], [0.1, 0.0], [0.1, np.nan]])
def test_too_little_is_refused(errors):
    with pytest.raises(ValueError, match="two or more effects with errors above 0"):
        combine(np.zeros(len(errors)), np.array(errors))
