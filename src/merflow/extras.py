"""What to install where a library is missing that an extra of merflow brings."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, requires

INSTALLED_BY = {
    "cv2": "opencv-contrib-python-headless",
    "dlib": "dlib-bin",
    "PIL": "pillow",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
"""Distributions whose import has another name; the others have their own, with ``_`` for ``-``."""

_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(?:.*?extra == ['\"](?P<extra>[\w-]+)['\"])?")


def advice(error: ModuleNotFoundError) -> str:
    """Return what to do about a library that is not installed; empty where no extra of merflow brings it."""
    module = (error.name or "").partition(".")[0]
    wanted = _normalised(INSTALLED_BY.get(module, module))
    extras = [extra for extra, names in declared_by_extra().items() if extra and wanted in map(_normalised, names)]
    if not extras:
        return ""
    return f"expected the library {module}, which is not installed. Install it: pip install 'merflow[{extras[0]}]'"


@contextmanager
def told_missing() -> Iterator[None]:
    """Say in the error of a library that is not installed how to install it."""
    try:
        yield
    except ModuleNotFoundError as error:
        said = advice(error)
        if not said:
            raise
        raise ModuleNotFoundError(said, name=error.name) from error


def declared_by_extra() -> dict[str, list[str]]:
    """Return the libraries of each extra, as the installed merflow declares them; those that it always needs by ''.

    Other extras of merflow are left out where an extra names them. Nothing where merflow is installed nowhere, and is
    on the path alone.
    """
    found: dict[str, list[str]] = {}
    try:
        declared = requires("merflow") or []
    except PackageNotFoundError:
        return found
    for requirement in declared:
        match = _REQUIREMENT.match(requirement)
        if match and _normalised(match["name"]) != "merflow":
            found.setdefault(match["extra"] or "", []).append(match["name"])
    return found


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
