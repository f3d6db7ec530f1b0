"""Load the configuration: everything that can be refused is refused here, before any work."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from merflow.config.cameras import check_cameras
from merflow.config.checks import (
    check_dataset,
    check_experiment,
    check_model_params,
    check_names,
    check_variant,
    validate,
)
from merflow.config.experiments import extended
from merflow.config.members import check_members
from merflow.config.objects import Config, DatasetBlock
from merflow.config.plugin_schema import with_plugins
from merflow.config.removed import refuse_removed, refuse_renamed
from merflow.config.schema import Schema, refuse_unknown_keys, with_defaults, with_user_paths
from merflow.config.sections import STAGE_SETTINGS
from merflow.config.shipped import own_experiments, shipped_config, with_reason, with_shipped
from merflow.config.without_effect import check_effects, check_variant_effects
from merflow.errors import ConfigError
from merflow.plugins import use_folder
from merflow.settings import from_plain
from merflow.stages import STAGES
from merflow.untrusted.yaml_file import SAFE_LOADER, check_numbers, check_size, read_yaml
from merflow.workflow_root import workflow_root

SCHEMA_PATH = Path("workflow/schemas/config.schema.yaml")


def read_config(path: str | Path = "config.yaml") -> Config:
    """Read ``config.yaml`` and complete it with the schema that lies beside it, or else with the workflow.

    Parameters
    ----------
    path : path
        ``config.yaml`` in the root of the workflow, or in the folder of a study (``snakemake -s .../Snakefile``).

    Raises
    ------
    ConfigError
        When a file is missing or the configuration is refused.
    """
    path = Path(path)
    beside = path.resolve().parent / SCHEMA_PATH
    schema_path = beside if beside.is_file() else workflow_root() / SCHEMA_PATH
    for needed in (path, schema_path):
        if not needed.is_file():
            raise ConfigError(f"expected {needed}, but there is no such file. Run in the folder of the workflow.")
    content = read_yaml(path)
    use_folder(path.resolve().parent)
    return load_config({} if content is None else content, read_schema(schema_path))


def load_config(raw: Mapping[str, Any], schema: Schema) -> Config:
    """Lay a configuration over what merflow ships, check it and complete it.

    Parameters
    ----------
    raw : mapping
        What the user wrote.
    schema : mapping
        JSON Schema of the configuration.

    Returns
    -------
    Config
        With ``extends`` resolved, every default filled in, and ``~`` and ``$VARIABLES`` of paths replaced.

    Raises
    ------
    ConfigError
        On an unknown key (with the nearest known one), a removed one (with its successor), a value that the schema
        refuses (with its description), a name that refers to nothing, or a path with a variable that is not set.
    """
    if not isinstance(raw, Mapping):
        raise ConfigError(f"config: expected sections such as datasets: and experiments:, but found {str(raw)[:80]!r}.")
    check_size(raw)
    check_numbers(raw)
    _refuse_removed_keys(raw)
    whole = with_shipped(raw)
    schema = with_plugins(whole, schema)
    refuse_unknown_keys(whole, schema, schema)
    check_names(whole)
    experiments = whole["experiments"]
    resolved = {**whole, "experiments": {name: extended(name, experiments) for name in experiments}}
    plain: dict[str, Any] = with_defaults(resolved, schema, schema)
    own = own_experiments(raw)
    _validate(plain, schema, own=own)
    plain = with_user_paths(plain, schema, schema)
    config = Config(plain)
    _check_datasets(config, schema)
    _check_variants(config)
    check_variant_effects(config, raw)
    checks = (_complete_params, partial(check_effects, written=own), partial(check_experiment, valid=set()))
    for check in checks:  # one by one: the last reads other experiments too
        _check_each(check, config, schema, raw)
    check_cameras(config)
    return config


def _check_each(
    check: Callable[[Config, str, Schema], None], config: Config, schema: Schema, raw: Mapping[str, Any]
) -> None:
    """Check every experiment in one way; what is wrong with a shipped one is told with the user's blocks behind it."""
    for name in config.plain["experiments"]:
        try:
            check(config, name, schema)
        except ConfigError as error:
            raise with_reason(error, name, raw) from error


