from typing import get_args

import pytest

from merflow.errors import ConfigError
from merflow.synthesis.layouts.registry import LAYOUTS
from merflow.synthesis.settings import WITH_MACRO, WITHOUT_OTHERS, LayoutName, SynthesisSettings


def test_defaults_are_the_documented_demo():
    settings = SynthesisSettings()
    assert (settings.n_subjects, settings.clips, settings.others, settings.macro) == (8, 12, 0, 0)
    assert settings.head_motion == 0.6


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"layout": "zip"}, "raw, clips, casme2_raw, casme2_selected, casme2_cropped, samm, smic_cropped"),
        ({"layout": "samm", "macro": 1}, "macro must be 0 in layout samm"),
        ({"layout": "smic_e", "others": 1}, "others must be 0 in layout smic_e"),
        ({"ss": 3}, "1 or 2"),
        ({"n_subjects": 0}, "at least 1"),
        ({"noise_sd": -1.0}, "must not be negative"),
        ({"amp_mm": (2.0, 1.0)}, "low <= high"),
    ],
)
def test_impossible_settings_are_refused_with_what_is_possible(wrong, words):
    with pytest.raises(ConfigError, match=words):
        SynthesisSettings(**wrong)


def test_every_name_of_a_layout_is_registered_and_what_it_lacks_is_refused():
    assert set(get_args(LayoutName)) == set(LAYOUTS)
    assert set(WITH_MACRO) == {name for name, layout in LAYOUTS.items() if layout.has_macro}
    assert set(WITHOUT_OTHERS) == {name for name, layout in LAYOUTS.items() if not layout.has_others}
