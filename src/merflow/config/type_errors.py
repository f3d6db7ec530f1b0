"""What a schema refuses: values of another type, or out of range, in words for who does not know JSON Schema."""

import math
from typing import Any

import yaml

from merflow.checks import nearest
from merflow.config.ranges import is_bound, told_range

_WORDS = {
    "integer": "a whole number",
    "number": "a number",
    "string": "a text",
    "boolean": "true or false",
    "array": "a list, such as [a, b]",
    "object": "a block of settings",
    "null": "null",
}


def told_error(error: Any) -> str:
    """Return what a schema refuses: expected, found, and what to write where YAML took a number for a text.

    Parameters
    ----------
    error : jsonschema.ValidationError

    Returns
    -------
    str
        Without a full stop at its end.
    """
    if is_bound(error.validator):
        return f"expected {told_range(error.schema)}, but found {error.instance!r}"
    if error.validator == "minItems" and not error.instance:
        return "expected at least one, but found an empty list"
    if error.validator == "enum":
        words = [str(one) for one in error.validator_value]
        hint = nearest(str(error.instance), words).strip()
        return f"expected one of {', '.join(words)}, but found {error.instance!r}" + (f" ({hint})" if hint else "")
    expected = _expected(error)
    if not expected:
        return str(error.message)
    return f"expected {' or '.join(expected)}, but found {error.instance!r}{_as_number(error.instance, expected)}"


def _expected(error: Any) -> list[str]:
    """Return the types that are allowed, in words; empty where the error is of another sort, or has other options."""
    options = error.validator_value if error.validator == "anyOf" else [{"type": error.validator_value}]
    types = [str(option.get("type")) for option in options] if error.validator in ("anyOf", "type") else []
    return [_WORDS[name] for name in types] if set(types) <= _WORDS.keys() else []


def _as_number(value: Any, expected: list[str]) -> str:
    """Return how to write a number that is a text in YAML: one in quotes, or such as 1e-3."""
    if not isinstance(value, str) or not {_WORDS["integer"], _WORDS["number"]} & set(expected):
        return ""
    try:
        number = int(value) if value.lstrip("+-").isdecimal() else float(value)
    except ValueError:
        return ""
    return f", which is a text in YAML. Write {yaml.safe_dump(number).split()[0]}" if math.isfinite(number) else ""
