import numpy as np
import pytest

from merflow.landmarks.alignment import ANCHORS, align_to_mean, mean_anchors
from merflow.stages.faces.settings import FaceSettings
from merflow.verification.magnification_clips import film_pair, sense
from merflow.verification.magnification_folds import MAX_DEPTH, fold_depth, fold_lines, fold_map, paint_folds
from merflow.verification.magnification_gain import OnsetWarp, reached_gain
from merflow.verification.magnification_scenes import sample_scenes

DISPLAYS = ((1, 2), (4,), (12,))


@pytest.fixture(scope="module")
def scenes():
    return sample_scenes(faces=1, displays=DISPLAYS, seed=0)


@pytest.fixture(scope="module", params=range(len(DISPLAYS)), ids=str)
def pair(request, scenes):
    return film_pair(scenes[request.param], size_px=0.5, factor=3.0, noise_sd=1.0, seed=(0,))


def test_the_picture_is_the_aligned_crop(scenes):
    settings = FaceSettings()
    landmarks = scenes[0].landmarks
    matrix = align_to_mean(landmarks, size_px=settings.size_px, margin=settings.margin)
    assert np.hypot(*matrix[:, 0]) == pytest.approx(1.0, abs=0.005)  # neither larger nor smaller than alignment wants
    expected = mean_anchors(size_px=settings.size_px, margin=settings.margin)
    assert np.allclose(landmarks[list(ANCHORS)].mean(axis=0), expected.mean(axis=0), atol=0.01)


def test_motion_has_the_wanted_size(scenes):
    for scene in scenes:
        for size_px in (0.05, 2.0):
            length = np.hypot(*scene.motion(scene.amount_for(size_px)))
            assert np.quantile(length[scene.moving], 0.95) == pytest.approx(size_px, abs=1e-5)
            assert (length[scene.moving] > 0.2 * size_px).all()
    assert scenes[0].amount_for(0.0) == 0.0
    assert np.abs(scenes[0].motion(0.0)).max() < 1e-3


def test_the_exact_motion_carries_the_onset_into_both_renders(pair):
    clip = pair[False]
    warp = OnsetWarp(clip.clean_onset, clip.motion, clip.pixels)
    for gain, render in ((1.0, clip.clean_frame), (3.0, clip.target)):
        still, carried = (np.sqrt(np.mean((at - render[clip.pixels]) ** 2)) for at in (warp.at(0.0), warp.at(gain)))
        assert carried < 1.0  # grey levels
        assert carried < 0.5 * still  # a smooth cheek shows little of its motion


def test_a_perfect_magnifier_reaches_the_factor_and_none_reaches_one(pair):
    for clip in pair.values():
        warp = OnsetWarp(clip.clean_onset, clip.motion, clip.pixels)
        assert reached_gain(clip.target[clip.pixels], warp, largest=4.5) == pytest.approx(3.0, rel=0.02)
        assert reached_gain(clip.frame[clip.pixels], warp, largest=4.5) == pytest.approx(1.0, abs=0.05)


def test_wrinkles_deepen_with_the_motion_and_nothing_else_changes(pair):
    plain, creased = pair[False], pair[True]
    assert np.array_equal(plain.onset, creased.onset)
    assert np.array_equal(plain.motion, creased.motion)
    shares = []
    for name, size_px in (("clean_frame", 0.5), ("target", 1.5)):
        before, after = getattr(plain, name), getattr(creased, name)
        assert (after <= before + 1e-3).all()
        shares.append(float((1 - after / before).max()))
        assert shares[-1] == pytest.approx(fold_depth(size_px), rel=0.1)
    assert shares[1] == pytest.approx(3 * shares[0], rel=0.1)
    assert fold_depth(100.0) == MAX_DEPTH


def test_every_display_is_creased_where_it_is_judged(pair):
    change = np.abs(pair[True].target - pair[False].target).max(axis=-1)
    assert (change[pair[False].pixels] > 5).sum() > 20


def test_folds_move_with_the_skin():
    lines = fold_map([np.array([[10.0, 5.0], [10.0, 25.0]])], (31, 31))
    assert lines[15, 10] == pytest.approx(1.0)
    assert lines[15, 12] == pytest.approx(np.exp(-2.0))
    grey = np.full((31, 31, 3), 100, dtype=np.float32)
    moved = paint_folds(grey, lines, np.stack([np.full((31, 31), -3.0), np.zeros((31, 31))]), depth=0.2)
    assert moved[15].argmin(axis=0).tolist() == [13, 13, 13]
    assert moved[15, 13, 0] == pytest.approx(80, abs=0.5)


def test_a_display_without_folds_is_refused(scenes):
    with pytest.raises(ValueError, match=r"found \[45\]"):
        fold_lines(scenes[0].landmarks, (45,))


def test_noise_comes_before_rounding():
    grey = np.full((200, 200, 3), 100.4, dtype=np.float32)
    noisy = sense(grey, np.random.default_rng(0), noise_sd=1.0)
    assert noisy.mean() == pytest.approx(100.4, abs=0.02)  # rounding first would make it 100
    assert noisy.std() == pytest.approx(np.sqrt(1 + 1 / 12), rel=0.02)


def test_noise_is_that_of_the_seed(scenes):
    first, again, other = (
        film_pair(scenes[0], size_px=0.2, factor=3.0, noise_sd=1.0, seed=seed)[True] for seed in ((0,), (0,), (1,))
    )
    assert np.array_equal(first.frame, again.frame)
    assert not np.array_equal(first.frame, other.frame)
    assert np.array_equal(first.target, other.target)
