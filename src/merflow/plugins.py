"""Plug-ins: networks, datasets and label sets of the user, which a configuration names as ``module:attribute``.

A plug-in lies in the folder of config.yaml, or in an installed package. A configuration can name nothing else: no
module of Python itself, none of merflow's own, and none that only ``PYTHONPATH`` or the folder of the command leads to.
A module is found, and what it says of a network is read, without importing it.
"""

import importlib
import os
import re
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import distribution, distributions, entry_points, packages_distributions
from importlib.util import find_spec
from json import loads
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from merflow.checks import few, nearest
from merflow.errors import ConfigError
from merflow.names import named

FOLDER_VARIABLE = "MERFLOW_CONFIG_FOLDER"
"""Environment variable by which the jobs of a workflow know the folder of its config.yaml."""

GROUPS = {"network": "merflow.models", "dataset": "merflow.datasets", "label_set": "merflow.label_sets"}
"""Groups of entry points by which an installed package gives its networks, datasets and label sets short names."""

Kind = Literal["network", "dataset", "label_set"]

_PACKAGE = "merflow"
_SHOWN = 12
_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", re.ASCII)


def use_folder(folder: str | Path) -> None:
    """Let plug-ins be found in a folder too, here and in all processes that are started from here.

    It comes last on Python's path: no file in it takes the place of an installed package.
    """
    path = os.path.abspath(folder)  # noqa: PTH100 - a link stays the path that the user knows
    os.environ[FOLDER_VARIABLE] = path
    if path not in sys.path:
        sys.path.append(path)
    importlib.invalidate_caches()


def config_folder() -> Path | None:
    """Return the folder that `use_folder` was told, here or in the process that started this one."""
    told = os.environ.get(FOLDER_VARIABLE)
    return Path(told) if told else None


def full_name(name: str, kind: Kind) -> str:
    """Return ``module:attribute`` of a plug-in: the name itself, or what an entry point of that name leads to.

    Returns
    -------
    str
        Empty where `name` is neither.
    """
    if ":" in name:
        return name
    return next((f"{found.module}:{found.attr}" for found in entry_points(group=GROUPS[kind], name=name)), "")


def short_names(kind: Kind) -> list[str]:
    """Return the names that installed packages give their networks or datasets."""
    return sorted(entry_points(group=GROUPS[kind]).names)


def load(name: str) -> Any:
    """Import what ``module:attribute`` of a configuration stands for.

    Raises
    ------
    ConfigError
        As :func:`plugin_file` and :func:`imported`.
    """
    plugin_file(name)
    return imported(name)


def imported(name: str) -> Any:
    """Import what ``module:attribute`` of a declaration stands for.

    Raises
    ------
    ConfigError
        When the module is not there or cannot be imported, or has no such attribute.
    """
    module, _, attribute = name.partition(":")
    try:
        return named(name)
    except (ImportError, SyntaxError) as error:
        raise ConfigError(
            f"{name}: expected {module_file(module) or module} to be importable, but {error}. Correct it, or install "
            "what it needs into the environment that runs it."
        ) from error
    except AttributeError as error:
        loaded = sys.modules.get(module)
        if loaded is None or hasattr(loaded, attribute):
            raise  # of the module's own code
        there = [key for key, value in vars(loaded).items() if not key.startswith("_") and _is_own(value, module)]
        raise ConfigError(missing_attribute(name, module_file(module), there)) from error


def missing_attribute(name: str, file: Path | None, there: list[str]) -> str:
    """Return what to say of a module that has no such attribute."""
    attribute = name.partition(":")[2]
    return f"{name}: expected {attribute} in {file}, found {_listed(there)}.{nearest(attribute, there)}"


