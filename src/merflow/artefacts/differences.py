"""What two records of a result do not have in common, in words."""

from collections.abc import Mapping
from typing import Any


def differences(found: Mapping[str, Any], wanted: Mapping[str, Any], *, known_to_both: bool = False) -> str:
    """Return what two results were not both made of, setting by setting; empty = they are of the same things.

    With `known_to_both` a setting that one of them lacks is passed over, at any depth: versions of merflow differ in
    what they can set.
    """
    causes = []
    for key in sorted(found.keys() & wanted.keys() if known_to_both else found.keys() | wanted.keys()):
        here, there = found.get(key), wanted.get(key)
        if here == there:
            continue
        nested = isinstance(here, Mapping) and isinstance(there, Mapping)
        if not nested:
            causes.append(f"{key}: {_short(here)} then, {_short(there)} now")
        elif inner := differences(here, there, known_to_both=known_to_both):  # type: ignore[arg-type]
            causes.append(f"{key}: {inner}")
    return "; ".join(causes)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
