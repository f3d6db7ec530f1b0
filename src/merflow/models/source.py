"""Classes as their source states them: found and read by Python's parser, so that neither they nor torch are loaded."""

import ast
from collections.abc import Iterator
from functools import cache
from importlib.util import resolve_name
from pathlib import Path
from typing import NamedTuple

from merflow.errors import ConfigError
from merflow.plugins import follows, module_file

NETWORK = ("merflow.models.network", "Network")
"""Module and name of the class that every network is a subclass of."""

_MOST_IMPORTS = 20
"""Modules by which a name may come, one from the other."""


class Definition(NamedTuple):
    """A statement at the top of a module that gives a name its value."""

    module: str
    node: ast.stmt


def lineage(module: str, name: str) -> list[Definition] | None:
    """Return a class and its bases up to, and without, ``Network``; None where it is no network.

    Parameters
    ----------
    module, name : str
        Where it is defined, or imported from there by its name.
    """
    found = definition(module, name)
    if found is None or not isinstance(found.node, ast.ClassDef):
        return None
    if (found.module, found.node.name) == NETWORK:
        return []
    for base in found.node.bases:
        above = _of_expression(found.module, base)
        classes = lineage(*above) if above and above != (found.module, found.node.name) else None
        if classes is not None:
            return [found, *classes]
    return None


def definition(module: str, name: str) -> Definition | None:
    """Return the statement that defines a name of a module, in whichever module of the same code it stands.

    Modules that belong to no plug-in and not to merflow are not looked into.
    """
    for _ in range(_MOST_IMPORTS):
        node = next((node for node in reversed(statements(module)) if name in _bound(node)), None)
        if node is None:
            return None
        if not isinstance(node, ast.ImportFrom):
            return Definition(module, node)
        origin = imported_from(module, node)
        if not follows(module, origin):
            return None
        module, name = origin, next(one.name for one in node.names if name == (one.asname or one.name))
    return None


def top_names(module: str) -> list[str]:
    """Return the classes of a module, for messages."""
    return [node.name for node in statements(module) if isinstance(node, ast.ClassDef)]


def statements(module: str) -> list[ast.stmt]:
    """Return the statements at the top of a module; empty where it has no source."""
    file = module_file(module)
    return _parsed(file, file.stat().st_mtime_ns).body if file else []


def imported_from(module: str, node: ast.ImportFrom) -> str:
    """Return the dotted name of the module that ``from ... import`` names, also where it begins with dots."""
    if not node.level:
        return node.module or ""
    file = module_file(module)
    package = module if file and file.name == "__init__.py" else module.rpartition(".")[0]
    try:
        return resolve_name("." * node.level + (node.module or ""), package)
    except ImportError as error:
        raise ConfigError(
            f"{file}, line {node.lineno}: expected an import that leads somewhere, but {error}."
        ) from error


@cache
def _parsed(file: Path, _version: int) -> ast.Module:
    try:
        return ast.parse(file.read_text(encoding="utf-8"), str(file))
    except (SyntaxError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: expected Python, but {error}. Correct the file.") from error


def _bound(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement defines."""
    if isinstance(node, ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.ImportFrom):
        yield from (one.asname or one.name for one in node.names)
    elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def _of_expression(module: str, node: ast.expr) -> tuple[str, str] | None:
    """Return module and name of ``Name`` or ``imported_module.Name``; None for anything else."""
    if isinstance(node, ast.Name):
        return module, node.id
    if isinstance(node, ast.Attribute):
        owner = _imported_module(module, ast.unparse(node.value))
        return (owner, node.attr) if owner and follows(module, owner) else None
    return None


def _imported_module(module: str, written: str) -> str:
    """Return the module that a module knows under a name, ``written`` as in its source; empty for none."""
    for node in statements(module):
        if isinstance(node, ast.Import):
            found = next((one.name for one in node.names if written == (one.asname or one.name)), "")
        elif isinstance(node, ast.ImportFrom):
            name = next((one.name for one in node.names if written == (one.asname or one.name)), "")
            found = f"{imported_from(module, node)}.{name}" if name else ""
        else:
            continue
        if found:
            return found
    return ""