def _complete_params(config: Config, name: str, schema: Schema) -> None:
    """Check the parameters that an experiment gives its model, and give it the defaults of the others.

    Paths among them stand as the system takes them, in changes for single datasets too.
    """
    block = config.plain["experiments"][name]
    check_model_params(name, block["model"], block["model_params"], schema)
    node, where = schema["$defs"]["models"][block["model"]], f"experiments.{name}"
    block["model_params"] = with_defaults(block["model_params"], node, schema)
    changes = [(f"{where}.overrides.{dataset}", change) for dataset, change in block["overrides"].items()]
    for place, one in [(where, block), *changes]:
        if isinstance(one, dict) and isinstance(one.get("model_params"), Mapping):
            one["model_params"] = with_user_paths(one["model_params"], node, schema, where=f"{place}.model_params")


def _check_datasets(config: Config, schema: Schema) -> None:
    """Check every dataset, and give each the defaults of its reader."""
    blocks = config.plain["datasets"]
    for name, block in blocks.items():
        check_dataset(name, DatasetBlock.of(block))
        blocks[name] = with_defaults(block, schema["$defs"]["readers"][block["reader"]], schema)
    check_members(config.datasets)


def _check_variants(config: Config) -> None:
    """Check the settings of every variant, and that each which another section or variant names is there."""
    for kind in STAGE_SETTINGS:
        for name in config.plain[kind]:
            own = config.variant(kind, name)
            if own.upstream_kind:
                check_variant(config, own.upstream_kind, own.upstream, user=f"{kind}.{name}")
    kind, _, name = config.accuracy.partition("/")
    check_variant(config, kind, name, user="accuracy")
    for name in config.qc.experiments:
        config.check_known("experiments", name)
    for artefact in config.qc.artefacts:
        kind, _, name = artefact.partition("/")
        check_variant(config, kind, name, user="qc.artefacts")
    _check_landmark_accuracy(config)


def _check_landmark_accuracy(config: Config) -> None:
    """Check the magnified variants that landmarks are measured on: the table has the faces of the first one alone."""
    for name in config.landmark_accuracy:
        check_variant(config, "magnified", name, user="landmark_accuracy")
    faces = {name: config.variant("magnified", name).upstream for name in config.landmark_accuracy}
    first = config.landmark_accuracy[0]
    other = next((name for name in faces if faces[name] != faces[first]), None)
    if other is not None:
        raise ConfigError(
            f"config: landmark_accuracy: expected variants of faces.{faces[first]}, as {first} is, but found {other} "
            f"of faces.{faces[other]}: the motion in it would be read in the frame of other faces. Name variants of "
            "one kind of faces."
        )


def _validate(config: Mapping[str, Any], schema: Schema, *, own: Mapping[str, Any]) -> None:
    """Refuse a value that the schema refuses.

    Of the experiments that is asked which a user has written, and not as merflow ships it. A test holds that the schema
    allows the shipped ones, and what one inherits from a block of the user is asked there; all of them take .1 s of
    each start.
    """
    shipped = shipped_config()["experiments"]
    asked = {name: _asked(config["experiments"][name], block, shipped.get(name, {})) for name, block in own.items()}
    validate({**config, "experiments": {name: block for name, block in asked.items() if block}}, schema)


def _asked(block: Mapping[str, Any], own: Mapping[str, Any], shipped: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the settings of a completed experiment that its user has written otherwise than merflow ships it.

    Model and artefact, which every experiment needs, come with them.
    """
    written = [key for key, value in own.items() if key not in shipped or shipped[key] != value]
    return {key: block[key] for key in ("model", "artefact", *written) if key in block} if written else {}


def _refuse_removed_keys(raw: Mapping[str, Any]) -> None:
    """Refuse settings of an earlier version, before they are found to be unknown."""
    for kind in STAGE_SETTINGS:
        variants = raw.get(kind)
        for variant, settings in variants.items() if isinstance(variants, Mapping) else ():
            if isinstance(settings, Mapping):
                refuse_removed(kind, settings, where=f"{kind}.{variant}")
    refuse_renamed(raw.get("experiments"), where="experiments")


def stage_settings(kind: str, settings: Mapping[str, Any]) -> Any:
    """Return the settings dataclass of a stage for one variant's block of the configuration.

    Raises
    ------
    ConfigError
        When a value is outside its range, or a setting was removed.
    """
    refuse_removed(kind, settings, where=kind)
    return from_plain(STAGE_SETTINGS[kind], STAGES[kind].own_settings(settings))


def read_schema(path: str | Path) -> dict[str, Any]:
    """Read the JSON Schema of the configuration."""
    schema: dict[str, Any] = yaml.load(Path(path).read_text(encoding="utf-8"), Loader=SAFE_LOADER)  # noqa: S506 - plain values only
    return schema
