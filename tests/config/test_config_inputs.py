"""What goes with which artefact: refused in config.yaml, and the same that networks and training refuse later."""

import re
from pathlib import Path

import numpy as np
import pytest
from tests.config.conftest import refusal

from merflow.artefacts import KINDS
from merflow.config import Config, Experiment
from merflow.config.inputs import READS, check_inputs, example_settings
from merflow.errors import ConfigError
from merflow.models.declared import NETWORKS
from merflow.models.registry import build_model, model_class
from merflow.stages import READABLE
from merflow.stages.examples import features_of
from merflow.stages.regions.thinning import thin_points
from merflow.training.augmentation.alteration import alteration
from merflow.training.baselines import BASELINES, fit_score

SHAPES = {
    "regions": (8, 64, 6),
    "flow": (128,),
    "graphs": (3, 14, 4),
    "magnified": (256, 256, 3),
    "sequences": (8, 112, 112, 3),
    "flow_images": (28, 28, 3),
    "lbp_top": (4425,),
    "hoof": (750,),
    "dynamic_images": (3, 64, 64, 2),
}
"""Of one example of each kind."""

BY_SHAPE_ALONE = {
    ("lite_point_gcn", "graphs"),
    ("lite_point_gcn", "magnified"),
    ("lite_point_gcn", "flow_images"),
    ("resnet18", "flow_images"),
    ("capsule", "flow_images"),
    ("ccdn", "sequences"),
}
"""What a network cannot tell from what it reads: numbers of another meaning in an array of its shape."""


def accepted_kinds(use):
    """Return the kinds with which a function of kind and example shape raises no ConfigError, and all that it says."""
    accepted, said = set(), []
    for kind, shape in SHAPES.items():
        try:
            use(kind, shape)
            accepted.add(kind)
        except ConfigError as error:
            said.append(str(error))
    return accepted, said


def test_what_is_readable_is_what_examples_are_read_from():
    assert {features_of(kind).kind for kind in READABLE} == set(READABLE) == set(SHAPES)
    for kind in READABLE:
        assert len(features_of(kind).dims) == 1 + len(SHAPES[kind])
    for kind in set(KINDS) - set(READABLE):
        with pytest.raises(ConfigError, match="no examples can be read"):
            features_of(kind)


@pytest.mark.parametrize("model", [*NETWORKS, *BASELINES])
def test_every_method_says_what_it_reads(model):
    assert READS[model]
    assert set(READS[model]) <= set(READABLE)


@pytest.mark.parametrize("model", NETWORKS)
def test_what_planning_reads_of_a_network_is_what_its_class_says(model):
    declared, network = NETWORKS[model], model_class(model)
    for attribute in ("name", "reads", "size_px", "needs_apex_and_length", "shows"):
        assert getattr(declared, attribute) == getattr(network, attribute), attribute


def test_the_documentation_says_what_each_model_reads():
    page = (Path(__file__).parents[2] / "docs/configuration.md").read_text(encoding="utf-8")
    section = page.split("## What goes with what")[1].split("## ")[0]
    rows = [line.split("|")[1:3] for line in section.splitlines() if line.startswith("| `")]
    documented = {(model, kind.strip(" `")) for kind, models in rows for model in re.findall(r"`(\w+)`", models)}
    assert documented == {(model, kind) for model, kinds in READS.items() for kind in kinds}


@pytest.mark.parametrize("model", NETWORKS)
def test_the_table_says_what_the_networks_check(model):
    def build(kind, shape):
        edges = [(node, node + 1) for node in range(13)] if kind == "graphs" else []
        build_model(model, {}, shape, 3, au_numbers=(1, 4, 6, 12), edges=edges)

    accepted, said = accepted_kinds(build)
    assert all(f"{model}: expected" in message for message in said)
    assert accepted == {*READS[model], *(kind for name, kind in BY_SHAPE_ALONE if name == model)}


@pytest.mark.parametrize("model", [name for name in NETWORKS if "flow_images" in READS[name]])
@pytest.mark.parametrize("size_px", [16, 28, 32])
def test_a_network_has_the_size_of_flow_images_that_it_is_built_for(model, size_px):
    config = Config({"flow_images": {"v": {"flow": "f", "size_px": size_px}}})
    uses = (
        lambda: build_model(model, {}, (size_px, size_px, 3), 3),
        lambda: check_inputs(config, Experiment(model, "flow_images/v"), where="config: experiments.e"),
    )
    if size_px == 28:
        for use in uses:
            use()
        return
    for use in uses:
        with pytest.raises(ConfigError, match=r"size_px:? 28"):
            use()


def test_flow_images_of_another_size_are_refused_with_the_variant_that_has_it(load, shipped):
    shipped["flow_images"]["uvs32"] = {"flow": "tvl1", "size_px": 32}
    shipped["experiments"]["flow_image_svm"]["artefact"] = "flow_images/uvs32"
    load(shipped)  # the SVM takes any size
    shipped["experiments"]["ststnet"]["artefact"] = "flow_images/uvs32"
    message = refusal(load, shipped)
    assert "config: experiments.ststnet: expected for model: ststnet flow images of size_px: 28" in message
    assert "found flow_images.uvs32.size_px: 32. Name a variant of 28 px." in message


