import numpy as np

from merflow.synthesis.camera import Camera
from merflow.synthesis.pose import Pose
from merflow.synthesis.rasterise import rasterise
from merflow.synthesis.surface import sample_surface


def test_texture_is_read_where_the_coordinates_point(ellipsoid):
    vertices, triangles = ellipsoid
    camera = Camera()
    posed = Pose(yaw=0, pitch=0, roll=0, x=0, y=0, z=700).to_camera(vertices, np.zeros(3))
    uv = ((vertices[:, :2] * [1, -1] + 120) / 240).astype(np.float32)  # u to the right, v down
    columns = (np.arange(480) + 0.5) / 480
    ramp = np.stack(np.broadcast_arrays(columns[None, :], columns[:, None], 0.5), -1).astype(np.float32)
    samples = sample_surface(
        rasterise(posed, triangles, camera),
        triangles,
        normals=np.tile(np.float32([0.0, 0.0, -2.0]), (len(uv), 1)),
        uv=uv,
        occlusion=np.full(len(uv), 0.7, np.float32),
        texture=ramp,
    )
    row, column = np.divmod(samples.pixel, camera.width)
    raster = rasterise(posed, triangles, camera)
    x, y, _ = camera.unproject(np.stack([column, row], -1).astype(float), raster.depth[row, column]).T
    np.testing.assert_allclose(samples.albedo[:, 0], (x + 120) / 240, atol=2e-4)
    np.testing.assert_allclose(samples.albedo[:, 1], (y + 120) / 240, atol=2e-4)
    np.testing.assert_allclose(samples.occlusion, 0.7, atol=1e-6)
    np.testing.assert_allclose(samples.normal, np.broadcast_to([0.0, 0.0, -1.0], samples.normal.shape), atol=1e-6)
