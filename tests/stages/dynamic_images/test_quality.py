"""What is flagged of dynamic images: few frames, holes, no change, and a change that is no expression."""

import numpy as np
import pytest
from tests.picture_fixtures import CLIP, write_shard
from tests.quality.conftest import clip_named
from tests.stages.quality_fixture import flagged, measured

from merflow.stages.dynamic_images.quality import QUALITY
from merflow.stages.dynamic_images.settings import DynamicImageSettings
from merflow.stages.dynamic_images.sources import Views
from merflow.stages.dynamic_images.stage import dynamic_images_of

SETTINGS = DynamicImageSettings(domains=("texture",))
FRAMES, SIDE = 7, 24


def recorded(seed):
    """Return frames of a face on which a bulge grows, with the noise of a camera."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:SIDE, :SIDE]
    bulge = np.exp(-((y - 8) ** 2 + (x - 12) ** 2) / 8) * np.linspace(0, 10, FRAMES)[:, None, None]
    return 128 + bulge + rng.normal(0, 1, (FRAMES, SIDE, SIDE))


@pytest.fixture
def of_frames(tmp_path):
    """Function from frames, and which of their pixels see the face, to the columns."""

    def compute(frames, there=None):
        seen = np.ones(frames.shape, dtype=bool) if there is None else there
        arrays, attrs = dynamic_images_of(Views([frames[None]], seen[None], [0.0], 30.0, ""), SETTINGS)
        shard = write_shard(tmp_path, "dynamic_images", arrays, attrs, {"sequences": "default"})
        return measured(shard, QUALITY, clip_named(CLIP))

    return compute


@pytest.fixture
def clean(of_frames):
    return [of_frames(recorded(seed)) for seed in range(9)]


def test_two_frames_are_flagged(of_frames, clean):
    assert "pooled_frames" in flagged(QUALITY, clean, of_frames(recorded(20)[[0, 3]]))


def test_frames_that_are_one_picture_are_flagged(of_frames, clean):
    assert flagged(QUALITY, clean, of_frames(np.repeat(recorded(20)[:1], FRAMES, axis=0))) == {"pooled_still"}


def test_holes_that_come_and_go_are_flagged(of_frames, clean):
    there = np.ones((FRAMES, SIDE, SIDE), dtype=bool)
    there[2:5, 12:] = False
    assert flagged(QUALITY, clean, of_frames(recorded(20), there)) == {"pooled_filled"}


def test_another_picture_among_the_frames_is_flagged(of_frames, clean):
    frames = recorded(20)
    frames[4:] += np.random.default_rng(0).normal(0, 60, (SIDE, SIDE))
    assert flagged(QUALITY, clean, of_frames(frames)) == {"pooled_range"}
