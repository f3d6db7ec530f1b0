"""Back-projection, regions and selection, on a face of the size that a 720p recording gives."""

from collections.abc import Iterator

import numpy as np

from benchmarks.timing import Case
from merflow.stages.clouds.back_projection import Camera, depth_points
from merflow.stages.regions.face_regions import points_in_polygon
from merflow.stages.regions.sampling import top_k

FACE_PX = 340
POINTS = 100_000
KEPT = 1024


def geometry_cases() -> Iterator[Case]:
    """Yield the comparisons."""
    from matplotlib.path import Path as PolygonPath

    rng = np.random.default_rng(0)
    key = rng.random(POINTS)
    yield Case(
        f"top {KEPT} of {POINTS} points",
        "full stable sort",
        lambda: top_k(key, KEPT),
        lambda: np.argsort(-key, kind="stable")[:KEPT],
    )
    angle = np.linspace(0, 2 * np.pi, 9)[:-1]
    polygon = FACE_PX / 2 + FACE_PX / 5 * np.column_stack([np.cos(angle), np.sin(angle)])
    pixel = rng.uniform(0, FACE_PX, (POINTS, 2))
    yield Case(
        f"{POINTS} points in a polygon of 8",
        "matplotlib.path",
        lambda: points_in_polygon(pixel, polygon),
        lambda: PolygonPath(polygon).contains_points(pixel),
    )
    yield _back_projection(rng)


def _back_projection(rng: np.random.Generator) -> Case:
    import open3d as o3d

    depth = rng.uniform(600, 700, (720, 1280)).round().astype(np.float32)
    camera = Camera(fx_px=1324.65, fy_px=1324.65, cx_px=640.0, cy_px=360.0)
    intrinsic = o3d.camera.PinholeCameraIntrinsic(1280, 720, 1324.65, 1324.65, 640.0, 360.0)
    image = o3d.geometry.Image(depth)  # type: ignore[call-overload]
    return Case(
        "back-projection of a 720p depth map",
        "Open3D create_from_depth_image",
        lambda: depth_points(depth, camera),
        lambda: o3d.geometry.PointCloud.create_from_depth_image(image, intrinsic, depth_scale=1000.0),
    )
