"""LBP-TOP against a cube by hand, and against neighbours interpolated by SciPy and counted pixel by pixel."""

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from merflow.errors import BadClipError, ConfigError
from merflow.imaging.blocks import block_spans
from merflow.stages.lbp_top.histograms import lbp_top, pattern_counts
from merflow.stages.lbp_top.patterns import moving_columns, pattern_columns
from merflow.stages.lbp_top.ring import ring
from merflow.stages.lbp_top.settings import LbpTopSettings

AXES = {0: (2, 1), 1: (2, 0), 2: (1, 0)}
"""Of XY, XT and YT: the axes of (T, H, W) of cosines and sines."""


def clip(shape=(7, 22, 19), seed=0, *, levels=256):
    return np.random.default_rng(seed).integers(0, levels, shape, dtype=np.uint8)


def patterns_by_scipy(grey, settings):
    """Return the patterns (3, T', H', W') of values that SciPy interpolates; a tie counts as brighter."""
    radii = settings.radii
    inside = tuple(slice(r, length - r) for r, length in zip(radii, grey.shape, strict=True))
    places = np.stack(np.meshgrid(*(np.arange(n)[s] for n, s in zip(grey.shape, inside, strict=True)), indexing="ij"))
    found = []
    for first, second in AXES.values():
        pattern = 0
        for n in range(settings.neighbours):
            angle = 2 * np.pi * n / settings.neighbours
            at = places.astype(float)
            at[first] += radii[first] * np.cos(angle)
            at[second] += radii[second] * np.sin(angle)
            if settings.interpolation == "nearest":
                at = np.floor(np.round(at, 6) + 0.5)
            value = map_coordinates(grey.astype(float), np.round(at, 12), order=1)
            pattern = pattern + (value >= grey[inside] - 1e-6) * 2**n
        found.append(pattern)
    return np.stack(found)


def counts_by_loop(grey, settings):
    """Count each pixel in each block that holds it."""
    columns = pattern_columns(settings.neighbours, settings.patterns)
    patterns = columns[patterns_by_scipy(grey, settings)]
    _, ry, rx = settings.radii
    spans = [block_spans(length, settings.blocks, overlap=settings.overlap) for length in grey.shape[1:]]
    counts = np.zeros((settings.blocks, settings.blocks, 3, columns.max() + 1), dtype=int)
    for plane, _, y, x in np.ndindex(*patterns.shape):
        for row in range(settings.blocks):
            for side in range(settings.blocks):
                if spans[0][row][0] <= y + ry < spans[0][row][1] and spans[1][side][0] <= x + rx < spans[1][side][1]:
                    counts[row, side, plane, patterns[plane, _, y, x]] += 1
    return counts


def test_a_cube_by_hand():
    """Neighbours are right, below, left, above in XY; right, after, left, before; below, after, above, before."""
    cube = np.full((3, 3, 3), 10, dtype=np.uint8)
    cube[1, 1, 2], cube[1, 2, 1], cube[1, 1, 0], cube[1, 0, 1] = 11, 9, 10, 3  # right, below, left, above
    cube[2, 1, 1], cube[0, 1, 1] = 12, 5  # after, before
    settings = LbpTopSettings(radius_t=1, neighbours=4, patterns="all", blocks=1)
    counts = pattern_counts(cube, settings)
    assert counts.shape == (1, 1, 3, 16)
    # XY: right 11 and left 10 reach 10: bits 0 and 2. XT: right, after, left. YT: below 9 does not, after does.
    assert [np.flatnonzero(plane).tolist() for plane in counts[0, 0]] == [[0b0101], [0b0111], [0b0010]]
    assert counts.sum() == 3


