"""JSON Schema of settings: names, types and defaults from a dataclass or signature, descriptions from its docstring.

So a setting is declared once, where the code that reads it lives.
"""

import dataclasses
import inspect
import re
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from merflow.config.ranges import parameter_ranges, with_range
from merflow.settings import to_plain
from merflow.user_paths import PATH_FORMAT, UserPath

_JSON_TYPES: Mapping[type, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}
_ENTRY = re.compile(r"^(?P<names>\w+(?:, \w+)*)(?: : \S.*)?$")


def object_schema(cls: type) -> dict[str, Any]:
    """Return the JSON Schema of a settings dataclass.

    Parameters
    ----------
    cls : type
        A dataclass with a NumPy-style ``Parameters`` section that describes every field.

    Raises
    ------
    ValueError
        When a field is not described, or has a type that YAML cannot hold.
    """
    defaults = {field.name: _field_default(field) for field in dataclasses.fields(cls)}
    hints = typing.get_type_hints(cls, include_extras=True)
    return parameters_schema(cls.__name__, parameter_descriptions(cls.__doc__ or ""), hints, defaults)


def keyword_schema(function: Callable[..., Any], *, leave_out: Sequence[str] = ()) -> dict[str, Any]:
    """Return the JSON Schema of the keyword-only arguments of a documented function or class.

    Parameters
    ----------
    function : callable
    leave_out : sequence of str
        Arguments that are not the configuration's to give.
    """
    source = function.__init__ if isinstance(function, type) else function  # type: ignore[misc]
    parameters = inspect.signature(function).parameters.values()
    defaults = {
        p.name: dataclasses.MISSING if p.default is p.empty else to_plain(p.default)
        for p in parameters
        if p.kind is p.KEYWORD_ONLY and p.name not in leave_out
    }
    text = function.__doc__ or ""
    hints = typing.get_type_hints(source, include_extras=True)
    ranges = parameter_ranges(text)
    return parameters_schema(function.__name__, parameter_descriptions(text), hints, defaults, ranges=ranges)


def parameters_schema(
    owner: str,
    texts: Mapping[str, str],
    hints: Mapping[str, Any],
    defaults: Mapping[str, Any],
    *,
    ranges: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return the JSON Schema of parameters.

    Parameters
    ----------
    owner : str
        Name of what takes them, for messages.
    texts, hints : mapping
        Description and type of each.
    defaults : mapping
        Default of each, as YAML holds it; ``dataclasses.MISSING`` for one that must be given.
    ranges : mapping
        Of numbers, as :func:`merflow.config.ranges.parameter_ranges` returns them.

    Raises
    ------
    ValueError
        When a parameter is not described, or has a type that YAML cannot hold.
    """
    properties = {}
    for name, default in defaults.items():
        if not texts.get(name):
            raise ValueError(f"{owner}: {name} is not described in its docstring")
        properties[name] = {"description": texts[name], **with_range(type_schema(hints[name]), ranges.get(name, {}))}
        if default is not dataclasses.MISSING:
            properties[name]["default"] = default
    required = [name for name, default in defaults.items() if default is dataclasses.MISSING]
    schema: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": properties}
    return schema | ({"required": required} if required else {})


def type_schema(hint: Any) -> dict[str, Any]:
    """Return the JSON Schema of a type hint."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if dataclasses.is_dataclass(hint):
        return object_schema(typing.cast(type, hint))
    if hint in (Path, UserPath):
        return {"type": "string", "format": PATH_FORMAT}
    if hint in _JSON_TYPES:
        return {"type": _JSON_TYPES[hint]}
    if origin is typing.Literal:
        return {"enum": list(args)}
    if origin is tuple:
        if args[-1] is Ellipsis:
            return {"type": "array", "items": type_schema(args[0])}
        items = [type_schema(arg) for arg in args]
        return {"type": "array", "prefixItems": items, "minItems": len(args), "maxItems": len(args)}
    if origin is Sequence:
        return {"type": "array", "items": type_schema(args[0])}
    if origin in (types.UnionType, typing.Union):
        return {"anyOf": [{"type": "null"} if a is type(None) else type_schema(a) for a in args]}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        value = args[1]
        return {"type": "object", "additionalProperties": True if value is Any else type_schema(value)}
    raise ValueError(f"no JSON Schema for the type {hint}")


def parameter_descriptions(docstring: str) -> dict[str, str]:
    r"""Return the description of each parameter of a NumPy-style docstring, one line each.

    Examples
    --------
    >>> parameter_descriptions("Parameters\n----------\na, b : int\n    Two numbers.")
    {'a': 'Two numbers.', 'b': 'Two numbers.'}
    """
    lines = inspect.cleandoc(docstring).splitlines()
    if "Parameters" not in lines:
        return {}
    texts: dict[str, list[str]] = {}
    current: list[list[str]] = []
    start = lines.index("Parameters") + 2
    for line, following in zip(lines[start:], [*lines[start + 1 :], ""], strict=True):
        entry = _ENTRY.match(line)
        if following.startswith("---"):
            break
        if entry:
            current = [texts.setdefault(name, []) for name in entry["names"].split(", ")]
        for text in current if line.startswith("    ") else []:
            text.append(line.strip())
    return {name: " ".join(text) for name, text in texts.items()}


def _field_default(field: "dataclasses.Field[Any]") -> Any:
    """Return a field's default as YAML would hold it, or ``MISSING``."""
    if field.default is not dataclasses.MISSING:
        value = field.default
    elif field.default_factory is not dataclasses.MISSING:
        value = field.default_factory()
    else:
        return dataclasses.MISSING
    return to_plain(value)
