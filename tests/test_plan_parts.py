"""A scored experiment and its parts: what is missing is told by the folder that it was removed from."""

import shutil

import pytest
from tests.plan_fixture import SETTINGS, experiment

from merflow import plan

NETWORK = experiment()
FOLDS = ("s1", "s2")


@pytest.fixture
def scored(tmp_path):
    """An experiment of which every part is there."""
    for part in plan.parts(NETWORK, FOLDS):
        path = tmp_path.joinpath("net", *part)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "net"


def lost(folder):
    return plan.folder_that_lost_a_part(folder, plan.parts(NETWORK, FOLDS))


def test_nothing_is_missing(scored):
    assert lost(scored) is None


@pytest.mark.parametrize(
    ("part", "above"),
    [
        ("exclusions.csv", ""),
        ("confusion.png", ""),
        ("training.png", ""),
        ("pictures", ""),
        ("pictures/flow_images.png", "pictures"),
        ("folds", ""),
        ("folds/s2", "folds"),
        ("folds/s1/made_of.json", "folds/s1"),
    ],
)
def test_the_folder_above_what_is_missing(scored, part, above):
    path = scored / part
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert lost(scored) == scored / above


def test_what_was_not_scored_claims_to_hold_nothing(scored):
    shutil.rmtree(scored / "folds")
    (scored / "metrics.csv").unlink()
    assert lost(scored) is None


def test_what_may_be_deleted_for_room_is_no_part():
    assert not {"examples.h5", "weights", "artefacts"} & {name for part in plan.parts(NETWORK, FOLDS) for name in part}


def test_a_baseline_has_no_pictures():
    found = set(plan.parts(experiment(SETTINGS | {"model": "majority"}), FOLDS))
    assert not {part for part in found if "pictures" in part or part == ("training.png",)}
