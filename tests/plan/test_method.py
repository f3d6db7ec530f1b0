import hashlib
import os

import pytest

from merflow.config import Experiment
from merflow.errors import ConfigError
from merflow.plan import method_of


def experiment(**params):
    return Experiment("res3d", "sequences/v", model_params=params)


def test_the_content_of_a_file_that_a_network_reads_is_part_of_its_method(tmp_path):
    path, seen = tmp_path / "w.pt", []
    for content in (b"one", b"two"):
        path.write_bytes(content)
        os.utime(path, (0, len(seen)))  # a file of the same size and second would be taken for the one before
        method = method_of(experiment(weights=str(path), width=4))
        assert method.files == {"weights": hashlib.sha256(content).hexdigest()}
        seen.append(method.plain())
    assert seen[0] != seen[1]
    assert seen[0]["model_params"] == seen[1]["model_params"]


def test_a_network_that_reads_no_file_has_the_method_that_it_had():
    for one in (experiment(), experiment(weights=""), Experiment("majority", "flow/v"), Experiment("gcn", "graphs/v")):
        assert method_of(one) == one.method


def test_a_file_that_is_not_there_is_named_before_any_work(tmp_path):
    with pytest.raises(ConfigError, match=r"model_params.weights: expected a file at .*none.pt, found none"):
        method_of(experiment(weights=str(tmp_path / "none.pt")))
