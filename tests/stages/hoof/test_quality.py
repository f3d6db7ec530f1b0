"""What is flagged of HOOF: frames that repeat, and motion of all blocks in one direction."""

from dataclasses import replace

import numpy as np
import pytest
from tests.picture_fixtures import CLIP, SEQUENCE_ATTRS, landmarks_68, painted_face, sequence_arrays, write_shard
from tests.quality.conftest import clip_named
from tests.stages.quality_fixture import flagged, measured

from merflow.stages.hoof.quality import QUALITY, of_histograms
from merflow.stages.hoof.settings import HoofSettings
from merflow.stages.hoof.stage import hoof_of_pairs

SIDE = 96
SETTINGS = HoofSettings(pairs="successive", method="dis")
PAIRS = [(0, 1), (1, 2), (2, 3)]


def frames(seed):
    """Return four frames of a mouth that rises, with the noise of a camera."""
    pictures = np.stack([painted_face(SIDE, rise) for rise in (0, 1, 2, 1)])
    noise = np.random.default_rng(seed).normal(0, 3, pictures.shape)
    return np.clip(np.rint(pictures + noise), 0, 255).astype(np.uint8)


def of_frames(pictures, settings=SETTINGS):
    return of_histograms(hoof_of_pairs(pictures, PAIRS, landmarks_68(SIDE), settings))


@pytest.fixture(scope="module")
def clean():
    return [of_frames(frames(seed)) for seed in range(9)]


def test_a_frame_that_repeats_is_flagged(clean):
    repeated = frames(20)
    repeated[2] = repeated[1]
    values = of_frames(repeated)
    assert values["hoof_still"] == pytest.approx(1 / 3)
    assert flagged(QUALITY, clean, values) == {"hoof_still"}


def test_a_picture_that_stands_still_is_flagged_whatever_the_others_are(clean):
    still = of_frames(frames(20)[[0, 0, 0, 0]])
    assert still == {"hoof_still": 1.0}
    assert flagged(QUALITY, clean, still) == {"hoof_still"}
    assert flagged(QUALITY, [], still) == {"hoof_still"}


def test_motion_of_the_head_that_is_left_is_flagged(clean):
    turned = np.stack([np.roll(one, 3 * n, axis=1) for n, one in enumerate(frames(20))])
    assert flagged(QUALITY, clean, of_frames(turned, replace(SETTINGS, head_motion="none"))) == {"hoof_one_way"}
    assert "hoof_one_way" not in flagged(QUALITY, clean, of_frames(turned))


def test_frames_that_pad_a_sequence_are_no_fault(tmp_path):
    """The sixth frame repeats the fifth: the clip has five of its own."""
    write_shard(tmp_path, "sequences", sequence_arrays(), SEQUENCE_ATTRS, {"faces": "default"})
    pairs = [(n, n + 1) for n in range(5)]
    histogram = np.random.default_rng(0).uniform(size=(5, 2, 2, 8))
    for still, expected in ((4, 0.0), (2, 0.25)):
        arrays = {"histogram": histogram * (np.arange(5) != still)[:, None, None, None], "pairs": np.array(pairs)}
        shard = write_shard(tmp_path, "hoof", arrays, {"notes": ""}, {"sequences": "default"})
        assert measured(shard, QUALITY, clip_named(CLIP))["hoof_still"] == expected
