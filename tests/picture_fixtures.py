"""An artificial subject: a smooth head with painted features, written as shards at their places in a results folder."""

from pathlib import Path

import numpy as np
import pytest

from merflow import paths
from merflow.artefacts import ShardWriter, open_shard
from merflow.landmarks.mean_face_3d import MEAN_FACE_MM
from merflow.stages.dynamic_images.settings import DynamicImageSettings, EulerianSettings
from merflow.stages.dynamic_images.sources import views_of_projections
from merflow.stages.dynamic_images.stage import dynamic_images_of
from merflow.stages.flow_images.images import flow_image
from merflow.stages.flow_images.settings import FlowImageSettings
from merflow.stages.graphs.node_sets import node_set, space_time_edge_index
from merflow.stages.hoof.histograms import hoof
from merflow.stages.hoof.settings import HoofSettings
from merflow.stages.lbp_top.histograms import lbp_top
from merflow.stages.lbp_top.settings import LbpTopSettings
from merflow.stages.projections.settings import ProjectionSettings
from merflow.stages.projections.stage import projections_of
from merflow.stages.sequences.frames import sequence_difference

SIZE, NATIVE, FOCAL, POINTS = 128, 150, 900.0, 64
CLIP, ORIGIN = "sp9.1_a_10", (40, 30)


def landmarks_68(size):
    """Draw 68 points on a face that fills a square of `size` px, by arcs and lines."""

    def arc(n, centre, radii, start, stop):
        angle = np.deg2rad(np.linspace(start, stop, n))
        return np.stack([centre[0] + radii[0] * np.cos(angle), centre[1] + radii[1] * np.sin(angle)], axis=1)

    def line(n, first, last):
        return np.linspace(first, last, n)

    parts = [
        arc(17, (0.5, 0.45), (0.36, 0.47), 175, 5),
        arc(5, (0.35, 0.36), (0.11, 0.07), 200, 340),
        arc(5, (0.65, 0.36), (0.11, 0.07), 200, 340),
        line(4, (0.5, 0.38), (0.5, 0.56)),
        line(5, (0.43, 0.6), (0.57, 0.6)),
        arc(6, (0.35, 0.4), (0.06, 0.025), 180, 480),
        arc(6, (0.65, 0.4), (0.06, 0.025), 180, 480),
        arc(12, (0.5, 0.74), (0.12, 0.05), 180, 510),
        arc(8, (0.5, 0.74), (0.09, 0.02), 180, 495),
    ]
    return np.concatenate(parts) * size


def painted_face(size, shift=0.0):
    """Return an RGB head of `size` px whose mouth corners are raised by `shift` px."""
    y, x = np.mgrid[0:size, 0:size] / size
    head = ((x - 0.5) / 0.36) ** 2 + ((y - 0.48) / 0.46) ** 2 < 1
    image = np.where(head, 0.75 - 0.5 * (x - 0.5) ** 2, 0.15)
    for cx in (0.35, 0.65):
        image[((x - cx) / 0.06) ** 2 + ((y - 0.4) / 0.025) ** 2 < 1] = 0.3
    smile = 0.74 - shift / size * ((x - 0.5) / 0.12) ** 2
    image[(np.abs(x - 0.5) < 0.12) & (np.abs(y - smile) < 0.02)] = 0.35
    return np.rint(255 * image[..., None] * (1.0, 0.85, 0.75)).clip(0, 255).astype(np.uint8)


def smile_flow(size):
    """Return a flow (2, size, size) that raises the mouth corners outwards."""
    y, x = np.mgrid[0:size, 0:size] / size
    left = np.exp(-(((x - 0.36) / 0.09) ** 2 + ((y - 0.72) / 0.1) ** 2))
    right = np.exp(-(((x - 0.64) / 0.09) ** 2 + ((y - 0.72) / 0.1) ** 2))
    return np.stack([1.5 * (right - left), -2.2 * (left + right)])


