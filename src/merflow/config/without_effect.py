"""Settings that a user has written and that nothing reads: the user believes that a number was made with them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from merflow.config.inputs import reads_of
from merflow.config.objects import Config
from merflow.config.sections import Experiment
from merflow.config.signature import network_schema
from merflow.errors import ConfigError
from merflow.models.declared import network_named
from merflow.settings import to_plain
from merflow.stages import STAGES
from merflow.training.settings import TrainingSettings

_UNITS = ("au_beta", "au_step_epochs", "au_total")
_INPUT = {"coordinates": "regions", "motion": "regions", "nodes": "graphs"}
"""By setting of the input: the kind of artefact whose examples read it."""


def check_effects(config: Config, name: str, _schema: Any = None, *, written: Mapping[str, Any]) -> None:
    """Refuse a setting that an experiment itself gives and that has no effect on it, on no dataset.

    What it inherits is not looked at: a schedule of its own leaves that of its parent without effect, as it should. A
    value that says none (0, false) may stand.

    Parameters
    ----------
    config : Config
    name : str
        Of the experiment.
    written : mapping
        Blocks of experiments as somebody wrote them, grids expanded; others are passed over.

    Raises
    ------
    ConfigError
        Names the setting and what it belongs to.
    """
    block = written.get(name, {})
    changes = {key: own for key, own in (block.get("overrides") or {}).items() if _is_override(config, key, own)}
    on = {key: config.experiment(name, key) for key in changes}
    _check_block(block, [config.experiment(name), *on.values()], f"experiments.{name}")
    for dataset, own in changes.items():
        _check_block(own, [on[dataset]], f"experiments.{name}.overrides.{dataset}")


def check_variant_effects(config: Config, raw: Mapping[str, Any]) -> None:
    """Refuse a setting that a user's variant of a stage gives and that its other settings switch off.

    A variant inherits nothing, so all that stands in it was meant. A value that is the default or says none may stand.

    Parameters
    ----------
    config : Config
    raw : mapping
        What the user wrote.

    Raises
    ------
    ConfigError
        Names the setting and what it belongs to.
    """
    for kind, stage in STAGES.items():
        default = to_plain(stage.settings_class()())
        for name, block in (raw.get(kind) or {}).items():
            variant = config.variant(kind, name)
            for key, belongs in stage.without_effect(variant.settings, variant.upstream_kind).items():
                for setting, value in _set(block, default, key.split(".")):
                    raise _refused(f"{kind}.{name}.{setting}", value, belongs)


def _set(block: Mapping[str, Any], default: Mapping[str, Any], path: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Yield name and value of what a block sets otherwise than the default at a path, of a block each of its own."""
    key, *deeper = path
    value, usual = block.get(key), default[key]
    if isinstance(value, Mapping):
        for inner in [deeper[0]] if deeper else value:
            for name, found in _set(value, usual, [inner, *deeper[1:]]):
                yield f"{key}.{name}", found
    elif value and value != usual:
        yield key, value


def _refused(where: str, value: Any, belongs: str) -> ConfigError:
    return ConfigError(
        f"config: {where}: found {value!r}, but the setting has no effect here: it belongs to {belongs}. Leave it out, "
        "or set that too."
    )


def _is_override(config: Config, dataset: str, block: Any) -> bool:
    """Say whether changes for a dataset are such; others are refused by the check of overrides."""
    return isinstance(block, Mapping) and dataset in config.datasets


def _check_block(own: Mapping[str, Any], resolved: list[Experiment], where: str) -> None:
    usual = _usual_params(resolved[0].model) if own.get("model_params") else {}
    for section, key in _given(own, usual):
        belongs = [_without_effect(one).get((section, key)) for one in resolved]
        if belongs[0] and all(belongs):
            raise _refused(f"{where}.{section}.{key}", own[section][key], belongs[0])


def _given(block: Mapping[str, Any], usual_params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield section and name of each setting that a block gives, without those that say none.

    Nor those of a training or a network that have their default: they stand in every block that ``merflow config``
    prints.
    """
    usual = {"training": to_plain(TrainingSettings()), "model_params": usual_params}
    for section in ("protocol", "training", "input", "model_params"):
        for key, value in (block.get(section) or {}).items():
            if value and not (section in usual and value == usual[section].get(key)):
                yield section, key


def _usual_params(model: str) -> Mapping[str, Any]:
    return {key: node.get("default") for key, node in network_schema(model)["properties"].items()}


def _without_effect(experiment: Experiment) -> dict[tuple[str, str], str]:
    """Return what an experiment does not read, by section and name, and what each belongs to."""
    unread = {("protocol", key): text for key, text in experiment.protocol.without_effect().items()}
    if experiment.kind in reads_of(experiment.model):  # else the model or the artefact is wrong, which is told later
        kinds = {key: kind for key, kind in _INPUT.items() if kind != experiment.kind}
        unread |= {("input", key): f"artefacts of kind {kind}" for key, kind in kinds.items()}
    if experiment.is_baseline:
        return unread | {("training", key): "a network (a baseline is not trained)" for key in _training_settings()}
    unread |= {("training", key): text for key, text in experiment.training.without_effect().items()}
    network = network_named(experiment.model)
    unread |= {("model_params", key): text for key, text in network.without_effect(experiment.model_params).items()}
    if not network.tells_units:
        unread |= {("training", key): "a network with a loss of the action units" for key in _UNITS}
    return unread


def _training_settings() -> list[str]:
    return [field.name for field in fields(TrainingSettings)]
