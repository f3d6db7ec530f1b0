"""Load the configuration: everything that can be refused is refused here, before any work."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from merflow.config.dataclass_schema import build
from merflow.config.experiments import experiment_for, extended, variant_settings
from merflow.config.schema import Schema, refuse_unknown_keys, unknown_key, with_defaults
from merflow.config.sections import STAGE_SETTINGS, UPSTREAM
from merflow.errors import ConfigError

SCHEMA_PATH = Path("workflow/schemas/config.schema.yaml")


def read_config(path: Path) -> dict[str, Any]:
    """Read ``config.yaml`` and complete it with the schema that lies beside it.

    Parameters
    ----------
    path : Path
        ``config.yaml`` in the root of the workflow.

    Raises
    ------
    ConfigError
        When a file is missing or the configuration is refused.
    """
    schema_path = path.resolve().parent / SCHEMA_PATH
    for needed in (path, schema_path):
        if not needed.is_file():
            raise ConfigError(f"expected {needed}, but there is no such file. Run in the folder of the workflow.")
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    return load_config(raw or {}, read_schema(schema_path))


def load_config(raw: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """Check a configuration and complete it.

    Parameters
    ----------
    raw : mapping
        What the user wrote.
    schema : mapping
        JSON Schema of the configuration.

    Returns
    -------
    dict
        With ``extends`` resolved and every default filled in.

    Raises
    ------
    ConfigError
        On an unknown key (with the nearest known one), a value that the schema refuses (with its description), or a
        name that refers to nothing.
    """
    refuse_unknown_keys(raw, schema, schema)
    experiments = raw.get("experiments") or {}
    resolved = {**raw, "experiments": {name: extended(name, experiments) for name in experiments}}
    config: dict[str, Any] = with_defaults(resolved, schema, schema)
    _validate(config, schema)
    for name in config["experiments"]:
        _check_experiment(config, name, schema)
    for kind in STAGE_SETTINGS:
        for variant, settings in config[kind].items():
            stage_settings(kind, settings)
            if kind in UPSTREAM:
                _check_variant(config, UPSTREAM[kind], settings[UPSTREAM[kind]], user=f"{kind}.{variant}")
    return config


def stage_settings(kind: str, settings: Mapping[str, Any]) -> Any:
    """Return the settings dataclass of a stage for one variant's block of the configuration.

    Raises
    ------
    ConfigError
        When a value is outside its range.
    """
    own = {key: value for key, value in settings.items() if key != UPSTREAM.get(kind)}
    return build(STAGE_SETTINGS[kind], own)


def read_schema(path: str | Path) -> dict[str, Any]:
    """Read the JSON Schema of the configuration."""
    schema: dict[str, Any] = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    return schema


def _validate(config: Mapping[str, Any], schema: Schema) -> None:
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(config))
    if error is None:
        return
    where = ".".join(str(part) for part in error.absolute_path) or "the top level"
    meaning = error.schema.get("description", "") if isinstance(error.schema, Mapping) else ""
    raise ConfigError(f"config: {where}: {error.message}." + (f" It is: {meaning}" if meaning else ""))


def _check_experiment(config: Mapping[str, Any], name: str, schema: Schema) -> None:
    """Check what a schema cannot: names that refer to something, and each dataset's overrides once applied."""
    settings = config["experiments"][name]
    for dataset in settings["overrides"]:
        if dataset not in config["datasets"]:
            known = ", ".join(sorted(config["datasets"]))
            raise ConfigError(f"config: experiments.{name}.overrides: unknown dataset {dataset!r}. Known: {known}.")
        node = schema["properties"]["experiments"]["additionalProperties"]
        where = f"experiments.{name}.overrides.{dataset}"
        refuse_unknown_keys(settings["overrides"][dataset], node, schema, where=where)
    for dataset in [None, *settings["overrides"]]:
        resolved = settings if dataset is None else experiment_for(config, name, dataset)
        _validate({**config, "experiments": {name: {**resolved, "overrides": {}}}}, schema)
        _check_model(name, resolved, schema)
        kind, _, variant = resolved["artefact"].partition("/")
        _check_variant(config, kind, variant, user=f"experiments.{name}.artefact")
    for yardstick in settings["yardsticks"]:
        if yardstick not in config["experiments"]:
            known = ", ".join(sorted(config["experiments"]))
            raise ConfigError(
                f"config: experiments.{name}.yardsticks: unknown experiment {yardstick!r}. Known: {known}."
            )


def _check_model(name: str, settings: Mapping[str, Any], schema: Schema) -> None:
    """Check ``model_params`` against the schema of its model, and complete it."""
    node = schema["$defs"]["models"][settings["model"]]
    params = settings["model_params"]
    for key in params:
        if key not in node["properties"]:
            raise unknown_key(f"experiments.{name}.model_params.{key}", known=list(node["properties"]))
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(node).iter_errors(params))
    if error is not None:
        where = ".".join(["experiments", name, "model_params", *map(str, error.absolute_path)])
        raise ConfigError(f"config: {where}: {error.message}.")


def _check_variant(config: Mapping[str, Any], kind: str, variant: str, *, user: str) -> None:
    if kind not in STAGE_SETTINGS:
        raise ConfigError(f"config: {user}: unknown kind of artefact {kind!r}. Known: {', '.join(STAGE_SETTINGS)}.")
    try:
        variant_settings(config, kind, variant)
    except ConfigError as error:
        raise ConfigError(f"config: {user}: {str(error).removeprefix('config: ')}") from error
