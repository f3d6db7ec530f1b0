"""What a schema cannot say: names that refer to something, settings that go together, ranges of each section."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from merflow import paths
from merflow.checks import known_names, nearest
from merflow.config.experiments import check_same_question
from merflow.config.inputs import check_inputs
from merflow.config.objects import Config, DatasetBlock
from merflow.config.published_cells import check_published
from merflow.config.schema import Schema, merge, refuse_unknown_keys, unknown_key
from merflow.config.sections import STAGE_SETTINGS, Experiment
from merflow.config.type_errors import told_error
from merflow.datasets.declared import READER_OF_LAYOUT
from merflow.datasets.registry import COMPOSITE, reader_settings
from merflow.errors import ConfigError

_NAME = re.compile(r"[A-Za-z0-9_][\w.-]*")
_MAX_NAME_BYTES = 100
"""Of a name that becomes a folder: file systems take 255, and two names and more share that of a comparison."""

_SUMMARY = tuple(Path(paths.summary(what)).name for what in (".csv", "_pairs.csv", "_across.csv", ".html"))
_TABLES = tuple(Path(of("d")).name for of in (paths.clips, paths.exclusions, paths.accuracy, paths.landmark_accuracy))
_PAGES = tuple(Path(of("d", ".html")).name for of in (paths.accuracy, paths.landmark_accuracy))
_MAGNIFICATION = tuple(Path(paths.magnification_accuracy(what)).name for what in (".csv", ".html"))
TAKEN = {
    "datasets": ("benchmarks", "logs", "magnifier", paths.TABLES, *_MAGNIFICATION, *_SUMMARY),
    "experiments": (
        "artefacts",
        "compare",
        "raw",
        paths.QC,
        paths.TABLES,
        *_TABLES,
        *_PAGES,
        *(f"{table}.sha256" for table in _TABLES),
    ),
}
"""Names in the folder of the results, and in that of a dataset's results, that have another meaning."""


def check_names(raw: Mapping[str, Any]) -> None:
    """Check the names that become folders, and that each names a block of settings."""
    for section in ("datasets", *STAGE_SETTINGS, "experiments"):
        taken, blocks = TAKEN.get(section, ()), raw.get(section) or {}
        if not isinstance(blocks, Mapping):
            raise ConfigError(f"config: {section}: expected named blocks of settings, but found {str(blocks)[:80]!r}.")
        for name, block in blocks.items():
            if not _NAME.fullmatch(str(name)) or name in taken:
                raise ConfigError(
                    f"config: {section}.{name}: expected a name of letters, digits, '_', '.' and '-'"
                    f"{' other than ' if taken else ''}{', '.join(taken)}: it becomes a folder of the results."
                )
            if len(str(name).encode()) > _MAX_NAME_BYTES:
                raise ConfigError(
                    f"config: {section}: expected names of at most {_MAX_NAME_BYTES} bytes, since they become folders "
                    f"of the results, but found one of {len(str(name).encode())}: {str(name)[:40]}..."
                )
            if not isinstance(block, Mapping):
                raise ConfigError(f"config: {section}.{name}: expected a block of settings, but found {block!r}.")
            _check_inheritance(f"config: {section}.{name}", block)


def _check_inheritance(where: str, block: Mapping[str, Any]) -> None:
    """Check what is read before the schema is asked: what a block extends, and its changes for single datasets."""
    parent, overrides = block.get("extends"), block.get("overrides", {})
    if not isinstance(parent, str | None):
        raise ConfigError(f"{where}.extends: expected the name of another block, but found {parent!r}.")
    if not isinstance(overrides, Mapping):
        raise ConfigError(f"{where}.overrides: expected settings by dataset, but found {overrides!r}.")


def check_dataset(name: str, dataset: DatasetBlock) -> None:
    """Check the settings of a dataset's reader, and where an embedded one is rendered to."""
    reader_settings(name, dataset.reader, dataset.own)
    if dataset.reader == COMPOSITE and dataset.apexes:
        raise ConfigError(
            f"config: datasets.{name}.apexes: a composite takes the artefacts of its members, which have the apexes of "
            "these: a table of its own would change its index and no number. Give each member its table."
        )
    if dataset.synthesis is not None:
        if dataset.reader == COMPOSITE:
            raise ConfigError(
                f"config: datasets.{name}.synthesis: a composite has no synthesis, its members are rendered. Leave it "
                "out, or give it to a member."
            )
        layout = dataset.synthesis.layout
        if dataset.reader != READER_OF_LAYOUT[layout]:
            raise ConfigError(
                f"config: datasets.{name}.reader: expected {READER_OF_LAYOUT[layout]}, which reads the layout {layout} "
                f"that the dataset is rendered in, but found {dataset.reader}."
            )
        if dataset.root != paths.raw(name):
            raise ConfigError(
                f"config: datasets.{name}.root: expected {paths.raw(name)}, where an embedded dataset is rendered, but "
                f"found {dataset.root!r}."
            )


def _first_error(value: Mapping[str, Any], schema: Schema) -> Any:
    """Return the error of jsonschema that says most of what a schema refuses; None = it refuses nothing."""
    import jsonschema  # 0.05 s, and a job that computes a stage validates nothing

    return jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(value))


