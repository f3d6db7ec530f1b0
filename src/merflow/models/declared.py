"""Every network of this folder and what it declares, read from the source: planning loads no torch.

The class attributes of :class:`merflow.models.network.Network` are plain values, so that Python's parser is enough. A
job then loads one network only, and the fingerprint of its code (`merflow.artefacts.fingerprint`) holds no other one:
adding or editing a network leaves all results of the others.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_BASE = "Network"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a network says of itself; see :class:`merflow.models.network.Network`.

    Parameters
    ----------
    source : str
        ``module:class``.
    """

    source: str
    name: str
    reads: tuple[str, ...]
    size_px: int = 0
    needs_apex_and_length: bool = False
    shows: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def networks_in(path: Path, module: str) -> Iterator[Declared]:
    """Yield the networks that a file declares: its subclasses of ``Network`` that have a name.

    Parameters
    ----------
    path : Path
        Python file.
    module : str
        Its dotted name.
    """
    text = path.read_text(encoding="utf-8")
    if f"({_BASE})" not in text:
        return
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and any(isinstance(b, ast.Name) and b.id == _BASE for b in node.bases):
            yield Declared(source=f"{module}:{node.name}", **_attributes(node))


def _attributes(node: ast.ClassDef) -> dict[str, Any]:
    """Return the declared attributes of a class."""
    known = Declared.__dataclass_fields__
    found = {}
    for statement in node.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name) and target.id in known:
                found[target.id] = ast.literal_eval(statement.value)  # type: ignore[attr-defined]
    return found


def _own() -> dict[str, Declared]:
    folder = Path(__file__).parent
    found = (one for path in sorted(folder.glob("*.py")) for one in networks_in(path, f"merflow.models.{path.stem}"))
    return {one.name: one for one in found}


NETWORKS: Mapping[str, Declared] = _own()
"""Networks by their name in the configuration."""
