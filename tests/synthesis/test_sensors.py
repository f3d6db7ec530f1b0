import numpy as np
import pytest

from merflow.synthesis.sensors import NoiseBank, depth_noise_sd, sense_color, sense_depth

F = 1324.65
SHAPE = (240, 320)


@pytest.fixture(scope="module")
def bank():
    return NoiseBank.sample(np.random.default_rng(0), height=SHAPE[0], width=SHAPE[1])


def test_color_noise_has_the_stated_spread_and_is_fresh_in_each_frame(bank):
    grey = np.full((*SHAPE, 3), 100.3, np.float32)
    rng = np.random.default_rng(1)
    first, second = (sense_color(grey, bank, rng, noise_sd=1.5).astype(float) for _ in range(2))
    assert first.std() == pytest.approx(np.sqrt(1.5**2 + 1 / 12), rel=0.02)
    assert first.mean() == pytest.approx(100.3, abs=0.02)
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.02


def test_a_grey_sensor_has_one_channel_and_a_smaller_image_a_part_of_the_bank():
    bank = NoiseBank.sample(np.random.default_rng(0), height=SHAPE[0], width=SHAPE[1], grey=True)
    sensed = sense_color(np.full((200, 150), 100.0, np.float32), bank, np.random.default_rng(1), noise_sd=1.5)
    assert sensed.shape == (200, 150)
    assert sensed.std() == pytest.approx(np.sqrt(1.5**2 + 1 / 12), rel=0.02)


def test_color_is_clipped_not_wrapped(bank):
    rng = np.random.default_rng(1)
    assert sense_color(np.full((*SHAPE, 3), 255.0, np.float32), bank, rng, noise_sd=1.5).min() > 240
    assert sense_color(np.zeros((*SHAPE, 3), np.float32), bank, rng, noise_sd=1.5).max() < 15


def test_depth_noise_follows_the_stereo_equation(bank):
    assert depth_noise_sd(650.0, F) == pytest.approx(0.348, abs=0.001)  # 650^2 * 0.06 / (1324.65 * 55), by hand
    slope = np.tile(np.linspace(640, 660, SHAPE[1], dtype=np.float32), (SHAPE[0], 1))  # rounds up as often as down
    error = sense_depth(slope, bank, np.random.default_rng(1), f=F).astype(float) - slope
    measured = error[error > -600]
    assert measured.mean() == pytest.approx(0, abs=0.02)
    assert measured.std() == pytest.approx(np.hypot(0.348, 1 / np.sqrt(12)), rel=0.05)


def test_depth_noise_is_partly_smooth(bank):
    neighbours = np.corrcoef(bank.depth[:, :-1].ravel(), bank.depth[:, 1:].ravel())[0, 1]
    blur_sd = 5 / 2.3548
    assert neighbours == pytest.approx(0.64 * np.exp(-1 / (4 * blur_sd**2)), abs=0.02)
    assert bank.depth.std() == pytest.approx(1, abs=0.02)


def test_holes_lie_along_edges_and_the_background_is_missing(bank):
    step = np.full(SHAPE, np.inf, np.float32)
    step[:, 100:] = 700.0
    step[:, 200:] = 650.0
    sensed = sense_depth(step, bank, np.random.default_rng(1), f=F)
    assert sensed.dtype == np.uint16
    assert not sensed[:, :98].any()
    assert (sensed[:, 198:202] == 0).mean() == pytest.approx(0.7, abs=0.05)
    assert (sensed[:, 110:190] == 0).mean() < 0.002
    assert (sensed[:, 110:190] == 0).any()


def test_a_coarse_depth_sensor_repeats_its_pixels(bank):
    plane = np.tile(np.linspace(600, 700, SHAPE[1], dtype=np.float32), (SHAPE[0], 1))
    fine = sense_depth(plane, bank, np.random.default_rng(1), f=F)
    coarse = sense_depth(plane, bank, np.random.default_rng(1), f=F, depth_sub=3)
    assert coarse.shape == SHAPE
    np.testing.assert_array_equal(coarse[::3, ::3], fine[::3, ::3])
    np.testing.assert_array_equal(coarse[:-2:3, :-2:3], coarse[2::3, 2::3])


def test_depth_noise_and_holes_can_be_stronger(bank):
    slope = np.tile(np.linspace(640, 660, SHAPE[1], dtype=np.float32), (SHAPE[0], 1))
    sensed = sense_depth(slope, bank, np.random.default_rng(1), f=F, noise=3.0, hole_share=0.02).astype(float)
    assert (sensed == 0).mean() == pytest.approx(0.02, abs=0.003)
    error = (sensed - slope)[sensed > 0]
    assert error.std() == pytest.approx(np.hypot(3 * 0.348, 1 / np.sqrt(12)), rel=0.05)


def test_an_image_out_of_focus_is_blurred_before_the_sensor_adds_its_noise(bank):
    edge = np.zeros((*SHAPE, 3), np.float32)
    edge[:, 160:] = 200.0
    sensed = sense_color(edge, bank, np.random.default_rng(1), noise_sd=2.0, blur_px=1.5).astype(float)
    profile = np.diff(sensed[:, 150:171, 0].mean(axis=0))  # of a blurred step: a bell of the blur's width
    places = np.arange(len(profile)) - 9.0
    assert np.sqrt((profile * places**2).sum() / profile.sum()) == pytest.approx(1.5, rel=0.1)
    assert sensed[:, 180:].std() == pytest.approx(np.hypot(2.0, 1 / np.sqrt(12)), rel=0.03)


def test_where_nothing_is_near_nothing_is_measured():
    bank = NoiseBank.sample(np.random.default_rng(0), height=40, width=50)
    sensed = sense_depth(np.full((40, 50), np.inf, np.float32), bank, np.random.default_rng(1), f=F)
    assert sensed.shape == (40, 50)
    assert not sensed.any()
