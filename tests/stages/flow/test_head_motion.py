"""Head motion: known affine fields come back, as NumPy finds them, and through a smile on one cheek."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merflow.errors import BadClipError
from merflow.stages.flow.head_motion import (
    HEAD_MOTION_METHODS,
    FaceMotion,
    affine_field,
    fit_affine,
    fit_affine_robustly,
    remove_head_motion,
)

SIZE = 128
HEAD = np.array([[0.004, -0.006, 0.8], [0.005, 0.003, -1.1]])


def schematic_landmarks():
    points = np.zeros((68, 2))
    angle = np.linspace(np.pi, 0, 17)
    points[:17] = np.column_stack([64 + 45 * np.cos(angle), 60 + 55 * np.sin(angle)])
    points[17:27] = np.column_stack([np.linspace(30, 98, 10), np.full(10, 42.0)])
    points[27:31] = [(64, 52), (64, 60), (64, 68), (64, 76)]
    points[31:36] = [(54, 82), (59, 83), (64, 84), (69, 83), (74, 82)]
    points[36:48] = np.column_stack([np.r_[np.linspace(36, 54, 6), np.linspace(74, 92, 6)], np.full(12, 54.0)])
    points[[36, 39, 42, 45]] = [(36, 54), (54, 55), (74, 55), (92, 54)]
    points[48:] = np.column_stack([64 + 16 * np.cos(np.arange(20)), 96 + 6 * np.sin(np.arange(20))])
    return points


def face_motion(flow):
    onset = schematic_landmarks()
    moved = onset + onset @ HEAD[:, :2].T + HEAD[:, 2]
    return FaceMotion(flow, onset, moved)


def cheek_expression():
    """A smile-like motion of 2 px on a fifth of the face."""
    y, x = np.mgrid[:SIZE, :SIZE]
    bump = np.exp(-((x - 40) ** 2 + (y - 88) ** 2) / (2 * 11**2))
    return np.stack([-1.2 * bump, -1.6 * bump])


@given(coefficients=st.lists(st.floats(-2, 2), min_size=6, max_size=6), seed=st.integers(0, 999))
def test_fit_agrees_with_numpy_least_squares(coefficients, seed):
    rng = np.random.default_rng(seed)
    points, weights = rng.uniform(0, 256, (20, 2)), rng.uniform(0.1, 1, 20)
    matrix = np.array(coefficients).reshape(2, 3)
    vectors = points @ matrix[:, :2].T + matrix[:, 2] + rng.normal(0, 0.1, (20, 2))
    root = np.sqrt(weights)[:, None]
    expected, *_ = np.linalg.lstsq(root * np.column_stack([points, np.ones(20)]), root * vectors, rcond=None)
    np.testing.assert_allclose(fit_affine(points, vectors, weights), expected.T, atol=1e-7)


def test_convention_a_head_that_moves_right():
    field = affine_field(np.array([[0.0, 0.0, 3.0], [0.0, 0.0, 0.0]]), (4, 5))
    assert field.shape == (2, 4, 5)
    assert (field[0] == 3).all()
    assert (field[1] == 0).all()


def test_convention_matrix_acts_on_x_y_1():
    field = affine_field(np.array([[1.0, 10.0, 0.0], [0.0, 0.0, 5.0]]), (3, 4))
    assert field[0, 2, 3] == 1 * 3 + 10 * 2
    assert field[1, 2, 3] == 5


@pytest.mark.parametrize("method", ["robust_affine", "stable_points", "keypoints"])
def test_pure_head_motion_is_taken_off_whole(method):
    expression, head = remove_head_motion(face_motion(affine_field(HEAD, (SIZE, SIZE))), method)
    np.testing.assert_allclose(head, HEAD, atol=1e-6)
    assert np.abs(expression).max() < 1e-4


def test_none_leaves_the_flow_as_it_is():
    flow = affine_field(HEAD, (SIZE, SIZE))
    expression, head = remove_head_motion(face_motion(flow), "none")
    np.testing.assert_allclose(expression, flow, rtol=1e-6)
    assert not head.any()


@pytest.mark.parametrize("method", sorted(HEAD_MOTION_METHODS))
def test_head_and_expression_add_up_to_the_flow(method):
    flow = affine_field(HEAD, (SIZE, SIZE)) + cheek_expression()
    expression, head = remove_head_motion(face_motion(flow), method)
    np.testing.assert_allclose(expression + affine_field(head, (SIZE, SIZE)), flow, atol=1e-5)
    assert expression.dtype == np.float32


def test_an_expression_does_not_pull_the_robust_fit():
    flow = affine_field(HEAD, (SIZE, SIZE)) + cheek_expression()
    noise = np.random.default_rng(0).normal(0, 0.05, flow.shape)
    expression, head = remove_head_motion(face_motion(flow + noise), "robust_affine")
    plain = fit_affine(*_face_samples(flow))
    region = np.s_[:, 45:110, 30:98]
    robust_error = np.abs(affine_field(head - HEAD, (SIZE, SIZE))[region]).mean()
    plain_error = np.abs(affine_field(plain - HEAD, (SIZE, SIZE))[region]).mean()
    assert robust_error < 0.03
    assert robust_error < plain_error / 4
    assert np.hypot(*expression[:, 88, 40]) == pytest.approx(2.0, abs=0.25)


@settings(max_examples=15)
@given(x=st.floats(-5, 5), y=st.floats(-5, 5))
def test_a_further_shift_of_the_whole_picture_only_shifts_the_head(x, y):
    points, vectors = _face_samples(affine_field(HEAD, (SIZE, SIZE)) + cheek_expression())
    before, after = fit_affine_robustly(points, vectors), fit_affine_robustly(points, vectors + np.array([x, y]))
    np.testing.assert_allclose(after[:, :2], before[:, :2], atol=1e-7)
    np.testing.assert_allclose(after[:, 2], before[:, 2] + np.array([x, y]), atol=1e-6)


def test_whole_pixel_landmarks_make_the_printed_way_worse_than_doing_nothing():
    """Why ``keypoints`` is not the default: rounding alone leaves more than this expression of the brows."""
    onset = np.rint(schematic_landmarks())
    motion = 0.15 * np.ones((68, 2))
    apex = np.rint(schematic_landmarks() + motion)
    flow = np.full((2, SIZE, SIZE), 0.15)
    kept, _ = remove_head_motion(FaceMotion(flow, onset, apex), "keypoints")
    assert np.hypot(*kept).mean() > 0.02
    exact, _ = remove_head_motion(FaceMotion(flow, onset, apex), "robust_affine")
    assert np.hypot(*exact).mean() < 1e-4


@pytest.mark.parametrize(
    ("points", "weights"),
    [(np.array([[0.0, 0], [1, 1], [2, 2]]), None), (np.eye(3)[:, :2], np.zeros(3)), (np.zeros((2, 2)), None)],
)
def test_too_little_face_is_a_bad_clip(points, weights):
    with pytest.raises(BadClipError, match="at least 3 points"):
        fit_affine(points, np.zeros_like(points), weights)


def _face_samples(flow):
    rows, columns = np.mgrid[45:110:3, 30:98:3]
    points = np.column_stack([columns.ravel(), rows.ravel()]).astype(float)
    return points, flow[:, rows.ravel(), columns.ravel()].T.astype(float)
