"""Every network and what it declares, read from the source: planning loads no torch.

The class attributes of :class:`merflow.models.network.Network` are plain values, so that Python's parser is enough. A
job then loads one network only, and the fingerprint of its code (`merflow.artefacts.fingerprint`) holds no other one:
adding or editing a network leaves all results of the others.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from merflow.checks import nearest
from merflow.errors import ConfigError
from merflow.models.source import lineage, top_names
from merflow.plugins import config_folder, full_name, missing_attribute, plugin_file, short_names

CONTEXT = ("au_numbers", "n_aus", "edges")
"""Arguments that the examples decide, not the configuration; a model that needs them names them."""

_BASE = "Network"
_UNITS = "tells_units"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a network says of itself; see :class:`merflow.models.network.Network`.

    Parameters
    ----------
    source : str
        ``module:class``.
    tells_units : bool
        Whether it has a loss of the action units: it defines ``forward_with_aus``.
    """

    source: str
    name: str
    reads: tuple[str, ...]
    size_px: int = 0
    clip_ms: float = 0.0
    needs_apex_and_length: bool = False
    shows: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    effective_with: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tells_units: bool = False

    def without_effect(self, params: Mapping[str, Any]) -> dict[str, str]:
        """Return each parameter that the network does not read beside the others, and what it belongs to."""
        unread: dict[str, str] = {}
        for key, needed in self.effective_with.items():
            for other, words in needed.items():
                values = words if isinstance(words, tuple) else (words,)
                if params.get(other) not in values:
                    named = " or ".join(str(one).lower() if isinstance(one, bool) else str(one) for one in values)
                    unread.setdefault(key, f"model_params.{other} {named}")
        return unread


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
    if f"({_BASE}):" not in text:
        return
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and any(isinstance(b, ast.Name) and b.id == _BASE for b in node.bases):
            yield Declared(source=f"{module}:{node.name}", **_attributes(node))


def network_named(name: str) -> Declared:
    """Return what a network declares: one of merflow's, or a plug-in's.

    Parameters
    ----------
    name : str
        As a configuration names it: a key of `NETWORKS`, ``module:class``, or the name of an entry point.

    Raises
    ------
    ConfigError
        When there is no such network, with the nearest known one, or when a plug-in's class is none.
    """
    return NETWORKS[name] if name in NETWORKS else _plugin(name, config_folder())


@cache
def _plugin(name: str, _folder: Path | None) -> Declared:
    """Return what the class of a plug-in declares, its own attributes before those of its bases."""
    source = full_name(name, "network")
    if not source:
        known = sorted([*NETWORKS, *short_names("network")])
        raise ConfigError(
            f"unknown model {name!r}.{nearest(name, known)} Known: {', '.join(known)}; or package.module:Class of your "
            "own."
        )
    file = plugin_file(source)
    module, _, attribute = source.partition(":")
    classes = lineage(module, attribute)
    if classes is None:
        there = top_names(module)
        if attribute not in there:
            raise ConfigError(missing_attribute(source, file, there))
        raise ConfigError(
            f"{source}: expected a subclass of merflow.models.network.Network, found the class in {file} to be none. "
            f"Write class {attribute}(Network)."
        )
    found: dict[str, Any] = {"reads": ()}
    for one in reversed(classes):
        try:
            found |= _attributes(one.node)
        except ValueError as error:
            raise ConfigError(
                f"{source}: expected {', '.join(Declared.__dataclass_fields__)} as plain values written out in the "
                f"class, but {error}: planning reads them without running the file."
            ) from error
    return Declared(**found | {"source": source, "name": name})


def _attributes(node: ast.stmt) -> dict[str, Any]:
    """Return the declared attributes of a class."""
    known = Declared.__dataclass_fields__.keys() - {_UNITS}
    found: dict[str, Any] = {_UNITS: True} if _defines(node, "forward_with_aus") else {}
    for statement in node.body if isinstance(node, ast.ClassDef) else ():
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
            continue
        for target in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
            if isinstance(target, ast.Name) and target.id in known:
                found[target.id] = ast.literal_eval(statement.value)
    return found


def _defines(node: ast.stmt, method: str) -> bool:
    body = node.body if isinstance(node, ast.ClassDef) else []
    return any(isinstance(one, ast.FunctionDef) and one.name == method for one in body)


def _own() -> dict[str, Declared]:
    folder = Path(__file__).parent
    found = (one for path in sorted(folder.glob("*.py")) for one in networks_in(path, f"merflow.models.{path.stem}"))
    return {one.name: one for one in found}


NETWORKS: Mapping[str, Declared] = _own()
"""merflow's own networks by their name in the configuration."""
