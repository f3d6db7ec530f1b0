"""Back-projection against Open3D, and there and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.stages.clouds.back_projection import Camera, depth_points, project, unproject

CAMERA = Camera(fx_px=1324.65, fy_px=1290.0, cx_px=39.5, cy_px=29.5)


@pytest.fixture
def depth():
    rng = np.random.default_rng(0)
    values = rng.integers(550, 750, (60, 80)).astype(np.uint16)
    values[rng.random(values.shape) < 0.1] = 0
    return values


def test_convention_x_right_y_down_z_forward_metres():
    point = unproject(np.array([500.0]), np.array([110]), np.array([60]), Camera(1000, 1000, 100, 50))
    np.testing.assert_allclose(point, [[0.005, 0.005, 0.5]], atol=1e-12)


def test_points_equal_open3d(depth):
    o3d = pytest.importorskip("open3d", reason="open3d is not usable here", exc_type=ImportError)
    intrinsic = o3d.camera.PinholeCameraIntrinsic(80, 60, 1324.65, 1290.0, 39.5, 29.5)
    # The legacy function keeps the order of the pixels; the tensor one does not.
    cloud = o3d.geometry.PointCloud.create_from_depth_image(o3d.geometry.Image(depth), intrinsic, depth_scale=1000.0)
    points, _ = depth_points(depth.astype(np.float32), CAMERA)
    np.testing.assert_allclose(points, np.asarray(cloud.points), atol=1e-6)


def test_missing_depth_is_dropped_whether_zero_or_nan(depth):
    values = depth.astype(np.float32)
    points, pixel = depth_points(values, CAMERA)
    assert len(points) == np.count_nonzero(depth)
    nan_points, nan_pixel = depth_points(np.where(values == 0, np.nan, values), CAMERA)
    np.testing.assert_array_equal(points, nan_points)
    np.testing.assert_array_equal(pixel, nan_pixel)


def test_unprojected_points_project_to_their_pixels(depth):
    points, pixel = depth_points(depth.astype(np.float32), CAMERA)
    np.testing.assert_allclose(project(points, CAMERA), pixel, atol=1e-9)
    np.testing.assert_array_equal(depth[pixel[:, 1], pixel[:, 0]], np.rint(points[:, 2] * 1000))


@given(x=st.floats(-0.3, 0.3), y=st.floats(-0.3, 0.3), z=st.floats(0.2, 3), f=st.floats(200, 3000))
def test_projected_points_unproject_to_themselves(x, y, z, f):
    camera, point = Camera(f, f, 640, 360), np.array([[x, y, z]])
    pixel = project(point, camera)
    np.testing.assert_allclose(unproject(point[:, 2] * 1000, pixel[:, 0], pixel[:, 1], camera), point, atol=1e-9)


def test_a_crop_has_the_points_of_the_full_frame(depth):
    values = depth.astype(np.float32)
    points, pixel = depth_points(values, CAMERA)
    part, part_pixel = depth_points(values[20:50, 30:60], CAMERA, origin=(30, 20))
    inside = ((pixel >= (30, 20)) & (pixel < (60, 50))).all(axis=1)
    np.testing.assert_array_equal(part, points[inside])
    np.testing.assert_array_equal(part_pixel, pixel[inside])