def depth_mm(size):
    """Return the depth of an ellipsoid at 600 mm, NaN beside it and in one hole."""
    y, x = np.mgrid[0:size, 0:size] / size
    inside = 1 - ((x - 0.5) / 0.4) ** 2 - ((y - 0.48) / 0.5) ** 2
    depth = np.where(inside > 0, 640 - 60 * np.sqrt(np.maximum(inside, 0)), np.nan)
    depth[size // 4 : size // 4 + 6, size // 2 : size // 2 + 6] = np.nan
    return depth


def faces_arrays(*, with_depth=True):
    scale = SIZE / NATIVE
    arrays = {
        "aligned_color": np.stack([painted_face(SIZE), painted_face(SIZE, 2.0)]),
        "landmarks": np.stack([landmarks_68(NATIVE) + ORIGIN] * 2),
        "aligned_from_image": np.array([[scale, 0, -scale * ORIGIN[0]], [0, scale, -scale * ORIGIN[1]]]),
    }
    if with_depth:
        arrays["native_depth"] = np.stack([depth_mm(NATIVE)] * 2)
    return arrays


FACES_ATTRS = {
    "frames": [10, 16],
    "roles": ["onset", "apex"],
    "native_origin": list(ORIGIN),
    "native_size": [NATIVE, NATIVE],
    "image_size": [320, 240],
    "score": 1.5,
    "faces_found": 1,
    "notes": "",
}


MAGNIFIED_ATTRS = {"frames": [10, 16], "roles": ["onset", "apex"], "factor": 3.0, "notes": ""}


def magnified_arrays():
    return {
        "magnified_color": np.stack([painted_face(SIZE), painted_face(SIZE, 6.0)]),
        "head_motion": np.zeros((2, 2, 3)),
    }


GRAPH_ATTRS = {
    "frames": [10, 16, 20],
    "roles": ["onset", "apex", "offset"],
    "aligned_size": SIZE,
    "interocular_px": 0.3 * SIZE,
    "notes": "",
}


def graph_arrays():
    """Return the graph of 14 nodes whose mouth corners rise by 6 px at the apex and are back at the offset."""
    chosen = node_set(14)
    landmarks = np.stack([landmarks_68(SIZE)] * 3)
    landmarks[1, [48, 54], 1] -= 6.0
    position = landmarks[:, list(chosen.landmarks)]
    return {
        "landmarks": landmarks,
        "position": position,
        "copies": np.stack([position + 0.5, position - 0.5]),
        "node": np.array(chosen.landmarks),
        "neighbour": chosen.neighbour(),
        "edge_index": space_time_edge_index(chosen.edges(), nodes=14, frames=3),
    }


SEQUENCE_ATTRS = {"apex": 2, "n_frames": 5, "recorded": [10, 12, 14, 16, 18], "fps": 30.0, "notes": ""}


def sequence_arrays():
    """Return six frames of a mouth that rises to the third and half way back; the sixth repeats the fifth."""
    frames = np.stack([painted_face(SIZE // 2, rise) for rise in (0, 1, 2, 1.5, 1, 1)])
    return {
        "onset_color": frames[0],
        "difference": sequence_difference(frames),
        "position": np.array([10.0, 13.0, 16.0, 17.0, 18.0, 18.0]),
    }


def flow_image_arrays(flow):
    made = flow_image(flow, FlowImageSettings())
    return {"image": made.image, "range": made.range}


def lbp_top_arrays():
    """Return the local binary patterns of the five frames before the one that is repeated."""
    frames = np.stack([painted_face(SIZE // 2, rise) for rise in (0, 1, 2, 1.5, 1)])
    return {"histogram": lbp_top(frames[..., 0], LbpTopSettings())}


def hoof_arrays(flow):
    return {"histogram": hoof(flow, HoofSettings())[None], "pairs": np.array([[0, 2]])}


def mesh_arrays():
    """Return an egg of 20 x 20 vertices whose front rises by 1 mm and falls, with a texture of stripes."""
    y, x = np.mgrid[0.8:-0.8:20j, -0.8:0.8:20j]
    egg = np.stack([90 * x, 110 * y - 38, 60 * np.sqrt(np.maximum(1.3 - x**2 - y**2, 0))], axis=-1).reshape(-1, 3)
    bulge = np.exp(-8 * (x**2 + y**2)).ravel()[:, None] * [0, 0, 1.0]
    at = np.arange(380).reshape(19, 20)[:, :19].ravel()
    return {
        "vertices": np.concatenate([egg, egg + bulge, egg]),
        "triangles": np.concatenate([np.stack([at, at + 20, at + 1], 1), np.stack([at + 1, at + 20, at + 21], 1)]),
        "uv": np.stack([(x.ravel() + 0.8) / 1.6, (0.8 - y.ravel()) / 1.6], axis=1),
        "texture": np.tile(np.arange(0, 240, 4, dtype=np.uint8)[None, None, :, None], (3, 60, 1, 3)),
        "landmarks": np.tile(MEAN_FACE_MM, (3, 1, 1)),
        "frontal_from_mesh": np.tile(np.eye(3, 4), (3, 1, 1)),
        "residual": np.zeros(3),
    }


MESH_ATTRS = {
    "frames": [1, 2, 3],
    "fps": 60.0,
    "apex": 1,
    "vertex_counts": [400] * 3,
    "triangle_counts": [722],
    "missing_vertices": [0] * 3,
    "notes": "",
}


def projections_shard(root, meshes):
    """Write the projections of a shard of meshes."""
    with open_shard(meshes, kind="meshes") as shard:
        arrays, attrs = projections_of(shard, CLIP, ProjectionSettings(size_px=48))
    return write_shard(root, "projections", arrays, attrs, {"meshes": "default"})


def dynamic_images_shard(root, projections):
    """Write the dynamic images of a shard of projections, with magnified copies."""
    settings = DynamicImageSettings(magnification=EulerianSettings(factor=10.0))
    with open_shard(projections, kind="projections") as shard:
        arrays, attrs = dynamic_images_of(views_of_projections(shard, CLIP, settings.domains), settings)
    return write_shard(root, "dynamic_images", arrays, attrs, {"projections": "default", "method": "approximate"})


def cloud_arrays():
    depth = depth_mm(NATIVE)
    rows, columns = np.nonzero(np.isfinite(depth))
    z = depth[rows, columns] / 1000
    pixel = np.stack([columns + ORIGIN[0], rows + ORIGIN[1]], axis=1)
    xyz = np.stack([(pixel[:, 0] - 160) * z / FOCAL, (pixel[:, 1] - 120) * z / FOCAL, z], axis=1)
    u, v = smile_flow(NATIVE)[:, rows, columns]
    return {"xyz": xyz, "motion": np.stack([u, v, 0.3 * v], axis=1), "pixel": pixel}


def region_arrays(cloud):
    """Take the points nearest to eight centres."""
    aligned = (cloud["pixel"] - ORIGIN) * (SIZE / NATIVE)
    centres = np.array([(35, 70), (93, 70), (40, 92), (88, 92), (64, 95), (64, 115), (45, 40), (83, 40)])
    distance = np.linalg.norm(aligned[None] - centres[:, None], axis=2)
    index = np.argsort(distance, axis=1)[:, :POINTS]
    points = np.concatenate([cloud["xyz"][index], cloud["motion"][index]], axis=2)
    return {
        "points": points,
        "normalised": np.clip(points[..., 3:] / 2.5, -1, 1),
        "aligned_xy": aligned[index],
        "index": index,
        "count": np.array([900, 880, 700, 720, 400, 640, 50, 300]),
        "divisor": np.full((2, 2), 2.5),
    }


def write_shard(root: Path, kind, arrays, attrs, params, *, exclusions=(), variant="default"):
    path = root / paths.shard("demo", kind, variant, "sp9.1")
    with ShardWriter(
        path,
        kind=kind,
        variant=variant,
        dataset="demo",
        subject="sp9.1",
        params=params,
        code="c0de",
        inputs={"above": "ab" * 32},
    ) as shard:
        shard.add(CLIP, arrays, attrs)
        for clip, reason in exclusions:
            shard.exclude(clip, stage=kind, reason=reason, source=f"{clip}.png")
    return path


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    """Return the shard of each kind, each naming the variant above it."""
    root = tmp_path_factory.mktemp("project")
    flow = smile_flow(SIZE)
    dz = np.where(np.isfinite(depth_mm(NATIVE)), smile_flow(NATIVE)[1] * 0.3, np.nan)
    noise = np.random.default_rng(0).normal(0, 0.5, dz.shape)
    cloud = cloud_arrays()
    head = np.array([[0.0, 0.0, 0.8], [0.0, 0.0, -0.4]])
    meshes = write_shard(root, "meshes", mesh_arrays(), MESH_ATTRS, {})
    projections = projections_shard(root, meshes)
    return {
        "root": root,
        "faces": write_shard(
            root, "faces", faces_arrays(), FACES_ATTRS, {"size_px": SIZE}, exclusions=[("sp9.1_b_3", "no face")]
        ),
        "flow": write_shard(
            root,
            "flow",
            {"flow": flow + head[:, 2, None, None], "expression_flow": flow, "head_motion": head},
            {},
            {"faces": "default"},
        ),
        "depth_flow": write_shard(
            root, "depth_flow", {"dz": dz, "dz_raw": dz + noise}, {"nasal_shift_mm": 0.12}, {"flow": "default"}
        ),
        "clouds": write_shard(
            root, "clouds", cloud, {"camera": [FOCAL, FOCAL, 160.0, 120.0]}, {"depth_flow": "default"}
        ),
        "regions": write_shard(
            root, "regions", region_arrays(cloud), {"aligned_size": SIZE}, {"clouds": "default", "points": POINTS}
        ),
        "magnified": write_shard(root, "magnified", magnified_arrays(), MAGNIFIED_ATTRS, {"faces": "default"}),
        "graphs": write_shard(root, "graphs", graph_arrays(), GRAPH_ATTRS, {"magnified": "default"}),
        "sequences": write_shard(root, "sequences", sequence_arrays(), SEQUENCE_ATTRS, {"faces": "default"}),
        "lbp_top": write_shard(
            root, "lbp_top", lbp_top_arrays(), {"n_frames": 5, "notes": ""}, {"sequences": "default"}
        ),
        "hoof": write_shard(root, "hoof", hoof_arrays(flow), {"notes": ""}, {"sequences": "default"}),
        "flow_images": write_shard(root, "flow_images", flow_image_arrays(flow), {"notes": ""}, {"flow": "default"}),
        "meshes": meshes,
        "projections": projections,
        "dynamic_images": dynamic_images_shard(root, projections),
    }
