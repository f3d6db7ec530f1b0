"""Recorded files are told by content: no move, no copy and no clock of another computer costs their work again."""

import os
import shutil
import time

import pytest
from tests.workflow.conftest import Workflow, digest, tiny_config

from merflow.datasets.clip_table import read_clips

pytestmark = pytest.mark.workflow

SHARDS = [f"results/own/artefacts/faces/aligned256/spNO.{number}.h5" for number in (1, 2)]
TOMORROW = time.time() + 86_400


def read_from(root):
    """Return the configuration of recordings that lie in a folder."""
    config = tiny_config()
    config["datasets"]["own"] = {"reader": "casme3", "root": str(root)}
    return config


@pytest.fixture(scope="module")
def made(finished, tmp_path_factory):
    """Faces of two subjects, from recordings and a sheet that are dated in the future; the tests follow each other."""
    folder = tmp_path_factory.mktemp("recordings")
    recordings = folder / "recordings"
    shutil.copytree(finished.folder / "results/tiny/raw", recordings)
    for path in recordings.rglob("*"):
        os.utime(path, (TOMORROW, TOMORROW))
    run = Workflow(folder / "run", read_from(recordings))
    run(*SHARDS)
    return run


def test_recordings_and_sheets_of_the_future_are_read(made):
    assert made.planned(*SHARDS) == {}


def test_moved_recordings_cost_their_index_alone(made):
    before = digest(made.folder)
    moved = made.folder.parent / "moved"
    shutil.copytree(made.folder.parent / "recordings", moved, copy_function=shutil.copyfile)
    made.write_config(read_from(moved))
    log = made(*SHARDS).output
    assert "index_dataset" in log
    assert "Find the faces" not in log
    assert digest(made.folder) == before
    assert made.planned(*SHARDS) == {}


def test_a_frame_with_another_content_is_read_again(made):
    clip = next(clip for clip in read_clips(made.folder / "results/own/clips.csv") if clip.subject == "spNO.2")
    folder = made.folder.parent / "moved" / clip.color
    shutil.copyfile(folder / f"{clip.apex}.jpg", folder / f"{clip.onset}.jpg")
    assert made.planned(*SHARDS) == {"extract_faces": 1}


def test_an_edit_of_the_sheet_makes_the_index_stale(made):
    (sheet,) = (made.folder.parent / "moved").rglob("*.xlsx")
    sheet.write_bytes(sheet.read_bytes() + b"\0")  # bytes behind the archive, which no reader of it minds
    assert made.planned(*SHARDS)["index_dataset"] == 1
