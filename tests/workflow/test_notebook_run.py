"""The notebook of docs/notebooks, cell by cell, on the results of a finished run; and exports of real results.

No executor of notebooks is in the lock. The cells of code are run as one script, but for those that begin with ``!``:
what these make is there.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import nbformat
import numpy as np
import pytest

from merflow.artefacts import open_shard, read_examples
from merflow.datasets.flow_images.reader import FlowImagesSettings, read_flow_images
from merflow.export.exporting import export_clips

pytestmark = pytest.mark.workflow

NOTEBOOK = Path(__file__).parents[2] / "docs/notebooks/own_network.ipynb"


@pytest.fixture(scope="module")
def cells():
    """The cells of code, after the notebook was found to be one."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def executed(cells, finished_sequences, tmp_path_factory):
    """Run the cells in a folder whose results are those of the finished run; return what they print, and the folder."""
    folder = tmp_path_factory.mktemp("notebook")
    (folder / "results").symlink_to(finished_sequences.folder / "results")
    code = "\n".join(cell for cell in cells if not cell.startswith("!"))
    assert code.count('"demo"') == 1
    code = code.replace('"demo"', '"tiny"').replace("EPOCHS, SEED = 60, 0", "EPOCHS, SEED = 3, 0")
    code += "\nprint(json.dumps({'scores': scores, 'n': int((predicted >= 0).sum())}))\n"
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "error::FutureWarning", "-c", code],
        capture_output=True, text=True, cwd=folder, env=environment, timeout=200,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout, folder


def test_every_cell_runs_and_every_clip_is_tested_once(executed, finished_sequences):
    out, folder = executed
    found = json.loads(out.splitlines()[-1])
    examples = read_examples(finished_sequences.folder / "results/tiny/ststnet/examples.h5")
    assert found["n"] == len(examples.label)
    assert set(found["scores"]) == {"UF1", "UAR", "ACC"}
    assert all(0 <= score <= 1 for score in found["scores"].values())
    with np.load(folder / "tiny_ststnet.npz", allow_pickle=False) as exported:
        np.testing.assert_array_equal(exported["x"], examples.x)
        np.testing.assert_array_equal(exported["y"], examples.label)


def test_the_line_that_computes_is_one_that_merflow_run_takes(cells):
    [line] = [cell for cell in cells if cell.startswith("!")]
    from merflow.launch import launch

    words = line.removeprefix("!{MERFLOW} ").format(DATASET="demo", EXPERIMENT="ststnet").split()
    assert words[:2] == ["run", "."]
    assert launch([str(NOTEBOOK.parents[2]), *words[2:]]).command[-1] == "results/demo/ststnet/examples.h5"


def test_results_of_the_workflow_are_exported(finished_sequences, tmp_path):
    results = finished_sequences.folder / "results/tiny"
    folds = export_clips("flow_images", results, tmp_path / "folds")
    index = read_flow_images("again", FlowImagesSettings(root=tmp_path / "folds/norm_u_v_os"))
    assert len(index.clips) == folds.clips > 0
    report = export_clips("flow_flo", results, tmp_path / "flo")
    assert report.about["made_with"]["code"]
    path = next((tmp_path / "flo").rglob("*.flo"))
    [shard] = results.glob(f"artefacts/flow/*/{path.parent.name}.h5")
    with open_shard(shard, kind="flow") as flow:
        expected = flow.read(path.stem, "expression_flow")
    np.testing.assert_array_equal(np.moveaxis(cv2.readOpticalFlow(str(path)), -1, 0), expected)
