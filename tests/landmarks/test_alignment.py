"""Alignment: checked against SciPy's Procrustes solution, against each other's inverse, and by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import orthogonal_procrustes

from merflow.landmarks.alignment import (
    ANCHORS,
    MEAN_ANCHORS,
    MEAN_FACE_BOX,
    align_to_mean,
    fit_similarity,
    invert_affine,
    mean_anchors,
    native_window,
    transform_points,
    warp_aligned,
)

angles = st.floats(-0.6, 0.6)
scales = st.floats(0.3, 3.0)


def similarity(angle, scale, shift=(0.0, 0.0)):
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    return np.array([[c, -s, shift[0]], [s, c, shift[1]]])


def test_convention_similarity_by_hand():
    matrix = fit_similarity(np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([[0.0, 0.0], [0.0, 2.0]]))
    np.testing.assert_allclose(matrix, [[0, -2, 0], [2, 0, 0]], atol=1e-12)


@given(angle=st.floats(-3.0, 3.0), scale=scales, x=st.floats(-500, 500), y=st.floats(-500, 500))
def test_exact_similarity_is_recovered(angle, scale, x, y):
    points = MEAN_ANCHORS * 100
    truth = similarity(angle, scale, (x, y))
    np.testing.assert_allclose(fit_similarity(points, transform_points(truth, points)), truth, atol=1e-8)


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), angle=angles, scale=scales)
def test_noisy_points_give_scipys_procrustes_solution(seed, angle, scale):
    rng = np.random.default_rng(seed)
    source = rng.normal(0, 50, (7, 2))
    target = transform_points(similarity(angle, scale, (30, -8)), source) + rng.normal(0, 1, (7, 2))
    matrix = fit_similarity(source, target)
    s, t = source - source.mean(0), target - target.mean(0)
    rotation, nuclear = orthogonal_procrustes(s, t)
    linear = (rotation * nuclear / (s**2).sum()).T
    np.testing.assert_allclose(matrix[:, :2], linear, atol=1e-9)
    np.testing.assert_allclose(matrix[:, 2], target.mean(0) - linear @ source.mean(0), atol=1e-8)


def test_a_mirrored_target_is_never_reached_by_a_reflection():
    source = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 1.0]])
    matrix = fit_similarity(source, source * [-1, 1])
    assert np.linalg.det(matrix[:, :2]) > 0


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [(np.zeros((3, 2)), np.zeros((4, 2)), "one shape"), (np.ones((3, 2)), np.zeros((3, 2)), "two different")],
)
def test_impossible_fits_are_refused(source, target, message):
    with pytest.raises(ValueError, match=message):
        fit_similarity(source, target)


@given(angle=angles, scale=scales, x=st.floats(-99, 99))
def test_inverse_undoes_the_transform(angle, scale, x):
    matrix = similarity(angle, scale, (x, 12.5))
    points = np.array([[0.0, 0.0], [640.0, 2.5], [-3.0, 719.0]])
    np.testing.assert_allclose(
        transform_points(invert_affine(matrix), transform_points(matrix, points)), points, atol=1e-9
    )


@given(size=st.integers(64, 512), margin=st.floats(0.0, 0.3))
def test_mean_face_fills_the_crop_up_to_the_margin(size, margin):
    anchors = mean_anchors(size_px=size, margin=margin)
    unit = anchors[3, 0] - anchors[0, 0]
    midpoint = anchors[[0, 3]].mean(axis=0)
    box = np.array(MEAN_FACE_BOX).reshape(2, 2) * unit + midpoint
    top, bottom = box[:, 1]
    assert top == pytest.approx(margin * size - 0.5)
    assert bottom == pytest.approx((1 - margin) * size - 0.5)
    assert box[:, 0].mean() == pytest.approx((size - 1) / 2)


def test_a_rolled_face_is_put_upright_on_the_anchors():
    landmarks = np.random.default_rng(0).normal(300, 80, (68, 2))
    upright = mean_anchors(size_px=256, margin=0.1)
    landmarks[list(ANCHORS)] = transform_points(similarity(0.3, 1.7, (400, 200)), upright)
    matrix = align_to_mean(landmarks, size_px=256, margin=0.1)
    np.testing.assert_allclose(transform_points(matrix, landmarks[list(ANCHORS)]), upright, atol=1e-9)


@given(angle=angles, scale=st.floats(0.3, 2.0), x=st.floats(-150, 150), y=st.floats(-150, 150))
def test_native_window_covers_every_aligned_pixel_that_lies_in_the_frame(angle, scale, x, y):
    matrix = similarity(angle, scale, (x, y))
    width, height, size = 320, 200, 64
    left, top, right, bottom = native_window(matrix, size_px=size, margin_px=0, image_size=(width, height))
    assert 0 <= left <= right <= width
    assert 0 <= top <= bottom <= height
    rows, columns = np.indices((height, width))
    aligned = transform_points(matrix, np.stack([columns, rows], axis=-1))
    needed = ((aligned >= -0.5) & (aligned <= size - 0.5)).all(axis=-1)
    inside = (columns >= left) & (columns < right) & (rows >= top) & (rows < bottom)
    assert not (needed & ~inside).any()


def test_convention_warp_moves_whole_pixels_exactly():
    image = np.random.default_rng(0).integers(0, 256, (80, 90, 3), dtype=np.uint8)
    matrix = np.array([[1.0, 0.0, -20.0], [0.0, 1.0, -10.0]])
    np.testing.assert_array_equal(warp_aligned(image, matrix, size_px=32), image[10:42, 20:52])


def test_warp_places_a_picture_where_the_transform_says():
    rows, columns = np.indices((400, 500))
    image = np.repeat((columns * 0.3 + rows * 0.2)[..., None], 3, axis=2).astype(np.uint8)  # a plane, steps of 1 level
    matrix = similarity(0.2, 0.6, (-30.0, -60.0))
    warped = warp_aligned(image, matrix, size_px=100).astype(float)[..., 0]
    grid = np.stack(np.meshgrid(np.arange(100), np.arange(100)), axis=-1)
    source = transform_points(invert_affine(matrix), grid)
    expected = source[..., 0] * 0.3 + source[..., 1] * 0.2
    inside = ((source > 10) & (source < [490, 390])).all(axis=-1)
    assert inside.sum() > 5000
    # truncation to whole levels when the plane was made takes half a level off on average
    assert np.abs(warped - (expected - 0.5))[inside].max() < 1.5


def test_shrinking_does_not_alias():
    checker = (np.indices((200, 200)).sum(axis=0) % 2 * 255).astype(np.uint8)
    image = np.repeat(checker[..., None], 3, axis=2)
    warped = warp_aligned(image, similarity(0.0, 0.45, (0.3, 0.3)), size_px=80)
    assert warped[5:-5, 5:-5].std() < 20  # the checker itself has 127
