"""What merflow ships lies beneath a user's config.yaml: it may be extended, replaced and added to."""

import copy
import fnmatch
import re
import textwrap
import tomllib
from pathlib import Path

import jsonschema
import pytest
import yaml
from tests.config.conftest import refusal
from tests.shipped import ROOT

from merflow.config import read_config
from merflow.config.shipped import FOLDER, replaced_by_user, shipped_config, with_shipped

MINE = {"datasets": {"mine": {"reader": "casme2", "root": "x"}}}
SAMM = {"datasets": {"samm": {"reader": "samm", "root": "x"}}}


def with_experiments(base, **experiments):
    return base | {"experiments": experiments}


def test_datasets_are_all_that_a_user_must_give(load):
    config = load(MINE)
    assert set(shipped_config()["experiments"]) == set(config.plain["experiments"])
    assert config.experiment("gts_gn", "mine").labels == "objective6"


def test_what_is_shipped_is_read_once_and_no_configuration_changes_it(load):
    before = copy.deepcopy(shipped_config())
    load(with_experiments(SAMM, gts_gn={"extends": "gts_gn", "training": {"min_epochs": 3}}))
    assert shipped_config() is shipped_config()
    assert shipped_config() == before


@pytest.mark.parametrize("block", [
    {"extends": "gts_gn", "training": {"min_epochs": "three"}},
    {"extends": "gts_gn", "seeds": "all"},
    {"model": "gts_gn", "artefact": "graphs/tracked14", "seeds": "all"},
])  # fmt: skip
def test_a_wrong_value_is_found_beside_what_is_written_as_it_is_shipped(load, shipped, block):
    shipped["experiments"]["gts_gn"] |= block
    where = "training.min_epochs" if "training" in block else "seeds"
    assert f"experiments.gts_gn.{where}" in refusal(load, shipped)


def test_shipped_experiments_speak_of_the_users_datasets_only(load):
    config = load(SAMM)
    assert config.plain["experiments"]["gts_gn"]["datasets"] == ["samm"]
    assert list(config.plain["experiments"]["gts_gn"]["overrides"]) == ["samm"]
    assert load(MINE).plain["experiments"]["gts_gn"]["datasets"] == []


def test_a_users_own_experiment_with_a_dataset_that_is_not_there_is_refused(load):
    assert "unknown dataset 'sam'" in refusal(
        load, with_experiments(MINE, own={"extends": "gts_gn", "datasets": ["sam"]})
    )


def test_a_block_of_the_same_name_takes_the_place_of_the_shipped_one(load):
    own = with_experiments(MINE, lite_point_gcn={"model": "lite_point_gcn", "artefact": "regions/sort512"})
    config = load(own | {"flow": {"tvl1": {"faces": "onset", "method": "dis"}}})
    assert config.plain["experiments"]["lite_point_gcn"]["artefact"] == "regions/sort512"
    assert config.plain["experiments"]["lite_point_gcn"]["baselines"] == []
    assert (config.plain["flow"]["tvl1"]["faces"], config.plain["flow"]["tvl1"]["method"]) == ("onset", "dis")
    assert config.plain["flow"]["as_printed"]["faces"] == "aligned256"  # the others stay


def test_shipped_experiments_extend_the_users_one_of_the_same_name(load):
    own = {"extends": "gts_gn", "training": {"min_steps": 7}}
    config = load(with_experiments(SAMM, gts_gn=own))
    assert config.plain["experiments"]["gts_gn-beta0.3"]["training"]["min_steps"] == 7


def test_a_shipped_experiment_that_cannot_be_any_more_names_the_users_blocks(load):
    message = refusal(load, with_experiments(MINE, lite_point_gcn={"model": "majority", "artefact": "flow/tvl1"}))
    assert "experiments.lite_point_gcn-as_printed" in message
    assert "is shipped, and extends or reads what the configuration takes the place of: experiments.lite_point_gcn." \
        in message  # fmt: skip
    both = with_experiments(
        MINE, gts_gn={"extends": "gts_gn", "seeds": [3]}, own={"extends": "gts_gn", "seeds": [0, 0]}
    )
    assert "is shipped" not in refusal(load, both)


def test_a_wrong_value_is_found_where_the_user_wrote_it(load):
    """Not in the 40 shipped experiments that inherit it."""
    message = refusal(load, with_experiments(SAMM, gts_gn={"extends": "gts_gn", "seeds": ["0"]}))
    assert (
        "experiments.gts_gn.seeds.0: expected a whole number, but found '0', which is a text in YAML. Write 0."
        in message
    )


@pytest.mark.parametrize(
    "own",
    [
        {"seeds": [5]},
        {"labels": "objective5", "baselines": []},  # which the shipped one changes on samm
        {"model_params": {"fusion": 1}},
        {"overrides": {"samm": {"model_params": {"fusion": 4}}}},
    ],
)
def test_an_experiment_that_extends_its_own_name_is_the_shipped_one_with_changes(load, own):
    """The same as an experiment of another name that extends the shipped one."""
    changed = load(with_experiments(SAMM, gts_gn={"extends": "gts_gn"} | own))
    child = load(with_experiments(SAMM, child={"extends": "gts_gn"} | own))
    assert changed.experiment("gts_gn", "samm").plain() == child.experiment("child", "samm").plain()
    row = {"paper": [{"table": "gts_gn:V", "row": "GTS-GN | LAM; AAU"}]}  # which another experiment is not
    assert changed.plain["experiments"]["gts_gn"] == child.plain["experiments"]["child"] | row


