import pytest

from merflow.paths import experiment, is_place_of_shard, names_in_examples, names_in_shard, shard


@pytest.mark.parametrize("root", ["", "/somewhere/results/"])
def test_a_path_says_what_lies_there(root):
    names = {"dataset": "demo", "variant": "tvl1", "subject": "spNO.1"}
    path = root + shard("demo", "flow", "tvl1", "spNO.1")
    assert names_in_shard(path) == names
    assert is_place_of_shard(path)
    assert names_in_examples(root + experiment("demo", "e", "examples.h5")) == {"dataset": "demo", "experiment": "e"}


@pytest.mark.parametrize(
    "path",
    ["a.h5", "flow/tvl1/spNO.1.h5", "myresults/d/artefacts/k/v/s.h5", shard("d", "k", "v", "s")[:-3] + "_h5"],
)
def test_a_file_elsewhere_may_be_anything(path):
    assert names_in_shard(path) == {}
    assert not is_place_of_shard(path)
    assert names_in_examples(path) == {}
