"""What two records of a result do not have in common, in words."""

from collections.abc import Mapping
from typing import Any


def differences(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """Return what two results were not both made of, setting by setting; empty = they are of the same things."""
    causes = []
    for key in sorted(found.keys() | wanted.keys()):
        here, there = found.get(key), wanted.get(key)
        if here == there:
            continue
        nested = isinstance(here, Mapping) and isinstance(there, Mapping)
        inner = differences(here, there) if nested else f"{_short(here)} then, {_short(there)} now"  # type: ignore[arg-type]
        causes.append(f"{key}: {inner}")
    return "; ".join(causes)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
