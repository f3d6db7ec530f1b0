import shutil

import pytest

from merflow.artefacts import open_shard
from merflow.artefacts.place import names_of_examples, names_of_shard
from merflow.errors import ArtefactError
from merflow.paths import experiment, shard


@pytest.mark.parametrize("root", ["", "/somewhere/results/"])
def test_a_path_says_what_lies_there(root):
    names = {"dataset": "demo", "variant": "tvl1", "subject": "spNO.1"}
    assert names_of_shard(root + shard("demo", "flow", "tvl1", "spNO.1")) == names
    assert names_of_examples(root + experiment("demo", "e", "examples.h5")) == {"dataset": "demo", "experiment": "e"}


@pytest.mark.parametrize("path", ["a.h5", "flow/tvl1/spNO.1.h5", "myresults/d/artefacts/k/v/s.h5"])
def test_a_file_elsewhere_may_be_anything(path):
    assert names_of_shard(path) == {}
    assert names_of_examples(path) == {}


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (("casme3", "tvl1", "spNO.1"), "expected dataset 'casme3', but found 'demo'"),
        (("demo", "dis", "spNO.1"), "expected variant 'dis', but found 'tvl1'"),
        (("demo", "tvl1", "spNO.2"), "expected subject 'spNO.2', but found 'spNO.1'"),
    ],
)
def test_a_shard_copied_to_the_place_of_another_is_refused_without_being_told(tmp_path, write_flow, other, message):
    made = write_flow(tmp_path / shard("demo", "flow", "tvl1", "spNO.1"))
    dataset, variant, subject = other
    copy = tmp_path / shard(dataset, "flow", variant, subject)
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(made, copy)
    with open_shard(made, kind="flow"):
        pass
    with pytest.raises(ArtefactError, match=message) as caught, open_shard(copy, kind="flow"):
        pass
    assert f"snakemake --cores all --force {copy}" in str(caught.value)
