"""Depth flow of a surface that moves in a known way, seen through a known flow."""

from dataclasses import replace

import numpy as np
import pytest

from merflow.errors import BadClipError, ConfigError
from merflow.stages.depth_flow.depth_change import DepthFlowSettings, depth_flow, nasal_shift, native_flow

SHAPE, SIZE = (170, 160), 128
ORIGIN = np.array([400, 150])
EXACT = DepthFlowSettings(denoise="none")


def similarity(scale, degrees, shift):
    angle = np.deg2rad(degrees)
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    return np.array([[c, -s, shift[0]], [s, c, shift[1]]])


LINEAR = similarity(0.75, 4, (0, 0))[:, :2]
ALIGNED_FROM_IMAGE = np.column_stack([LINEAR, np.array([64, 64]) - LINEAR @ (ORIGIN + np.array([80, 85]))])


def landmarks():
    """An oval face: jaw round its lower half, brows across, eyes, and a nose down the middle."""
    points = np.full((68, 2), (80.0, 115.0))
    jaw = np.linspace(np.pi, 0, 17)
    points[:17] = np.stack([80 + 50 * np.cos(jaw), 85 + 60 * np.sin(jaw)], axis=1)
    points[17:27] = np.stack([np.linspace(45, 115, 10), np.full(10, 50)], axis=1)
    points[36:42], points[42:48] = (60, 70), (100, 70)
    points[27:36] = np.stack([np.full(9, 80), np.linspace(70, 100, 9)], axis=1)
    return points + ORIGIN


def surface(x, y):
    """Depth of the onset, mm: a head-like cap."""
    return 640 + 0.004 * ((x - 80) ** 2 + (y - 85) ** 2)


def moved(x, y):
    """Native flow (u, v), px: the head's and a patch's."""
    patch = np.exp(-((x - 55) ** 2 + (y - 110) ** 2) / (2 * 15**2))
    return 1.4 + 0.006 * (y - 80) + 0.9 * patch, -0.7 + 0.005 * (x - 80) - 1.2 * patch


def expression_dz(x, y):
    """What the patch does in depth, mm."""
    return 0.8 * np.exp(-((x - 55) ** 2 + (y - 110) ** 2) / (2 * 15**2))


def head_dz(x, y):
    return 2.0 + 0.008 * (x - 80) - 0.006 * (y - 80)


@pytest.fixture(scope="module")
def scene():
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(float)
    onset_x, onset_y = x, y
    for _ in range(60):
        u, v = moved(onset_x, onset_y)
        onset_x, onset_y = x - u, y - v
    apex = surface(onset_x, onset_y) + expression_dz(onset_x, onset_y) + head_dz(onset_x, onset_y)
    # The flow on the aligned grid: where each aligned pixel lies in the native crop, and the motion there, turned.
    rows, columns = np.mgrid[:SIZE, :SIZE]
    aligned = np.stack([columns, rows]).reshape(2, -1) - ALIGNED_FROM_IMAGE[:, 2:]
    native = np.linalg.solve(LINEAR, aligned) - ORIGIN[:, None]
    flow = (LINEAR @ np.stack(moved(*native))).reshape(2, SIZE, SIZE)
    return {
        "onset_depth": surface(x, y).astype(np.float32),
        "apex_depth": apex.astype(np.float32),
        "flow": flow.astype(np.float16),
        "aligned_from_image": ALIGNED_FROM_IMAGE,
        "native_origin": ORIGIN,
        "onset_landmarks": landmarks(),
    }


@pytest.fixture(scope="module")
def grid():
    return np.mgrid[: SHAPE[0], : SHAPE[1]][::-1].astype(float)


def inside_face(grid):
    return (grid[0] - 80) ** 2 / 50**2 + (grid[1] - 85) ** 2 / 60**2 < 0.9


def test_native_flow_undoes_the_alignment(scene, grid):
    found = native_flow(scene["flow"], ALIGNED_FROM_IMAGE, ORIGIN, *grid)
    face = inside_face(grid)
    np.testing.assert_allclose(found[:, face], np.stack(moved(*grid))[:, face], atol=0.01)
    assert np.isnan(found[:, 0, 0]).all()  # a corner of the native crop is outside the aligned square


