"""The measure itself: exact flows have no error, and known errors are found at their size and in their unit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.landmarks.alignment import invert_affine, transform_points
from merflow.verification.flow_error import endpoint_error, measure_flow, visible_face

SIZE = 80
ORIGIN = (100, 60)
SHAPE = (70, 90)


def similarity(angle, scale):
    """Aligned from image: a turn and a scale about the middle of the window."""
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    linear = np.array([[c, -s], [s, c]])
    centre = np.array([ORIGIN[0] + SHAPE[1] / 2, ORIGIN[1] + SHAPE[0] / 2])
    return np.column_stack([linear, np.array([SIZE / 2, SIZE / 2]) - linear @ centre])


def native_motion(xy):
    """A motion that is affine in full-image px, so that bilinear reading is exact."""
    x, y = xy[..., 0] - 140, xy[..., 1] - 90
    return np.stack([0.8 + 0.01 * x - 0.02 * y, -0.5 + 0.015 * y])


def both_grids(matrix):
    """The motion on native pixels (px) and on the aligned grid (aligned px)."""
    rows, columns = np.indices(SHAPE)
    truth = native_motion(np.stack([columns + ORIGIN[0], rows + ORIGIN[1]], axis=-1))
    grid = np.stack(np.meshgrid(np.arange(SIZE), np.arange(SIZE)), axis=-1)
    native = native_motion(transform_points(invert_affine(matrix), grid))
    return truth, np.einsum("ij,jhw->ihw", matrix[:, :2], native)


@given(angle=st.floats(-0.5, 0.5), scale=st.floats(0.4, 1.5))
def test_a_flow_that_is_the_truth_has_no_error(angle, scale):
    matrix = similarity(angle, scale)
    truth, flow = both_grids(matrix)
    for unit in ("native", "aligned"):
        error = endpoint_error(flow, truth, aligned_from_image=matrix, origin=ORIGIN, unit=unit)
        assert error.shape == SHAPE
        assert np.nanmax(error) < 1e-4


@given(angle=st.floats(-0.5, 0.5), scale=st.floats(0.4, 1.5))
def test_an_error_is_found_at_its_size_in_either_unit(angle, scale):
    matrix = similarity(angle, scale)
    truth, flow = both_grids(matrix)
    wrong = flow + np.array([0.3, -0.4])[:, None, None]
    aligned = endpoint_error(wrong, truth, aligned_from_image=matrix, origin=ORIGIN, unit="aligned")
    native = endpoint_error(wrong, truth, aligned_from_image=matrix, origin=ORIGIN, unit="native")
    np.testing.assert_allclose(aligned[np.isfinite(aligned)], 0.5, atol=1e-4)
    np.testing.assert_allclose(native[np.isfinite(native)], 0.5 / scale, atol=1e-3)


def test_pixels_without_truth_or_outside_the_crop_have_no_error():
    matrix = similarity(0.0, 2.0)  # the crop shows the middle 40 px of the window
    truth, flow = both_grids(matrix)
    truth[:, 35, 45] = np.nan
    error = endpoint_error(flow, truth, aligned_from_image=matrix, origin=ORIGIN, unit="native")
    assert np.isnan(error[35, 45])
    assert np.isfinite(error[35, 46])
    assert np.isnan(error[0, 0])


def square_face():
    """Landmarks whose outline is the square from (120, 75) to (160, 115), full-image px."""
    landmarks = np.full((68, 2), 140.0)
    landmarks[:17] = [(120, 75 + 40 * i / 8) if i <= 8 else (160, 115 - 40 * (i - 8) / 8) for i in range(17)]
    landmarks[9] = (160, 115)
    landmarks[16] = (160, 75)
    landmarks[17:27] = [(120 + 40 * i / 9, 80) for i in range(10)]
    landmarks[36], landmarks[45] = (130, 85), (150, 85)  # raises the brows by 5 px, to y = 75
    return landmarks


def test_visible_face_is_inside_the_outline_and_seen():
    visible = np.ones(SHAPE, dtype=bool)
    visible[20, 30] = False
    mask = visible_face(square_face(), visible, origin=ORIGIN)
    assert mask.sum() == 41 * 41 - 1
    assert mask[15, 20]
    assert mask[55, 60]
    assert not mask[20, 30]


def test_measures_are_means_over_the_face():
    matrix = similarity(0.2, 0.5)
    truth, flow = both_grids(matrix)
    expression = np.zeros_like(truth)
    expression[0] = 0.4
    found = measure_flow(
        flow,
        np.zeros_like(flow),
        truth=truth,
        expression_truth=expression,
        visible=np.ones(SHAPE, dtype=bool),
        origin=ORIGIN,
        landmarks=square_face(),
        aligned_from_image=matrix,
    )
    assert found.n_pixels == 41 * 41
    assert found.flow_error_px < 1e-4
    assert found.motion_px == pytest.approx(np.hypot(*truth)[15:56, 20:61].mean())
    assert found.expression_px == pytest.approx(0.2)  # 0.4 native px at half the scale
    assert found.expression_error_px == pytest.approx(0.2)


def test_a_face_out_of_sight_is_refused():
    matrix = similarity(0.0, 1.0)
    truth, flow = both_grids(matrix)
    with pytest.raises(ValueError, match="no pixel of the visible face"):
        measure_flow(
            flow,
            flow,
            truth=truth,
            expression_truth=truth,
            visible=np.zeros(SHAPE, dtype=bool),
            origin=ORIGIN,
            landmarks=square_face(),
            aligned_from_image=matrix,
        )
