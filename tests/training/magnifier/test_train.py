"""Training of the learned magnifier: its pairs are exact, its loss says what it should, its weights repeat."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.ndimage import gaussian_filter, map_coordinates

from merflow.errors import ConfigError, MerflowError
from merflow.models.magnifier import MotionMagnifier, load_magnifier
from merflow.training.magnifier.pairs import draw_fields, make_pairs, pixel_grid, sample
from merflow.training.magnifier.settings import MagnifierSettings
from merflow.training.magnifier.textures import SUPERSAMPLING, make_textures
from merflow.training.magnifier.train import (
    fit_magnifier,
    learning_rate,
    magnifier_loss,
    train_magnifier,
    training_step,
)

TINY = MagnifierSettings(steps=3, batch_size=4, patch_px=32, textures=2, texture_px=192)
CLEAN = dataclasses.replace(TINY, noise_max=0, flicker=0)


def chance(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def textures():
    return make_textures(2, 192, chance())


def test_textures_are_pictures_that_a_camera_could_sample(textures):
    assert textures.shape == (2, 3, 192, 192)
    assert textures.min() >= 0
    assert textures.max() <= 255
    assert (textures.std((1, 2, 3)) > 3).all()
    power = torch.fft.fft2(textures - textures.mean((2, 3), keepdim=True)).abs().square()
    frequency = torch.fft.fftfreq(192).abs()
    fine = torch.maximum(frequency[:, None], frequency[None]) > 0.5 / SUPERSAMPLING
    assert (power[..., fine].sum((1, 2)) < 0.01 * power.sum((1, 2, 3))).all()


def test_sampling_is_bilinear(textures):
    points = 10 + 100 * torch.rand(2, 5, 7, 2, generator=chance())
    found = sample(textures, points)
    for picture, at, read in zip(textures.numpy(), points.numpy(), found.numpy(), strict=True):
        for channel in range(3):
            expected = map_coordinates(picture[channel], [at[..., 1], at[..., 0]], order=1)
            np.testing.assert_allclose(read[channel], expected, atol=0.02)


def test_fields_are_as_large_as_asked_and_do_not_fold():
    settings = MagnifierSettings(batch_size=64, patch_px=32)
    factor = torch.full((64,), 4.0)
    fields = draw_fields(settings, factor, chance())
    u = fields.at(pixel_grid(32).expand(64, -1, -1, -1))
    largest = u.norm(dim=-1).amax((1, 2))
    assert largest.max() <= settings.motion_max_px * 1.001
    assert largest.median() < 0.8  # log-uniform: half of the pairs below sqrt(0.05 * 4) = 0.45 px
    steps = torch.cat([torch.diff(u, dim=1).norm(dim=-1).flatten(), torch.diff(u, dim=2).norm(dim=-1).flatten()])
    assert 4 * steps.max() <= 0.5


def test_the_origin_moved_on_is_the_pixel():
    factor = torch.tensor([1.0, 2.0, 3.0, 4.0])
    fields = draw_fields(TINY, factor, chance(2))
    grid = pixel_grid(32).expand(4, -1, -1, -1)
    origin = fields.origin(grid, factor)
    back = origin + factor[:, None, None, None] * fields.at(origin)
    assert (back - grid).abs().max() < 0.01


@pytest.mark.parametrize(("picture", "magnified"), [("clean", False), ("target", True)])
def test_the_onset_is_found_again_along_the_motion(textures, picture, magnified):
    """What the onset shows at x, the picture shows at x + u(x), or x + factor u(x): read back with SciPy's splines."""
    soft = torch.from_numpy(gaussian_filter(textures.numpy(), (0, 0, 3, 3)))  # splines need smooth pixels
    pairs = make_pairs(soft, CLEAN, chance(3))
    grid = pixel_grid(32).expand(4, -1, -1, -1)
    factor = pairs.factor[:, None, None, None] if magnified else 1
    to = (grid + factor * pairs.motion.at(grid)).numpy()
    inner = slice(9, -9)
    for i in range(4):
        moved = [
            map_coordinates(channel, [to[i, ..., 1], to[i, ..., 0]], order=3)[inner, inner]
            for channel in getattr(pairs, picture)[i].numpy()
        ]
        error = np.abs(moved - pairs.onset[i].numpy()[:, inner, inner])
        assert error.mean() < 0.3  # the onset is rounded: 0.25 on average
    unmoved = (getattr(pairs, picture) - pairs.onset)[..., inner, inner].abs().mean()
    assert unmoved > 0.4


def test_cameras_round_and_add_noise(textures):
    pairs = make_pairs(textures, CLEAN, chance())
    assert torch.equal(pairs.frame, pairs.clean.round())
    noisy = make_pairs(textures, dataclasses.replace(CLEAN, noise_max=4), chance())
    assert torch.equal(noisy.frame, noisy.frame.round().clamp(0, 255))
    assert torch.equal(noisy.clean, pairs.clean)
    assert 0.5 < (noisy.frame - noisy.clean).std() < 4


