"""Node features against eq. 1 by hand, vertical neighbours included, and against complex numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.stages.graphs.features import node_features, wrap

PAIR = np.array([1, 0])
UNITS = {"interocular_px": 50.0, "size_px": 200}


def features(position, neighbour=PAIR, **changes):
    return node_features(np.asarray(position, dtype=float), neighbour, **{**UNITS, **changes})


def at_random(seed, frames=3, nodes=5):
    rng = np.random.default_rng(seed)
    return rng.uniform(20, 180, (frames, nodes, 2)), np.roll(np.arange(nodes), 1)


def test_coordinates_by_hand():
    # Node (20, 40), neighbour (60, 10), side 200: dx = -0.2, dy = 0.15.
    x = features([[[20, 40], [60, 10]]], kind="coordinates")
    np.testing.assert_allclose(x[0, 0], [0.1, 0.2, 0.2**2 + 0.15**2, np.arctan(0.15 / -0.2)], rtol=1e-6)
    # Eq. 1 does not tell which of the two points is the node.
    np.testing.assert_allclose(x[0, 1, 2:], x[0, 0, 2:], rtol=1e-6)


@pytest.mark.parametrize(("dy", "expected"), [(10, np.pi / 2), (-10, -np.pi / 2), (0, 0)])
def test_vertical_and_coinciding_neighbours_have_a_finite_angle(dy, expected):
    x = features([[[30, 30 + dy], [30, 30]]], kind="coordinates")
    assert x[0, 0, 3] == pytest.approx(expected)
    assert np.isfinite(x).all()
    assert np.isfinite(features([[[30, 30 + dy], [30, 30]]] * 3)).all()


def test_the_printed_angle_jumps_where_ours_hardly_moves():
    clip = [[[30.1, 80], [30, 50]], [[29.9, 80], [30, 50]]]  # the node crosses the vertical by 0.2 px
    printed, ours = features(clip, kind="coordinates"), features(clip)
    assert abs(printed[1, 0, 3] - printed[0, 0, 3]) > 3.1
    assert abs(ours[1, 0, 3]) == pytest.approx(0.2 / 30, rel=1e-3)


def test_displacement_by_hand():
    # The node moves from (20, 40) to (23, 44); its neighbour rests at (20, 90). The distance falls from 50 to 46.098.
    x = features([[[20, 40], [20, 90]], [[23, 44], [20, 90]]])
    np.testing.assert_array_equal(x[0], 0)
    turn = np.arctan2(44 - 90, 23 - 20) - np.arctan2(40 - 90, 0)
    np.testing.assert_allclose(x[1, 0], [0.06, 0.08, (np.hypot(3, 46) - 50) / 50, turn], rtol=1e-5)
    np.testing.assert_array_equal(x[1, 1, :2], 0)


@given(st.integers(0, 2**31))
def test_displacement_agrees_with_complex_numbers(seed):
    position, neighbour = at_random(seed)
    z = position[..., 0] + 1j * position[..., 1]
    d = z - z[:, neighbour]
    x = features(position, neighbour)
    moved = (z - z[0]) / 50
    np.testing.assert_allclose(x[..., 0] + 1j * x[..., 1], moved, atol=1e-6)
    np.testing.assert_allclose(x[..., 2], (abs(d) - abs(d[0])) / 50, atol=1e-6)
    np.testing.assert_allclose(np.exp(1j * x[..., 3]), np.exp(1j * np.angle(d / d[0])), atol=1e-5)
    assert np.abs(x[..., 3]).max() <= np.float32(np.pi)


@given(st.integers(0, 2**31), st.floats(0.2, 4), st.tuples(st.floats(-90, 90), st.floats(-90, 90)))
def test_displacement_does_not_see_where_a_face_is_nor_how_large(seed, scale, shift):
    position, neighbour = at_random(seed)
    other = node_features(position * scale + shift, neighbour, interocular_px=50.0 * scale, size_px=200)
    np.testing.assert_allclose(other, features(position, neighbour), atol=2e-5)


def test_turning_the_whole_face_turns_every_angle_by_as_much():
    position, neighbour = at_random(0)
    turned = position[:1] @ [[np.cos(3), np.sin(3)], [-np.sin(3), np.cos(3)]]
    x = features(np.concatenate([position[:1], turned]), neighbour)
    np.testing.assert_allclose(x[1, :, 3], 3, atol=1e-6)
    np.testing.assert_allclose(x[1, :, 2], 0, atol=1e-6)


@pytest.mark.parametrize("kind", ["displacement", "coordinates"])
def test_copies_are_computed_at_once(kind):
    clips, neighbour = zip(*(at_random(seed) for seed in range(4)), strict=True)
    together = features(np.stack(clips), neighbour[0], kind=kind)
    assert together.dtype == np.float32
    for one, clip in zip(together, clips, strict=True):
        np.testing.assert_array_equal(one, features(clip, neighbour[0], kind=kind))


def test_wrap_by_hand():
    np.testing.assert_allclose(
        wrap(np.pi * np.array([0, 1, -1, 1.5, -1.5, 7])), np.pi * np.array([0, 1, 1, -0.5, 0.5, 1])
    )


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"expected positions \(\.\.\., frames, 2, 2\)"):
        features(np.zeros((3, 3, 2)))
    with pytest.raises(ValueError, match="unit of length above 0 px, found 0"):
        features(np.zeros((3, 2, 2)), interocular_px=0.0)