def test_the_change_of_depth_follows_the_point(scene, grid):
    result = depth_flow(**scene, settings=replace(EXACT, nasal_alignment=False))
    face = inside_face(grid)
    truth = expression_dz(*grid) + head_dz(*grid)
    assert np.abs(result.dz - truth)[face].max() < 0.02
    assert result.nasal_shift_mm == 0
    # Without the flow, the slope of the face times the motion of the head would be taken for motion in depth.
    unfollowed = scene["apex_depth"] - scene["onset_depth"]
    assert np.abs(unfollowed - truth)[face].max() > 0.4


def test_nasal_alignment_takes_off_the_change_at_the_nose(scene, grid):
    result = depth_flow(**scene, settings=EXACT)
    assert result.nasal_shift_mm == pytest.approx(2.0, abs=0.1)
    np.testing.assert_allclose(
        result.dz_raw + result.nasal_shift_mm,
        depth_flow(**scene, settings=replace(EXACT, nasal_alignment=False)).dz_raw,
        atol=1e-5,
    )


def in_whole_millimetres(shift_mm, *, noise_mm=0.0, step_mm=1):
    """A nose before the camera that comes `shift_mm` farther while the picture stands still, as a sensor counts it."""
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(float)
    nose = surface(x, y) - 22 * np.exp(-((x - 80) ** 2) / (2 * 8**2) - (y - 92) ** 2 / (2 * 14**2))
    rng = np.random.default_rng(0)
    seen = (depth + rng.normal(0, noise_mm, SHAPE) for depth in (nose, nose + shift_mm))
    onset, apex = (step_mm * np.rint(depth / step_mm) for depth in seen)
    return {
        "onset_depth": onset.astype(np.float32),
        "apex_depth": apex.astype(np.float32),
        "flow": np.zeros((2, SIZE, SIZE), np.float16),
        "aligned_from_image": ALIGNED_FROM_IMAGE,
        "native_origin": ORIGIN,
        "onset_landmarks": landmarks(),
    }


@pytest.mark.parametrize("lookup", ["surface", "nearest"])
@pytest.mark.parametrize("noise_mm", [0.0, 0.35])
@pytest.mark.parametrize("shift_mm", [-0.7, 0.2, 0.4, 0.6, 1.4])
def test_a_shift_of_less_than_the_sensors_unit_is_seen_at_the_nose(shift_mm, noise_mm, lookup):
    seen = in_whole_millimetres(shift_mm, noise_mm=noise_mm)
    assert (seen["onset_depth"] % 1 == 0).all()
    result = depth_flow(**seen, settings=replace(EXACT, lookup=lookup))
    assert result.nasal_shift_mm == pytest.approx(shift_mm, abs=0.05)


@pytest.mark.parametrize("lookup", ["surface", "nearest"])
@pytest.mark.parametrize("step_mm", [2, 5, 10])
def test_depth_that_is_stored_in_coarse_steps_is_not_rounded_to_them(step_mm, lookup):
    seen = in_whole_millimetres(2.0, noise_mm=0.35, step_mm=step_mm)
    result = depth_flow(**seen, settings=replace(EXACT, lookup=lookup, max_dz_mm=20))
    assert result.nasal_shift_mm == pytest.approx(2.0, abs=0.4)


def test_depth_of_which_every_change_would_be_an_outlier_is_refused():
    assert DepthFlowSettings().max_dz_mm == 8
    depth_flow(**in_whole_millimetres(2.0, step_mm=5))
    with pytest.raises(BadClipError, match=r"at most 8 mm \(depth_flow\.max_dz_mm\), found steps of 10 mm"):
        depth_flow(**in_whole_millimetres(2.0, step_mm=10))


def test_changes_that_cannot_be_the_noses_do_not_move_the_alignment():
    seen = in_whole_millimetres(0.4, noise_mm=0.35)
    seen["apex_depth"][::3, ::2] += 5  # a sixth of the pixels, all to one side
    assert depth_flow(**seen, settings=EXACT).nasal_shift_mm == pytest.approx(0.4, abs=0.05)


def test_a_coarse_sensor_is_not_trimmed_to_its_median():
    points = np.full((68, 2), 25.0) + np.linspace(-15, 15, 68)[:, None]
    seen = [np.rint(np.random.default_rng(seed).normal(0.4, 4, (50, 50))) for seed in range(60)]
    error = [nasal_shift(dz, points) - 0.4 for dz in seen]
    assert np.std(error) < 0.42  # 0.34 mm; 0.53 where only changes within 3 mm of the median count


