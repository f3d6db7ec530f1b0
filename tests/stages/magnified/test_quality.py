"""What is flagged of magnified frames: a change that is no motion, and grey levels that have run out."""

import numpy as np
import pytest
from tests.picture_fixtures import CLIP
from tests.quality.conftest import clip_named
from tests.stages.quality_fixture import flagged, measured

from merflow.stages.magnified.methods import magnify
from merflow.stages.magnified.quality import QUALITY, of_frames
from merflow.stages.magnified.settings import MagnificationSettings

FACE = np.ones((96, 96), dtype=bool)
SETTINGS = MagnificationSettings()


@pytest.fixture
def of_apex(picture, eight_bit):
    """Function from the motion of the apex, and what else is done to both frames, to the columns."""

    def compute(motion, *, light=0.0, gain=1.0, settings=SETTINGS):
        noise = np.random.default_rng(int(100 * motion)).normal(0, 1, (2, 96, 96, 1))
        onset = eight_bit(gain * picture(0.0, 0.0) + noise[0])
        apex = eight_bit(gain * picture(motion, 0.0) + noise[1] + light)
        return of_frames(onset, apex, magnify(onset, apex, settings), FACE)

    return compute


@pytest.fixture
def clean(of_apex):
    return [of_apex(0.4 + 0.05 * i) for i in range(9)]


def test_motion_that_is_magnified_has_about_the_factor(of_apex):
    assert of_apex(0.8)["magnified_gain"] == pytest.approx(SETTINGS.factor, rel=0.2)
    assert of_apex(0.8, settings=MagnificationSettings(method="none", factor=1))["magnified_gain"] == 1


@pytest.mark.parametrize("change", [{"motion": 0.0}, {"motion": 0.0, "light": 12.0}], ids=["noise alone", "light"])
def test_what_is_no_motion_is_flagged(of_apex, clean, change):
    assert flagged(QUALITY, clean, of_apex(**change)) == {"magnified_gain"}


def test_grey_levels_that_run_out_are_flagged(of_apex, clean):
    assert "magnified_clipped" in flagged(QUALITY, clean, of_apex(0.6, gain=1.6))


def test_a_shard_is_measured_with_its_faces(results):
    values = measured(results["magnified"], QUALITY, clip_named(CLIP))
    assert values["magnified_gain"] > 1.2
    assert values["magnified_clipped"] == 0
