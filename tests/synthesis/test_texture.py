from dataclasses import replace

import numpy as np
import pytest

from merflow.synthesis.atlas import load_atlas
from merflow.synthesis.head import load_head
from merflow.synthesis.identity import linear_rgb, sample_identity
from merflow.synthesis.paint import noise, texel
from merflow.synthesis.texture import TEXTURE_SHAPE, paint_texture
from merflow.synthesis.texture_map import EYE_TEXELS_PER_MM, PATCH_CENTRES

HEAD = load_head()
PERSON = sample_identity(3)
PLAIN = replace(PERSON, skin=replace(PERSON.skin, tone=(0.5, 0.35, 0.25), redness=0.0, freckles=0.0, stubble=0.0))


@pytest.fixture(scope="module")
def plain():
    return paint_texture(HEAD, PLAIN)


def patch(texture, x_mm, y_mm, half=12):
    column, row = (round(value) for value in texel(x_mm, y_mm))
    return texture[row - half : row + half + 1, column - half : column + half + 1]


def test_form_and_range(plain):
    assert plain.shape == TEXTURE_SHAPE == (1024, 1400, 3)
    assert plain.dtype == np.float32
    assert 0 <= plain.min() < plain.max() <= 1


def test_a_seed_is_a_texture(plain):
    np.testing.assert_array_equal(paint_texture(HEAD, PLAIN), plain)
    other = paint_texture(HEAD, replace(PLAIN, seed=PLAIN.seed + 1))
    assert np.abs(other - plain).mean() > 0.005


def test_bare_skin_has_the_tone_and_a_tenth_of_mottling(plain):
    skin = np.concatenate([patch(plain, x, y).reshape(-1, 3) for x in (-35, 35) for y in (-45, 30)])
    np.testing.assert_allclose(np.median(skin, axis=0), PLAIN.skin.tone, rtol=0.12)
    # five octaves of .03 to .045 add up to .082; a patch of 7 mm lacks most of the two largest
    assert 0.03 < (skin[:, 1] / np.median(skin[:, 1])).std() < 0.12


def test_lips_are_redder_and_darker_than_skin(plain):
    lips = np.median(patch(plain, 0, -73, half=5).reshape(-1, 3), axis=0)
    np.testing.assert_allclose(lips / PLAIN.skin.tone, [0.78, 0.50, 0.52], atol=0.08)


def test_hair_brows_and_lids_are_dark(plain):
    assert np.median(patch(plain, 0, 95)) < 0.05
    assert np.median(patch(plain, 28, 17.0, half=2)) < 0.4 * np.mean(PLAIN.skin.tone)
    atlas = load_atlas()
    margin = plain[(atlas.lid_mm > 0) & (atlas.lid_mm < 0.5)]
    assert margin.mean() < 0.6 * np.mean(PLAIN.skin.tone)


def test_clothes_fill_the_last_row(plain):
    np.testing.assert_allclose(plain[-1, 100:].mean(axis=0), PLAIN.cloth, rtol=0.05)


def test_eyes_hold_a_pupil_an_iris_of_the_drawn_size_and_white(plain):
    row, column = PATCH_CENTRES["eye_right"]
    profile = plain[row, column : column + 36].mean(axis=1)
    assert profile[2] < 0.05
    edge_mm = (np.argmax(profile > 0.35) - 0.5) / EYE_TEXELS_PER_MM
    assert edge_mm == pytest.approx(PLAIN.eyes.iris_mm, abs=0.5)
    assert profile[-1] > 0.4


def test_redness_and_stubble_appear_where_they_belong():
    blushing = paint_texture(HEAD, replace(PLAIN, skin=replace(PLAIN.skin, redness=1.0, stubble=1.0)))
    base = paint_texture(HEAD, PLAIN)
    greener = (patch(blushing, 40, -36) / patch(base, 40, -36)).mean(axis=(0, 1))
    assert greener[1] < 0.85 < 0.97 < greener[0]
    assert patch(blushing, 0, -98).mean() < 0.85 * patch(base, 0, -98).mean()
    np.testing.assert_allclose(patch(blushing, 0, 40), patch(base, 0, 40), rtol=0.02)


@pytest.mark.parametrize("sd", [1.2, 8.0, 30.0])
def test_noise_has_the_stated_size(sd):
    # white noise under a Gaussian of standard deviation s correlates by exp(-d^2 / 4 s^2); at d = 2 s that is 1 / e
    field = noise(np.random.default_rng(0), sd, sd)
    assert field.std() == pytest.approx(1.0, abs=0.1)
    lag = round(2 * sd)
    correlation = np.corrcoef(field[:, lag:].ravel(), field[:, :-lag].ravel())[0, 1]
    assert correlation == pytest.approx(np.exp(-((lag / (2 * sd)) ** 2)), abs=0.1)


def test_convention_texel():
    # the midpoint between the eyes lies on the middle column, 135 of 300 mm down; half a texel is the centre's offset
    assert texel(0, 0) == (699.5, 460.3)
    assert texel(0, 135)[1] == -0.5


def test_atlas_agrees_with_the_mesh():
    atlas = load_atlas()
    columns, rows = (HEAD.uv[HEAD.landmarks[17:36]] * [1400, 1024]).astype(int).T
    np.testing.assert_allclose(atlas.x[rows, columns], HEAD.mean[HEAD.landmarks[17:36], 0], atol=0.6)
    column, row = texel(29, -2)
    assert atlas.lid_mm[round(row), round(column)] == 0
    assert atlas.masks["lips"][round(texel(0, -73)[1]), 700] > 0.8


def test_a_sampled_tone_is_one_of_the_list_or_between():
    assert linear_rgb(110, 72, 50)[0] * 0.9 < PERSON.skin.tone[0] < linear_rgb(244, 214, 192)[0] * 1.1
