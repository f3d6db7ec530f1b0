"""Ranges of the parameters of networks: stated in their docstrings, held against the settings when these are read."""

import copy

import pytest
from tests.config.conftest import refusal

from merflow.config.dataclass_schema import keyword_schema
from merflow.config.ranges import parameter_ranges
from merflow.models.declared import NETWORKS
from merflow.training.baselines import BASELINES

ANY_NUMBER = {"mean"}
"""Parameters of networks that may be any number: grey levels that are subtracted."""


def numbers(schema):
    """Return the schema of a number, or of the items of a list of numbers; None for anything else."""
    inner = schema.get("items", schema)
    return inner if inner.get("type") in ("integer", "number") else None


@pytest.mark.parametrize("model", [*NETWORKS, *BASELINES])
def test_every_number_of_a_shipped_method_states_its_range(schema, model):
    properties = schema["$defs"]["models"][model]["properties"]
    found = {name: own for name, one in properties.items() if (own := numbers(one)) and name not in ANY_NUMBER}
    without = [name for name, own in found.items() if not {"minimum", "exclusiveMinimum"} & own.keys()]
    assert not without


@pytest.mark.parametrize(
    ("experiment", "params", "told"),
    [
        ("off_apexnet", {"hidden": [0, 8]}, "hidden.0: expected at least 1, but found 0"),
        ("lite_point_gcn", {"gcn_hidden": 0}, "gcn_hidden: expected at least 1, but found 0"),
        ("lite_point_gcn", {"widths": [8, -1, 8]}, "widths.1: expected at least 1, but found -1"),
        ("gts_gn", {"widths": []}, "widths: expected at least one, but found an empty list"),
        ("ststnet", {"dropout": 1}, "dropout: expected at least 0 and below 1, but found 1"),
        ("res3d", {"width": 0}, "width: expected at least 1, but found 0"),
        ("gts_gn", {"head": "pool"}, "head: expected one of flat, pooled, but found 'pool' (Did you mean 'pooled'?)."),
        ("kpconv", {"width": 0}, "width: expected above 0, but found 0"),
    ],
)
def test_a_parameter_out_of_its_range_is_refused_when_the_configuration_is_read(
    load, shipped, experiment, params, told
):
    shipped["experiments"]["own"] = {"extends": experiment, "description": "x", "model_params": params}
    assert f"config: experiments.own.model_params.{told}" in refusal(load, copy.deepcopy(shipped))


def test_the_words_of_a_range():
    def network(*, a: int = 1, b: float = 0.5, c: int = 2) -> None:
        """Make a network.

        Parameters
        ----------
        a, c : int, at least 1
            At most 3 is no range here.
        b : float, above -0.5, at most 1
            Share.
        """

    assert parameter_ranges(network.__doc__) == {
        "a": {"minimum": 1},
        "c": {"minimum": 1},
        "b": {"exclusiveMinimum": -0.5, "maximum": 1},
    }
    assert keyword_schema(network)["properties"]["c"] == {
        "description": "At most 3 is no range here.", "type": "integer", "minimum": 1, "default": 2,
    }  # fmt: skip
