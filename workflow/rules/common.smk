"""What the rules share: the checked configuration, the names that wildcards may have, and settings by wildcard."""

import sys
from functools import cache
from pathlib import Path

from merflow import paths, plan
from merflow.artefacts import fingerprint as _fingerprint
from merflow.config import load_config, read_schema
from merflow.config.inputs import example_settings
from merflow.plugins import use_folder
from merflow.untrusted.yaml_file import read_yaml

plan.check_places(python=sys.executable, checkout=workflow.basedir)

# Beside the configuration lie the networks and datasets of the user, for this process and for every job.
use_folder(
    Path(workflow.overwrite_configfiles[-1]).parent
    if workflow.overwrite_configfiles
    else Path.cwd()
)

# Snakemake's own reader takes the second of two equal keys without a word.
for _path in workflow.configfiles:
    read_yaml(Path(_path))

# The checked configuration as objects; `config` holds the same as plain values, which Snakemake hands to jobs.
project = load_config(
    config, read_schema(workflow.source_path("../schemas/config.schema.yaml"))
)
config.clear()
config.update(project.plain)

_scripts = Path(
    workflow.current_basedir.get_path_or_uri(secret_free=True), "../scripts"
)


VARIANT = r"[\w.-]+"
"""Names of variants."""


wildcard_constraints:
    dataset=plan.one_of(project.datasets),
    experiment=plan.one_of_or_unknown(project.experiments),
    first=plan.one_of_or_unknown(project.experiments),
    second=plan.one_of_or_unknown(project.experiments),
    kind="[a-z_]+",
    variant=VARIANT,
    subject=r"[\w.-]+",
    fold=r"[\w.-]+",
    unknown_dataset=plan.unknown_dataset(project),
    anything=".+",


embedded_datasets = plan.one_of(
    name for name, dataset in project.datasets.items() if dataset.synthesis
)


baseline_experiments = plan.one_of(
    name for name, experiment in project.experiments.items() if experiment.is_baseline
)


datasets_with_shards = plan.one_of(
    name for name, dataset in project.datasets.items() if not dataset.members
)


datasets_that_came_ready = plan.one_of(
    name for name in project.datasets if plan.came_ready(project, name)
)


datasets_to_compute = plan.one_of(
    name for name in project.datasets if not plan.came_ready(project, name)
)


datasets_with_depth = plan.one_of(
    name
    for name, dataset in project.datasets.items()
    if dataset.synthesis and dataset.reader == "casme3"
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

    return lambda wildcards: code_of(
        script, *modules, *found_by_name(wildcards), kind=kind
    )


@cache
def code_of(script, *modules, kind=None):
    """Return the fingerprint of a script and of modules, computed once for all rules and jobs."""
    return _fingerprint(*modules, kind=kind, scripts=scripts_of(script))


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
        found = {project.experiment(name, wildcards.dataset).model for name in names}
        return computed(tuple(sorted(found)))

    return find


def experiment_of(wildcards):
    """Return the experiment that a job belongs to, as it is on its dataset."""
    return project.experiment(wildcards.experiment, wildcards.dataset)


def reader_of(wildcards):
    """Return the modules that read a dataset."""
    return plan.reader_modules(project, wildcards.dataset)


def layout_of(wildcards):
    """Return the module of the layout that an embedded dataset is rendered in."""
    return [plan.layout_module(project, wildcards.dataset)]


def examples_of(wildcards):
    """Return the module by which the examples of an experiment are read from its artefact."""
    return [plan.examples_module(experiment_of(wildcards).kind)]


def scripts_of(name):
    """Return the files that a rule's script consists of."""
    return [_scripts / "_job.py", _scripts / f"{name}.py"]


def experiment_settings(*keys):
    """Return an input function for the settings of an experiment that one rule's results depend on."""
    return lambda wildcards: experiment_of(wildcards).plain(*keys)


def settings_of_examples(wildcards):
    """Return the settings of an experiment that its examples depend on."""
    return example_settings(trained_experiment_of(wildcards))


def label_set_of(wildcards):
    """Return the classes of an experiment, and which emotion or objective class belongs to which."""
    return plan.label_set(trained_experiment_of(wildcards).labels)


def trained_experiment_of(wildcards):
    """Return the experiment that a job belongs to, with the labels that its protocol leaves on the dataset's clips."""
    clips = indexed_clips(wildcards.dataset)
    return plan.as_trained(clips, experiment_of(wildcards))


def both_experiments(wildcards):
    """Return both experiments that a job compares, by name, once they are found to ask one question."""
    names = (wildcards.first, wildcards.second)
    both = {name: project.experiment(name, wildcards.dataset) for name in names}
    plan.check_comparable(
        wildcards.dataset, *names, experiments=both, known=project.experiments
    )
    return both


def settings_of_both(*keys):
    """Return an input function for the settings of both experiments that a comparison depends on, by name."""

    def select(wildcards):
        both = both_experiments(wildcards)
        return {name: own.plain(*keys) for name, own in both.items()}

    return select


def with_faces(path, **marks):
    """Return a picture of a face, marked for the report unless the configuration keeps faces out of it."""
    return report(path, **marks) if project.qc.faces else path


def stage_picture(kind, *, caption):
    """Return the picture of one clip of one stage, marked for the report: every stage is drawn on a face."""
    return with_faces(
        paths.experiment("{dataset}", "{experiment}", "pictures", f"{kind}.png"),
        caption=caption,
        category="{dataset}",
        subcategory="{experiment}",
        labels={"figure": kind.replace("_", " "), "clip": "first"},
    )
