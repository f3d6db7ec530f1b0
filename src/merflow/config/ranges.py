"""Ranges of numbers that a docstring states: ``dropout : float, at least 0, below 1``, as JSON Schema has them."""

import inspect
import re
from collections.abc import Iterator, Mapping
from typing import Any

_ENTRY = re.compile(r"^(?P<names>\w+(?:, \w+)*) : (?P<type>\S.*)$")
_BOUND = re.compile(r"(?P<words>at least|above|at most|below) (?P<number>-?\d+(?:\.\d+)?)")
_KEYS = {"at least": "minimum", "above": "exclusiveMinimum", "at most": "maximum", "below": "exclusiveMaximum"}
_NOT_EMPTY = "non-empty "


def parameter_ranges(docstring: str) -> dict[str, dict[str, Any]]:
    r"""Return what the type line of each parameter of a NumPy-style docstring says of its range.

    A bound stands after a comma: ``at least``, ``above``, ``at most`` or ``below`` and a number; of a sequence it is
    that of each item. ``non-empty`` before the type asks for one item or more.

    Returns
    -------
    dict of str to dict
        ``{"minimum": 0}``; ``{"minItems": 1}`` beside it; nothing of a parameter without a range.

    Examples
    --------
    >>> parameter_ranges("Parameters\n----------\nwidths : non-empty sequence of int, each at least 1\n    Of layers.")
    {'widths': {'minItems': 1, 'minimum': 1}}
    """
    return {name: found for names, kind in _entries(docstring) if (found := _range(kind)) for name in names}


def with_range(schema: Mapping[str, Any], allowed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter with its range: bounds of a sequence are those of its items."""
    bounds = {key: value for key, value in allowed.items() if key != "minItems"}
    if "items" not in schema:
        return {**schema, **bounds}
    return {**schema, "items": {**schema["items"], **bounds}, **{k: allowed[k] for k in ("minItems",) if k in allowed}}


def told_range(schema: Mapping[str, Any]) -> str:
    """Return the range of a number in words: ``at least 0 and below 1``; empty for none."""
    return " and ".join(f"{words} {schema[key]}" for words, key in _KEYS.items() if key in schema)


def is_bound(keyword: str) -> bool:
    """Return whether a keyword of JSON Schema bounds a number."""
    return keyword in _KEYS.values()


def _entries(docstring: str) -> Iterator[tuple[list[str], str]]:
    lines = inspect.cleandoc(docstring).splitlines()
    if "Parameters" not in lines:
        return
    start = lines.index("Parameters") + 2
    for line, following in zip(lines[start:], [*lines[start + 1 :], ""], strict=True):
        if following.startswith("---"):
            return
        if entry := _ENTRY.match(line):
            yield entry["names"].split(", "), entry["type"]


def _range(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {"minItems": 1} if kind.startswith(_NOT_EMPTY) else {}
    for bound in _BOUND.finditer(kind):
        number = bound["number"]
        found[_KEYS[bound["words"]]] = float(number) if "." in number else int(number)
    return found
