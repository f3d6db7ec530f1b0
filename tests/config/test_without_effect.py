"""A setting that nothing reads is refused with what it belongs to; what is inherited or says none may stand."""

import pytest

from merflow.config.grid import expand_grids
from merflow.config.shipped import FOLDER
from merflow.config.without_effect import check_effects, check_variant_effects
from merflow.errors import ConfigError
from merflow.settings import to_plain
from merflow.stages import STAGES
from merflow.training.settings import TrainingSettings
from merflow.untrusted.yaml_file import read_yaml

DATASETS = {"demo": {"reader": "casme3", "root": "results/demo/raw", "synthesis": {}}}


def with_experiment(**block):
    return {"datasets": DATASETS, "experiments": {"mine": {"baselines": []} | block}}


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ({"extends": "ststnet", "protocol": {"k": 5}}, "protocol.k: found 5.*belongs to protocol.name kfold_subject"),
        ({"extends": "ststnet", "protocol": {"seed": 3}}, "protocol.seed: found 3"),
        (
            {"extends": "ststnet", "protocol": {"name": "holdout", "subjects": ["spNO.1"], "k": 4}},
            "protocol.k: found 4.*holdout without subjects",
        ),
        ({"extends": "ststnet", "training": {"step_epochs": 20}}, "step_epochs: .*belongs to training.schedule step"),
        ({"extends": "ststnet", "training": {"schedule": "step", "warmup_steps": 5}}, "training.schedule cosine"),
        ({"extends": "ststnet", "training": {"final_rate": 0.1}}, "belongs to training.schedule exponential"),
        ({"extends": "ststnet", "training": {"momentum": 0.5}}, "belongs to training.optimiser sgd"),
        ({"extends": "ststnet", "training": {"focal_gamma": 1.0}}, "belongs to training.loss focal"),
        ({"extends": "ststnet", "training": {"inner_folds": 3}}, "belongs to training.early_stopping above 0"),
        ({"extends": "ststnet", "training": {"au_beta": 0.5}}, "belongs to a network with a loss of the action units"),
        ({"extends": "gts_gn", "training": {"au_beta": 0, "au_step_epochs": 9}}, "belongs to training.au_beta above 0"),
        ({"extends": "flow_svm", "training": {"min_epochs": 9}}, "belongs to a network"),
        ({"extends": "gts_gn", "model_params": {"au_layer": 2}}, "au_layer: .* belongs to model_params.au_loss single"),
        (
            {"extends": "lite_point_gcn", "model_params": {"region_model": "mlp", "gcn_layers": 2}},
            "gcn_layers: found 2, .* to model_params.region_model gcn or transformer or point_transformer",
        ),
        (
            {"extends": "pointnet", "model_params": {"feature_transform": False, "transform_weight": 0.1}},
            "transform_weight: .* belongs to model_params.feature_transform true",
        ),
        ({"extends": "atm_gcn", "model_params": {"gcn": False, "tau": 5}}, "tau: found 5, .* to model_params.gcn true"),
        (
            {"extends": "atm_gcn", "overrides": {"demo": {"model_params": {"adaptive": False, "forget": 0.9}}}},
            r"overrides\.demo\.model_params\.forget: .* belongs to model_params.adaptive true",
        ),
        ({"extends": "ststnet", "input": {"nodes": "coordinates"}}, "belongs to artefacts of kind graphs"),
        (
            {"extends": "ststnet", "overrides": {"demo": {"training": {"step_epochs": 2}}}},
            r"experiments\.mine\.overrides\.demo\.training\.step_epochs",
        ),
    ],
)  # fmt: skip
def test_a_setting_that_nothing_reads_is_refused(load, block, told):
    with pytest.raises(ConfigError, match=told):
        load(with_experiment(**block))


@pytest.mark.parametrize(
    "block",
    [
        {"extends": "ststnet", "protocol": {"name": "kfold_subject", "k": 5, "seed": 3}},
        {"extends": "ststnet", "protocol": {"name": "holdout", "k": 4}},
        {"extends": "ststnet", "training": {"schedule": "step", "step_epochs": 20}},
        {"extends": "ststnet", "training": {"warmup_steps": 0, "schedule": "constant"}},
        {"extends": "ststnet", "training": {"early_stopping": 5, "inner_folds": 3}},
        {"extends": "ststnet", "training": {"schedule": "cosine", "final_rate": TrainingSettings().final_rate}},
        {"extends": "gts_gn", "training": {"au_beta": 0.5, "au_step_epochs": 9}},
        {"extends": "gts_gn", "model_params": {"au_loss": "single", "au_layer": 2}},
        {"extends": "atm_gcn", "model_params": {"gcn": False, "tau": 10.0}},
        {
            "extends": "ststnet",
            "protocol": {"k": 3},
            "overrides": {"demo": {"protocol": {"name": "kfold_subject"}}},
        },
    ],
)  # fmt: skip
def test_a_setting_that_something_reads_stands(load, block):
    parent = load(with_experiment(extends=block["extends"]))
    assert {*load(with_experiment(**block)).experiments} == {*parent.experiments}


def test_what_a_parent_gives_may_be_without_effect(load):
    parent = {"extends": "ststnet", "training": {"schedule": "step", "step_epochs": 20}}
    child = {"extends": "parent", "training": {"schedule": "constant"}}
    training = (
        load({"datasets": DATASETS, "experiments": {"parent": parent, "child": child}}).experiment("child").training
    )
    assert (training.schedule, training.step_epochs) == ("constant", 20)


