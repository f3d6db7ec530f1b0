"""Settings of magnification: what they refuse, and that each method has its function."""

from typing import get_args, get_type_hints

import pytest

from merflow.errors import ConfigError
from merflow.stages.flow.dense_flow import DenseFlowSettings
from merflow.stages.magnified.methods import METHODS
from merflow.stages.magnified.settings import FlowWarpSettings, LinearSettings, MagnificationSettings, PhaseSettings


def test_factor_is_three_unless_told():
    assert MagnificationSettings().factor == 3


def test_each_name_has_its_function():
    assert set(get_args(get_type_hints(MagnificationSettings)["method"])) == set(METHODS)


@pytest.mark.parametrize("factor", [0.99, 0, -3, float("inf"), float("nan")])
def test_a_factor_below_one_is_refused(factor):
    with pytest.raises(ConfigError, match=r"magnified\.factor: expected 1 .* but found"):
        MagnificationSettings(factor=factor)


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda: MagnificationSettings(method="eulerian"), "magnified.method"),
        (lambda: MagnificationSettings(head_motion="keypoints"), "magnified.head_motion"),
        (lambda: DenseFlowSettings(normalise_sd_px=-1), "flow.normalise_sd_px "),
        (
            lambda: DenseFlowSettings(variational_iterations=-1),
            "flow.variational_iterations ",
        ),
        (lambda: PhaseSettings(orientations=1), "magnified.phase.orientations"),
        (lambda: PhaseSettings(octaves=0), "magnified.phase.octaves"),
        (lambda: PhaseSettings(smoothing_sd_px=-0.1), "magnified.phase.smoothing_sd_px"),
        (lambda: LinearSettings(fine_sd_px=-1), "magnified.linear.fine_sd_px"),
        (lambda: LinearSettings(fine_sd_px=4, coarse_sd_px=4), "magnified.linear.coarse_sd_px"),
        (lambda: FlowWarpSettings(source="apex"), "magnified.flow_warp.source"),
    ],
)
def test_a_value_outside_its_range_is_refused_by_its_key(make, key):
    with pytest.raises(ConfigError, match=f"^{key}"):
        make()
