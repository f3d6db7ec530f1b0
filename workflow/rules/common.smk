"""What the rules share: the checked configuration, and functions from wildcards to files."""

from merflow import paths, plan
from merflow.artefacts import fingerprint
from merflow.config import experiment_for, read_schema, variant_settings
from merflow.config import load_config as _load_config
from merflow.motion.magnification.learned import SHIPPED_WEIGHTS

_checked = _load_config(
    config, read_schema(workflow.source_path("../schemas/config.schema.yaml"))
)
config.clear()
config.update(_checked)


wildcard_constraints:
    dataset=plan.one_of(config["datasets"]),
    experiment=plan.one_of(config["experiments"]),
    first=plan.one_of(config["experiments"]),
    second=plan.one_of(config["experiments"]),
    kind="[a-z_]+",
    variant=r"[\w.-]+",
    subject=r"[\w.-]+",
    fold=r"[\w.-]+",


embedded_datasets = plan.one_of(
    name for name, settings in config["datasets"].items() if settings["synthesis"]
)


datasets_with_depth = plan.one_of(
    name
    for name, settings in config["datasets"].items()
    if settings["synthesis"] and settings["reader"] == "casme3"
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


def magnifier_weights(wildcards):
    """Return the weights of a learned magnification: the configured ones, or those that come with merflow."""
    settings = variant_settings(config, "magnified", wildcards.variant)
    if settings["method"] != "learned":
        return []
    return settings["weights"] or str(SHIPPED_WEIGHTS)


def measured_weights(wildcards):
    """Return the weights of the learned magnification that its measurement takes: those of its first variant."""
    variants = config["magnified"].values()
    named = [
        v["weights"] or str(SHIPPED_WEIGHTS)
        for v in variants
        if v["method"] == "learned"
    ]
    return next(iter(named), str(SHIPPED_WEIGHTS))


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
    faces = variant_settings(config, "faces", wildcards.variant)
    return plan.subject_frames(
        clips,
        wildcards.subject,
        root=settings["root"],
        roles=faces["frames"],
        depth=faces["depth"],
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


def runtime_of_training(wildcards):
    """Return the minutes that a fold may take: image networks need hours without a GPU, the others minutes."""
    settings = experiment_for(config, wildcards.experiment, wildcards.dataset)
    return 720 if settings["artefact"].startswith("magnified/") else 120


def yardstick_metrics(wildcards):
    """Return the metrics that stand beside those of an experiment."""
    settings = experiment_for(config, wildcards.experiment, wildcards.dataset)
    return [
        paths.experiment(wildcards.dataset, name, "metrics.csv")
        for name in settings["yardsticks"]
    ]


def pictures_of_experiment(wildcards):
    """Return the pictures that stand beside the metrics of a network: every stage, its training, what it learnt."""
    settings = experiment_for(config, wildcards.experiment, wildcards.dataset)
    return [
        paths.experiment(wildcards.dataset, wildcards.experiment, *part)
        for part in plan.pictures(settings)
    ]


def histories_of_experiment(wildcards):
    """Return the training history of every fold of an experiment."""
    return [
        paths.fold(wildcards.dataset, wildcards.experiment, fold, "history.csv")
        for fold in folds_of_experiment(wildcards)
    ]


def weights_of(dataset, experiment):
    """Return the folder of weights of every fold of an experiment."""
    settings = experiment_for(config, experiment, dataset)
    folds = plan.folds(indexed_clips(dataset), settings)
    return [paths.fold(dataset, experiment, fold, "weights") for fold in folds]


def weights_of_experiment(wildcards):
    """Return the folders of weights of the experiment that a job draws."""
    return weights_of(wildcards.dataset, wildcards.experiment)


def weights_of_both(wildcards):
    """Return the folders of weights of both experiments that a job compares."""
    both = (wildcards.first, wildcards.second)
    return [path for name in both for path in weights_of(wildcards.dataset, name)]


def examples_of_both(wildcards):
    """Return the examples of both experiments that a job compares."""
    both = (wildcards.first, wildcards.second)
    return [paths.experiment(wildcards.dataset, name, "examples.h5") for name in both]


def shards_of_kind(kind):
    """Return an input function for the shards of one kind in the chain of an experiment, one a subject."""

    def find(wildcards):
        settings = experiment_for(config, wildcards.experiment, wildcards.dataset)
        variants = dict(plan.artefact_chain(config, settings["artefact"]))
        return [
            paths.shard(wildcards.dataset, kind, variants[kind], subject)
            for subject in plan.subjects(indexed_clips(wildcards.dataset))
        ]

    return find


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


def faces_of_landmark_accuracy(wildcards):
    """Return the faces that the measured magnified variants are computed from."""
    variant = config["magnified"][config["landmark_accuracy"][0]]["faces"]
    return [
        paths.shard(wildcards.dataset, "faces", variant, subject)
        for subject in plan.subjects(indexed_clips(wildcards.dataset))
    ]


def magnified_of_landmark_accuracy(wildcards):
    """Return the shards of every measured magnified variant, variant by variant."""
    return [
        paths.shard(wildcards.dataset, "magnified", variant, subject)
        for variant in config["landmark_accuracy"]
        for subject in plan.subjects(indexed_clips(wildcards.dataset))
    ]


def chain_of_artefact(dataset, artefact):
    """Return the shards of an artefact and of all that it is computed from, of every subject."""
    subjects = plan.subjects(indexed_clips(dataset))
    return [
        paths.shard(dataset, kind, variant, subject)
        for kind, variant in plan.artefact_chain(config, artefact)
        for subject in subjects
    ]
