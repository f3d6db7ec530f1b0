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
from merflow.files import sha256
from merflow.plugins import follows, module_file

PACKAGE = "merflow"
INFRASTRUCTURE = (
    "merflow.artefacts",
    "merflow.datasets.recorded_state",
    "merflow.errors",
    "merflow.extras",
    "merflow.files",
    "merflow.job_lists",
    "merflow.logs",
    "merflow.names",
    "merflow.paths",
    "merflow.plugins",
    "merflow.reading",
    "merflow.shard_lists",
    "merflow.training.adoption",
    "merflow.training.fold_lists",
    "merflow.training.fold_record",
    "merflow.training.trained_folds",
    "merflow.untrusted.hdf5",
    "merflow.untrusted.long_texts",
    "merflow.user_paths",
    "merflow.version",
    "merflow.workflow_root",
)
"""How results are stored, kept and told, not what they are: edits here change a fingerprint only by FORMAT_VERSION."""

_NO_DATA = (".md", ".py", ".pyc", ".typed")
"""Suffixes of files that decide no number, or count as code."""

_TEMPLATES = "templates"


def fingerprint(
    *modules: str, kind: str | None = None, scripts: Sequence[Path] = (), without: Sequence[str] = ()
) -> str:
    """Return a hash of modules, of all modules of the same code that they import, and of an artefact kind's schema.

    Comments, docstrings and layout do not count, so that documenting a function rebuilds nothing. The hash is that of
    Python's syntax tree: it differs between minor versions of Python. Files of data that lie beside a module of the
    package, or in a folder there, count by their content where the module names them; the folder ``templates`` counts
    for every module beside it, since templates name one another.

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
        for name, content in _parsed(module).data:
            digest.update(f"{name}\0{content}\0".encode())
    for script in scripts:
        digest.update(f"{script.name}\0{_parsed_file(script).code}\0".encode())
    return digest.hexdigest()[:16]


class _Parsed(NamedTuple):
    """What counts of a module: the modules of the same code that it imports, its code as text, and its data.

    `data` has path and SHA-256 of each file beside the module that it names, or whose folder it names.
    """

    imports: tuple[str, ...]
    code: str
    data: tuple[tuple[str, str], ...] = ()


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
        return found._replace(data=tuple(_named_data(source.parent, found.code)))
    packages = [module[:end] for end, letter in enumerate(module) if letter == "."]
    return found._replace(imports=(*found.imports, *(name for name in packages if _source(name) is not None)))


def _named_data(folder: Path, code: str) -> Iterator[tuple[str, str]]:
    """Yield path and content of files of data below a folder: those that code names, itself or a folder; templates."""
    for path in _data_below(folder):
        name = path.relative_to(folder)
        named = any(f"Constant(value={one.as_posix()!r})" in code for one in (name, *name.parents[:-1]))
        if named or name.parts[0] == _TEMPLATES:
            yield name.as_posix(), sha256(path)


@cache
def _data_below(folder: Path) -> tuple[Path, ...]:
    """Return the files of data in a folder of the package, and in folders there that are no packages themselves."""
    found: list[Path] = []
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name != "__pycache__" and not any(path.glob("*.py")):
            found += _data_below(path)
        elif path.is_file() and path.suffix not in _NO_DATA:
            found.append(path)
    return tuple(found)


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
