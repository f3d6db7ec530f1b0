"""Imports run one way, and each stage runs where only its own libraries are installed."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src/merflow"
GROUND = {
    *(
        "counts",
        "errors",
        "extras",
        "files",
        "logs",
        "make_command",
        "memory",
        "checks",
        "job_lists",
        "names",
        "paths",
        "plugins",
        "progress",
        "quality_columns",
        "reading",
        "seeds",
        "settings",
        "shard_lists",
        "user_paths",
        "version",
        "workflow_root",
    ),
    "__init__",
}
DIVIDED = {"datasets", "stages", "training", "visualization"}
"""Folders whose folders are rooms of their own."""

OF_ONE_DATASET = {
    f"datasets.{path.parent.name}"
    for path in (PACKAGE / "datasets").glob("*/__init__.py")
    if "DATASET = " in path.read_text() and path.parent.name != "composite"
}
"""The folders of the datasets, by their declarations; a composite is made of others."""

LAYERS = [
    {"untrusted", "imaging", "landmarks", "pages"},
    {"meshes"},
    {"synthesis"},
    {"artefacts", "models", "datasets"},
    {"datasets.reading", "datasets.composite", "drawing"},
    {"stages"},
    OF_ONE_DATASET,
    {"stages.faces", "stages.flow_images", "stages.meshes"},
    {"stages.flow", "stages.depth_flow"},
    {"stages.clouds", "stages.graphs", "stages.magnified"},
    {"stages.regions", "stages.sequences", "stages.projections"},
    {"stages.hoof", "stages.lbp_top", "stages.dynamic_images"},
    {"training.augmentation", "training.stacking"},
    {"training", "verification", "visualization.clips", "visualization"},
    {"training.magnifier", "evaluation", "visualization.networks"},
    {"quality"},
    {"inspection", "viewer"},
    {"visualization.results", "config", "summary"},
    {"plan", "launch_options"},
    {"audit", "doctor", "prediction", "export", "apexes", "launch"},
    {"costs"},
    {"cli"},
    {"__main__"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
FACE = PACKAGE / "__init__.py"
"""Its imports are for editors alone; tests/test_library.py says that it loads nothing."""

MODULES = {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in PACKAGE.rglob("*.py")}


def room_of(module):
    """Return the room of a module of merflow: its folder, or the module itself at the top."""
    parts = module.removesuffix(".__init__").split(".")[1:] or ["__init__"]
    divided = parts[0] in DIVIDED and len(parts) > 1 and f"merflow.{parts[0]}.{parts[1]}.__init__" in MODULES
    return ".".join(parts[: 2 if divided else 1])


def imported_rooms(path):
    """Return the rooms that a module imports from, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            full = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if {name, f"{name}.__init__"} & MODULES else node.module for name in full]
        yield from (room_of(name) for name in names if name.split(".")[0] == "merflow")


def room_of_path(path):
    return room_of(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts))


def test_every_room_has_its_place():
    assert {room_of_path(path) for path in PACKAGE.rglob("*.py")} == GROUND | set(LEVEL)


def test_imports_run_one_way():
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {other}, which stands above or beside it"
        for path in sorted(set(PACKAGE.rglob("*.py")) - {FACE})
        for other in set(imported_rooms(path)) - {room_of_path(path)} - GROUND
        if LEVEL[other] >= LEVEL.get(room_of_path(path), -1)
    ]
    assert wrong == []


def test_models_import_torch_only():
    for path in (PACKAGE / "models").glob("*.py"):
        allowed = {"models", "checks", "errors", "memory", "names", "plugins", "untrusted", "user_paths"}
        assert set(imported_rooms(path)) <= allowed, path.name


OF_OTHERS = ("cv2", "dlib", "open3d", "snakemake", "sklearn", "scipy", "matplotlib", "yaml", "jsonschema", "numba")
"""What a training on points needs none of; nor does it need torch's compiler, an import of a second."""

CHECK = """
import sys
found = {unwanted} & set(sys.modules)
assert not found, f"imported: {{sorted(found)}}"
"""

FOLD = """
import numpy as np, tempfile, pathlib
from merflow.artefacts import Examples, read_examples, write_examples
from merflow.evaluation.aggregate import score_table
from merflow.evaluation.metrics_table import write_metrics
from merflow.evaluation.predictions import classes_of, read_predictions
from merflow.training.fold import run_fold
from merflow.training.method import Method
from merflow.training.settings import TrainingSettings
folder = pathlib.Path(tempfile.mkdtemp())
rng = np.random.default_rng(0)
text = lambda values: np.array(values, dtype=np.str_)
examples = Examples(x=rng.normal(size=(6, 8, 16, 6)).astype(np.float32), label=np.array([0, 1, 0, 1, 0, 1]),
    subject=text(list("aabbcc")), clip=text(list("uvwxyz")), expression=text(["micro"] * 6), classes=("p", "q"),
    label_set="two", dims=("clip", "region", "sample", "xyzuvz"))
write_examples(examples, folder / "examples.h5", dataset="d", experiment="e", params={}, code="", inputs={})
params = dict(widths=(4, 4, 4), region_feature=4, gcn_hidden=4)
for fold in "abc":
    run_fold(read_examples(folder / "examples.h5"), fold, folder / fold,
        Method("lite_point_gcn", params, training=TrainingSettings(min_epochs=1, min_steps=1)))
paths = [folder / fold / "predictions.csv" for fold in "abc"]
table = read_predictions(paths)
metrics = score_table(table, classes=classes_of(table), protocol="loso", replicates=10)
write_metrics(metrics, folder / "metrics.csv")
"""

SETTINGS_OF_STAGES = """
import merflow.stages.faces.stage, merflow.stages.flow.stage, merflow.stages.depth_flow.stage
import merflow.stages.clouds.stage
import merflow.stages.regions.stage, merflow.stages.magnified.stage, merflow.stages.graphs.stage
import merflow.stages.sequences.stage, merflow.stages.flow_images.stage
import merflow.stages.lbp_top.stage, merflow.stages.hoof.stage
import merflow.stages.meshes.settings, merflow.stages.projections.settings
import merflow.datasets.registry, merflow.config, merflow.plan, merflow.audit
"""


FLOW_OF_A_PAIR = """
import numpy as np
from merflow.stages.flow.optical_flow import FLOW_METHODS, FlowSettings, estimate_flow
picture = np.zeros((20, 20, 3), dtype=np.uint8)
for method in FLOW_METHODS:
    estimate_flow(picture, picture, FlowSettings(method=method))
"""


@pytest.mark.parametrize(
    ("code", "unwanted"),
    [
        (FOLD, (*OF_OTHERS, "torch._dynamo")),
        ("import merflow.plan", ("scipy", "torch", "sklearn", "pandas", "matplotlib", "cv2", "numba", "dlib")),
        (SETTINGS_OF_STAGES, ("torch", "sklearn", "open3d", "matplotlib", "dlib", "cv2", "numba")),
        (FLOW_OF_A_PAIR, ("torch", "sklearn", "open3d", "matplotlib", "dlib")),
    ],
    ids=[
        "training and evaluation on a GPU node",
        "planning",
        "preprocessing without torch",
        "optical flow without torch",
    ],
)
def test_a_stage_needs_no_library_of_the_others(code, unwanted):
    done = subprocess.run(
        [sys.executable, "-c", code + CHECK.format(unwanted=set(unwanted))], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
