"""Weights that were deleted for room: nothing notices until a picture of what the network learnt needs them."""

import shutil

import pytest
from tests.workflow.conftest import LANDMARK_METRICS, Workflow, digest

pytestmark = pytest.mark.workflow
EXPERIMENT = "results/tiny/gts_gn"


@pytest.fixture
def freed(finished_landmarks, tmp_path):
    """A copy of the run of landmark graphs without the weights of its folds."""
    folder = tmp_path / "copy"
    shutil.copytree(finished_landmarks.folder, folder)
    workflow = Workflow(folder, finished_landmarks.config)
    workflow.before = digest(folder)
    for weights in (folder / EXPERIMENT / "folds").glob("*/weights"):
        shutil.rmtree(weights)
    return workflow


def test_nothing_is_made_while_nothing_needs_them(freed):
    assert freed.planned(LANDMARK_METRICS) == {}


def test_a_picture_that_needs_them_has_them_trained_again_to_the_same_bytes(freed):
    (freed.folder / EXPERIMENT / "pictures/adjacency.png").unlink()
    planned = freed.planned(LANDMARK_METRICS)
    assert planned["train_weights"] == 3
    assert not {"train_folds", "build_graphs"} & set(planned)
    freed(LANDMARK_METRICS)
    assert digest(freed.folder) == freed.before
    assert freed.planned(LANDMARK_METRICS) == {}


def test_a_single_file_of_them_that_is_missing_is_named_with_what_to_type(freed):
    for fold in (freed.folder / EXPERIMENT / "folds").iterdir():
        fold.joinpath("weights").mkdir()
    (freed.folder / EXPERIMENT / "pictures/adjacency.png").unlink()
    refused = freed(LANDMARK_METRICS, check=False)
    assert refused.returncode != 0
    assert "expected a fold as a job has trained it, but weights/seed0.pt is missing" in refused.output
    assert "--force" in refused.output
