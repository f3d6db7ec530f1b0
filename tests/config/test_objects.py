"""The configuration as objects: what they say is what the blocks say, and plain again it is what was written."""

import json

import pytest
from tests.config.conftest import ROOT

from merflow.config import read_config
from merflow.config.load import SCHEMA_PATH, load_config, read_schema
from merflow.datasets.labels import label_set_named
from merflow.errors import ConfigError
from merflow.plan.sources import needs_depth
from merflow.settings import from_plain
from merflow.training.method import Method
from merflow.training.settings import EXECUTION_KEYS

SCHEMA = read_schema(ROOT / SCHEMA_PATH)


@pytest.fixture(scope="module")
def config():
    return read_config(ROOT / "config.yaml")


def test_an_experiment_is_that_of_its_dataset_and_made_once(config):
    here, there = (config.experiment("gts_gn", name) for name in ("casme2", "samm"))
    assert here is config.experiment("gts_gn", "casme2")
    overrides = config.plain["experiments"]["gts_gn"]["overrides"]
    assert there.labels == overrides["samm"]["labels"] != here.labels
    assert config.experiments["gts_gn"] is config.experiment("gts_gn")


def test_plain_again_an_experiment_is_its_block_to_the_letter(config):
    """But for what no result depends on; so a result that was made of the block is found again."""
    for name, block in config.plain["experiments"].items():
        expected = {key: value for key, value in block.items() if key not in ("overrides", "paper")}
        training = block["training"]
        unused = {"momentum"} if training["optimiser"] != "sgd" else set()
        unused |= {"step_epochs"} if training["schedule"] != "step" else set()
        unused |= {key for key in ("au_step_epochs", "au_total") if not training[key]}
        only = {"cross_dataset": ("train", "test"), "holdout": ("subjects", "fold")}
        kept = {key for key in only.get(block["protocol"]["name"], ()) if block["protocol"][key]}
        left = {"train", "test", "subjects", "fold"} - kept
        expected["protocol"] = {key: value for key, value in block["protocol"].items() if key not in left}
        expected["training"] = {key: value for key, value in training.items() if key not in {*EXECUTION_KEYS, *unused}}
        own = config.experiment(name)
        assert json.dumps(own.plain()) == json.dumps(expected)
        assert own.plain("seeds", "labels") == {"seeds": block["seeds"], "labels": block["labels"]}
        assert from_plain(Method, own.method.plain()).plain() == own.method.plain()


def test_a_variant_knows_the_one_that_it_is_computed_from(config):
    assert config.chain("regions/sort1024")[0][0] == "faces"
    variant = config.variant("regions", "sort1024")
    assert (variant.upstream, variant.settings.points) == (variant.plain["clouds"], variant.plain["points"])
    assert config.variant("faces", "aligned256").upstream == ""


def test_a_variant_may_be_computed_from_one_of_several_kinds(config):
    assert [kind for kind, _ in config.chain("dynamic_images/views64")] == ["meshes", "projections", "dynamic_images"]
    assert [kind for kind, _ in config.chain("dynamic_images/rgbd64")] == ["faces", "projections", "dynamic_images"]
    assert [kind for kind, _ in config.chain("dynamic_images/grey_magnified64")] == [
        "faces", "sequences", "dynamic_images",
    ]  # fmt: skip
    assert needs_depth(config, "projections", "rgbd64")
    assert not needs_depth(config, "projections", "views64")


@pytest.mark.parametrize(
    ("kind", "block", "told"),
    [
        ("projections", {}, "projections.mine: expected a variant of meshes or faces that it is computed from, found"),
        ("projections", {"meshes": "frontal", "faces": "every_frame"}, "found meshes and faces. Name one: meshes: <"),
        ("projections", {"faces": "nothing"}, "nothing"),
        ("dynamic_images", {"sequences": "seq16"}, "expected some of texture, red, green, blue of sequences"),
    ],
)  # fmt: skip
def test_a_variant_that_names_none_or_two_of_them_is_refused(kind, block, told):
    with pytest.raises(ConfigError, match=told):
        load_config({"datasets": {}, kind: {"mine": block}}, SCHEMA)


def test_a_dataset_knows_its_members_and_whether_it_is_rendered(config):
    composite = config.datasets["demo_composite"]
    assert composite.members == tuple(config.plain["datasets"]["demo_composite"]["members"]) != ()
    assert config.datasets["casme3"].synthesis is None
    assert config.datasets["demo"].synthesis.n_subjects == 8
    assert "reader" not in config.datasets["demo"].own


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda config: config.experiment("gts_gm"), r"config: unknown experiment 'gts_gm'\. Did you mean 'gts_gn'"),
        (lambda config: config.experiment("gts_gn", "sam"), r"config: unknown dataset 'sam'\. Did you mean 'samm'"),
        (
            lambda config: config.variant("flow", "tvl"),
            r"flow has no variant 'tvl'\. Did you mean 'tvl1'\? Known: as_pr",
        ),
        (lambda config: config.variant("flow", "x"), r"config: flow has no variant 'x'\. Known: as_printed"),
    ],
)
def test_what_is_not_there_is_refused_by_name(config, ask, message):
    with pytest.raises(ConfigError, match=message):
        ask(config)


def test_an_experiment_on_own_words_has_the_label_set_of_its_dataset(config):
    mine = {"reader": "table", "root": "r", "unit": "frames", "first_frame": 0, "classes": ["calm", "pain"]}
    own = {"extends": "ststnet", "labels": "classes", "baselines": [], "datasets": ["mine"]}
    other = mine | {"root": "other", "classes": ["pain", "joy"]}
    raw = {
        "datasets": {
            "mine": mine, "other": other, "both": {"reader": "composite", "members": ["mine", "other"]},
            "demo": config.plain["datasets"]["demo"],
        },
        "experiments": {"own": own},
    }  # fmt: skip
    read = load_config(raw, read_schema(ROOT / SCHEMA_PATH))
    assert read.experiment("own", "mine").labels == "classes(calm, pain)"
    assert read.experiment("own", "both").labels == "classes(calm, pain, joy)"
    assert label_set_named("classes(calm, pain)").classes == ("calm", "pain")
    with pytest.raises(ConfigError, match=r"labels: classes: expected a dataset that names its classes.*demo has none"):
        read.experiment("own", "demo")
