"""What is installed: merflow and its workflow, Python, and the libraries of each extra."""

import platform
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from merflow.doctor.findings import Finding
from merflow.errors import MerflowError
from merflow.extras import declared_by_extra
from merflow.version import VERSION
from merflow.workflow_root import workflow_root

PARTS = {"": "to read results", "workflow": "to plan and draw", "preprocess": "of recordings", "train": "of networks"}
"""Extras that are looked at, and what each is for."""

_LANDMARKS = "face_recognition_models"


def software_findings() -> Iterator[Finding]:
    """Yield what is found of the software."""
    yield _workflow()
    yield _python()
    findings = dict(library_findings())
    if not findings:
        yield Finding(
            "libraries", "not known, since merflow is on the path alone", "do", "Install it: pip install -e ."
        )
    yield from findings.values()
    if _version(_LANDMARKS):
        yield Finding(
            "model of landmarks",
            f"of {_LANDMARKS}, trained on iBUG 300-W, whose licence excludes commercial use",
            "--",
            "Nothing to do for research. For commercial use, set faces.<variant>.landmark_model to another.",
        )


def library_findings() -> Iterator[tuple[str, Finding]]:
    """Yield each extra of `PARTS`, and what is found of its libraries; nothing where merflow is on the path alone."""
    of_parts = {extra: names for extra, names in declared_by_extra().items() if extra in PARTS}
    counts = Counter(name for names in of_parts.values() for name in names)
    for extra, names in of_parts.items():
        yield extra, _libraries(extra, names, own={name for name in names if counts[name] == 1})


def _workflow() -> Finding:
    try:
        return Finding("merflow", f"{VERSION}, its workflow in {workflow_root()}")
    except MerflowError as error:
        return Finding("merflow", VERSION, "do", str(error))


def _python() -> Finding:
    found = f"{platform.python_version()} in {sys.executable}, on {platform.platform()}"
    if sys.platform == "win32":
        return Finding(
            "Python", found, "--", "The workflow needs Linux or macOS (WSL is one); here the library reads results."
        )
    from merflow.plan import check_places  # the plan locks folders, which Windows does in another way

    try:
        check_places(python=sys.executable, checkout=str(workflow_root()))
    except MerflowError as error:
        return Finding("Python", found, "do", str(error))
    return Finding("Python", found)


def _libraries(extra: str, names: list[str], *, own: set[str]) -> Finding:
    """Return whether the libraries of an extra are there; a whole extra may be left out, and a part of one may not.

    Parameters
    ----------
    extra : str
        Empty for what merflow always needs.
    names : list of str
    own : set of str
        Those of them that no other extra brings.
    """
    what = f"libraries {PARTS[extra]}"
    versions = {name: _version(name) for name in names}
    missing = [name for name, found in versions.items() if not found]
    if missing:
        whole = f"merflow[{extra}]" if extra else "merflow"
        left_out = extra and not any(versions[name] for name in own)
        found = "not installed" if left_out else f"{', '.join(missing)} missing"
        return Finding(what, found, "--" if left_out else "do", f"Install: pip install '{whole}'")
    return Finding(what, ", ".join(f"{name} {found}" for name, found in versions.items()))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
