"""The weights that come with the package: what they are, and that they magnify pictures they were not trained on."""

import dataclasses
import fnmatch
import tomllib
from pathlib import Path

import pytest
import torch

import merflow
from merflow.models.magnifier import load_magnifier
from merflow.training.magnifier.pairs import make_pairs
from merflow.training.magnifier.settings import MARGIN_PX, MagnifierSettings
from merflow.training.magnifier.textures import make_textures
from merflow.training.magnifier.train import magnifier_loss

PACKAGE = Path(merflow.__file__).parent
WEIGHTS = PACKAGE / "stages/magnified/weights/magnifier.pt"
UNSEEN = 1000
"""Seed of pictures and motions; training has 0."""


@pytest.fixture(scope="module")
def net():
    return load_magnifier(WEIGHTS)


@pytest.fixture(scope="module")
def textures():
    return make_textures(6, 384, torch.Generator().manual_seed(UNSEEN))


def test_they_are_what_the_default_settings_train():
    config = torch.load(WEIGHTS, weights_only=True)["config"]
    assert config["settings"] == dataclasses.asdict(MagnifierSettings())
    assert config["seed"] == 0


def test_they_are_part_of_the_package():
    assert WEIGHTS.stat().st_size < 1e6
    project = tomllib.loads((PACKAGE.parents[1] / "pyproject.toml").read_text())
    patterns = project["tool"]["setuptools"]["package-data"]["merflow"]
    assert any(fnmatch.fnmatch(str(WEIGHTS.relative_to(PACKAGE)), pattern) for pattern in patterns)


@pytest.mark.parametrize("motion_px", [0.1, 0.5, 1.5])
def test_unseen_motions_are_magnified(net, textures, motion_px):
    """Amplitude 0.75 of the wanted change is a gain of 2.5 for a factor of 3; the linear magnifier adds noise."""
    settings = MagnifierSettings(
        batch_size=24, motion_min_px=motion_px, motion_max_px=motion_px, factor_min=3, factor_max=3, noise_max=1
    )
    pairs = make_pairs(textures, settings, torch.Generator().manual_seed(UNSEEN))
    with torch.inference_mode():
        magnified = net(pairs.onset, pairs.frame, pairs.factor)
    _, amplitude = magnifier_loss(magnified, pairs, 0.5)
    assert 0.75 < amplitude < 1.25
    linear = pairs.onset + 3 * (pairs.frame - pairs.onset)
    inner = slice(MARGIN_PX, -MARGIN_PX)
    errors = [(picture - pairs.target)[..., inner, inner].square().mean() for picture in (magnified, linear)]
    assert errors[0] < 0.5 * errors[1]
