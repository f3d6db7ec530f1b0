"""Settings as objects: made once of the plain values of a configuration or a rule, and plain again in a record."""

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

from merflow.checks import nearest
from merflow.errors import ConfigError

_S = TypeVar("_S")

_CALLED: Mapping[Any, str] = {Path: "a path", tuple: "a list", Literal: "a word", Mapping: "a block of settings"}
"""What a message calls the types that Python's name says nothing to a user of."""


def from_plain(cls: type[_S], values: Mapping[str, Any], *, where: str = "") -> _S:
    """Make a settings dataclass of plain values: lists become tuples, texts paths, blocks nested dataclasses.

    Numbers stay as they are, since a record that says 1 must not say 1.0 when it is written again.

    Parameters
    ----------
    cls : type
        A dataclass whose fields are of the types that YAML holds, Path, tuple, Literal, Mapping, another such
        dataclass, or one of these or None.
    values : mapping
        By name of the field; a field that is left out has its default.
    where : str
        Place of the values, for messages: ``datasets.demo``.

    Raises
    ------
    ConfigError
        On an unknown key (with the nearest known one), a missing one or one of another type; and from the dataclass,
        when a value is outside its range.
    """
    return cls(**typed_values(cls, values, where=where))


def typed_values(cls: type, values: Mapping[str, Any], *, where: str = "", owner: str = "") -> dict[str, Any]:
    """Return the arguments of a settings dataclass, each of the type of its field.

    Parameters
    ----------
    cls, values, where
        As for :func:`from_plain`, which raises for it.
    owner : str
        Whose settings they are, for messages: ``reader casme3``; by default the name of the class.
    """
    hints, place, whose = _hints(cls), f"{where}: " if where else "", owner or cls.__name__
    if not isinstance(values, Mapping):
        raise ConfigError(f"{place}expected a block of settings of {whose}, found {str(values)[:80]!r}.")
    for key in values:
        if key not in hints:
            hint = nearest(key, hints, cutoff=0.4)
            raise ConfigError(f"{place}{whose} has no setting {key!r}.{hint} Known: {', '.join(hints)}.")
    for name in _needed(cls):
        if name not in values:
            raise ConfigError(f"{place}{whose} needs the setting {name!r}, found none.")
    prefix = f"{where}." if where else ""
    return {name: _typed(hints[name], value, f"{prefix}{name}") for name, value in values.items()}


def to_plain(value: Any) -> Any:
    """Return settings as YAML and JSON hold them: dataclasses and mappings as blocks, tuples as lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value


@cache
def _hints(cls: Any) -> dict[str, Any]:
    """Return the types of a settings dataclass, which every experiment is built of."""
    return typing.get_type_hints(cls)


@cache
def _needed(cls: Any) -> tuple[str, ...]:
    return tuple(one.name for one in fields(cls) if one.default is MISSING and one.default_factory is MISSING)


@cache
def _parts(hint: Any) -> tuple[Any, tuple[Any, ...], bool]:
    """Return the generic type of a hint, what stands in its brackets, and whether it is a settings dataclass."""
    return get_origin(hint), get_args(hint), is_dataclass(hint)


def _typed(hint: Any, value: Any, where: str) -> Any:
    """Return a plain value as its field has it."""
    if type(value) is hint:
        return value
    origin, args, of_settings = _parts(hint)
    if origin in (types.UnionType, typing.Union):
        (wanted,) = (arg for arg in args if arg is not type(None))
        return None if value is None and type(None) in args else _typed(wanted, value, where)
    if of_settings and isinstance(value, Mapping):
        return from_plain(typing.cast(type, hint), value, where=where)
    if origin is tuple and isinstance(value, list | tuple):
        items = args[:1] * len(value) if args[-1] is ... else args
        if len(items) != len(value):
            raise ConfigError(f"{where}: expected a list of {len(items)}, found {value!r}.")
        return tuple(_typed(item, one, where) for item, one in zip(items, value, strict=True))
    if hint is Path and isinstance(value, str | Path) and str(value):
        return Path(value)
    if hint is Any or (_is_one_of(value, args) if origin is Literal else _is_a(value, origin or hint)):
        return value
    called = "a block of settings" if of_settings else _CALLED.get(origin or hint, str(hint))
    raise ConfigError(f"{where}: expected {called}, found {value!r}.")


def _is_a(value: Any, kind: Any) -> bool:
    """Return whether a plain value is one of a kind that stands as it is."""
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, kind)


def _is_one_of(value: Any, words: tuple[Any, ...]) -> bool:
    """Return whether a value is of the type of some of the words: the settings themselves say which they know."""
    return type(value) in map(type, words)
