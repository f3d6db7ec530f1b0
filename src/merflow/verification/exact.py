"""Steps that have one right answer, compared with libraries that merflow does not use for them."""

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.errors import ArtefactError
from merflow.stages.clouds.back_projection import Camera, depth_points
from merflow.stages.faces.reading import role_index
from merflow.stages.regions.face_regions import region_members, region_polygons


def back_projection_difference(faces: Shard, clouds: Shard, clip: str) -> float:
    """Return the largest distance between our points and those of Open3D's legacy function, m."""
    import open3d as o3d

    depth = np.nan_to_num(faces.read(clip, "native_depth")[role_index(faces, clip, "apex")], nan=0.0)
    x0, y0 = faces.attrs(clip)["native_origin"]
    fx, fy, cx, cy = clouds.attrs(clip)["camera"]
    points, _ = depth_points(depth, Camera(fx, fy, cx - x0, cy - y0))
    height, width = depth.shape
    intrinsic = o3d.camera.PinholeCameraIntrinsic(width, height, fx, fy, cx - x0, cy - y0)
    image = o3d.geometry.Image(np.ascontiguousarray(depth, dtype=np.float32))  # type: ignore[call-overload]
    theirs = o3d.geometry.PointCloud.create_from_depth_image(image, intrinsic, depth_scale=1000.0, depth_trunc=1e6)
    other = np.asarray(theirs.points)
    if len(other) != len(points):
        return float("inf")
    return float(np.abs(points - other).max())


def region_disagreements(faces: Shard, clouds: Shard, regions: Shard, clip: str) -> float:
    """Return how many points of a cloud matplotlib's polygon test puts into other regions than ours.

    Points on an edge belong to either side: those within 1e-9 px of one are not counted.
    """
    from matplotlib.path import Path

    pixel = clouds.read(clip, "pixel").astype(np.float64)
    polygons = _polygons(faces, regions, clip)
    count = 0
    for polygon, members in zip(polygons, region_members(pixel, polygons), strict=True):
        ours = np.zeros(len(pixel), dtype=bool)
        ours[members] = True
        differ = ours != Path(polygon).contains_points(pixel)
        count += int((differ & ~_on_edge(pixel, polygon)).sum())
    return float(count)


def selection_disagreements(faces: Shard, clouds: Shard, regions: Shard, clip: str) -> float:
    """Return how many selected points are not those of a plain sort of their region by motion, largest first."""
    pixel = clouds.read(clip, "pixel").astype(np.float64)
    if (regions.params["selection"], regions.params["rank_on"]) != ("sort", "raw"):
        raise ArtefactError(f"{regions.path}: expected points sorted by raw motion, found another variant")
    polygons = _polygons(faces, regions, clip)
    length = np.linalg.norm(clouds.read(clip, "motion").astype(np.float64), axis=1)
    wrong = 0
    for chosen, members in zip(regions.read(clip, "index"), region_members(pixel, polygons), strict=True):
        expected = members[np.argsort(-length[members], kind="stable")][: len(chosen)]
        wrong += int((chosen[: len(expected)] != expected).sum())
    return float(wrong)


def _polygons(faces: Shard, regions: Shard, clip: str) -> list[NDArray[np.float64]]:
    landmarks = faces.read(clip, "landmarks")[role_index(faces, clip, "apex")]
    symmetric, brow_height = regions.params["symmetric"], regions.params["brow_height"]
    return region_polygons(landmarks, symmetric=symmetric, brow_height=brow_height)


def _on_edge(points: NDArray[np.float64], polygon: NDArray[np.float64], within: float = 1e-9) -> NDArray[np.bool_]:
    near = np.zeros(len(points), dtype=bool)
    for start, end in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        along = end - start
        share = np.clip(((points - start) @ along) / max(float(along @ along), 1e-12), 0, 1)
        near |= np.linalg.norm(points - (start + share[:, None] * along), axis=1) <= within
    return near
