import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.synthesis.shading import AMBIENT, FILL, HIGHLIGHT, KEY, MATTE, WRAP, Light, encode_srgb, shade

FRONT = Light(key=(0.0, 0.0, 1.0))
SIDE = Light(key=(0.6, 0.0, 0.8))


def decode(levels):
    c = np.asarray(levels, dtype=float) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lit(albedo, normal, light, ao=1.0, view=(0.0, 0.0, 1.0)):
    rows = [np.atleast_2d(a) for a in (albedo, normal, view)]
    return shade(rows[0], rows[1], np.array([ao]), rows[2], light)[0]


def test_facing_all_lights_by_hand():
    # lamp, fill and camera on the normal: albedo * (key + fill + ambient) + the full highlight
    expected = 0.3 * (KEY + FILL + AMBIENT) + HIGHLIGHT
    np.testing.assert_allclose(decode(lit([0.3] * 3, [0, 0, 1], FRONT)), expected, rtol=2e-3)


def test_turned_away_only_ambient_light_is_left():
    np.testing.assert_allclose(decode(lit([0.5] * 3, [0, 0, -1], FRONT)), 0.5 * AMBIENT, rtol=2e-3)


def test_light_wraps_around_the_terminator():
    # at a right angle to lamp, fill and camera: w / (1 + w) of both lights, no highlight
    expected = 0.5 * ((KEY + FILL) * WRAP / (1 + WRAP) + AMBIENT)
    np.testing.assert_allclose(decode(lit([0.5] * 3, [0, 1, 0], FRONT)), expected, rtol=3e-3)


def test_the_highlight_is_blinn_phong():
    # half vector 22.5 degrees off the normal: .10 * cos(22.5)^14 = .0330 on bright skin
    slanted = Light(key=(np.sin(np.pi / 4), 0.0, np.cos(np.pi / 4)))
    cos_key = np.cos(np.pi / 4)
    diffuse = 0.4 * ((KEY + FILL) * (cos_key + WRAP) / (1 + WRAP) + AMBIENT)
    np.testing.assert_allclose(decode(lit([0.4] * 3, [0, 0, 1], slanted)), diffuse + 0.0330, atol=1.5e-3)


def test_dark_surfaces_shine_less():
    np.testing.assert_allclose(decode(lit([0.0] * 3, [0, 0, 1], FRONT)), HIGHLIGHT * MATTE, rtol=2e-3)


def test_the_fill_comes_from_the_other_side():
    toward_key, toward_fill = lit([0.4] * 3, [0.6, 0, 0.8], SIDE), lit([0.4] * 3, [-0.6, 0, 0.8], SIDE)
    assert SIDE.fill == (-0.6, 0.0, 0.8)
    assert (toward_key > toward_fill + 10).all()


@given(st.floats(0.05, 0.9), st.floats(0.1, 1.0), st.floats(0.5, 1.1))
def test_occlusion_and_gain_scale_linear_light(albedo, ao, gain):
    dim = decode(lit([albedo * 0.5] * 3, [0, 0.6, 0.8], Light(SIDE.key, gain), ao))
    full = decode(lit([albedo * 0.5] * 3, [0, 0.6, 0.8], SIDE))
    np.testing.assert_allclose(dim, full * ao * gain, rtol=5e-3, atol=2e-4)


@given(st.floats(0, 1))
def test_encoding_matches_the_standard(linear):
    formula = 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
    assert float(encode_srgb(np.array([linear]))[0]) == pytest.approx(255 * formula, abs=0.05)


def test_encoding_clips():
    np.testing.assert_array_equal(encode_srgb(np.array([[-1.0, 2.0]])), [[0, 255]])
