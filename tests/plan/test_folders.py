"""An index follows the folders of recordings that are there, and not what lies in them."""

import pytest

from merflow import plan
from merflow.config import Config
from merflow.plan.folders import folders_digest


@pytest.fixture
def root(tmp_path):
    for clip in ("sub01/EP01", "sub01/EP02", "sub02/EP01"):
        frames = tmp_path / "Cropped" / clip
        frames.mkdir(parents=True)
        (frames / "img1.jpg").touch()
    return tmp_path


@pytest.mark.parametrize("made", ["Cropped/sub03", "Cropped/sub02/EP02", "Cropped/sub02/EP02.avi", "Raw"])
def test_a_folder_or_a_video_that_is_copied_later_changes_it(root, made):
    before = folders_digest(root)
    (root / made).touch() if made.endswith(".avi") else (root / made).mkdir()
    assert folders_digest(root) != before


@pytest.mark.parametrize("made", ["preview.png", "sub01/EP01/img2.jpg", "Cropped/sub01/EP01/img2.jpg", ".thumbs"])
def test_pictures_and_hidden_files_do_not_change_it(root, made):
    (root / "sub01/EP01").mkdir(parents=True)
    before = folders_digest(root)
    (root / made).touch()
    assert folders_digest(root) == before


def test_no_subject_of_many_is_looked_into(root):
    """A dataset has thousands of folders of frames, and planning looks at it each time."""
    for number in range(3, 20):
        (root / f"Cropped/sub{number:02d}").mkdir()
    before = folders_digest(root)
    (root / "Cropped/sub01/EP03").mkdir()
    assert folders_digest(root) == before
    (root / "Cropped/sub20").mkdir()
    assert folders_digest(root) != before


def test_results_beside_the_recordings_do_not_change_it(root, monkeypatch):
    monkeypatch.chdir(root)
    before = folders_digest(root)
    (root / "results/mine/artefacts").mkdir(parents=True)
    assert folders_digest(root) == before


def test_the_index_of_recordings_is_planned_with_it(root):
    """A reader leaves out what it does not find: the subjects that were copied later would never come in."""
    (root / "CASME2-coding-20140508.xlsx").touch()
    config = Config({"datasets": {"mine": {"reader": "casme2", "root": str(root), "synthesis": None}}})
    before = plan.annotation_sheets(config, "mine")
    (root / "Cropped/sub03").mkdir()
    after = plan.annotation_sheets(config, "mine")
    assert [key for key in after if after[key] != before[key]] == ["folders below root"]
