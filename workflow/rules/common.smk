"""What the rules share: the checked configuration, the names that wildcards may have, and settings by wildcard."""

import sys
from functools import cache
from pathlib import Path

from merflow import paths, plan
from merflow.artefacts import fingerprint as _fingerprint
from merflow.config import check_known, experiment_for, read_schema, variant_settings
from merflow.config import load_config as _load_config
from merflow.config.inputs import example_settings
from merflow.plugins import use_folder
from merflow.training.baselines import BASELINES

plan.check_places(python=sys.executable, checkout=workflow.basedir)

# Beside the configuration lie the networks and datasets of the user, for this process and for every job.
use_folder(
    Path(workflow.overwrite_configfiles[-1]).parent
    if workflow.overwrite_configfiles
    else Path.cwd()
)

_checked = _load_config(
    config, read_schema(workflow.source_path("../schemas/config.schema.yaml"))
)
config.clear()
config.update(_checked)

_scripts = Path(
    workflow.current_basedir.get_path_or_uri(secret_free=True), "../scripts"
)


wildcard_constraints:
    dataset=plan.one_of(config["datasets"]),
    experiment=plan.one_of_or_unknown(config["experiments"]),
    first=plan.one_of_or_unknown(config["experiments"]),
    second=plan.one_of_or_unknown(config["experiments"]),
    kind="[a-z_]+",
    variant=r"[\w.-]+",
    subject=r"[\w.-]+",
    fold=r"[\w.-]+",
    unknown_dataset=plan.unknown_dataset(config),
    anything=".+",


embedded_datasets = plan.one_of(
    name for name, settings in config["datasets"].items() if settings["synthesis"]
)


baseline_experiments = plan.one_of(
    name
    for name, settings in config["experiments"].items()
    if settings["model"] in BASELINES
)


datasets_with_shards = plan.one_of(
    name for name in config["datasets"] if not plan.members(config, name)
)


datasets_that_came_ready = plan.one_of(
    name for name in config["datasets"] if plan.came_ready(config, name)
)


datasets_to_compute = plan.one_of(
    name for name in config["datasets"] if not plan.came_ready(config, name)
)


datasets_with_depth = plan.one_of(
    name
    for name, settings in config["datasets"].items()
    if settings["synthesis"] and settings["reader"] == "casme3"
)


def grows(amount):
    """Return a resource function: an amount for the first attempt of a job, and as much again for each further one."""
    return lambda wildcards, attempt: amount * attempt


def fingerprint(script, *modules, kind=None, found_by_name=lambda wildcards: ()):
    """Return a parameter function for the fingerprint of a rule's script and of the modules that compute its numbers.

    `found_by_name` gives those that a job finds by name: a reader, a stage's examples. It is computed only once a job
    of the rule is planned. Profiles leave Snakemake's own comparison of scripts out, which goes by the time of the
    file: a touched script, a comment or a fresh clone would make everything stale.
    """

    @cache
    def computed(named):
        return _fingerprint(*modules, *named, kind=kind, scripts=scripts_of(script))

    return lambda wildcards: computed(tuple(found_by_name(wildcards)))


def fingerprint_with_networks(script, *modules):
    """Return a parameter function as `fingerprint` does, with the code of the networks of a job's experiments.

    Those of a job are its wildcard ``experiment``, or ``first`` and ``second``.
    """

    @cache
    def computed(models):
        return _fingerprint(
            *modules,
            *plan.modules_of(models),
            scripts=scripts_of(script),
            without=plan.modules_beside(models),
        )

    def find(wildcards):
        names = [
            wildcards[key]
            for key in ("experiment", "first", "second")
            if key in wildcards.keys()
        ]
        settings = [experiment_for(config, name, wildcards.dataset) for name in names]
        return computed(tuple(sorted({own["model"] for own in settings})))

    return find


def reader_of(wildcards):
    """Return the modules that read a dataset."""
    return plan.reader_modules(config, wildcards.dataset)


def layout_of(wildcards):
    """Return the module of the layout that an embedded dataset is rendered in."""
    return [plan.layout_module(config, wildcards.dataset)]


def examples_of(wildcards):
    """Return the module by which the examples of an experiment are read from its artefact."""
    settings = experiment_for(config, wildcards.experiment, wildcards.dataset)
    return [plan.examples_module(settings["artefact"].partition("/")[0])]


def scripts_of(name):
    """Return the files that a rule's script consists of."""
    return [_scripts / "_job.py", _scripts / f"{name}.py"]


def experiment_settings(*keys):
    """Return an input function for the settings of an experiment that one rule's results depend on."""

    def select(wildcards):
        settings = experiment_for(config, wildcards.experiment, wildcards.dataset)
        return {key: settings[key] for key in keys}

    return select


def settings_of_examples(wildcards):
    """Return the settings of an experiment that its examples depend on."""
    return example_settings(
        experiment_for(config, wildcards.experiment, wildcards.dataset)
    )


def label_set_of(wildcards):
    """Return the classes of an experiment, and which emotion or objective class belongs to which."""
    settings = experiment_for(config, wildcards.experiment, wildcards.dataset)
    return plan.label_set(settings["labels"])


def both_settings(wildcards):
    """Return the settings of both experiments that a job compares, by name, once they are found to ask one question."""
    names = (wildcards.first, wildcards.second)
    settings = {name: experiment_for(config, name, wildcards.dataset) for name in names}
    plan.check_comparable(
        wildcards.dataset, *names, settings=settings, known=config["experiments"]
    )
    return settings


def settings_of_both(*keys):
    """Return an input function for the settings of both experiments that a comparison depends on, by name."""

    def select(wildcards):
        both = both_settings(wildcards)
        return {name: {key: own[key] for key in keys} for name, own in both.items()}

    return select


def stage_picture(kind, *, caption):
    """Return the picture of one clip of one stage, marked for the report."""
    return report(
        paths.experiment("{dataset}", "{experiment}", "pictures", f"{kind}.png"),
        caption=caption,
        category="{dataset}",
        subcategory="{experiment}",
        labels={"figure": kind.replace("_", " "), "clip": "first"},
    )
