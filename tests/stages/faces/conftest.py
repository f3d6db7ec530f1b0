"""What the face tests share: the demo's clips, a frame, and the detector, which takes half a second to load."""

import shutil

import pytest

from merflow.datasets.reading.frames import read_color
from merflow.datasets.registry import index_dataset
from merflow.stages.faces.detector import FaceDetector
from merflow.stages.faces.settings import FaceSettings


@pytest.fixture(scope="session")
def clips(tiny_demo):
    return index_dataset("demo", "casme3", {"root": str(tiny_demo)}).clips


@pytest.fixture(scope="session")
def detector():
    return FaceDetector(FaceSettings())


@pytest.fixture(scope="session")
def portrait(tiny_demo, clips):
    """The onset frame of the first clip, with one face."""
    frame = read_color(tiny_demo / clips[0].color / f"{clips[0].onset}.jpg")
    frame.setflags(write=False)
    return frame


@pytest.fixture
def copied_clip(tiny_demo, clips, tmp_path):
    """Onset and apex of the first clip in a dataset of their own, to be spoilt; (clip, root)."""
    clip, root = clips[0], tmp_path / "raw"
    for folder, suffix in ((clip.color, "jpg"), (clip.depth, "png")):
        (root / folder).mkdir(parents=True)
        for number in (clip.onset, clip.apex):
            shutil.copy(tiny_demo / folder / f"{number}.{suffix}", root / folder)
    return clip, root
