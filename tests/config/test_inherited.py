"""What an experiment takes from the one that it extends."""

import pytest

from merflow.config.experiments import inherit

PARENT = {
    "model": "a",
    "model_params": {"width": 8},
    "training": {"min_epochs": 30},
    "paper": [{"table": "t:I", "row": "A"}],
    "overrides": {
        "x": {"model_params": {"width": 4}, "training": {"min_epochs": 2}},
        "y": {"model_params": {"width": 2}},
    },
}


@pytest.mark.parametrize("own", [{"model": "b"}, {"model": "b", "model_params": {"depth": 3}}])
def test_the_parameters_of_another_model_are_not_inherited(own):
    found = inherit(PARENT, own)
    assert found == {
        **own, "training": {"min_epochs": 30}, "overrides": {"x": {"training": {"min_epochs": 2}}}
    }  # fmt: skip


@pytest.mark.parametrize("own", [{}, {"model": "a"}, {"description": "the same"}])
def test_the_same_model_keeps_its_parameters_and_no_row_of_a_paper(own):
    found = inherit(PARENT, own)
    assert found == {**{key: value for key, value in PARENT.items() if key != "paper"}, **own}


def test_own_parameters_beat_those_of_a_parent_and_of_its_changes_for_one_dataset():
    found = inherit(PARENT, {"model_params": {"width": 16}})
    assert found["model_params"] == {"width": 16}
    assert found["overrides"] == {"x": {"training": {"min_epochs": 2}}}
