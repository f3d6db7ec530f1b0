"""What the rules share: the checked configuration, the names that wildcards may have, and settings by wildcard."""

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
    first=plan.one_of(config["experiments"]),
    second=plan.one_of(config["experiments"]),
    kind="[a-z_]+",
    variant=r"[\w.-]+",
    subject=r"[\w.-]+",
    fold=r"[\w.-]+",


embedded_datasets = plan.one_of(
    name for name, settings in config["datasets"].items() if settings["synthesis"]
)


recorded_datasets = plan.one_of(
    name for name in config["datasets"] if not plan.members(config, name)
)


datasets_of_pictures = plan.one_of(
    name
    for name, settings in config["datasets"].items()
    if settings["reader"] == "flow_images"
)


datasets_of_frames = plan.one_of(
    name
    for name, settings in config["datasets"].items()
    if settings["reader"] != "flow_images"
)


datasets_with_depth = plan.one_of(
    name
    for name, settings in config["datasets"].items()
    if settings["synthesis"] and settings["reader"] == "casme3"
)


def variant_of(kind):
    """Return an input function for the settings of the variant that a job makes."""
    return lambda wildcards: variant_settings(config, kind, wildcards.variant)


def import_settings(wildcards):
    """Return what decides the numbers of ready pictures: not how flow would be computed and scaled."""
    variant = variant_settings(config, "flow_images", wildcards.variant)
    dataset = config["datasets"][wildcards.dataset]
    return {"size_px": variant["size_px"], "channels": dataset["channels"]}


def experiment_settings(*keys):
    """Return an input function for the settings of an experiment that one rule's results depend on."""

    def select(wildcards):
        settings = experiment_for(config, wildcards.experiment, wildcards.dataset)
        return {key: settings[key] for key in keys}

    return select


def runtime_of_training(wildcards):
    """Return the minutes that a fold may take: image networks need hours without a GPU, the others minutes."""
    settings = experiment_for(config, wildcards.experiment, wildcards.dataset)
    kind = settings["artefact"].partition("/")[0]
    return 720 if kind in ("magnified", "sequences") else 120


def settings_of_both(*keys):
    """Return an input function for the settings of both experiments that a comparison depends on, by name."""

    def select(wildcards):
        both = (wildcards.first, wildcards.second)
        settings = {
            name: experiment_for(config, name, wildcards.dataset) for name in both
        }
        return {name: {key: own[key] for key in keys} for name, own in settings.items()}

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
