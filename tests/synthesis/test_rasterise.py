import numpy as np
import pytest

from merflow.synthesis.camera import Camera
from merflow.synthesis.head import load_head
from merflow.synthesis.pose import Pose
from merflow.synthesis.rasterise import rasterise

CAMERA = Camera()
POSE = Pose(yaw=6, pitch=-4, roll=3, x=15, y=-8, z=720)


def test_two_crossing_walls_hide_each_other_and_leave_the_background_empty():
    z = np.array([500.0, 500.0, 500.0, 400.0, 400.0, 600.0])
    corners = np.array([[-50, -50], [50, -50], [0, 50], [-50, -50], [0, 50], [50, -50]], dtype=float)
    vertices = np.column_stack([corners * (z / 500)[:, None], z])
    raster = rasterise(vertices, np.array([[0, 1, 2], [3, 4, 5]], np.int32), CAMERA)
    assert raster.triangle[0, 0] == -1
    assert np.isinf(raster.depth[0, 0])
    assert not raster.covered[0, 0]
    assert raster.triangle[300, 560] == 1  # the second wall is nearer on the left
    assert raster.triangle[300, 720] == 0


def test_barycentrics_are_perspective_correct(ellipsoid):
    vertices = POSE.to_camera(ellipsoid[0], np.zeros(3))
    raster = rasterise(vertices, ellipsoid[1], CAMERA)
    rows, columns = np.nonzero(raster.covered)
    corners = vertices[ellipsoid[1][raster.triangle[rows, columns]]]
    points = np.einsum("nk,nkd->nd", raster.barycentric[rows, columns].astype(float), corners)
    np.testing.assert_allclose(CAMERA.project(points), np.stack([columns, rows], 1), atol=2e-4)
    np.testing.assert_allclose(points[:, 2], raster.depth[rows, columns], atol=2e-3)


def test_z_buffer_agrees_with_open3d_ray_casting():
    o3d = pytest.importorskip("open3d", exc_type=ImportError)
    head = load_head()  # lids, lips and the cavity of the mouth: many layers, and triangles below a pixel
    vertices = POSE.to_camera(head.mean, head.pivot)
    raster = rasterise(vertices, head.triangles, CAMERA)
    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(vertices.astype(np.float32), head.triangles.astype(np.uint32))
    x, y = np.meshgrid(np.arange(CAMERA.width), np.arange(CAMERA.height))
    directions = CAMERA.unproject(np.stack([x, y], -1).astype(float), np.ones(x.shape))
    rays = np.concatenate([np.zeros_like(directions), directions], -1).astype(np.float32)
    hit = scene.cast_rays(o3d.core.Tensor(rays))["t_hit"].numpy()  # with z = 1 in the ray, t is z
    both = np.isfinite(hit) & raster.covered
    assert (np.isfinite(hit) == raster.covered).mean() > 0.9999
    assert both.sum() > 200_000
    assert np.median(np.abs(hit[both] - raster.depth[both])) < 1e-3
