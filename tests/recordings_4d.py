"""Two short clips of one subject in the 4D layout of 4DME: meshes as OBJ of one topology, and as PLY of several."""

from dataclasses import replace
from pathlib import Path

import pytest

from merflow.datasets.fourdme.generator_4d import CLIPS_4D
from merflow.datasets.fourdme.settings import FourdmeSettings
from merflow.synthesis.settings import SynthesisSettings
from merflow.synthesis.timing import Recording

FPS = 20.0  # a third of the frames of 4DME: 6 to 9 a clip
LAYOUT = replace(CLIPS_4D, recording=Recording(fps=FPS, frames_before=1, frames_after=1))
SYNTHESIS = SynthesisSettings(n_subjects=1, clips=2, seed=5, layout="fourdme_4d")


def generate(root: Path) -> Path:
    """Write the recordings below a root, and return it."""
    from merflow.synthesis import demo

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "layout_named", lambda _: LAYOUT)
        demo.generate_demo(root, SYNTHESIS)
    return root


def settings_4d(root: Path, **more: object) -> FourdmeSettings:
    """Return the settings of the reader for these recordings."""
    return FourdmeSettings(root=root, fps=FPS, kinect_fps=FPS / 2, **more)


@pytest.fixture(scope="session")
def recordings_4d(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Root of the recordings; only read it."""
    return generate(tmp_path_factory.mktemp("recordings_4d"))