def test_the_same_seed_gives_the_same_pairs(textures):
    first, again, other = (make_pairs(textures, TINY, chance(seed)) for seed in (5, 5, 6))
    for name in ("onset", "frame", "target", "factor"):
        assert torch.equal(getattr(first, name), getattr(again, name))
        assert not torch.equal(getattr(first, name), getattr(other, name))


def test_loss_of_a_perfect_an_idle_and_a_timid_magnifier(textures):
    pairs = make_pairs(textures, CLEAN, chance(3))
    change = pairs.target - pairs.clean
    perfect, amplitude = magnifier_loss(pairs.frame + change, pairs, 0.5)
    assert perfect.item() == pytest.approx(0, abs=1e-4)
    assert amplitude.item() == pytest.approx(1, abs=1e-4)
    timid, half = magnifier_loss(pairs.frame + change / 2, pairs, 0.5)
    idle, none = magnifier_loss(pairs.frame, pairs, 0.5)
    assert 0 < timid < idle < 1.5
    assert half.item() == pytest.approx((1 + none.item()) / 2, abs=1e-4)
    assert none < 0.3


def test_the_loss_on_one_batch_falls(textures):
    pairs = make_pairs(textures, CLEAN, chance(3))
    torch.manual_seed(0)
    net = MotionMagnifier(features=6, products=4, width=6, filters=4, filter_size=5, steps=2)
    optimiser = torch.optim.Adam(net.parameters(), lr=5e-3)
    losses = [training_step(net, optimiser, pairs, 0.5)[0].item() for _ in range(30)]
    assert losses[-1] < 0.7 * losses[0]


def test_the_learning_rate_rises_and_falls_to_nothing():
    settings = MagnifierSettings(steps=1000, learning_rate=1e-3)
    rates = [learning_rate(step, settings) for step in range(1000)]
    assert rates[0] == pytest.approx(1e-5)
    assert max(rates) == rates[99] == rates[100] == 1e-3
    assert rates[550] == pytest.approx(5e-4)
    assert rates[-1] < 1e-8


def test_training_repeats_itself_to_the_byte(tmp_path):
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        train_magnifier(TINY, tmp_path / f"{name}.pt", tmp_path / f"{name}.csv", seed=seed, device="cpu", threads=1)
    weights, histories = ([(tmp_path / f"{name}.{kind}").read_bytes() for name in "abc"] for kind in ("pt", "csv"))
    assert weights[0] == weights[1] != weights[2]
    assert histories[0] == histories[1] != histories[2]


def test_written_weights_are_those_that_were_trained(tmp_path):
    train_magnifier(TINY, tmp_path / "w.pt", tmp_path / "h.csv", seed=4, device="cpu", threads=1)
    net, history = fit_magnifier(TINY, seed=4, device=torch.device("cpu"))
    loaded = load_magnifier(tmp_path / "w.pt").state_dict()
    for name, value in net.state_dict().items():
        torch.testing.assert_close(loaded[name], value, atol=1e-5, rtol=1e-4)
    config = torch.load(tmp_path / "w.pt", weights_only=True)["config"]
    assert config["settings"] == dataclasses.asdict(TINY)
    assert config["seed"] == 4
    table = pd.read_csv(tmp_path / "h.csv")
    assert list(table) == ["step", "loss", "amplitude", "lr"]
    assert table.loss.iloc[-1] == pytest.approx(history[-1]["loss"], rel=1e-3)
    assert table.step.iloc[-1] == 3


def test_a_diverging_run_says_what_to_change(tmp_path):
    settings = dataclasses.replace(TINY, learning_rate=float("inf"))
    with pytest.raises(MerflowError, match=r"expected a finite loss.*Lower magnifier.learning_rate"):
        train_magnifier(settings, tmp_path / "w.pt", tmp_path / "h.csv", seed=0, device="cpu", threads=1)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"steps": 0}, "steps"),
        ({"patch_px": 16}, "patch_px"),
        ({"patch_px": 60}, "patch_px"),
        ({"texture_px": 200}, "texture_px"),
        ({"motion_min_px": 0.0}, "motion_min_px"),
        ({"motion_max_px": 0.01}, "motion_max_px"),
        ({"factor_min": 0.5}, "factor_min"),
        ({"factor_max": 1.0}, "factor_max"),
        ({"noise_max": -1.0}, "noise_max"),
        ({"learning_rate": 0.0}, "learning_rate"),
    ],
)
def test_settings_out_of_range_are_refused(change, key):
    with pytest.raises(ConfigError, match=rf"magnifier\.{key}: expected .* but found"):
        MagnifierSettings(**change)
