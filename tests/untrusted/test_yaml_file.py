import shutil

import pytest
import yaml

from merflow.config import read_config
from merflow.config.load import SCHEMA_PATH, load_config, read_schema
from merflow.errors import ConfigError
from merflow.untrusted.yaml_file import check_size, read_yaml

LAUGHS = "\n".join(
    ["a: &a [ha, ha]"]
    + [f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)]
)


@pytest.fixture
def config(tmp_path, request):
    """Write a configuration beside the shipped schema."""
    (tmp_path / "workflow/schemas").mkdir(parents=True)
    shutil.copy(request.config.rootpath / SCHEMA_PATH, tmp_path / SCHEMA_PATH)

    def write(text):
        path = tmp_path / "config.yaml"
        path.write_text(text)
        return path

    return write


def test_shipped_configuration_is_far_from_the_limit(request):
    read_yaml(request.config.rootpath / "config.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "a: !!python/object/apply:os.system ['touch ran']",
        "a: !!python/name:os.system",
        "a: !!python/object/new:pathlib.Path [ran]",
    ],
)
def test_python_objects_are_refused(config, text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="expected YAML, but could not determine a constructor"):
        read_config(config(text))
    assert not (tmp_path / "ran").exists()


def test_expressions_that_snakemake_would_evaluate_are_refused_as_an_unknown_key(config, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="__use_yte__"):
        read_config(config("__use_yte__: true\na: ?open('ran', 'w')\n"))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("text", [LAUGHS, "a: &a [*a]", "a: &a {b: *a}"], ids=["billion laughs", "list", "mapping"])
def test_aliases_that_explode_are_refused(config, text):
    with pytest.raises(ConfigError, match="expected at most 1000000 values and characters, found more"):
        read_config(config(text))


def test_aliases_that_explode_are_refused_in_what_snakemake_has_read(request):
    schema = read_schema(request.config.rootpath / SCHEMA_PATH)
    with pytest.raises(ConfigError, match="expected at most 1000000 values and characters, found more"):
        load_config({"experiments": yaml.safe_load(LAUGHS)}, schema)


def test_nesting_without_end_is_refused(config):
    with pytest.raises(ConfigError, match="expected YAML, but"):
        read_config(config("[" * 10_000))


def test_aliases_that_repeat_a_little_are_allowed():
    block = {"size": 224, "names": ["a", "b"]}
    check_size({"one": block, "two": block, "three": [block] * 100})
    with pytest.raises(ConfigError):
        check_size({"one": ["x" * 10_000] * 101})


def test_a_block_that_is_there_twice_is_refused_with_its_lines(tmp_path):
    """PyYAML takes the second one: the experiments of the first were gone without a word."""
    path = tmp_path / "config.yaml"
    path.write_text("experiments:\n  a: {seeds: [0]}\ndatasets: {}\nexperiments:\n  b: {seeds: [1]}\n")
    with pytest.raises(ConfigError, match=r"the key experiments is there twice in one block, in the lines 1 and 4"):
        read_yaml(path)
    path.write_text("x: &x {a: 1, b: 2}\ny: {<<: *x, a: 3}\nz: {a: 1}\n")  # a merged key may be given anew
    assert read_yaml(path)["y"] == {"a": 3, "b": 2}
