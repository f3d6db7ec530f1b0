"""The table of measured costs: what is written is read, and what is shipped is complete."""

import dataclasses
import math

from tests.costs.costs_fixture import cost

from merflow.costs.table import read_costs, shipped_costs, write_costs


def test_what_is_written_is_read(tmp_path):
    costs = [
        cost("shards", "sequences/seq16", {"frames": 16, "name": "a, b"}, frames=16.5),
        cost("training", "ststnet", {"model_params.filters": [3, 5, 8]}, each=8.6e-5),
    ]
    write_costs(costs, tmp_path / "costs.csv")
    assert read_costs(tmp_path / "costs.csv") == costs


def test_numbers_have_three_digits(tmp_path):
    write_costs([cost("job", "draw_curves", start=1.23456)], tmp_path / "costs.csv")
    assert read_costs(tmp_path / "costs.csv")[0].start_s == 1.23


def test_each_shipped_cost_says_where_it_is_from_and_none_is_negative():
    for one in shipped_costs():
        assert one.processor
        assert one.merflow
        assert one.date.startswith("20")
        numbers = [value for value in dataclasses.astuple(one) if isinstance(value, float)]
        assert all(math.isfinite(value) and value >= 0 for value in numbers), one
        assert one.start_s + one.each_s > 0, one


def test_no_cost_is_shipped_twice():
    keys = [(one.what, one.name, one.on) for one in shipped_costs()]
    assert len(set(keys)) == len(keys)
