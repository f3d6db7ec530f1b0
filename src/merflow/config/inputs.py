"""What goes with which artefact: networks, baselines and ways to train, each with the kinds that it can read."""

from collections.abc import Mapping
from typing import Any

from merflow.errors import ConfigError
from merflow.models.declared import NETWORKS, Declared, network_named
from merflow.stages import STAGES
from merflow.stages.regions.mirroring import unmirrored_setting
from merflow.training.baselines import BASELINES

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


def check_inputs(config: Mapping[str, Any], settings: Mapping[str, Any], *, where: str) -> None:
    """Refuse an experiment whose model or training cannot work on its artefact: it would fail after all stages.

    Parameters
    ----------
    config : mapping
        Variants of each kind, defaults filled in.
    settings : mapping
        Resolved experiment, whose artefact exists.
    where : str
        Of the experiment, for the message.

    Raises
    ------
    ConfigError
        Names both settings that exclude each other, and what to change.
    """
    kind, _, variant = settings["artefact"].partition("/")
    model, training = settings["model"], settings["training"]
    reads = BASELINES[model].reads if model in BASELINES else network_named(model).reads
    if kind not in reads:
        others = ", ".join(name for name, kinds in READS.items() if kind in kinds)
        raise ConfigError(
            f"{where}: expected for model: {model} an artefact of kind {' or '.join(reads)}, but found "
            f"artefact: {settings['artefact']}. Name one of these, or a model that reads {kind}: {others}."
        )
    if model in BASELINES:
        return  # has no size and no training
    _check_size(network_named(model), config[kind][variant], (kind, variant), where)
    for key, kinds in _TRAINS.items():
        if training[key] and kind not in kinds:
            raise ConfigError(
                f"{where}: training.{key}: {_word(training[key])} is for artefacts of kind {' or '.join(kinds)}, but "
                f"found artefact: {settings['artefact']}. Set training.{key}: {_word(type(training[key])())}."
            )
    if training["mirror"]:
        _check_mirror(settings["input"]["coordinates"], config[kind][variant], variant, where)
    if training["train_points"]:
        _check_points(training["train_points"], config[kind][variant]["points"], variant, where)


def _check_size(network: Declared, settings: Mapping[str, Any], artefact: tuple[str, str], where: str) -> None:
    """Refuse pictures of another size than a network's, which has no other."""
    needed, found = network.size_px, settings.get("size_px")
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


def example_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what decides the examples of a resolved experiment: they are exactly what its model sees.

    Points are thinned and clips are mirrored when examples are built, as ``training.train_points`` and
    ``training.mirror`` say; a baseline has no training, and reads all points.
    """
    training = {"train_points": 0, "mirror": False} if settings["model"] in BASELINES else settings["training"]
    seen = {"points": training["train_points"], "mirror": training["mirror"]}
    return {key: settings[key] for key in ("artefact", "labels", "expressions")} | {"input": settings["input"] | seen}


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
