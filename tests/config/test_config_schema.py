import copy

from merflow.config.schema import merge

BASE = {"training": {"steps": [1, 2], "loss": {"name": "focal"}}, "expressions": ["micro"]}


def test_blocks_are_merged_key_by_key_and_all_else_is_replaced():
    merged = merge(BASE, {"training": {"loss": {"gamma": 2}, "steps": [3]}, "model": "x"})
    assert merged == {
        "training": {"steps": [3], "loss": {"name": "focal", "gamma": 2}}, "expressions": ["micro"], "model": "x"
    }  # fmt: skip


def test_a_merged_block_shares_nothing_with_what_it_was_made_of():
    """Experiments extend one another: what is done to one must not reach its parent."""
    base, change = copy.deepcopy(BASE), {"training": {"rates": [0.1]}, "labels": {"names": ["a"]}}
    merged = merge(base, change)
    for values in (merged["training"]["steps"], merged["training"]["rates"], merged["expressions"]):
        values.append("changed")
    merged["training"]["loss"]["name"] = "changed"
    merged["labels"]["names"].append("changed")
    assert base == BASE
    assert change == {"training": {"rates": [0.1]}, "labels": {"names": ["a"]}}