@pytest.mark.parametrize(
    "settings",
    [
        LbpTopSettings(),
        LbpTopSettings(interpolation="nearest"),
        LbpTopSettings(patterns="all", blocks=2),
        LbpTopSettings(radius_x=3, radius_y=2, radius_t=1, blocks=3, overlap=0.5),
        LbpTopSettings(neighbours=4, radius_t=3, blocks=4),
        LbpTopSettings(neighbours=12, radius_x=2, radius_y=2, blocks=2),
        LbpTopSettings(neighbours=6, interpolation="nearest", blocks=2),
    ],
    ids=["4dme", "nearest", "all", "overlap", "4", "12", "half way"],
)
@pytest.mark.parametrize("levels", [256, 3])
def test_counts_are_those_of_scipy_pixel_by_pixel(settings, levels):
    """With three grey levels most comparisons are ties."""
    grey = clip(levels=levels)
    np.testing.assert_array_equal(pattern_counts(grey, settings), counts_by_loop(grey, settings))


def test_histograms_sum_to_one_and_do_not_depend_on_light():
    grey = clip(levels=100)
    shares = lbp_top(grey, LbpTopSettings())
    assert shares.shape == (5, 5, 3, 59)
    assert shares.dtype == np.float32
    np.testing.assert_allclose(shares.sum(axis=-1), 1, rtol=1e-6)
    np.testing.assert_array_equal(lbp_top(2 * grey + 30, LbpTopSettings()), shares)
    assert shares.tobytes() == lbp_top(np.asfortranarray(grey), LbpTopSettings()).tobytes()


def test_width_and_height_exchanged_exchange_the_planes_with_time():
    grey = clip((7, 20, 20))
    settings = LbpTopSettings(blocks=1, patterns="all")
    turned = lbp_top(np.ascontiguousarray(grey.swapaxes(1, 2)), settings)
    np.testing.assert_array_equal(turned[0, 0, [2, 1]], lbp_top(grey, settings)[0, 0, [1, 2]])


def test_a_clip_at_rest_has_no_pattern_that_moves():
    still = np.repeat(clip((1, 30, 30)), 6, axis=0)
    moving = moving_columns(8)
    assert lbp_top(still, LbpTopSettings())[:, :, 1:, moving].sum() == 0
    assert lbp_top(clip((6, 30, 30)), LbpTopSettings())[:, :, 1:, moving].sum() > 0


def test_neighbours_of_a_ring_by_hand():
    found = ring((2, 1, 1), neighbours=8)
    np.testing.assert_allclose(found.weights.sum(axis=-1), 1)
    assert found.steps[1, 2, 0].tolist() == [2, 0, 0]  # XT, a quarter round: two frames later
    assert found.weights[1, 2].tolist() == [1, 0, 0, 0]
    at = (found.steps * found.weights[..., None]).sum(axis=2)
    np.testing.assert_allclose(at[2, 3], [2 * np.sqrt(0.5), -np.sqrt(0.5), 0])  # YT: above, later


def test_what_has_no_pattern_is_refused():
    with pytest.raises(BadClipError, match=r"expected a clip of 5 frames or more for lbp_top\.radius_t: 2, found 4"):
        lbp_top(clip((4, 20, 20)), LbpTopSettings())
    for settings in (LbpTopSettings(blocks=10, radius_x=3), LbpTopSettings(blocks=30)):
        with pytest.raises(ConfigError, match=r"lbp_top\.blocks: expected blocks of 2\d px"):
            lbp_top(clip((7, 20, 20)), settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"radius_t": 0}, r"lbp_top\.radius_t: expected 1 to 16 frames, but found 0"),
        ({"neighbours": 17}, r"lbp_top\.neighbours: expected 4 to 16 with patterns: uniform, but found 17"),
        ({"neighbours": 9, "patterns": "all"}, r"expected 4 to 8 with patterns: all, but found 9"),
        ({"interpolation": "cubic"}, r"lbp_top\.interpolation: expected one of bilinear, nearest"),
        ({"blocks": 0}, r"lbp_top\.blocks: expected 1 to 32 a side"),
        ({"overlap": 1.0}, r"lbp_top\.overlap: expected a share from 0 to 0\.9"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        LbpTopSettings(**settings)