@pytest.mark.parametrize("name", BASELINES)
def test_baselines_can_be_fitted_on_what_they_read(name):
    labels = np.array([0, 1, 0, 1])
    for kind in READABLE:
        x = np.random.default_rng(0).normal(size=(4, *SHAPES[kind])).astype(np.float32)
        given = {"x_train": x, "labels": labels, "x_test": x[:2], "classes": 2}
        if kind in READS[name]:
            assert fit_score(name, {}, **given).scores.shape == (2, 2)
        elif name == "landmark_svm":
            with pytest.raises(ConfigError, match="Name an artefact of kind graphs"):
                fit_score(name, {}, **given)


@pytest.mark.parametrize(
    ("experiment", "artefact", "expected"),
    [
        ("atm_gcn", "regions/sort1024", "an artefact of kind sequences"),
        ("ststnet", "magnified/flow_warp3", "an artefact of kind flow_images"),
        ("lite_point_gcn", "flow/tvl1", "an artefact of kind regions"),
        ("resnet18", "flow_images/uvs28", "an artefact of kind magnified"),
        ("gts_gn", "sequences/seq16", "an artefact of kind graphs"),
        ("flow_image_svm", "sequences/seq16", "an artefact of kind flow or flow_images or graphs or regions"),
    ],
)
def test_a_model_that_cannot_read_its_artefact_is_refused(load, shipped, experiment, artefact, expected):
    shipped["experiments"][experiment] |= {"artefact": artefact, "training": {}}
    message = refusal(load, shipped)
    assert f"config: experiments.{experiment}" in message
    assert expected in message
    assert f"found artefact: {artefact}" in message
    assert f"or a model that reads {artefact.split('/')[0]}: " in message


def test_an_override_is_checked_too(load, shipped):
    shipped["experiments"]["ststnet"]["overrides"] = {"samm": {"artefact": "regions/sort1024"}}
    assert "config: experiments.ststnet on samm: expected for model: ststnet" in refusal(load, shipped)


@pytest.mark.parametrize(
    ("experiment", "training", "message"),
    [
        (
            "gts_gn",
            {"train_points": 7},
            "training.train_points: 7 is for artefacts of kind regions, but found",
        ),
        ("ststnet", {"train_points": 14}, "Set training.train_points: 0."),
        (
            "ststnet",
            {"mirror": True},
            "training.mirror: true is for artefacts of kind regions, but found",
        ),
        ("ststnet", {"image_augmentation": True}, "is for artefacts of kind magnified or sequences"),
        ("lite_point_gcn", {"image_augmentation": True}, "Set training.image_augmentation: false."),
        ("lite_point_gcn", {"train_points": 300}, "expected a divisor of regions.sort1024.points: 1024, but found 300"),
        (
            "lite_point_gcn",
            {"mirror": True},
            "training.mirror: true needs regions.sort1024.symmetric: true, but found false: left and right points",
        ),
    ],
)
def test_training_that_is_not_for_the_artefact_is_refused(load, shipped, experiment, training, message):
    shipped["experiments"][experiment]["training"] = training
    assert message in refusal(load, shipped)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rank_on": "normalised"}, "needs regions.mirrored.rank_on: raw, but found normalised"),
        ({"symmetric": False}, "Name a variant of the regions with symmetric: true, or set training.mirror: false."),
        ({}, ""),
    ],
)
def test_regions_must_allow_to_mirror(load, shipped, changes, message):
    shipped["regions"]["mirrored"] = shipped["regions"]["sort1024"] | {"symmetric": True} | changes
    shipped["experiments"]["both_sides"] = {
        "extends": "lite_point_gcn", "artefact": "regions/mirrored", "training": {"mirror": True},
    }  # fmt: skip
    if message:
        assert message in refusal(load, shipped)
        return
    assert example_settings(load(shipped).experiment("both_sides", "demo"))["input"] == {
        "coordinates": "aligned", "motion": "all", "nodes": "displacement", "points": 256, "mirror": True,
    }  # fmt: skip


def test_a_baseline_takes_no_training_of_the_network_that_it_extends(load, shipped):
    experiments = shipped["experiments"]
    experiments["parent"] = {"extends": "lite_point_gcn", "training": {"train_points": 64}, "overrides": {}}
    baseline = {"model": "flow_svm", "artefact": "flow/tvl1", "baselines": []}
    experiments["child"] = {"extends": "parent", **baseline}
    config = load(shipped)
    assert config.plain["experiments"]["child"]["training"]["train_points"] == 64
    assert example_settings(config.experiment("child", "demo"))["input"]["points"] == 0


@pytest.mark.parametrize(
    ("setting", "kinds"),
    [
        ("train_points", {"regions"}),
        ("mirror", {"regions"}),
        ("image_augmentation", {"magnified", "sequences", "flow_images", "dynamic_images"}),
    ],
)
def test_training_itself_refuses_no_less(setting, kinds):
    """Flow images have the shape of pictures, and dynamic images that of sequences: only their kind tells.

    Turned and recoloured they would mean something else.
    """
    use = {
        "train_points": lambda kind, shape: (features_of(kind, points=32), thin_points(np.zeros(shape), 32)),
        "mirror": lambda kind, _: features_of(kind, mirror=True),
        "image_augmentation": lambda _, shape: alteration(shape, image_augmentation=True),
    }
    accepted, said = accepted_kinds(use[setting])
    assert accepted == kinds
    assert all(re.search(rf"training\.{setting}: (true: |32: )?expected", message) for message in said)
