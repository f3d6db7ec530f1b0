"""The conda environments carry the pins of the lock, all that their rules import, and nothing more.

A rule imports what its script and the modules behind it import, at the top of a file or inside a function. The source
is read for that, not run: the libraries of every other environment are installed here too.
"""

import ast
import re
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml
from tests.workflow.test_rules import MAKINGS, RULES, script_of

from merflow.datasets.declared import DATASETS, LAYOUTS
from merflow.plan import drawn_alone
from merflow.stages import STAGES, ancestors

ROOT = Path(__file__).parents[1]
ENVIRONMENTS = sorted((ROOT / "envs").glob("*.yaml"))
ENVIRONMENT_OF = {name: re.search(r"envs/(\w+)\.yaml", body)[1] for name, body in RULES.items()}

DISTRIBUTIONS = {
    "PIL": "pillow",
    "cv2": "opencv-contrib-python-headless",
    "dlib": "dlib-bin",
    "open3d": "open3d-cpu",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
"""Who installs an import of another name; the rest install the import of their own, ``_`` for ``-``."""


def modules(*names):
    return {name.partition(":")[0] for name in names}


FOUND_BY_NAME = {
    "index_dataset": modules(*(name for one in DATASETS.values() for name in (one.read, one.settings))),
    "synthesise_dataset": modules(*(layout.layout for layout in LAYOUTS.values())),
    "build_examples": modules(*(stage.examples for stage in STAGES.values() if stage.examples)),
    "draw_pictures": modules(*(STAGES[kind].picture for kind in ("regions", *ancestors("regions")))),
    "draw_magnification": modules(STAGES["magnified"].picture),
    **{f"draw_{kind}": modules(STAGES[kind].picture) for kind in drawn_alone()},
    **{
        name: modules(making.job, *filter(None, (making.recorded, making.params, making.files)))
        for rule, (_, making) in MAKINGS.items()
        for name in (rule, f"{rule}_of_subject")
    },
}
"""Modules that a rule's job finds by the declarations of datasets and stages, and not by an import."""

LOADED_BY_NAME = {
    "merflow.stages.faces.detector": {"face-recognition-models"},  # found by its folder, for the landmark model
}
"""What a function of a module needs without an import that one could read."""

ONLY_CALLED_BY = {
    "merflow.artefacts.examples": set(),  # views for notebooks; no rule
    "merflow.datasets.reading.workbook_grids": {"index_dataset"},
    "merflow.untrusted.workbook_limits": {"index_dataset"},
    "merflow.training.baselines": {"train_folds"},
    "merflow.evaluation.p_values": {"compare_experiments", "write_summary"},
    "merflow.datasets.reading.frames": {
        *("index_dataset", "extract_faces", "resample_sequences", "import_flow_images", "measure_landmarks"),
    },
    **dict.fromkeys(
        (
            *(f"merflow.datasets.reading.{name}" for name in ("videos", "video_times", "video_listing")),
            "merflow.untrusted.video_file",
        ),
        {*RULES} - {"synthesise_dataset"},  # which writes the sheets of sets whose readers take videos
    ),
}
"""Modules whose functions only these rules call with what those load: workbooks and recorded frames are read there.

Others import the modules by the way: clips and labels lie in the package of the readers, ``is_grey`` beside the
decoders. They run without OpenCV, openpyxl and xlrd as far as these modules go.
"""


MAKERS = {f"{rule}_of_subject": rule for rule in MAKINGS}
"""The rules that make one shard need what those need that make several."""


def normalised(line):
    name, version = line.split("==")
    return name.lower().replace("_", "-"), version


LOCK = dict(normalised(line) for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line)


def pins(environment):
    dependencies = yaml.safe_load((ROOT / f"envs/{environment}.yaml").read_text())["dependencies"]
    return dict(normalised(line) for item in dependencies if isinstance(item, dict) for line in item["pip"])


def source_of(module):
    """Return the file of a module of merflow or of a rule's helper, None for all others."""
    stem = ROOT / "src" / Path(*module.split("."))
    candidates = (stem.with_suffix(".py"), stem / "__init__.py", ROOT / f"workflow/scripts/{module}.py")
    return next((path for path in candidates if path.is_file()), None)


@cache
def imports_of(path):
    """Return (modules imported at the top, modules imported inside functions); those for type checkers are none."""
    top, inside = set(), set()

    def visit(node, names):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            node = ast.Module(body=node.orelse, type_ignores=[])
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            names = inside
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            names.add(node.module)
            names.update(m for alias in node.names if source_of(m := f"{node.module}.{alias.name}"))
        for child in ast.iter_child_nodes(node):
            visit(child, names)

    visit(ast.parse(path.read_text()), top)
    return frozenset(top), frozenset(inside)


def with_packages(module):
    """Return a module and the packages around it, whose ``__init__`` Python runs first."""
    parts = module.split(".")
    return {".".join(parts[:count]) for count in range(1, len(parts) + 1)}


def needs(rule):
    """Return distribution -> a module behind the rule's script that needs it."""
    found, todo, seen = {}, [script_of(rule), *FOUND_BY_NAME.get(rule, ())], set()
    while todo:
        module = todo.pop()
        path = source_of(module)
        if module in seen or path is None:
            continue
        seen.add(module)
        top, inside = imports_of(path)
        called = MAKERS.get(rule, rule) in ONLY_CALLED_BY.get(module, {MAKERS.get(rule, rule)})
        for name in top | inside if called else top:
            todo.extend(with_packages(name))
            root = name.split(".")[0]
            if source_of(root) is None and root not in sys.stdlib_module_names:
                found.setdefault(DISTRIBUTIONS.get(root, root.replace("_", "-")), module)
        for distribution in LOADED_BY_NAME.get(module, ()) if called else ():
            found.setdefault(distribution, module)
    return found


@pytest.mark.parametrize("environment", [path.stem for path in ENVIRONMENTS])
def test_pins_are_those_of_the_lock(environment):
    carried = pins(environment)
    assert len(carried) > 3
    for name, version in carried.items():
        assert LOCK[name] == version, name


def test_every_environment_is_used_and_every_used_one_exists():
    assert set(ENVIRONMENT_OF.values()) == {path.stem for path in ENVIRONMENTS}


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_finds_its_imports_in_its_environment(rule):
    environment = ENVIRONMENT_OF[rule]
    missing = {name: module for name, module in needs(rule).items() if name not in pins(environment)}
    assert not missing, f"envs/{environment}.yaml lacks what {rule} imports: {missing}"


@pytest.mark.parametrize("environment", [path.stem for path in ENVIRONMENTS])
def test_an_environment_carries_nothing_that_no_rule_imports(environment):
    needed = {name for rule, used in ENVIRONMENT_OF.items() if used == environment for name in needs(rule)}
    assert set(pins(environment)) <= needed


def test_the_audit_sees_imports_at_every_depth():
    assert needs("score_experiment")["pyyaml"] == "merflow.evaluation.settings_file"  # in a module of the script
    assert needs("compute_flow")["jsonschema"] == "merflow.config.checks"  # at the top of a module behind it
    assert {"dlib-bin", "face-recognition-models"} <= set(needs("build_graphs"))  # inside a function, and by name
    assert "matplotlib" not in needs("train_folds")


def test_no_exception_is_out_of_date():
    for distributions in LOADED_BY_NAME.values():
        assert distributions <= set(LOCK)
    for module, callers in ONLY_CALLED_BY.items():
        _, inside = imports_of(source_of(module))
        assert any(source_of(name) is None for name in inside), f"{module} loads nothing inside a function"
        assert callers <= set(RULES)
