import pytest

from merflow.datasets.declared import LAYOUTS
from merflow.errors import ConfigError
from merflow.synthesis.layout import Layout, layout_named
from merflow.synthesis.settings import SynthesisSettings


def test_defaults_are_the_documented_demo():
    settings = SynthesisSettings()
    assert (settings.n_subjects, settings.clips, settings.others, settings.macro) == (8, 12, 0, 0)
    assert settings.head_motion == 0.6


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (
            {"layout": "zip"},
            "casme2_cropped, raw, clips, casme_sq, dfme, fourdme, fourdme_4d, fourdme_long, fourdme_cropped, mmew",
        ),
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


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_that_a_dataset_declares_can_be_rendered(name):
    assert SynthesisSettings(layout=name).layout == name
    assert isinstance(layout_named(name), Layout)
