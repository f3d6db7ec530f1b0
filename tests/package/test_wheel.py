"""What is in the wheel and in the source distribution, and that the wheel works where there is no checkout."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from email import message_from_string

import pytest
import yaml
from tests.package.conftest import ROOT

from merflow.extras import INSTALLED_BY
from merflow.plugins import FOLDER_VARIABLE

PACKAGE = ROOT / "src/merflow"
WORKFLOW = ("Snakefile", "config.yaml", "workflow", "profiles", "envs")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
COMES_WITH = {"pillow": "matplotlib"}
"""Libraries that merflow imports and that another one which it asks for always brings."""


def files_below(folder, *names):
    """Return the files below some names of a folder, relative to it; those that Python or a system made are none."""
    found = [
        path
        for name in names
        for path in ([folder / name] if (folder / name).is_file() else (folder / name).rglob("*"))
    ]
    return {str(path.relative_to(folder)) for path in found if path.is_file() and "__pycache__" not in path.parts}


def normalised(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_wheel_has_the_package_and_the_workflow_and_nothing_else(wheel):
    wanted = {f"merflow/{name}" for name in files_below(PACKAGE, ".")}
    wanted |= {f"merflow/checkout/{name}" for name in files_below(ROOT, *WORKFLOW)}
    assert {name for name in files_below(wheel, ".") if ".dist-info/" not in name} == wanted
    assert "merflow/py.typed" in wanted


def test_the_source_distribution_has_what_its_tests_need(sdist):
    wanted = files_below(ROOT, *WORKFLOW, "src", "tests", "tools", "docs", "benchmarks", ".ci", ".github")
    wanted = {name for name in wanted if ".egg-info/" not in name}
    top = {path.name for path in ROOT.iterdir() if path.is_file() and path.name != ".git"}
    assert wanted | top <= files_below(sdist, ".")


def test_the_page_on_pypi_has_no_link_that_leads_nowhere(wheel):
    metadata = message_from_string((next(wheel.glob("*.dist-info")) / "METADATA").read_text())
    text = metadata.get_payload()
    assert text.startswith("# merflow")
    assert "make demo" in text
    assert [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link] == []
    assert metadata["Description-Content-Type"] == "text/markdown"


def imported():
    """Return distribution -> a module that imports it, wherever in its file; imports for editors are none."""
    found = {}

    def visit(node, path):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            return
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names = [node.module] if isinstance(node, ast.ImportFrom) else names
        for root in {name.split(".")[0] for name in names} - {"merflow"} - set(sys.stdlib_module_names):
            found.setdefault(normalised(INSTALLED_BY.get(root, root)), path)
        for child in ast.iter_child_nodes(node):
            visit(child, path)

    for path in PACKAGE.rglob("*.py"):
        visit(ast.parse(path.read_text()), str(path))
    return found


def test_every_library_that_is_imported_is_asked_for_and_every_one_asked_for_is_imported():
    extras = PROJECT["optional-dependencies"]
    runs = [*PROJECT["dependencies"], *(one for extra in ("workflow", "preprocess", "train") for one in extras[extra])]
    asked = {normalised(re.match(r"[\w.-]+", one)[0]) for one in runs}
    used = {COMES_WITH.get(name, name) for name in imported()}
    assert used - asked == {"torch-geometric", "open3d"}  # of the extras pyg and viewers
    assert asked - used == {"face-recognition-models", "snakemake"}  # found by its folder; started, not imported


@pytest.fixture
def elsewhere(wheel, tmp_path):
    """Run Python in an empty folder with the wheel's merflow, and no other."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", FOLDER_VARIABLE)}
    environment |= {"PYTHONPATH": str(wheel), "PYTHONDONTWRITEBYTECODE": "1"}

    def execute(*arguments):
        return subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )

    execute.folder = tmp_path
    return execute


WITHOUT_TORCH = """
import sys
sys.modules["torch"] = None
from merflow.cli import main
sys.exit(main(["predict", "model.pt", "clip.mp4"]))
"""
STUDY = """
datasets:
  demo: { reader: casme3, root: results/demo/raw, synthesis: { n_subjects: 2, clips: 3 } }
"""


def test_the_workflow_is_planned_from_an_empty_folder(elsewhere, wheel):
    (elsewhere.folder / "config.yaml").write_text(STUDY)
    root = elsewhere("-c", "import merflow.workflow_root as one; print(one.workflow_root())").stdout.strip()
    assert root == str(wheel / "merflow/checkout")
    target = "results/demo/clips.csv"
    done = elsewhere(
        "-m", "snakemake", "-s", f"{root}/Snakefile", "-n", "--quiet", "rules", "--cores", "1", "--", target
    )
    assert done.returncode == 0, done.stderr
    assert "results/demo/raw" in elsewhere("-m", "merflow.cli", "config", "lite_point_gcn", "demo").stdout


def test_a_library_that_is_missing_is_named_with_its_extra(elsewhere):
    done = elsewhere("-c", WITHOUT_TORCH)
    assert done.returncode == 2, done.stderr
    assert done.stderr == (
        "merflow: expected the library torch, which is not installed. Install it: pip install 'merflow[train]'\n"
    )


def test_extras_of_development_bring_everything_that_runs():
    extras = PROJECT["optional-dependencies"]
    assert extras["all"] == ["merflow[workflow,preprocess,train]"]
    assert "merflow[all" in extras["dev"][0]
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"] in (PACKAGE / "version.py").read_text()


FROM_A_SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
import _job
import merflow
print(merflow.__file__)
print(*sys.path)
"""


def test_a_script_of_the_wheel_finds_merflow_in_an_environment_without_it(wheel):
    """As in an environment of conda: no packages but Python's own (-S), and those beside merflow come last."""
    scripts = wheel / "merflow/checkout/workflow/scripts"
    command = [sys.executable, "-I", "-S", "-c", FROM_A_SCRIPT, str(scripts)]
    done = subprocess.run(command, env={}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    found, path = done.stdout.splitlines()
    assert found == str(wheel / "merflow/__init__.py")
    assert path.endswith(f" {wheel}")
