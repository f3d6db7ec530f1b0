"""CLAHE against OpenCV's where that is exact, and what it adds: holes that do not count, steps below a level."""

import cv2
import numpy as np
import pytest

from merflow.imaging.equalisation import equalised


def picture(side=96):
    noise = cv2.GaussianBlur(np.random.default_rng(0).normal(size=(side, side)), (0, 0), 5)
    return np.rint(np.clip(128 + 700 * noise, 0, 255)).astype(np.uint8)


@pytest.mark.parametrize(("tiles", "limit"), [(1, 100.0), (4, 100.0), (4, 2.0), (2, 4.0)])
def test_of_eight_bits_it_is_opencvs(tiles, limit):
    image = picture(512)  # OpenCV counts whole pixels: in small tiles what is above the limit is spread unevenly
    theirs = cv2.createCLAHE(limit, (tiles, tiles)).apply(image).astype(float)
    ours = (
        equalised((image.astype(int) + 1) / 256 - 1e-9, tiles=tiles, clip_limit=limit) * 255
    )  # OpenCV: the curve after the bin
    assert np.abs(ours - theirs).max() < 3
    assert np.abs(ours - theirs).mean() < 1
    assert np.abs(theirs - image).mean() > 8  # and it is no small change


def test_holes_do_not_count():
    image = picture() / 255.0
    holed = image.copy()
    holed[:, :48] = np.nan
    whole, half = (equalised(one, tiles=2, clip_limit=4.0) for one in (image, holed))
    assert np.isnan(half[:, :48]).all()
    np.testing.assert_allclose(half[:, 72:], whole[:, 72:])  # beyond the middle of the right tiles


def test_a_small_step_is_told_and_order_stays():
    ramp = np.linspace(0.2, 0.21, 400).reshape(20, 20)
    raised = equalised(ramp, tiles=1, clip_limit=1000.0).ravel()
    assert (np.diff(raised) > 0).all()
    assert raised[-1] - raised[0] > 0.85
    flat = equalised(ramp, tiles=1, clip_limit=1.0).ravel()
    np.testing.assert_allclose(flat, ramp.ravel(), atol=0.01)  # a limit of the mean: about a straight line
