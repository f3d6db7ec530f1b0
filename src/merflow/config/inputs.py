"""What goes with which artefact: networks, baselines and ways to train, each with the kinds that it can read."""

from collections.abc import Mapping
from typing import Any

from merflow.config.objects import Config
from merflow.config.sections import Experiment
from merflow.errors import ConfigError
from merflow.models.declared import NETWORKS, Declared, network_named
from merflow.stages import STAGES
from merflow.stages.regions.mirroring import unmirrored_setting
from merflow.training.baselines import BASELINES
from merflow.training.settings import TrainingSettings

READS: Mapping[str, tuple[str, ...]] = {
    **{name: network.reads for name, network in NETWORKS.items()},
    **{name: baseline.reads for name, baseline in BASELINES.items()},
}
"""By network and baseline of merflow: kinds of artefact whose examples it reads, as it declares."""

_TRAINS: Mapping[str, tuple[str, ...]] = {
    setting: tuple(kind for kind, stage in STAGES.items() if setting in stage.training)
    for setting in ("train_points", "mirror", "image_augmentation")
}
"""By setting of the training: kinds of artefact whose examples it is for; 0 or false means that it is not used."""


def check_inputs(config: Config, experiment: Experiment, *, where: str) -> None:
    """Refuse an experiment whose model or training cannot work on its artefact: it would fail after all stages.

    Parameters
    ----------
    config : Config
        Has its artefact.
    experiment : Experiment
    where : str
        Of the experiment, for the message.

    Raises
    ------
    ConfigError
        Names both settings that exclude each other, and what to change.
    """
    kind, model, training = experiment.kind, experiment.model, experiment.training
    reads = reads_of(model)
    if kind not in reads:
        others = ", ".join(name for name, kinds in READS.items() if kind in kinds)
        raise ConfigError(
            f"{where}: expected for model: {model} an artefact of kind {' or '.join(reads)}, but found "
            f"artefact: {experiment.artefact}. Name one of these, or a model that reads {kind}: {others}."
        )
    if model in BASELINES:
        return  # has no size and no training
    stage, name = config.variant(kind, experiment.variant), experiment.variant
    _check_size(network_named(model), stage.plain.get("size_px"), (kind, name), where)
    for key, kinds in _TRAINS.items():
        asked = getattr(training, key)
        if asked and kind not in kinds:
            raise ConfigError(
                f"{where}: training.{key}: {_word(asked)} is for artefacts of kind {' or '.join(kinds)}, but "
                f"found artefact: {experiment.artefact}. Set training.{key}: {_word(type(asked)())}."
            )
    if training.mirror:
        _check_mirror(experiment.input.coordinates, stage.plain, name, where)
    if training.train_points:
        _check_points(training.train_points, stage.settings.points, name, where)


def reads_of(model: str) -> tuple[str, ...]:
    """Return the kinds of artefact that a baseline, a network or a plug-in reads."""
    return BASELINES[model].reads if model in BASELINES else network_named(model).reads


def _check_size(network: Declared, found: int | None, artefact: tuple[str, str], where: str) -> None:
    """Refuse pictures of another size than a network's, which has no other."""
    needed = network.size_px
    if needed and found is not None and found != needed:
        kind, variant = artefact
        raise ConfigError(
            f"{where}: expected for model: {network.name} {kind.replace('_', ' ')} of size_px: {needed}, but found "
            f"{kind}.{variant}.size_px: {found}. Name a variant of {needed} px."
        )


def _check_mirror(coordinates: str, regions: Mapping[str, Any], variant: str, where: str) -> None:
    """Refuse to mirror what would be no example of the mirrored face."""
    if coordinates == "metres":
        raise ConfigError(
            f"{where}: training.mirror: true and input.coordinates: metres exclude each other: metres have no middle "
            "of the face to mirror at. Use coordinates: aligned, or mirror: false."
        )
    unfit = unmirrored_setting(regions)
    if unfit:
        setting, needed = unfit
        raise ConfigError(
            f"{where}: training.mirror: true needs regions.{variant}.{setting}: {_word(needed)}, but found "
            f"{_word(regions[setting])}: left and right points that are swapped would be no sample of the mirrored "
            f"face. Name a variant of the regions with {setting}: {_word(needed)}, or set training.mirror: false."
        )


def example_settings(experiment: Experiment) -> dict[str, Any]:
    """Return what decides the examples of an experiment, as plain values: they are exactly what its model sees.

    Points are thinned and clips are mirrored when examples are built, as ``training.train_points`` and
    ``training.mirror`` say; a baseline has no training, and reads all points.
    """
    training = TrainingSettings() if experiment.is_baseline else experiment.training
    seen = {"points": training.train_points, "mirror": training.mirror}
    plain = experiment.plain("artefact", "labels", "expressions", "input")
    return plain | {"input": plain["input"] | seen}


def _check_points(used: int, points: int, variant: str, where: str) -> None:
    """Refuse to use every n-th point where that leaves another number than was asked for."""
    if points % used:
        raise ConfigError(
            f"{where}: training.train_points: expected a divisor of regions.{variant}.points: {points}, but found "
            f"{used}. Use 0 for all points, or another number of points."
        )


def _word(value: Any) -> str:
    """Return a value as it is written in the configuration."""
    return str(value).lower()
