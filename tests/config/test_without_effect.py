"""A setting that nothing reads is refused with what it belongs to; what is inherited or says none may stand."""

import pytest

from merflow.config.grid import expand_grids
from merflow.config.shipped import FOLDER
from merflow.config.without_effect import check_effects
from merflow.errors import ConfigError
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
