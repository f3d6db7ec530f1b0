"""Face settings refuse what no crop could be made of."""

import pytest

from merflow.errors import ConfigError
from merflow.stages.faces.settings import FaceSettings


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"size_px": 8}, "faces.size_px: expected a multiple of 8 from 32 to 2048 px"),
        ({"margin": 0.5}, "faces.margin"),
        ({"native_margin_px": -1}, "faces.native_margin_px"),
        ({"upsample": 9}, "faces.upsample"),
        ({"retry_upsample": -1}, "faces.retry_upsample"),
        ({"min_depth_fraction": 2.0}, "faces.min_depth_fraction"),
        ({"frames": ()}, "faces.frames"),
        ({"frames": ("apex", "onset")}, "in this order"),
        ({"frames": ("onset", "all")}, "faces.frames"),
        ({"frames": ("onset", "onset")}, "faces.frames"),
    ],
)
def test_bad_values_are_named(values, message):
    with pytest.raises(ConfigError, match=message):
        FaceSettings(**values)


@pytest.mark.parametrize(
    ("frames", "needs_motion"),
    [
        (("onset", "apex"), True),
        (("onset", "apex", "offset"), True),
        (("onset", "offset"), False),
        (("all",), False),
        (("onset",), False),
    ],
)
def test_single_frames_with_onset_and_apex_need_motion_between_them(frames, needs_motion):
    assert FaceSettings(frames=frames).needs_motion is needs_motion


def test_a_list_from_yaml_is_taken():
    assert FaceSettings(frames=["onset", "offset"]) == FaceSettings(frames=("onset", "offset"))
