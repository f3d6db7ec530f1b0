"""Provenance: the libraries that an artefact names are those that can change its numbers."""

import ast
import sys
from pathlib import Path

from merflow.artefacts.provenance import LIBRARIES, installed_versions

PACKAGE = Path(__file__).parents[2] / "src/merflow"
COMPUTE = ("stages", "imaging", "landmarks", "meshes")
DISTRIBUTIONS = {"cv2": "opencv-contrib-python-headless", "dlib": "dlib-bin", "sklearn": "scikit-learn"}
NO_NUMBER = {"matplotlib", "PIL", "torch_geometric"}
"""They draw, write and hand over what is there."""


def imported(path):
    """Return the packages of others that a module imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        yield from {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"merflow"}


def test_every_library_that_computes_an_artefact_is_named():
    used = {name for folder in COMPUTE for path in (PACKAGE / folder).rglob("*.py") for name in imported(path)}
    assert {DISTRIBUTIONS.get(name, name) for name in used - NO_NUMBER} <= set(LIBRARIES)


def test_versions_are_those_of_what_is_installed():
    versions = installed_versions()
    assert set(versions) == {"merflow", "hdf5", *LIBRARIES}  # all of them are, where the tests run
    assert all(number[0].isdigit() for number in versions.values())