def test_what_the_shipped_one_says_of_datasets_that_are_not_there_is_left_out_then_too(load):
    config = load(with_experiments(MINE, gts_gn={"extends": "gts_gn", "seeds": [5]}))
    assert config.plain["experiments"]["gts_gn"]["overrides"] == {}


def test_single_settings_under_a_shipped_name_are_refused_with_what_to_write(load):
    message = refusal(load, with_experiments(MINE, gts_gn={"seeds": [0]}))
    assert "experiments.gts_gn: expected model and artefact" in message
    assert "but found seeds. To change single settings of the shipped one, add extends: gts_gn." in message


def test_a_configuration_that_holds_everything_is_not_changed(shipped):
    assert with_shipped(shipped) == shipped
    assert replaced_by_user(shipped) == []


@pytest.mark.parametrize("section", ["experiments", "flow", "datasets"])
@pytest.mark.parametrize("content", [5, ["gts_gn"], "gts_gn"])
def test_a_section_that_is_no_block_is_refused(load, section, content):
    assert f"config: {section}: expected named blocks of settings" in refusal(load, MINE | {section: content})


def test_what_replaces_shipped_blocks_is_told():
    raw = with_experiments(MINE, gts_gn={"extends": "gts_gn", "seeds": [0]}, own={"extends": "gts_gn"})
    raw |= {"flow": {"tvl1": {"faces": "onset"}}, "landmark_accuracy": ["still"]}
    assert replaced_by_user(raw) == ["landmark_accuracy", "flow.tvl1", "experiments.gts_gn"]
    assert replaced_by_user(MINE) == []


def test_the_file_that_users_edit_is_short_and_holds_what_is_theirs():
    text = (ROOT / "config.yaml").read_text()
    assert len(text.splitlines()) < 120
    assert set(yaml.safe_load(text)) == {"datasets", "on_bad_clip", "execution", "experiments"}
    assert not replaced_by_user(yaml.safe_load(text))


def test_editors_complete_keys_and_accept_the_file_as_it_is(schema):
    first = (ROOT / "config.yaml").read_text().splitlines()[0]
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert yaml.safe_load((ROOT / named).read_text()) == schema
    validator = jsonschema.Draft202012Validator(schema)
    raw = yaml.safe_load((ROOT / "config.yaml").read_text())
    assert validator.is_valid(raw)
    own = {"extends": "gts_gn", "seeds": [0], "grid": {"n": {"1": {"seeds": [1]}, "2": None}}}
    assert validator.is_valid(with_experiments(raw, **{"mine{n}": own}))
    assert not validator.is_valid(with_experiments(raw, mine={"seeds": [0]}))
    assert not validator.is_valid(with_experiments(raw, mine={"extends": "gts_gn", "sedes": [0]}))


def test_the_schema_allows_everything_shipped_once_it_is_complete(schema):
    """A user's configuration is asked for the user's experiments only."""
    plain = read_config(ROOT / "config.yaml").plain
    assert len(plain["experiments"]) > 100
    jsonschema.validate(plain, schema)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*")), ids=lambda path: path.name)
def test_shipped_files_are_part_of_the_package(path):
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["merflow"]
    assert any(fnmatch.fnmatch(str(path.relative_to(FOLDER.parent)), pattern) for pattern in patterns)


def test_no_two_files_ship_a_block_of_the_same_name():
    names = [
        (section, name)
        for path in FOLDER.glob("*.yaml")
        for section, blocks in yaml.safe_load(path.read_text()).items()
        if isinstance(blocks, dict)
        for name in blocks
    ]
    assert len(names) == len(set(names)) > 50


def test_the_shipped_file_is_read_from_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "gts_gn-beta0.1" in read_config(Path(ROOT / "config.yaml")).plain["experiments"]


def documented():
    """Return the blocks of experiments that docs/configuration.md shows."""
    text = (ROOT / "docs/configuration.md").read_text()
    found = re.findall(r"^ *```yaml\n(.*?)^ *```", text, flags=re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(block) for block in found if "experiments:" in block]


@pytest.mark.parametrize("block", documented())
def test_what_the_documentation_shows_is_accepted(load, block):
    own = yaml.safe_load(block)
    assert len(load(MINE | own).plain["experiments"]) >= 71


def test_the_documented_sweep_makes_the_documented_names(load):
    (block,) = (block for block in documented() if "grid:" in block)
    names = set(load(MINE | yaml.safe_load(block)).plain["experiments"]) - set(shipped_config()["experiments"])
    text = (ROOT / "docs/configuration.md").read_text()
    assert len(names) == 4
    assert all(f"`{name}`" in text for name in names)
