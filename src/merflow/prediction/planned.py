"""What a final model will say of itself, as far as it is known before it is trained."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args, get_type_hints

from merflow.config import Config
from merflow.config.inputs import example_settings
from merflow.errors import ConfigError
from merflow.names import named
from merflow.plan import artefact_chain, came_ready, resolved_settings
from merflow.prediction.code import code_of_prediction, python_version
from merflow.stages import STAGES
from merflow.training.folds import protocol_note
from merflow.training.settings import ProtocolSettings, TrainingSettings

RENDERED = "Rendered by merflow: no recordings of people, no licence is needed."


def about_planned(config: Config, experiment: str, dataset: str) -> dict[str, Any]:
    """Return what decides a final model beside its training, as a parameter of its rule.

    Returns
    -------
    dict
        The fields of ``merflow.prediction.model_file.About`` that are known from the configuration.

    Raises
    ------
    ConfigError
        When no final model can be made: of a baseline, and of pictures that came ready, which no recording leads to.
    """
    own = config.experiment(experiment, dataset)
    if own.is_baseline:
        raise ConfigError(
            f"{experiment}: expected an experiment with a network, but found the baseline {own.model}, which is fitted "
            "to be compared with and predicts no new clip. Ask for the final model of another experiment."
        )
    ready = [name for name in _parts(config, dataset) if came_ready(config, name)]
    if ready:
        raise ConfigError(
            f"dataset {ready[0]}: expected recordings, but it consists of ready pictures: a model of them could not "
            "predict a recording. Ask for the final model of an experiment on recordings."
        )
    settings = resolved_settings(config, experiment, dataset)
    return {
        "dataset": dataset,
        "experiment": experiment,
        "settings": _without_places(config, settings, dataset),
        "examples": example_settings(own),
        "code": code_of_prediction(settings["artefacts"], own.model),
        "python": python_version(),
        "tested": " ".join(filter(None, (_tested(own.protocol), _not_fitted(own.training)))),
        "data": [_data(config, name) for name in _parts(config, dataset)],
    }


def _parts(config: Config, dataset: str) -> tuple[str, ...]:
    """Return the datasets with recordings that a dataset consists of: its members, or itself."""
    return config.datasets[dataset].members or (dataset,)


def _without_places(config: Config, settings: Mapping[str, Any], dataset: str) -> dict[str, Any]:
    """Return settings without folders and sheets of datasets: where they lay says nothing on another machine."""
    members = {name: _moved(config, name, block) for name, block in settings.get("members", {}).items()}
    own = {"dataset": _moved(config, dataset, settings["dataset"])}
    return dict(settings) | own | ({"members": members} if members else {})


def _moved(config: Config, name: str, block: Mapping[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(named(config.datasets[name].declared.settings))
    places = {key for key, hint in hints.items() if hint is Path or Path in get_args(hint)}
    return {key: value for key, value in block.items() if key not in places}


def _tested(protocol: ProtocolSettings) -> str:
    note = protocol_note(protocol)
    if protocol.one_test:
        return (
            f"The scores are those of one split (protocol {protocol.name}: {note}). The networks of this file were "
            "trained on its training clips alone, as the scored ones were."
        )
    how = f"protocol {protocol.name}{f' ({note})' if note else ''}"
    clips = "the macro clips of all subjects" if protocol.name == "cross_domain" else "all subjects"
    return (
        f"The scores are those of the folds ({how}), whose networks were trained in the same way without their test "
        f"clips. The networks of this file were trained on {clips} and tested on nobody."
    )


def _not_fitted(training: TrainingSettings) -> str:
    """Return who of the training subjects is not fitted on, a sentence; empty = all are."""
    if not training.early_stopping:
        return ""
    return (
        f"Of these subjects one in {training.inner_folds}, others with each seed, chose the epoch (early stopping) and "
        "was not fitted on."
    )


def _data(config: Config, name: str) -> dict[str, str]:
    block = config.datasets[name]
    declared = block.declared
    if block.synthesis is not None:
        return {"name": name, "title": f"synthetic subjects in the layout of {declared.title}", "licence": RENDERED}
    return {"name": name, "title": declared.title, "licence": declared.licence, "citation": declared.citation}


def files_named(config: Config, experiment: str, dataset: str) -> list[str]:
    """Return the paths of the files that settings of an experiment's stages name, sorted."""
    chain = artefact_chain(config, config.experiment(experiment, dataset).artefact, dataset=dataset)
    variants = [(STAGES[kind], config.variant(kind, name)) for kind, name in chain]
    found = (stage.making_of(one.plain).files_planned(one.settings) for stage, one in variants)
    return sorted({str(path) for files in found for path in files.values()})
