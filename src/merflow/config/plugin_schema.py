"""The schema of a configuration that names plug-ins: completed with their settings, which their own code declares."""

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from merflow.checks import nearest
from merflow.config.dataclass_schema import object_schema
from merflow.config.schema import Schema
from merflow.config.signature import network_schema
from merflow.datasets.declared import dataset_named
from merflow.errors import ConfigError
from merflow.models.declared import Declared, network_named
from merflow.names import named
from merflow.stages import READABLE

SHOWS = ("layers", "graph", "units", "attention", "activation")
"""What can be drawn of a network; see :class:`merflow.models.network.Network`."""


def with_plugins(raw: Mapping[str, Any], schema: Schema) -> Schema:
    """Return the schema with the settings of the networks and datasets that it does not know.

    Parameters
    ----------
    raw : mapping
        What the user wrote.
    schema : mapping
        JSON Schema of the configuration; what is returned where it knows everything.

    Raises
    ------
    ConfigError
        When a network or dataset is none, declares what cannot be, or has settings that cannot be read.
    """
    models = dict(_unknown_names(raw, "experiments", "model", known=schema["$defs"]["models"]))
    readers = dict(_unknown_names(raw, "datasets", "reader", known=schema["$defs"]["readers"]))
    if not models and not readers:
        return schema
    extended: dict[str, Any] = copy.deepcopy(dict(schema))
    experiment, dataset = (extended["properties"][key]["additionalProperties"] for key in ("experiments", "datasets"))
    for name, where in models.items():
        extended["$defs"]["models"][name] = _prefixed(where, _of_network, name, known=schema["$defs"]["models"])
        experiment["properties"]["model"]["anyOf"][0]["enum"].append(name)
    for name, where in readers.items():
        node = _prefixed(where, _of_dataset, name, known=schema["$defs"]["readers"])
        extended["$defs"]["readers"][name] = node
        dataset["properties"]["reader"]["anyOf"][0]["enum"].append(name)
        add_settings(dataset["properties"], name, node)
    return extended


def add_settings(properties: dict[str, Any], reader: str, node: Mapping[str, Any]) -> None:
    """Add the settings of a reader to those that a dataset may have; a name may stand for another type in each."""
    for name, own in node["properties"].items():
        text = f"{reader}: {own['description']}"
        kind = {key: value for key, value in own.items() if key not in ("description", "default")}
        if name not in properties:
            properties[name] = {"description": text, "anyOf": [kind]}
            continue
        properties[name]["description"] += f" {text}"
        if kind not in properties[name].setdefault("anyOf", []):
            properties[name]["anyOf"].append(kind)


def _unknown_names(
    raw: Mapping[str, Any], section: str, key: str, *, known: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Yield the names under a key of a section that a schema does not know, each with its place."""
    blocks = raw.get(section)
    for name, block in blocks.items() if isinstance(blocks, Mapping) else ():
        value = block.get(key) if isinstance(block, Mapping) else None
        if isinstance(value, str) and value not in known:
            yield value, f"config: {section}.{name}.{key}"


def _prefixed(
    where: str, make: Callable[[str], dict[str, Any]], name: str, *, known: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the schema that `make` finds; its errors say the place that names the plug-in."""
    try:
        return make(name)
    except ConfigError as error:
        near = "" if ":" in name or "Did you mean" in str(error) else nearest(name, known)
        raise ConfigError(f"{where}: {error}{near}") from error


def _of_network(name: str) -> dict[str, Any]:
    """Return the schema of the parameters of a network that declares what can be."""
    declared, node = network_named(name), network_schema(name)
    _check_declared(declared, known=node["properties"])
    return node


def _check_declared(declared: Declared, *, known: Mapping[str, Any]) -> None:
    """Refuse what a class says of itself where nothing could follow from it."""
    reads = declared.reads
    if not isinstance(reads, tuple) or not reads or not set(reads) <= set(READABLE):
        raise ConfigError(
            f"{declared.source}: expected reads = (kind, ...), a tuple of {', '.join(READABLE)}, found {reads!r}. "
            "Correct it in the class."
        )
    for attribute, kind in (
        ("size_px", int),
        ("needs_apex_and_length", bool),
        ("shows", Mapping),
        ("effective_with", Mapping),
    ):
        value = getattr(declared, attribute)
        if not isinstance(value, kind):
            raise ConfigError(
                f"{declared.source}: expected {attribute} to be of type {kind.__name__}, found {value!r}. Correct it "
                "in the class."
            )
    for what, needed in declared.shows.items():
        if what not in SHOWS or not isinstance(needed, Mapping) or not set(needed) <= set(known):
            raise ConfigError(
                f"{declared.source}: expected shows of {', '.join(SHOWS)}, each with parameters of the constructor "
                f"({', '.join(known) or 'it has none'}), found {what!r}: {needed!r}. Correct it in the class."
            )
    for key, needed in declared.effective_with.items():
        if not isinstance(needed, Mapping) or not {key, *needed} <= set(known):
            raise ConfigError(
                f"{declared.source}: expected effective_with of parameters of the constructor "
                f"({', '.join(known) or 'it has none'}), each with others of them, found {key!r}: {needed!r}. Correct "
                "it in the class."
            )


def _of_dataset(name: str) -> dict[str, Any]:
    """Return the schema of the settings of a dataset's reader."""
    settings = dataset_named(name).settings
    try:
        return object_schema(named(settings))
    except ValueError as error:
        raise ConfigError(
            f"{name}: expected each field of {settings} to be described under Parameters of its docstring and to have "
            f"a type of Path, tuple, Literal, str, bool, int or float, but {error}."
        ) from error
