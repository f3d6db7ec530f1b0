"""Whether two experiments can be compared: refused when planned, before anything is trained."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from merflow.config import Experiment
from merflow.config.experiments import check_same_question
from merflow.errors import ConfigError
from merflow.plan.pictures import check_shows, chosen_to_show


def check_comparable(
    dataset: str, first: str, second: str, *, experiments: Mapping[str, Experiment], known: Iterable[str]
) -> None:
    """Refuse to compare experiments that were not asked the same question.

    The two forms of ``cross_domain`` test the same clips, so what the macro clips of the tested subjects add can be
    told.

    Parameters
    ----------
    dataset, first, second : str
        As in ``results/{dataset}/compare/{first}-vs-{second}``.
    experiments : mapping
        Both by name, as they are on the dataset.
    known : iterable of str
        Every experiment of the configuration.

    Raises
    ------
    ConfigError
        When the two are one, ask for other labels, expressions or folds, or their names put together could be read as
        the names of two others.
    """
    if first == second:
        raise ConfigError(f"{first} compared with itself on {dataset}: expected two experiments. Name another one.")
    _check_names(f"{first}-vs-{second}", known)
    check_same_question(
        first,
        second,
        settings=_as_tested(experiments[first], experiments[second]),
        where=f"{first} compared with {second} on {dataset}",
        then=f"compare {first} with it",
    )


def _as_tested(first: Experiment, second: Experiment) -> tuple[Experiment, Experiment]:
    """Return both as they are; without ``keep_test_subject_macro`` where nothing else of their protocols differs."""
    a, b = (replace(own, protocol=replace(own.protocol, keep_test_subject_macro=False)) for own in (first, second))
    return (a, b) if a.protocol == b.protocol else (first, second)


def check_maps_comparable(
    dataset: str, first: str, second: str, *, experiments: Mapping[str, Experiment], known: Iterable[str]
) -> None:
    """Refuse to correlate activation maps of experiments that have none, or of another part of the face.

    Labels, folds and networks may differ: maps of action units are held against maps of emotions.

    Parameters
    ----------
    dataset, first, second : str
        As in ``results/{dataset}/compare/activation_maps/{first}-vs-{second}``.
    experiments : mapping
        Both by name, as they are on the dataset.
    known : iterable of str
        Every experiment of the configuration.

    Raises
    ------
    ConfigError
        When the two are one, a network shows no maps, the artefacts or the views of a network of several differ, or the
        names can be read in two ways.
    """
    where = f"activation maps of {first} and {second} on {dataset}"
    if first == second:
        raise ConfigError(f"{where}: expected two experiments. Name another one.")
    _check_names(f"{first}-vs-{second}", known)
    for name in (first, second):
        check_shows(name, experiments[name], "activation")
    a, b = (experiments[name].artefact for name in (first, second))
    if a != b:
        raise ConfigError(
            f"{where}: expected {second} to read the artefact of {first}, {a}, but found {b}: their maps would not "
            f"cover the same part of the face. Define a twin that extends {second} with artefact: {a}."
        )
    seen, other = (chosen_to_show(experiments[name], "activation") for name in (first, second))
    if seen != other:
        raise ConfigError(
            f"{where}: expected {second} to see what {first} sees, {_params(seen)}, but found {_params(other)}: their "
            f"maps would not cover the same part of the face. Name an experiment with {_params(seen)}."
        )


def _params(values: Mapping[str, Any]) -> str:
    return ", ".join(f"model_params.{key}: {value}" for key, value in values.items()) or "no such parameter"


def _check_names(pair: str, known: Iterable[str]) -> None:
    """Refuse a pair that two pairs of experiments write alike, such as ``a`` with ``vs-b`` and ``a-vs`` with ``b``."""
    names = set(known)
    cuts = [at for at in range(len(pair)) if pair.startswith("-vs-", at)]
    readings = [(pair[:at], pair[at + 4 :]) for at in cuts if pair[:at] in names and pair[at + 4 :] in names]
    if len(readings) > 1:
        read = " or ".join(f"{first} with {second}" for first, second in readings)
        raise ConfigError(f"{pair} can be read as {read}. Rename one of these experiments.")