def validate(config: Mapping[str, Any], schema: Schema) -> None:
    """Refuse the first value that the schema refuses, with its place and meaning."""
    error = _first_error(config, schema)
    if error is None:
        return
    where = ".".join(str(part) for part in error.absolute_path) or "the top level"
    meaning = error.schema.get("description", "") if isinstance(error.schema, Mapping) else ""
    raise ConfigError(f"config: {where}: {told_error(error)}." + (f" It is: {meaning}" if meaning else ""))


def check_experiment(config: Config, name: str, schema: Schema, *, valid: set[str]) -> None:
    """Check what a schema cannot: names that refer to something, and each dataset's overrides once applied.

    `valid` holds the overrides that the schema was found to allow. Experiments share most of them, 57 of the 350 that
    merflow ships are different, and asking takes half a millisecond each.
    """
    block = config.plain["experiments"][name]
    check_published(block["paper"], where=f"config: experiments.{name}.paper")
    for dataset in block["overrides"]:
        _check_override(config, name, dataset, schema, valid)
    for dataset in [None, *block["overrides"]]:
        experiment = config.experiment(name, dataset)
        _check_datasets(config, name, experiment)
        _check_baselines(config, name, experiment, dataset)
        check_variant(config, experiment.kind, experiment.variant, user=f"experiments.{name}.artefact")
        check_inputs(config, experiment, where=f"config: experiments.{name}{f' on {dataset}' if dataset else ''}")


def _check_override(config: Config, name: str, dataset: str, schema: Schema, valid: set[str]) -> None:
    """Check what an experiment changes for one dataset; the rest was found valid with the whole configuration."""
    settings = config.plain["experiments"][name]
    override = settings["overrides"][dataset]
    if dataset not in config.datasets:
        known = ", ".join(sorted(config.datasets))
        raise ConfigError(f"config: experiments.{name}.overrides: unknown dataset {dataset!r}. Known: {known}.")
    where = f"experiments.{name}.overrides.{dataset}"
    if not isinstance(override, Mapping):
        raise ConfigError(f"config: {where}: expected a block of settings.")
    for key in ("extends", "overrides", "model", "paper"):
        if key in override:
            raise ConfigError(f"config: {where}: {key!r} has no meaning inside an override.")
    refuse_unknown_keys(override, schema["properties"]["experiments"]["additionalProperties"], schema, where=where)
    touched = {key: settings[key] for key in ("model", "artefact", *override) if key in settings}
    changed = merge(touched, override)
    if str(changed) not in valid:
        validate({"experiments": {name: changed}}, _of_experiments(schema))
        valid.add(str(changed))
    if "model_params" in override:  # completed by those of all datasets, which may hold what the model must be given
        params = merge(settings["model_params"], override["model_params"])
        check_model_params(name, settings["model"], params, schema)


def _of_experiments(schema: Schema) -> Schema:
    """Return the part of a schema that is about experiments: the other sections are found valid once."""
    experiments = schema["properties"]["experiments"]
    return {**schema, "properties": {"experiments": experiments}, "required": ["experiments"]}


def _check_datasets(config: Config, name: str, experiment: Experiment) -> None:
    """Check that every dataset that an experiment names is there."""
    for dataset in experiment.datasets:
        if dataset not in config.datasets:
            known = ", ".join(sorted(config.datasets))
            raise ConfigError(f"config: experiments.{name}.datasets: unknown dataset {dataset!r}. Known: {known}.")


def _check_baselines(config: Config, name: str, experiment: Experiment, dataset: str | None) -> None:
    """Check that what stands beside an experiment on a dataset was asked the same question."""
    for baseline in experiment.baselines:
        if baseline not in config.plain["experiments"]:
            known = config.plain["experiments"]
            what = f"unknown experiment {baseline!r}.{nearest(baseline, known)} {known_names(known)}"
            raise ConfigError(f"config: experiments.{name}.baselines: {what}")
        other = config.experiment(baseline, dataset)
        check_same_question(
            name,
            baseline,
            settings=(experiment, other),
            where=f"config: experiments.{name}.baselines{f' on {dataset}' if dataset else ''}",
            then="name it in baselines",
        )
        if other.baselines:
            raise ConfigError(f"config: experiments.{name}: its baseline {baseline} must have no baselines itself.")


def check_model_params(name: str, model: str, params: Mapping[str, Any], schema: Schema) -> None:
    """Check parameters that an experiment gives against the schema of its model."""
    node = schema["$defs"]["models"][model]
    for key in params:
        if key not in node["properties"]:
            raise unknown_key(f"experiments.{name}.model_params.{key}", known=list(node["properties"]))
    error = _first_error(params, node) if params or "required" in node else None
    if error is not None:
        where = ".".join(["experiments", name, "model_params", *map(str, error.absolute_path)])
        raise ConfigError(f"config: {where}: {told_error(error)}.")


def check_variant(config: Config, kind: str, variant: str, *, user: str) -> None:
    """Refuse a kind or variant that does not exist, naming the setting that asks for it."""
    if kind not in STAGE_SETTINGS:
        hint = nearest(kind, STAGE_SETTINGS)
        raise ConfigError(
            f"config: {user}: unknown kind of artefact {kind!r}.{hint} Known: {', '.join(STAGE_SETTINGS)}."
        )
    try:
        config.variant(kind, variant)
    except ConfigError as error:
        raise ConfigError(f"config: {user}: {str(error).removeprefix('config: ')}") from error