def plugin_file(name: str) -> Path:
    """Return the file of the module of ``module:attribute``; nothing is imported.

    Raises
    ------
    ConfigError
        When the name is none, the module does not exist, or it is none that a configuration may import.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"{name!r}: expected a plug-in as package.module:Name (letters, digits and '_'), without a path or leading "
            "dots. Name the module as an import statement does."
        )
    module = name.partition(":")[0]
    top = module.partition(".")[0]
    if top == _PACKAGE:
        raise ConfigError(
            f"{name}: expected a module of a plug-in, found one of merflow itself. Use the short name of its network "
            "or reader, such as lite_point_gcn or casme3."
        )
    if top in sys.stdlib_module_names or top == "__main__":
        raise ConfigError(
            f"{name}: expected a module of a plug-in, found {top}, which belongs to Python. Rename it if it is yours."
        )
    file = module_file(module)
    if file is None:
        raise ConfigError(_not_found(name, module))
    _check_place(name, top, file)
    return file


def module_file(module: str) -> Path | None:
    """Return the Python file that a dotted name leads to, without importing its package; None where there is none."""
    spec = _spec(module)
    return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None


def follows(module: str, other: str) -> bool:
    """Return whether a module that another one imports is part of its code, and no library that it uses.

    Those are merflow's modules, those of its own package and, of a plug-in, whatever lies in the folder of config.yaml.
    """
    top, own = other.partition(".")[0], module.partition(".")[0]
    if top in (_PACKAGE, own):
        return True
    folder = config_folder()
    return own != _PACKAGE and folder is not None and ((folder / top).is_dir() or (folder / f"{top}.py").is_file())


def _is_own(value: object, module: str) -> bool:
    """Return whether a module defines a value itself, as far as the value tells."""
    told = isinstance(value, type | FunctionType)
    return not isinstance(value, ModuleType) and (not told or getattr(value, "__module__", "") == module)


def _listed(names: list[str]) -> str:
    """Return what lies somewhere as text."""
    return few(names, _SHOWN) if names else "nothing"


def _spec(module: str) -> ModuleSpec | None:
    """Return where a module would be imported from. Python's own ``find_spec`` would import its packages."""
    name, *rest = module.split(".")
    spec = find_spec(name)
    for part in rest:
        if spec is None or spec.submodule_search_locations is None:
            return None
        name = f"{name}.{part}"
        spec = PathFinder.find_spec(name, list(spec.submodule_search_locations))
    return spec


def _not_found(name: str, module: str) -> str:
    """Return what to say of a module that is not there: where it was looked for, and what lies there."""
    parts = module.split(".")
    for count in range(len(parts) - 1, 0, -1):
        spec = _spec(".".join(parts[:count]))
        if spec is not None:
            places = [Path(place) for place in spec.submodule_search_locations or ()]
            there = sorted({found for place in places for found in _modules_in(place)})
            where = places[0] if places else f"{spec.origin}, which is no package"
            return (
                f"{name}: expected a module {parts[count]} in {where}, found {_listed(there)}."
                f"{nearest(parts[count], there)}"
            )
    folder = config_folder()
    there = sorted(_modules_in(folder)) if folder else []
    where = (
        f"{folder} (the folder of config.yaml), which holds {_listed(there)}," if folder else "a folder of config.yaml"
    )
    return (
        f"{name}: expected a package or module {parts[0]}, found none in {where} or among the installed packages."
        f"{nearest(parts[0], there)} Put it beside config.yaml, or install it (pip install)."
    )


def _modules_in(folder: Path) -> Iterator[str]:
    """Yield the names of what could be imported from a folder."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.suffix == ".py" and path.stem != "__init__":
            yield path.stem
        elif path.is_dir() and path.name.isidentifier() and any(path.glob("*.py")):
            yield path.name


def _check_place(name: str, top: str, file: Path) -> None:
    """Refuse a file that lies neither in the folder of config.yaml nor in an installed package."""
    folder = config_folder()
    if folder and file.is_relative_to(folder):
        return
    if folder and top in _modules_in(folder):
        raise ConfigError(
            f"{name}: expected {top} of {folder} (the folder of config.yaml), but Python finds another of that name "
            f"first: {file}. Rename yours."
        )
    if not _is_installed(top, file):
        raise ConfigError(
            f"{name}: expected a module in {folder or 'the folder of config.yaml'} or in an installed package, found "
            f"{file}, which is neither. Move it beside config.yaml, or install its package (pip install -e)."
        )


@cache
def _is_installed(top: str, file: Path) -> bool:
    """Return whether a file lies in the folders of installed packages, or some package says that it is its own."""
    sites = [Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib")]
    owners = [Path(str(distribution(one).locate_file(""))) for one in packages_distributions().get(top, ())]
    return any(file.is_relative_to(place) for place in (*sites, *owners, *_editable_projects()))


def _editable_projects() -> Iterator[Path]:
    """Yield the folders of packages that were installed with ``pip install -e``."""
    for found in distributions():
        text = found.read_text("direct_url.json")
        url = loads(text).get("url", "") if text else ""
        if url.startswith("file:"):
            yield Path(unquote(urlsplit(url).path))
