"""Settings of the JSON Schema as rows of a table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]
SETTING_COLUMNS = ("setting", "values", "default", "meaning")


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of Markdown; empty where it has no rows."""
    lines = [f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |" for row in rows]
    if not lines:
        return ""
    return "\n".join([f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}", *lines]) + "\n"


def setting_rows(node: Schema, prefix: str = "") -> Iterator[tuple[str, str, str, str]]:
    """Yield a row for each setting of an object, those of the objects in it as ``outer.inner``."""
    for name, child in node.get("properties", {}).items():
        inner = _object(child)
        yield f"`{prefix}{name}`", _values(child), _default(child), _text(child.get("description", ""))
        if inner is not None:
            yield from setting_rows(inner, f"{prefix}{name}.")


def _object(child: Schema) -> Schema | None:
    options = [child, *child.get("anyOf", ())]
    return next((option for option in options if option.get("properties")), None)


def _values(child: Schema) -> str:
    """Return what a setting may be, in words."""
    if "anyOf" in child:
        return " or ".join(dict.fromkeys(_values(option) for option in child["anyOf"]))
    if "enum" in child:
        return ", ".join(f"`{value}`" for value in child["enum"])
    if child.get("format") == "path":
        return "path"
    words = {"array": "list", "object": "block", "string": "text", "boolean": "`true`, `false`", "null": "`null`"}
    kind = str(child.get("type", "any"))
    return words.get(kind, kind)


def _default(child: Schema) -> str:
    if "default" not in child:
        return ""
    value = child["default"]
    return "" if isinstance(value, dict) and value else f"`{_plain(value)}`"


def _plain(value: Any) -> str:
    words = {True: "true", False: "false", None: "null"}
    return words[value] if value is None or isinstance(value, bool) else str(value)


def _text(description: str) -> str:
    """Return a description as a cell: the double back-ticks of docstrings are single ones here."""
    return " ".join(description.replace("``", "`").split())
