"""Sampling between pixels, and fields turned round."""

import numpy as np

from merflow.stages.magnified.sampling import displaced, inverse_displacement

INNER = np.s_[16:-16, 16:-16]


def test_no_displacement_gives_the_picture(picture):
    image = picture(0, 0).astype(np.float32)
    np.testing.assert_allclose(displaced(image, np.zeros((2, 96, 96))), image, atol=1e-3)


def test_whole_pixels_move_the_content_against_the_displacement(picture, eight_bit):
    image = eight_bit(picture(0, 0))
    moved = displaced(image, np.stack([np.full((96, 96), 1.0), np.full((96, 96), -2.0)]))
    np.testing.assert_allclose(moved[INNER], np.roll(image, (2, -1), axis=(0, 1))[INNER], atol=0.01)


def test_texture_between_pixels_is_kept(picture):
    displacement = np.stack([np.full((96, 96), -0.37), np.full((96, 96), -0.51)])
    error = displaced(picture(0, 0).astype(np.float32), displacement) - picture(0.37, 0.51)
    assert np.abs(error[INNER]).max() < 1.0  # of a range of 150; waves down to 5 px
    assert np.sqrt((error[INNER] ** 2).mean()) < 0.1


def test_inverse_of_an_affine_field_is_the_inverse_matrix():
    y, x = np.mgrid[:96, :96].astype(float)
    linear, shift = np.array([[0.04, -0.02], [0.03, -0.05]]), np.array([1.5, -0.8])
    forward = np.einsum("ij,jhw->ihw", linear, np.stack([x, y])) + shift[:, None, None]
    back = inverse_displacement(forward.astype(np.float32))
    source = np.einsum("ij,jhw->ihw", np.linalg.inv(np.eye(2) + linear), np.stack([x, y]) - shift[:, None, None])
    np.testing.assert_allclose(back[:, 16:-16, 16:-16], (np.stack([x, y]) - source)[:, 16:-16, 16:-16], atol=5e-3)


def test_inverse_leads_back_where_it_came_from():
    y, x = np.mgrid[:96, :96].astype(float)
    bump = 3 * np.exp(-((x - 48) ** 2 + (y - 40) ** 2) / (2 * 12**2))
    forward = np.stack([bump, -0.5 * bump]).astype(np.float32)
    back = inverse_displacement(forward)
    for row, column in ((40, 48), (30, 55), (52, 44)):
        u, v = back[:, row, column]
        here = 3 * np.exp(-((column - u - 48) ** 2 + (row - v - 40) ** 2) / (2 * 12**2))
        np.testing.assert_allclose([u, v], [here, -0.5 * here], atol=0.01)