def test_no_shipped_experiment_has_a_setting_without_effect(load):
    config = load({"datasets": DATASETS})
    for path in FOLDER.glob("*.yaml"):
        for name, block in expand_grids(read_yaml(path).get("experiments") or {}).items():
            kept = {key: own for key, own in (block.get("overrides") or {}).items() if key in config.datasets}
            check_effects(config, name, written={name: {**block, "overrides": kept}})


def with_variant(kind, **block):
    return {"datasets": DATASETS, kind: {"mine": block}}


@pytest.mark.parametrize(
    ("kind", "block", "told"),
    [
        ("flow", {"method": "dis", "tvl1": {"scales": 5}}, r"tvl1\.scales: found 5, .* belongs to method tvl1\. Leave"),
        ("flow", {"method": "dis", "tvl1_opencv": {"gamma": 0.5}}, r"tvl1_opencv\.gamma: .* method tvl1_opencv"),
        ("flow", {"tvl1_opencv": {"warps": 5}}, r"tvl1_opencv\.warps: found 5"),
        ("depth_flow", {"flow": "tvl1", "denoise": "none", "sd_px": 5}, "sd_px: found 5.* belongs to denoise gaussian"),
        ("regions", {"clouds": "denoised", "seed": 3}, "seed: found 3.* belongs to selection random"),
        (
            "regions",
            {"clouds": "denoised", "selection": "center", "rank_on": "normalised"},
            "rank_on: .* selection",
        ),
        ("magnified", {"method": "linear", "phase": {"octaves": 3}}, r"phase\.octaves: .* belongs to method phase"),
        ("magnified", {"method": "phase", "weights": "w.pt"}, "weights: found 'w.pt'.* belongs to method learned"),
        ("magnified", {"method": "none", "factor": 5}, "factor: found 5, .* belongs to a method of magnification"),
        (
            "magnified",
            {"method": "phase", "head_motion": "none", "flow": {"normalise_sd_px": 1}},
            r"flow\.normalise_sd_px: found 1, .*belongs to method flow_warp, or to head_motion robust_affine",
        ),
        ("graphs", {"magnified": "flow_warp3", "crop_scale": [0.7, 1]}, r"crop_scale: found \[.* copies above 0"),
        (
            "graphs",
            {"magnified": "flow_warp3", "landmarks": "detected", "flow": {"variational_iterations": 5}},
            r"flow\.variational_iterations: found 5, .* landmarks tracked",
        ),
        ("faces", {"depth": False, "distance_mm": [300, 900]}, r"distance_mm: .* belongs to depth: true"),
        ("sequences", {"flow": {"normalise_sd_px": 1}}, r"flow\.normalise_sd_px: .* head_motion robust_affine"),
        (
            "hoof",
            {"sequences": "seq16", "method": "dis", "tvl1": {"warps": 5}},
            r"tvl1\.warps: .* to method tvl1",
        ),
        ("lbp_top", {"sequences": "seq16", "blocks": 1, "overlap": 0.5}, "overlap: .* belongs to blocks above 1"),
        ("meshes", {"textures": False, "texture_px": 256}, "texture_px: .* belongs to textures: true"),
        (
            "projections",
            {"meshes": "frontal", "rgbd": {"sd_px": 2}},
            r"rgbd\.sd_px: .* to projections of faces",
        ),
        (
            "dynamic_images",
            {"projections": "views64", "magnification": {"levels": 3}},
            r"magnification\.levels: found 3, .* belongs to magnification\.factor above 0",
        ),
    ],
)
def test_a_setting_of_a_stage_that_another_switches_off_is_refused(load, kind, block, told):
    above = {"flow": {"faces": "aligned256"}, "magnified": {"faces": "three_frames"}, "sequences": {"faces": "onset"}}
    with pytest.raises(ConfigError, match=rf"config: {kind}\.mine\.{told}"):
        load(with_variant(kind, **above.get(kind, {}), **block))


@pytest.mark.parametrize(
    ("kind", "block"),
    [
        ("flow", {"faces": "aligned256", "method": "dis", "tvl1": {"scales": 3}, "tvl1_opencv": {}}),
        ("flow", {"faces": "aligned256", "method": "tvl1_opencv", "tvl1_opencv": {"scales": 3}}),
        ("depth_flow", {"flow": "tvl1", "denoise": "none", "sd_px": 10.0}),
        ("regions", {"clouds": "denoised", "selection": "random", "seed": 3}),
        ("magnified", {"faces": "three_frames", "method": "none", "factor": 1, "flow": {"normalise_sd_px": 1}}),
        ("dynamic_images", {"projections": "views64", "magnification": {"factor": 5, "levels": 3}}),
    ],
)
def test_a_setting_of_a_stage_that_is_read_or_says_none_stands(load, kind, block):
    assert "mine" in load(with_variant(kind, **block)).plain[kind]


def test_no_shipped_variant_has_a_setting_without_effect(load):
    check_variant_effects(load({"datasets": DATASETS}), read_yaml(FOLDER / "variants.yaml"))


def test_every_setting_that_is_told_to_be_without_effect_is_one(load):
    """A misspelt name in a declaration would refuse nothing, or end in a traceback."""
    config = load({"datasets": DATASETS})
    for kind, stage in STAGES.items():
        known = to_plain(stage.settings_class()())
        for name in config.plain[kind]:
            variant = config.variant(kind, name)
            for key in stage.without_effect(variant.settings, variant.upstream_kind):
                block, _, inner = key.partition(".")
                assert block in known
                assert not inner or inner in known[block]
