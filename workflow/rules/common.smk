"""What the rules share: the checked configuration, and functions from wildcards to files."""

from merflow import paths, plan
from merflow.artefacts import fingerprint
from merflow.config import experiment_for, read_schema, variant_settings
from merflow.config import load_config as _load_config

_checked = _load_config(
    config, read_schema(workflow.source_path("../schemas/config.schema.yaml"))
)
config.clear()
config.update(_checked)


wildcard_constraints:
    dataset=plan.one_of(config["datasets"]),
    experiment=plan.one_of(config["experiments"]),
    kind="[a-z_]+",
    variant=r"[\w.-]+",
    subject=r"[\w.-]+",
    fold=r"[\w.-]+",


embedded_datasets = plan.one_of(
    name for name, settings in config["datasets"].items() if settings["synthesis"]
)


def variant_of(kind):
    """Return an input function for the settings of the variant that a job makes."""
    return lambda wildcards: variant_settings(config, kind, wildcards.variant)


def upstream_shard(kind, upstream):
    """Return an input function for the shard of the same subject that a variant is computed from."""

    def find(wildcards):
        variant = variant_settings(config, kind, wildcards.variant)[upstream]
        return paths.shard(wildcards.dataset, upstream, variant, wildcards.subject)

    return find


def ancestor_shard(kind, ancestor):
    """Return an input function for a shard further up the chain of variants."""

    def find(wildcards):
        variant = plan.ancestor_variant(config, kind, wildcards.variant, ancestor)
        return paths.shard(wildcards.dataset, ancestor, variant, wildcards.subject)

    return find


def indexed_clips(dataset):
    """Return the path of a dataset's index; Snakemake makes it first and plans again."""
    return checkpoints.index_dataset.get(dataset=dataset).output.clips


def frames_of_subject(wildcards):
    """Return the recorded frames that a subject's faces are read from."""
    settings = config["datasets"][wildcards.dataset]
    clips = indexed_clips(wildcards.dataset)
    plan.check_subject(clips, wildcards.subject)
    if settings["synthesis"]:
        return [paths.raw(wildcards.dataset)]
    roles = variant_settings(config, "faces", wildcards.variant)["frames"]
    return plan.subject_frames(
        clips, wildcards.subject, root=settings["root"], roles=roles
    )


def shards_of_experiment(wildcards):
    """Return the shards that the examples of an experiment are taken from, one a subject."""
    settings = experiment_for(config, wildcards.experiment, wildcards.dataset)
    kind, variant = settings["artefact"].split("/")
    subjects = plan.subjects(indexed_clips(wildcards.dataset))
    return [
        paths.shard(wildcards.dataset, kind, variant, subject) for subject in subjects
    ]


def folds_of_experiment(wildcards):
    """Return the names of an experiment's folds."""
    settings = experiment_for(config, wildcards.experiment, wildcards.dataset)
    return plan.folds(indexed_clips(wildcards.dataset), settings)


def predictions_of_experiment(wildcards):
    """Return the predictions of every fold of an experiment."""
    return [
        paths.fold(wildcards.dataset, wildcards.experiment, fold, "predictions.csv")
        for fold in folds_of_experiment(wildcards)
    ]


def all_metrics(wildcards):
    """Return the metrics of every shipped experiment on every dataset whose recordings are at hand."""
    return [
        paths.experiment(*pair, "metrics.csv")
        for pair in plan.available_experiments(config)
    ]


def all_examples(wildcards):
    """Return the examples of every shipped experiment on every dataset whose recordings are at hand."""
    return [
        paths.experiment(*pair, "examples.h5")
        for pair in plan.available_experiments(config)
    ]


def experiment_settings(*keys):
    """Return an input function for the settings of an experiment that one rule's results depend on."""

    def select(wildcards):
        settings = experiment_for(config, wildcards.experiment, wildcards.dataset)
        return {key: settings[key] for key in keys}

    return select


def yardstick_metrics(wildcards):
    """Return the metrics that stand beside those of an experiment."""
    settings = experiment_for(config, wildcards.experiment, wildcards.dataset)
    return [
        paths.experiment(wildcards.dataset, name, "metrics.csv")
        for name in settings["yardsticks"]
    ]


def pictures_of_experiment(wildcards):
    """Return the pictures that stand beside the metrics of a network: every stage, and its training."""
    settings = experiment_for(config, wildcards.experiment, wildcards.dataset)
    if not settings["artefact"].startswith("regions/"):
        return []
    parts = [("pictures", "clips"), ("training.png",)]
    return [
        paths.experiment(wildcards.dataset, wildcards.experiment, *part)
        for part in parts
    ]


def histories_of_experiment(wildcards):
    """Return the training history of every fold of an experiment."""
    return [
        paths.fold(wildcards.dataset, wildcards.experiment, fold, "history.csv")
        for fold in folds_of_experiment(wildcards)
    ]


def stage_picture(kind, *, caption):
    """Return the picture of one clip of one stage, marked for the report."""
    return report(
        paths.experiment("{dataset}", "{experiment}", "pictures", f"{kind}.png"),
        caption=caption,
        category="{dataset}",
        subcategory="{experiment}",
        labels={"figure": kind.replace("_", " "), "clip": "first"},
    )


def chain_of_experiment(wildcards):
    """Return every shard that an experiment's examples go back to, kind by kind."""
    settings = experiment_for(config, wildcards.experiment, wildcards.dataset)
    return chain_of_artefact(wildcards.dataset, settings["artefact"])


def accuracy_chain(wildcards):
    """Return the shards that the accuracy table measures."""
    return chain_of_artefact(wildcards.dataset, config["accuracy"])


def chain_of_artefact(dataset, artefact):
    """Return the shards of an artefact and of all that it is computed from, of every subject."""
    subjects = plan.subjects(indexed_clips(dataset))
    return [
        paths.shard(dataset, kind, variant, subject)
        for kind, variant in plan.artefact_chain(config, artefact)
        for subject in subjects
    ]
