"""Configurations that nobody would write on purpose, and that a slip of the keyboard or a program writes: a message."""

import math
from pathlib import Path

import pytest
from tests.shipped import shipped_raw

from merflow.config import read_config
from merflow.config.load import load_config, read_schema
from merflow.errors import ConfigError
from merflow.untrusted.yaml_file import MAX_SIZE

ROOT = Path(__file__).parents[2]
SCHEMA = read_schema(ROOT / "workflow/schemas/config.schema.yaml")


@pytest.fixture
def shipped():
    return shipped_raw()


def refusal(config):
    with pytest.raises(ConfigError) as caught:
        load_config(config, SCHEMA)
    assert len(str(caught.value)) < 5000
    return str(caught.value)


@pytest.mark.parametrize("content", [[1], 3, "text", 0.5, True])
def test_a_top_level_that_is_no_mapping(content):
    assert "expected sections such as datasets" in refusal(content)


@pytest.mark.parametrize("content", [5, "text", [1], True])
def test_a_section_that_holds_no_blocks(shipped, content):
    """As of a file that was cut after the first letters of a section."""
    for section in ("datasets", "faces", "graphs", "experiments"):
        found = refusal({**shipped, section: content})
        assert f"config: {section}: expected named blocks of settings, but found {str(content)!r}" in found


@pytest.mark.parametrize("text", ["- 1", "3", "[]", "0", "false"])
def test_a_file_whose_top_level_is_no_mapping(tmp_path, text):
    (tmp_path / "workflow").symlink_to(ROOT / "workflow")
    (tmp_path / "config.yaml").write_text(text)
    with pytest.raises(ConfigError, match="expected sections such as datasets"):
        read_config(tmp_path / "config.yaml")


@pytest.mark.parametrize("parent", [5, -0.0, ["gcn"], {"gcn": None}, True])
def test_extends_that_is_no_name(shipped, parent):
    shipped["experiments"]["ss_gn"]["extends"] = parent
    assert "experiments.ss_gn.extends: expected the name of another block" in refusal(shipped)


@pytest.mark.parametrize("overrides", [5, ["demo"], "demo"])
def test_overrides_that_are_no_mapping(shipped, overrides):
    shipped["experiments"]["gts_gn"]["overrides"] = overrides  # others extend it
    assert "experiments.gts_gn.overrides: expected settings by dataset" in refusal(shipped)


@pytest.mark.parametrize(("section", "length"), [("datasets", 300), ("experiments", 101), ("flow", 1000)])
def test_a_name_that_no_file_system_takes(shipped, section, length):
    shipped[section]["x" * length] = next(iter(shipped[section].values()))
    assert f"expected names of at most 100 bytes, since they become folders of the results, but found one of {length}" \
        in refusal(shipped)  # fmt: skip


@pytest.mark.parametrize("name", ["clips.csv", "exclusions.csv", "accuracy.csv", "landmarks.html", "compare"])
def test_an_experiment_in_the_place_of_a_table(shipped, name):
    shipped["experiments"][name] = shipped["experiments"]["majority"]
    assert f"experiments.{name}: expected a name" in refusal(shipped)


def test_a_dataset_in_the_place_of_a_table(shipped):
    shipped["datasets"]["magnification.csv"] = shipped["datasets"]["casme2"]
    assert "datasets.magnification.csv: expected a name" in refusal(shipped)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none(shipped, number):
    shipped["experiments"]["lite_point_gcn"]["training"] = {"learning_rate": number}
    assert "experiments.lite_point_gcn.training.learning_rate: expected a finite number" in refusal(shipped)
    shipped["experiments"]["lite_point_gcn"]["training"] = {}
    shipped["experiments"]["lite_point_gcn"]["seeds"] = [0, number]
    assert "experiments.lite_point_gcn.seeds[1]: expected a finite number" in refusal(shipped)


@pytest.mark.parametrize(
    ("seeds", "message"),
    [
        (list(range(10**4)), "seeds: expected at most 100, each a training, but found 10000"),
        ([0, -1], "seeds: expected 0 or more, but found -1"),
        ([2**70], r"seeds[0]: expected a number of 63 bits, but found one of 71"),
        ([], "seeds: expected one or more different seeds, but found []"),
    ],
)
def test_seeds_that_cannot_be(shipped, seeds, message):
    shipped["experiments"]["gcn"]["seeds"] = seeds
    assert message in refusal(shipped)


def test_more_keys_than_anybody_writes(shipped, tmp_path):
    many = {f"k{number}": 1 for number in range(2 * 10**5)}
    assert "expected at most" in refusal(shipped | many)
    (tmp_path / "workflow").symlink_to(ROOT / "workflow")
    (tmp_path / "config.yaml").write_text("".join(f"{key}: 1\n" for key in many))
    assert (tmp_path / "config.yaml").stat().st_size > MAX_SIZE
    with pytest.raises(ConfigError, match=f"at most {MAX_SIZE} bytes, found"):
        read_config(tmp_path / "config.yaml")


def test_a_chain_of_parents_without_end(shipped):
    shipped["experiments"] |= {f"k{number}": {"extends": f"k{number + 1}"} for number in range(2000)}
    assert "expected at most 50 experiments that extend one another in a row" in refusal(shipped)
