"""The face back on the native grid: against a face that was aligned from a known picture, and by hand."""

import cv2
import numpy as np
from matplotlib.colors import to_rgb

from merflow.drawing.canvas import MISSING
from merflow.drawing.native_grid import on_native_grid
from merflow.landmarks.alignment import native_window, warp_aligned

C, S = 0.8 * np.cos(0.1), 0.8 * np.sin(0.1)
MATRIX = np.array([[C, -S, -60.0], [S, C, -75.0]])


def smooth_frame():
    noise = np.random.default_rng(0).uniform(0, 255, (300, 340, 3))
    return cv2.GaussianBlur(noise, (0, 0), 6).clip(0, 255).astype(np.uint8)


def test_a_face_comes_back_to_where_it_was_cut():
    frame = smooth_frame()
    left, top, right, bottom = native_window(MATRIX, size_px=128, margin_px=8, image_size=(340, 300))
    attrs = {"native_origin": [left, top], "native_size": [right - left, bottom - top]}
    found = on_native_grid(warp_aligned(frame, MATRIX, size_px=128), MATRIX, attrs)
    native = frame[top:bottom, left:right]
    assert found.shape == native.shape
    middle = np.s_[30:-30, 30:-30]
    assert np.abs(found[middle].astype(int) - native[middle]).max() <= 3
    shifted = np.roll(native, 2, axis=1)
    assert np.abs(found[middle].astype(int) - shifted[middle]).max() > 3  # two px off would show


def test_beyond_the_aligned_square_there_is_the_colour_of_missing_values():
    attrs = {"native_origin": [0, 0], "native_size": [30, 20]}
    found = on_native_grid(np.zeros((10, 10, 3), np.uint8), np.array([[1.0, 0, -5], [0, 1, -5]]), attrs)
    np.testing.assert_array_equal(found[0, 0], np.round(255 * np.array(to_rgb(MISSING))))
    np.testing.assert_array_equal(found[5:15, 5:15], 0)
    np.testing.assert_array_equal(found[10, 20], found[0, 0])
