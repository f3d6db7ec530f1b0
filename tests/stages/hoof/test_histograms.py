"""HOOF by hand, against NumPy's histogram, and what mirroring and scaling do to it."""

import numpy as np
import pytest

from merflow.errors import ConfigError
from merflow.imaging.blocks import block_spans
from merflow.stages.hoof.histograms import direction_bins, hoof
from merflow.stages.hoof.settings import HoofSettings

RNG = np.random.default_rng(3)
UP, RIGHT, DOWN, LEFT = (0, -2), (3, 0), (0, 1), (-4, 0)


def field(*motions):
    """Return a flow of one row, a pixel for each motion."""
    return np.array(motions, dtype=float).T[:, None, :]


def one_block(flow, **settings):
    return hoof(flow, HoofSettings(blocks=1, **settings))[0, 0].tolist()


def test_directions_by_hand():
    flow = field(UP, RIGHT, DOWN, LEFT)
    assert one_block(flow, bins=4, normalise="none") == [2, 0, 7, 1]  # left is right
    assert one_block(flow, bins=4, normalise="none", symmetric=False) == [2, 3, 1, 4]  # from up, clockwise
    assert one_block(flow, bins=4) == [0.2, 0, 0.7, 0.1]
    assert one_block(flow, bins=4, weighting="count") == [0.25, 0, 0.5, 0.25]


def test_a_pixel_at_rest_has_no_direction():
    rest = field((0, 0), (-0.0, 0.0), (0, 0))
    for weighting in ("magnitude", "count"):
        assert one_block(rest, bins=4, weighting=weighting) == [0, 0, 0, 0]


@pytest.mark.parametrize("symmetric", [True, False])
def test_sums_are_those_of_numpy(symmetric):
    flow = RNG.normal(size=(2, 31, 42))
    found = hoof(flow, HoofSettings(blocks=3, bins=12, symmetric=symmetric, normalise="none"))
    rows, sides = block_spans(31, 3), block_spans(42, 3)
    for row, side in np.ndindex(3, 3):
        u, v = flow[:, slice(*rows[row]), slice(*sides[side])].reshape(2, -1)
        angle = np.arctan2(u, -v)  # from up, clockwise: right is a quarter
        angle = np.abs(angle) if symmetric else angle % (2 * np.pi)
        expected, _ = np.histogram(angle, 12, (0, np.pi if symmetric else 2 * np.pi), weights=np.hypot(u, v))
        np.testing.assert_allclose(found[row, side], expected, rtol=1e-12)


def test_mirrored_motion_is_the_same_where_bins_are_symmetric_and_only_there():
    flow = RNG.normal(size=(2, 20, 20))
    mirrored = flow * np.array([-1, 1])[:, None, None]
    np.testing.assert_array_equal(hoof(mirrored, HoofSettings()), hoof(flow, HoofSettings()))
    full = HoofSettings(symmetric=False)
    assert np.abs(hoof(mirrored, full) - hoof(flow, full)).max() > 0.01
    # arctan(v / u) as printed would have opposite motions in one bin: up and right is not down and left here.
    up_right, down_left = (direction_bins(*np.array([[s], [-s]]), bins=4, symmetric=True) for s in (1.0, -1.0))
    assert up_right != down_left


def test_normalised_histograms_do_not_depend_on_the_size_of_the_motion():
    flow = RNG.normal(size=(2, 20, 20))
    flow[:, :10] *= 3
    by_block, by_face = (hoof(flow, HoofSettings(blocks=2, normalise=over)) for over in ("block", "face"))
    np.testing.assert_allclose(by_block.sum(axis=-1), 1)
    np.testing.assert_allclose(by_face.sum(), 1)
    assert (by_face.sum(axis=-1)[0] > 2 * by_face.sum(axis=-1)[1]).all()
    for over, expected in (("block", by_block), ("face", by_face)):
        np.testing.assert_allclose(hoof(5 * flow, HoofSettings(blocks=2, normalise=over)), expected)
    flow[:, :10, :10] = 0
    assert hoof(flow, HoofSettings(blocks=2))[0, 0].sum() == 0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"pairs": "all"}, r"hoof\.pairs: expected one of apex, onset, successive"),
        ({"time": "sum"}, r"hoof\.time: expected one of each, mean"),
        ({"bins": 1}, r"hoof\.bins: expected 2 to 360 directions, but found 1"),
        ({"weighting": "length"}, r"hoof\.weighting: expected one of magnitude, count"),
        ({"normalise": "all"}, r"hoof\.normalise: expected one of block, face, none"),
        ({"head_motion": "keypoints"}, r"hoof\.head_motion: expected one of robust_affine, stable_points, none"),
        ({"method": "lk"}, r"hoof\.method: expected one of tvl1"),
        ({"blocks": 33}, r"hoof\.blocks: expected 1 to 32 a side"),
        ({"normalise_sd_px": -1.0}, r"hoof\.normalise_sd_px: expected 0 px \(off\) or more"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        HoofSettings(**settings)


def test_more_blocks_than_pixels_are_refused():
    with pytest.raises(ConfigError, match=r"hoof\.blocks: expected at most 3, the px of the sequence, but found 5"):
        hoof(np.zeros((2, 3, 9)), HoofSettings())
