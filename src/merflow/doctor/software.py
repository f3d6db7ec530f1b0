"""What is installed: merflow and its workflow, Python, and the libraries of each extra."""

import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from merflow import __version__
from merflow.doctor.findings import Finding
from merflow.errors import ConfigError
from merflow.extras import declared_by_extra
from merflow.plan import check_places
from merflow.workflow_root import workflow_root

PARTS = {"": "to read results", "workflow": "to plan and draw", "preprocess": "of recordings", "train": "of networks"}
"""Extras that are looked at, and what each is for."""

_LANDMARKS = "face_recognition_models"


def software_findings() -> Iterator[Finding]:
    """Yield what is found of the software."""
    yield _workflow()
    yield _python()
    declared = declared_by_extra()
    if not declared:
        yield Finding(
            "libraries", "not known, since merflow is on the path alone", "do", "Install it: pip install -e ."
        )
    for extra, names in declared.items():
        if extra in PARTS:
            yield _libraries(extra, names)
    if _version(_LANDMARKS):
        yield Finding(
            "model of landmarks",
            f"of {_LANDMARKS}, trained on iBUG 300-W, whose licence excludes commercial use",
            "--",
            "faces.<variant>.landmark_model takes another.",
        )


def _workflow() -> Finding:
    try:
        return Finding("merflow", f"{__version__}, its workflow in {workflow_root()}")
    except FileNotFoundError as error:
        return Finding("merflow", __version__, "do", str(error))


def _python() -> Finding:
    found = f"{platform.python_version()} in {sys.executable}, on {platform.platform()}"
    try:
        check_places(python=sys.executable, checkout=str(workflow_root()))
    except (ConfigError, FileNotFoundError) as error:
        return Finding("Python", found, "do", str(error))
    return Finding("Python", found)


def _libraries(extra: str, names: list[str]) -> Finding:
    what = f"libraries {PARTS[extra]}"
    versions = {name: _version(name) for name in names}
    missing = [name for name, found in versions.items() if not found]
    if missing:
        whole = f"merflow[{extra}]" if extra else "merflow"
        return Finding(what, f"{', '.join(missing)} missing", "do", f"Install: pip install '{whole}'")
    return Finding(what, ", ".join(f"{name} {found}" for name, found in versions.items()))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
