import shutil
from pathlib import Path

import pytest

import merflow
from merflow.artefacts import fingerprint as fingerprint_module

MODULE = Path(fingerprint_module.__code__.co_filename)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of the package whose files can be edited, and a fingerprint function that reads it."""
    root = tmp_path / "merflow"
    shutil.copytree(Path(merflow.__file__).parent, root, ignore=shutil.ignore_patterns("__pycache__", "*.npz"))
    import importlib

    module = importlib.import_module("merflow.artefacts.fingerprint")
    monkeypatch.setattr(module, "__file__", str(root / "artefacts" / "fingerprint.py"))

    def compute(*modules, **options):
        module._imports.cache_clear()
        module._code.cache_clear()
        return module.fingerprint(*modules, **options)

    yield root, compute
    module._imports.cache_clear()
    module._code.cache_clear()


def test_an_edit_of_the_module_changes_it(package):
    root, compute = package
    before = compute("merflow.motion.flow_stage")
    path = root / "motion" / "flow_stage.py"
    path.write_text(path.read_text() + "\nEXTRA = 1\n")
    assert compute("merflow.motion.flow_stage") != before


def test_an_edit_of_what_it_imports_changes_it_and_nothing_else(package):
    root, compute = package
    flow, faces = compute("merflow.motion.flow_stage"), compute("merflow.faces.stage")
    path = root / "motion" / "head_motion.py"
    path.write_text(path.read_text() + "\nEXTRA = 1\n")
    assert compute("merflow.motion.flow_stage") != flow
    assert compute("merflow.faces.stage") == faces


def test_comments_docstrings_and_layout_do_not_count(package):
    root, compute = package
    before = compute("merflow.motion.flow")
    path = root / "motion" / "flow.py"
    path.write_text("# a comment\n" + path.read_text().replace("Optical flow between", "The optical flow between", 1))
    assert compute("merflow.motion.flow") == before


def test_edits_of_the_store_do_not_count_but_the_schema_of_the_kind_does(package):
    root, compute = package
    before = compute("merflow.motion.flow_stage", kind="flow")
    path = root / "artefacts" / "writer.py"
    path.write_text(path.read_text() + "\nEXTRA = 1\n")
    assert compute("merflow.motion.flow_stage", kind="flow") == before
    assert compute("merflow.motion.flow_stage", kind="faces") != before


def test_unknown_module_is_refused():
    with pytest.raises(ValueError, match=r"no module 'merflow\.nothing'"):
        fingerprint_module("merflow.nothing")
