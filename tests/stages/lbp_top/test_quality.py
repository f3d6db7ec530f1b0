"""What is flagged of LBP-TOP: frames without texture, and frames that are one picture."""

import numpy as np
import pytest
from tests.picture_fixtures import CLIP, write_shard
from tests.quality.conftest import clip_named
from tests.stages.quality_fixture import flagged, measured

from merflow.stages.lbp_top.histograms import lbp_top
from merflow.stages.lbp_top.quality import QUALITY
from merflow.stages.lbp_top.settings import LbpTopSettings


@pytest.fixture
def of_frames(tmp_path):
    """Function from grey frames (T, H, W) to the columns."""

    def compute(grey, **settings):
        histogram = lbp_top(np.clip(np.rint(grey), 0, 255).astype(np.uint8), LbpTopSettings(**settings))
        attrs = {"n_frames": len(grey), "notes": ""}
        shard = write_shard(tmp_path, "lbp_top", {"histogram": histogram}, attrs, {"sequences": "default", **settings})
        return measured(shard, QUALITY, clip_named(CLIP))

    return compute


def recorded(seed, *, gain=1.0):
    """Return eight frames of one texture with the noise of a camera."""
    rng = np.random.default_rng(seed)
    return gain * (128 + 20 * rng.normal(size=(40, 40)) + rng.normal(0, 2, (8, 40, 40)))


@pytest.fixture
def clean(of_frames):
    return [of_frames(recorded(seed)) for seed in range(9)]


def test_frames_that_are_one_picture_are_flagged(of_frames, clean):
    still = of_frames(np.repeat(recorded(20)[:1], 8, axis=0))
    assert still["pattern_changes"] == 0
    assert flagged(QUALITY, clean, still) == {"pattern_changes"}


@pytest.mark.parametrize("gain", [0.0, 3.0], ids=["black", "white"])
@pytest.mark.parametrize("patterns", ["uniform", "all"])
def test_frames_without_texture_are_flagged(of_frames, clean, gain, patterns):
    assert "pattern_flat" in flagged(QUALITY, clean, of_frames(recorded(20, gain=gain), patterns=patterns))


def test_where_columns_do_not_tell_what_changes_there_is_no_number(of_frames):
    assert np.isnan(of_frames(recorded(0), patterns="all")["pattern_changes"])
