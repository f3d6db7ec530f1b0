"""Numbers of an annotation: what action units speak against, and classes that cannot be both."""

import pytest
from tests.quality.conftest import clip_named

from merflow.datasets.quality import is_against_units, measure, measure_with_objective


@pytest.mark.parametrize(
    ("aus", "emotion", "against"),
    [
        ("12", "happiness", False),
        ("R12+L6", "anger", True),
        ("1+2", "surprise", False),
        ("1+2", "happiness", True),
        ("4+7", "anger", False),
        ("4+7", "happiness", True),
        ("4+7", "surprise", True),
        ("14", "happiness", False),
        ("12", "others", False),
    ],
)
def test_units_speak_against_emotions(aus, emotion, against):
    assert is_against_units(clip_named("s_a_1", aus=aus, emotion=emotion)) is against


def test_what_is_not_known_has_no_value():
    assert "label_against_units" not in measure(clip_named("s_a_1", aus="4 or 12"))
    assert set(measure(clip_named("s_a_1", aus="", offset=-1))) == set()


@pytest.mark.parametrize(("objective", "differs"), [("I", 0), ("III", 1), ("VII", 0)])
def test_objective_classes_that_cannot_be_both(objective, differs):
    assert measure_with_objective(clip_named("s_a_1", objective=objective))["objective_differs"] == differs
