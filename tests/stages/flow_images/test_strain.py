"""Optical strain: by hand on affine flows, and against the tensor itself on any flow."""

import numpy as np
import pytest

from merflow.stages.flow_images.strain import optical_strain

SIZE = 12


def affine(matrix):
    """Return the flow (2, SIZE, SIZE) of (u, v) = matrix @ (x, y)."""
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(float)
    return np.einsum("ij,jyx->iyx", np.asarray(matrix, dtype=float), np.stack([x, y]))


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ([[0.03, 0], [0, 0]], 0.03),  # stretch along x, px per px
        ([[0, 0], [0, -0.03]], 0.03),  # pressed together along y: a magnitude has no sign
        ([[0.03, 0], [0, 0.03]], 0.03 * np.sqrt(2)),  # larger in all directions
        ([[0, 0.04], [0, 0]], 0.04 / np.sqrt(2)),  # u = .04 y: e_xy = e_yx = .02
        ([[0, 0.04], [0.04, 0]], 0.04 * np.sqrt(2)),  # pure shear: e_xy = .04
        ([[0, -0.05], [0.05, 0]], 0.0),  # a small turn of the head
    ],
)
def test_affine_flows_by_hand(matrix, expected):
    strain = optical_strain(affine(matrix) + np.array([3.0, -2.0])[:, None, None])
    assert strain.shape == (SIZE, SIZE)
    np.testing.assert_allclose(strain, expected, atol=1e-12)


def test_a_true_turn_strains_to_second_order_only():
    turn = np.deg2rad(2.0)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    strain = optical_strain(affine(rotation - np.eye(2)))
    np.testing.assert_allclose(strain, np.sqrt(2) * (1 - np.cos(turn)), rtol=1e-9)
    assert strain.max() < 0.03 * np.linalg.norm(rotation - np.eye(2))


def test_turning_the_axes_changes_no_strain():
    gradient = np.array([[0.02, 0.05], [-0.01, 0.03]])
    turn = np.deg2rad(37.0)
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    np.testing.assert_allclose(optical_strain(affine(axes @ gradient @ axes.T)), optical_strain(affine(gradient)))


def test_any_flow_against_the_norm_of_its_tensor():
    flow = np.random.default_rng(0).normal(size=(2, 9, 7))
    # np.gradient differentiates along rows (y) first; [i, j] is the derivative of component i along axis j of (x, y).
    gradient = np.array([np.gradient(field)[::-1] for field in flow])
    tensor = (gradient + gradient.swapaxes(0, 1)) / 2
    np.testing.assert_allclose(optical_strain(flow), np.linalg.norm(tensor, axis=(0, 1)))


def test_storage_of_the_flow_costs_little():
    flow = np.random.default_rng(1).uniform(-2, 2, (2, 40, 40))
    stored = flow.astype(np.float16)
    # float16 errs by up to 4.9e-4 px between 1 and 2 px; a central difference of two such errors halves their sum.
    assert np.abs(optical_strain(stored) - optical_strain(flow))[1:-1, 1:-1].max() < np.sqrt(1 + 1 + 2) * 4.9e-4
