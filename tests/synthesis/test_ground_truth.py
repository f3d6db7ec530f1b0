import numpy as np
import pytest

from merflow.errors import DatasetError
from merflow.synthesis.camera import Camera
from merflow.synthesis.ground_truth import (
    GroundTruth,
    face_window,
    read_ground_truth,
    still_visible,
    surface_motion,
    write_ground_truth,
)
from merflow.synthesis.pose import Pose
from merflow.synthesis.rasterise import rasterise

CAMERA = Camera()
WHOLE = (0, 0, CAMERA.width, CAMERA.height)
ONSET = Pose(yaw=2, pitch=-1, roll=1, x=5, y=3, z=740)


def test_flow_agrees_with_the_exact_motion_of_the_vertices(ellipsoid):
    vertices, triangles = ellipsoid
    bulge = 2.0 * np.exp(-(((vertices - [25.0, -60.0, 70.0]) / 18.0) ** 2).sum(axis=1, keepdims=True))
    before = ONSET.to_camera(vertices, np.zeros(3))
    after = Pose(yaw=2.5, pitch=-0.8, roll=1, x=5.4, y=3, z=739).to_camera(
        vertices + bulge * [0.4, 0.8, -0.3], np.zeros(3)
    )
    raster = rasterise(before, triangles, CAMERA)
    motion, points = surface_motion(raster, after, triangles, CAMERA, WHOLE)
    xy = CAMERA.project(before)
    x, y = np.rint(xy).astype(int).T
    near_pixel_centre = np.abs(xy - np.stack([x, y], 1)).max(axis=1) < 0.25
    seen = near_pixel_centre & raster.covered[y, x] & (raster.depth[y, x] > before[:, 2] - 0.5)
    assert seen.sum() > 1000
    exact = np.concatenate([CAMERA.project(after) - xy, (after - before)[:, 2:]], axis=1)[seen]
    error = motion[:, y[seen], x[seen]].T - exact
    assert np.abs(exact[:, :2]).max() > 2
    assert np.linalg.norm(error[:, :2], axis=1).mean() < 0.01
    assert np.abs(error[:, 2]).mean() < 0.02
    assert np.isnan(motion[:, ~raster.covered]).all()
    visible = still_visible(points, rasterise(after, triangles, CAMERA), CAMERA)
    assert visible[raster.covered].mean() > 0.98
    assert not visible[~raster.covered].any()


def test_no_motion_leaves_every_pixel_where_it_is(ellipsoid):
    before = ONSET.to_camera(ellipsoid[0], np.zeros(3))
    raster = rasterise(before, ellipsoid[1], CAMERA)
    motion, _ = surface_motion(raster, before, ellipsoid[1], CAMERA, WHOLE)
    assert np.nanmax(np.abs(motion)) < 1e-3


def test_a_surface_that_another_one_covers_is_not_visible():
    corners = np.array([[-50.0, -50.0], [50.0, -50.0], [0.0, 50.0]])
    wall = np.column_stack([corners, np.full(3, 600.0)])
    screen = np.column_stack([corners * 0.5 + [0.0, -10.0], np.full(3, 550.0)])
    away = screen + np.array([400.0, 0.0, 0.0])
    triangles = np.array([[0, 1, 2], [3, 4, 5]], np.int32)
    before, after = (rasterise(np.concatenate([wall, s]), triangles, CAMERA) for s in (away, screen))
    _, points = surface_motion(before, np.concatenate([wall, screen]), triangles, CAMERA, WHOLE)
    visible = still_visible(points, after, CAMERA)
    on_wall = before.triangle == 0
    np.testing.assert_array_equal(visible[on_wall], after.triangle[on_wall] == 0)


def test_window_surrounds_the_landmarks_and_stays_in_the_image():
    x0, y0, x1, y1 = face_window(np.array([[500.0, 200.0], [700.0, 450.0]]), CAMERA)
    assert (x0, y0, x1, y1) == (430, 50, 770, 500)
    assert face_window(np.array([[2.0, 2.0], [1279.0, 719.0]]), CAMERA) == WHOLE


def test_written_truth_is_read_back(tmp_path):
    rng = np.random.default_rng(0)
    truth = GroundTruth(
        bbox=(10, 20, 50, 60),
        flow=rng.normal(size=(3, 40, 40)).astype(np.float16),
        expression_flow=rng.normal(size=(3, 40, 40)).astype(np.float16),
        visible=rng.random((40, 40)) > 0.5,
        occluded=rng.random((40, 40)) > 0.9,
        landmarks=rng.normal(size=(12, 68, 3)).astype(np.float32),
        intensity=np.linspace(0, 1, 12, dtype=np.float32),
        aus={"4": 1.25, "7": 1.5},
        conditions={"difficulty": "hard", "noise_sd": 2.5},
    )
    write_ground_truth(tmp_path / "a.npz", truth)
    read = read_ground_truth(tmp_path / "a.npz")
    assert read.bbox == truth.bbox
    assert (read.aus, read.conditions) == (truth.aus, truth.conditions)
    for name in ("flow", "expression_flow", "visible", "occluded", "landmarks", "intensity"):
        np.testing.assert_array_equal(getattr(read, name), getattr(truth, name))


def test_a_clip_without_truth_is_named(tmp_path):
    with pytest.raises(DatasetError, match=r"spNO\.9_a_1\.npz.*only clips of the demo"):
        read_ground_truth(tmp_path / "spNO.9_a_1.npz")
