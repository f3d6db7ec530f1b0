"""Numbers of an annotation: what action units speak against, and classes that cannot be both."""

from dataclasses import replace

import pytest
from tests.quality.conftest import clip_named

from merflow.datasets.estimated_apexes import with_estimated_apex
from merflow.datasets.quality import is_against_units, measure, measure_with_objective
from merflow.datasets.reading.annotation import with_midpoint


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


def test_an_apex_that_nobody_annotated_is_a_midpoint_or_an_estimate():
    annotated = clip_named("s1_a_1")
    midpoint = with_midpoint(replace(annotated, apex=-1))
    estimated = with_estimated_apex(midpoint, 7, rule="largest expression flow")
    found = [measure(clip).get("apex_estimated") for clip in (annotated, midpoint, estimated)]
    assert found == [None, 0.0, 1.0]
