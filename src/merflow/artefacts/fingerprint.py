"""Fingerprints of code: what tells Snakemake that an edit of the package made an artefact stale.

Snakemake sees edits of a rule and its script, not of an imported package. So each rule carries the fingerprint of the
modules that compute its numbers as a parameter, and Snakemake's own parameter tracking does the rest.
"""

import ast
import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import resolve_name
from pathlib import Path
from typing import NamedTuple

from merflow.artefacts.kinds import KINDS
from merflow.artefacts.provenance import canonical_json
from merflow.artefacts.schema import DIM_SIZES, FORMAT_VERSION
from merflow.plugins import follows, module_file

PACKAGE = "merflow"
INFRASTRUCTURE = (
    "merflow.artefacts",
    "merflow.datasets.recorded_state",
    "merflow.errors",
    "merflow.files",
    "merflow.logs",
    "merflow.names",
    "merflow.paths",
    "merflow.plugins",
    "merflow.reading",
    "merflow.shard_lists",
    "merflow.training.adoption",
    "merflow.training.fold_record",
    "merflow.training.trained_folds",
    "merflow.untrusted.hdf5",
    "merflow.untrusted.long_texts",
    "merflow.user_paths",
)
"""How results are stored, kept and told, not what they are: edits here change a fingerprint only by FORMAT_VERSION."""


def fingerprint(
    *modules: str, kind: str | None = None, scripts: Sequence[Path] = (), without: Sequence[str] = ()
) -> str:
    """Return a hash of modules, of all modules of the same code that they import, and of an artefact kind's schema.

    Comments, docstrings and layout do not count, so that documenting a function rebuilds nothing. The hash is that of
    Python's syntax tree: it differs between minor versions of Python. Of a module that makes pages the
    templates count too, byte by byte: files of its name with another ending, and the folder ``templates`` beside it.

    Parameters
    ----------
    *modules : str
        Dotted names, such as ``"merflow.stages.flow.optical_flow"``, or a module of a plug-in: with it count the
        modules of its package and those beside config.yaml that it imports.
    kind : str, optional
        Artefact kind that the modules write.
    scripts : sequence of Path
        Files outside the package that call the modules. Their own code counts, and not what they import.
    without : sequence of str
        Modules that do not count, nor what only they import: tables that name other modules than a job uses.

    Returns
    -------
    str
        16 hexadecimal digits.

    Raises
    ------
    ValueError
        When a module does not exist.
    """
    digest = hashlib.sha256(f"format {FORMAT_VERSION}".encode())
    if kind is not None:
        schema = KINDS[kind]
        fields = {name: (f.dims, f.dtype, f.missing, f.optional, f.step) for name, f in schema.fields.items()}
        digest.update(canonical_json([fields, sorted(schema.attrs), dict(DIM_SIZES)]).encode())
    for module in sorted(_closure(modules, frozenset(without))):
        digest.update(f"{module}\0{_parsed(module).code}\0".encode())
        for text in _texts(module):
            digest.update(f"{text.name}\0".encode() + text.read_bytes() + b"\0")
    for script in scripts:
        digest.update(f"{script.name}\0{_parsed_file(script).code}\0".encode())
    return digest.hexdigest()[:16]


class _Parsed(NamedTuple):
    """What counts of a module: the modules of the same code that it imports, and its code as text."""

    imports: tuple[str, ...]
    code: str


def _closure(modules: tuple[str, ...], without: frozenset[str] = frozenset()) -> set[str]:
    """Return the modules and everything of the same code that they import, infrastructure and `without` left out."""
    found: set[str] = set()
    todo = list(modules)
    while todo:
        module = todo.pop()
        if module in found or module in without or module.startswith(INFRASTRUCTURE) or module == PACKAGE:
            continue
        found.add(module)
        todo.extend(_parsed(module).imports)
    return found


@cache
def _parsed(module: str) -> _Parsed:
    """Parse a module, once however many fingerprints it is part of.

    Raises
    ------
    ValueError
        When there is no such module.
    """
    source = _source(module)
    if source is None:
        raise ValueError(f"no module {module!r} in the package")
    found = _parsed_file(source, module if source.name != "__init__.py" else f"{module}.__init__")
    if module.startswith(f"{PACKAGE}."):
        return found
    packages = [module[:end] for end, letter in enumerate(module) if letter == "."]
    return found._replace(imports=(*found.imports, *(name for name in packages if _source(name) is not None)))


@cache
def _parsed_file(source: Path, module: str = f"{PACKAGE}.script") -> _Parsed:
    """Parse a file of Python, once; `module` is its dotted name, with ``__init__`` for the file of a package."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    imported = {name for node in _statements(tree) for name in _imported(node, module)}
    for node in (tree, *_statements(tree)):
        body = getattr(node, "body", None)
        if body is not None:  # a docstring is a bare constant; so is a string that documents a name
            node.body = [item for item in body if not _is_text(item)] or [ast.Pass()]  # type: ignore[attr-defined]
    return _Parsed(tuple(sorted(imported - {PACKAGE})), ast.dump(tree))


def _statements(block: ast.AST) -> Iterator[ast.AST]:
    """Yield every statement below a node, and the handlers and cases between; expressions hold neither."""
    for field in ("body", "orelse", "finalbody", "handlers", "cases"):
        for node in getattr(block, field, ()):
            yield node
            yield from _statements(node)


def _imported(node: ast.AST, module: str) -> Iterator[str]:
    """Yield what a module's statement imports of its own code: of ``from a import b`` also b if it is a module."""
    if isinstance(node, ast.Import):
        yield from (one.name for one in node.names if follows(module, one.name) and _source(one.name) is not None)
    elif isinstance(node, ast.ImportFrom):
        origin = resolve_name("." * node.level + (node.module or ""), module.rpartition(".")[0])
        if follows(module, origin) and _source(origin) is not None:
            yield origin
            yield from (name for alias in node.names if _source(name := f"{origin}.{alias.name}") is not None)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


@cache
def _texts(module: str) -> tuple[Path, ...]:
    """Return templates, scripts and styles that a module of merflow makes pages of; those of a plug-in do not count."""
    source = _source(module)
    if source is None or not module.startswith(f"{PACKAGE}."):
        return ()
    beside = (path for path in _others(source.parent) if path.stem == source.stem)
    return (*beside, *_others(source.parent / "templates"))


@cache
def _others(folder: Path) -> tuple[Path, ...]:
    """Return the files of a folder that are no Python, in the order of their names."""
    files = folder.iterdir() if folder.is_dir() else ()
    return tuple(sorted(path for path in files if path.suffix != ".py" and path.is_file()))


@cache
def _source(module: str) -> Path | None:
    """Return the file of a module without importing it (imports would load torch, dlib and the rest)."""
    root = Path(__file__).parents[1]
    parts = module.split(".")
    if parts[0] != PACKAGE:
        return module_file(module)
    stem = root.joinpath(*parts[1:])
    for path in (stem.with_suffix(".py"), stem / "__init__.py"):
        if path.is_file():
            return path
    return None