def test_denoising_recovers_the_expression_from_noise_larger_than_it(scene, grid):
    rng = np.random.default_rng(0)
    noisy = dict(scene)
    for name in ("onset_depth", "apex_depth"):
        noisy[name] = np.rint(scene[name] + rng.normal(0, 0.45, SHAPE)).astype(np.float32)
        noisy[name][rng.random(SHAPE) < 0.02] = np.nan
    face, truth = inside_face(grid), expression_dz(*grid)
    raw, clean = depth_flow(**noisy, settings=EXACT), depth_flow(**noisy)
    assert np.nanmedian(np.abs(raw.dz - truth)[face]) > 0.3
    assert np.median(np.abs(clean.dz - truth)[face]) < 0.05
    np.testing.assert_array_equal(raw.dz_raw, clean.dz_raw)


def test_holes_and_disbelieved_changes_leave_the_smoothed_field_alone(scene, grid):
    clean = depth_flow(**scene)
    broken = dict(scene, apex_depth=scene["apex_depth"].copy())
    broken["apex_depth"][60:64, 60:64] = np.nan
    broken["apex_depth"][90:94, 90:94] += 300
    result = depth_flow(**broken)
    assert np.isnan(result.dz_raw).sum() > np.isnan(clean.dz_raw).sum()
    assert np.nanmax(np.abs(result.dz_raw)) > 250
    face = inside_face(grid)
    assert np.isfinite(result.dz[face]).all()
    assert np.abs(result.dz - clean.dz)[face].max() < 0.02


def test_without_denoising_a_disbelieved_change_is_zero_and_a_hole_has_none(scene):
    broken = dict(scene, apex_depth=scene["apex_depth"].copy())
    broken["apex_depth"][60:64, 60:64] = np.nan
    broken["apex_depth"][90:94, 90:94] += 300
    dz = depth_flow(**broken, settings=EXACT).dz
    assert dz[93, 90] == 0  # its flow is (1.4, -0.6): into the raised square
    assert np.isnan(dz[63, 60])
    assert np.nanmax(np.abs(dz)) <= 8


def test_nearest_lookup_errs_by_the_slope_that_the_surface_lookup_sees(scene, grid):
    face, truth = inside_face(grid), expression_dz(*grid) + head_dz(*grid)
    settings = replace(EXACT, nasal_alignment=False, lookup="nearest")
    assert np.abs(depth_flow(**scene, settings=settings).dz - truth)[face].max() > 0.1


def test_no_depth_on_the_face_is_a_bad_clip(scene):
    holed = dict(scene, apex_depth=np.full(SHAPE, np.nan, np.float32))
    with pytest.raises(BadClipError, match=r"only 0 of .* face pixels have it"):
        depth_flow(**holed)


def test_a_face_that_jumps_in_depth_is_a_bad_clip(scene):
    far = dict(scene, apex_depth=scene["apex_depth"] + 300)
    with pytest.raises(BadClipError, match=r"within 8\.0 mm"):
        depth_flow(**far, settings=DepthFlowSettings(nasal_alignment=False))


def test_a_nose_without_depth_tells_no_shift(scene, grid):
    """The scene's head comes 2 mm nearer or goes away: 0 in place of it would be a change of all its skin."""
    x, y = landmarks()[27:36].T - ORIGIN[:, None]
    nose = (np.abs(grid[0][..., None] - x) < 8).any(axis=-1) & (np.abs(grid[1] - y.mean()) < 40)
    holed = dict(scene, apex_depth=np.where(nose, np.nan, scene["apex_depth"]).astype(np.float32))
    with pytest.raises(BadClipError, match=r"at the nose.*nasal_alignment: false"):
        depth_flow(**holed, settings=EXACT)
    kept = depth_flow(**holed, settings=replace(EXACT, nasal_alignment=False))
    assert np.nanmedian(kept.dz[inside_face(grid)]) == pytest.approx(2, abs=0.3)
    with pytest.raises(BadClipError, match="at the nose"):
        nasal_shift(np.ones((50, 50)), np.full((68, 2), -90.0))


@pytest.mark.parametrize("change", [{"denoise": "median"}, {"sd_px": 0}, {"max_dz_mm": -1}, {"lookup": "cubic"}])
def test_settings_out_of_range_are_refused(change):
    with pytest.raises(ConfigError, match=rf"depth_flow\.{next(iter(change))}"):
        DepthFlowSettings(**change)
