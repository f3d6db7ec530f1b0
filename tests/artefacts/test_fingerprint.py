import ast
import shutil
from pathlib import Path

import pytest

import merflow
from merflow.artefacts import fingerprint as fingerprint_module
from merflow.artefacts.fingerprint import _parsed_file as fingerprint_files


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of the package whose files can be edited, and a fingerprint function that reads it."""
    root = tmp_path / "merflow"
    shutil.copytree(Path(merflow.__file__).parent, root, ignore=shutil.ignore_patterns("__pycache__", "*.npz"))
    import importlib

    module = importlib.import_module("merflow.artefacts.fingerprint")
    monkeypatch.setattr(module, "__file__", str(root / "artefacts" / "fingerprint.py"))

    def forget():
        module._parsed.cache_clear()
        module._parsed_file.cache_clear()
        module._source.cache_clear()
        module._data_below.cache_clear()

    def compute(*modules, **options):
        forget()
        return module.fingerprint(*modules, **options)

    yield root, compute
    forget()


def test_an_edit_of_the_module_changes_it(package):
    root, compute = package
    before = compute("merflow.stages.flow.stage")
    path = root / "stages/flow/stage.py"
    path.write_text(path.read_text() + "\nEXTRA = 1\n")
    assert compute("merflow.stages.flow.stage") != before


def test_an_edit_of_what_it_imports_changes_it_and_nothing_else(package):
    root, compute = package
    flow, faces = compute("merflow.stages.flow.stage"), compute("merflow.stages.faces.stage")
    path = root / "stages/flow/head_motion.py"
    path.write_text(path.read_text() + "\nEXTRA = 1\n")
    assert compute("merflow.stages.flow.stage") != flow
    assert compute("merflow.stages.faces.stage") == faces


def test_comments_docstrings_and_layout_do_not_count(package):
    root, compute = package
    before = compute("merflow.stages.flow.optical_flow")
    path = root / "stages/flow/optical_flow.py"
    path.write_text("# a comment\n" + path.read_text().replace("Optical flow between", "The optical flow between", 1))
    assert compute("merflow.stages.flow.optical_flow") == before


@pytest.mark.parametrize(
    ("module", "file"),
    [
        ("merflow.quality.pages", "quality/templates/review.js"),
        ("merflow.quality.pages", "pages/templates/style.css"),
        ("merflow.visualization.results.paper_page", "visualization/results/paper_page.html"),
        ("merflow.evaluation.map_correlations", "evaluation/published_map_correlations.csv"),
        ("merflow.stages.magnified.job", "stages/magnified/weights/magnifier.pt"),
    ],
)
def test_data_that_a_module_names_counts_by_its_content(package, module, file):
    root, compute = package
    before, other = compute(module), compute("merflow.evaluation.aggregate")
    (root / file).touch()
    (root / file).with_name("notes.md").write_text("a note")
    assert compute(module) == before
    with (root / file).open("ab") as data:
        data.write(b"\n1")
    assert compute(module) != before
    assert compute("merflow.evaluation.aggregate") == other


def test_edits_of_the_store_do_not_count_but_the_schema_of_the_kind_does(package):
    root, compute = package
    before = compute("merflow.stages.flow.stage", kind="flow")
    path = root / "artefacts" / "writer.py"
    path.write_text(path.read_text() + "\nEXTRA = 1\n")
    assert compute("merflow.stages.flow.stage", kind="flow") == before
    assert compute("merflow.stages.flow.stage", kind="faces") != before


def test_what_a_script_does_counts_and_not_its_comments(tmp_path):
    script = tmp_path / "script.py"
    found = []
    for text in ("import merflow.cli\nX = 1\n", '"""Text."""\n# text\nimport merflow.cli\nX = 1\n', "X = 2\n"):
        script.write_text(text)
        fingerprint_files.cache_clear()
        found.append(fingerprint_module("merflow.stages.flow.optical_flow", scripts=[script]))
    assert found[0] == found[1] != found[2]
    assert found[0] != fingerprint_module("merflow.stages.flow.optical_flow")


def test_modules_that_are_left_out_do_not_count_nor_what_only_they_import(package):
    root, compute = package
    names = ["merflow.training.baselines", "merflow.models.declared"]
    before = compute("merflow.training.batch", without=names)
    for name in ("training/baselines.py", "models/declared.py", "models/atm_gcn.py"):
        path = root / name
        path.write_text(path.read_text() + "\nEXTRA = 1\n")
    assert compute("merflow.training.batch", without=names) == before
    (root / "training/loop.py").write_text((root / "training/loop.py").read_text() + "\nEXTRA = 1\n")
    assert compute("merflow.training.batch", without=names) != before


def test_unknown_module_is_refused():
    with pytest.raises(ValueError, match=r"no module 'merflow\.nothing'"):
        fingerprint_module("merflow.nothing")


def test_each_module_is_parsed_once_however_many_fingerprints_it_is_part_of(package, monkeypatch):
    _, compute = package
    compute("merflow.errors")  # forgets what was parsed
    parsed = []
    monkeypatch.setattr(ast, "parse", lambda text, parse=ast.parse: parsed.append(text) or parse(text))
    first = fingerprint_module("merflow.stages.flow.stage", kind="flow")
    assert len(parsed) > 5
    assert len(set(parsed)) == len(parsed)
    parsed.clear()
    assert fingerprint_module("merflow.stages.flow.stage", kind="flow") == first
    assert fingerprint_module("merflow.stages.flow.stage", "merflow.stages.flow.optical_flow") != first
    assert parsed == []


def test_an_import_inside_a_function_counts(package):
    root, compute = package
    before = compute("merflow.stages.flow.stage")
    (root / "stages/flow/late.py").write_text("VALUE = 1\n")
    path = root / "stages/flow/stage.py"
    path.write_text(path.read_text() + "\n\ndef late():\n    from merflow.stages.flow import late\n    return late\n")
    with_import = compute("merflow.stages.flow.stage")
    (root / "stages/flow/late.py").write_text("VALUE = 2\n")
    assert len({before, with_import, compute("merflow.stages.flow.stage")}) == 3


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("merflow.quality.pages", "quality/templates/group.js"),
        ("merflow.quality.pages", "pages/templates/style.css"),
        ("merflow.visualization.results.paper_page", "visualization/results/paper_page.html"),
    ],
)
def test_templates_scripts_and_styles_of_a_page_count(package, module, text):
    root, compute = package
    before, others = compute(module), compute("merflow.visualization.results.curves")
    path = root / text
    path.write_text(path.read_text() + "\n")
    assert compute(module) != before
    assert compute("merflow.visualization.results.curves") == others
