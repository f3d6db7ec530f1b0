"""A grid stands for exactly the experiments that one would write out."""

import pytest

from merflow.config.grid import MAX_EXPERIMENTS, expand_grids
from merflow.errors import ConfigError

SWEEP = {
    "net-{part}-{rate}": {
        "extends": "net",
        "description": "Without {part}, rate {rate}",
        "training": {"loss": "focal"},
        "grid": {
            "part": {"a": {"model_params": {"a": False}}, "b": {"model_params": {"b": False}, "training": {"rate": 9}}},
            "rate": {0.1: {"training": {"rate": 0.1}}, 2: None},
        },
    }
}


def test_each_combination_has_the_settings_of_the_block_and_of_its_labels():
    assert expand_grids(SWEEP) == {
        "net-a-0.1": {
            "extends": "net", "description": "Without a, rate 0.1", "model_params": {"a": False},
            "training": {"loss": "focal", "rate": 0.1},
        },
        "net-a-2": {
            "extends": "net", "description": "Without a, rate 2", "model_params": {"a": False},
            "training": {"loss": "focal"},
        },
        "net-b-0.1": {  # a later axis beats an earlier one
            "extends": "net", "description": "Without b, rate 0.1", "model_params": {"b": False},
            "training": {"loss": "focal", "rate": 0.1},
        },
        "net-b-2": {
            "extends": "net", "description": "Without b, rate 2", "model_params": {"b": False},
            "training": {"loss": "focal", "rate": 9},
        },
    }  # fmt: skip


def test_a_label_stands_in_every_text_however_deep_and_in_nothing_else():
    block = {"grid": {"n": {31: {}}}, "artefact": "graphs/t{n}", "baselines": ["svm-{n}", "{other}"], "seeds": [0]}
    assert expand_grids({"e{n}": block}) == {
        "e31": {"artefact": "graphs/t31", "baselines": ["svm-31", "{other}"], "seeds": [0]}
    }


def test_experiments_of_a_grid_share_nothing():
    first, second = expand_grids({"e{n}": {"seeds": [0], "input": {"x": [1]}, "grid": {"n": {1: {}, 2: {}}}}}).values()
    first["seeds"].append(1)
    first["input"]["x"].append(2)
    assert second == {"seeds": [0], "input": {"x": [1]}}


@pytest.mark.parametrize(
    ("name", "grid", "message"),
    [
        ("e{n}", [1, 2], r"experiments\.e\{n\}\.grid: expected axes, each with labels"),
        ("e{n}", {}, "expected axes, each with labels"),
        ("e{n}", {"n": [1, 2]}, r"grid\.n: expected labels, each with its settings, but found \[1, 2\]"),
        ("e{n}", {"n": {}}, "expected labels, each with its settings"),
        ("e{n}", {"n": {1: 5}}, r"grid\.n\.1: expected a block of settings, but found 5"),
        ("e{n}", {"n": {False: {}}}, "expected a text or a number as label, but found False. Write it in quotes"),
        ("e", {"n": {1: {}}}, r"expected \{n\} in the name of the block.* but found e\. Add it"),
        ("e{n}{m}", {"n": dict.fromkeys(range(30)), "m": dict.fromkeys(range(30))}, "at most 500 .* found 900"),
    ],
)
def test_what_is_no_grid_is_refused(name, grid, message):
    with pytest.raises(ConfigError, match=message):
        expand_grids({name: {"extends": "net", "grid": grid}})


def test_a_grid_that_would_fill_the_memory_is_refused():
    block = {"description": "x" * 10**5, "grid": {"n": dict.fromkeys(range(MAX_EXPERIMENTS))}}
    with pytest.raises(ConfigError, match="Give it fewer labels or a smaller block"):
        expand_grids({"e{n}": block})


def test_a_name_that_is_there_already_is_refused():
    with pytest.raises(ConfigError, match="found e1 twice"):
        expand_grids({"e1": {}, "e{n}": {"grid": {"n": {1: {}}}}})


def test_an_axis_that_is_not_given_is_left_for_the_check_of_names(load, shipped):
    shipped["experiments"]["e{n}-{m}"] = {"extends": "gts_gn", "grid": {"n": {1: {}}}}
    with pytest.raises(ConfigError, match=r"experiments\.e1-\{m\}: expected a name of letters"):
        load(shipped)


def test_a_user_may_write_a_grid(load):
    raw = {
        "datasets": {"mine": {"reader": "casme2", "root": "x"}},
        "experiments": {
            "rate{rate}": {
                "extends": "gts_gn",
                "datasets": ["mine"],
                "grid": {"rate": {0.1: {"training": {"learning_rate": 0.1}}, 0.2: {}}},
            }
        },
    }
    experiments = load(raw).plain["experiments"]
    assert experiments["rate0.1"]["training"]["learning_rate"] == 0.1
    assert experiments["rate0.2"] == experiments["gts_gn"] | {"datasets": ["mine"], "paper": []}
