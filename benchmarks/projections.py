"""Projections of a clip of 30 meshes: their rasters, and the whole stage, against Open3D's ray casting of depth."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import Case
from merflow.artefacts import ShardWriter, open_shard
from merflow.datasets.fourdme.reader import read_fourdme
from merflow.datasets.fourdme.settings import FourdmeSettings
from merflow.meshes.orthographic import project
from merflow.meshes.views import View
from merflow.stages.meshes.reading import FaceMesh, read_meshes
from merflow.stages.meshes.settings import MeshSettings
from merflow.stages.meshes.stage import meshes_of_clip
from merflow.stages.projections.settings import ProjectionSettings
from merflow.stages.projections.stage import make_projections
from merflow.synthesis.demo import generate_demo
from merflow.synthesis.settings import SynthesisSettings

FRAMES, CLIP = 30, "a"
_BEFORE_MM = 500.0
"""How far before the middle of a view its rays begin."""


def projection_cases() -> Iterator[Case]:
    """Yield the comparisons; OpenCV runs on one thread."""
    import cv2

    cv2.setNumThreads(1)
    settings = ProjectionSettings()
    with tempfile.TemporaryDirectory() as folder:
        path = _written(Path(folder))
        with open_shard(path, kind="meshes") as meshes:
            frames = read_meshes(meshes, CLIP).frames

            def rasters() -> None:
                for frame in frames:
                    for view in settings.views():
                        project(frame.vertices, frame.triangles, view)

            def stage() -> None:
                with _writer(Path(folder), "projections") as shard:
                    make_projections(meshes, settings, shard=shard)

            def cast() -> None:
                for frame in frames:
                    _cast(frame, settings.views())

            yield Case(f"depth of {FRAMES} meshes from 3 sides", "Open3D ray casting, one thread", rasters, cast)
            yield Case(f"projections of {FRAMES} meshes, with their shard", "the same: depth alone", stage, cast)


def _cast(frame: FaceMesh, views: Sequence[View]) -> None:
    import open3d as o3d

    there = np.isfinite(frame.vertices[frame.triangles]).all(axis=(1, 2))
    scene = o3d.t.geometry.RaycastingScene(nthreads=1)
    scene.add_triangles(frame.vertices, np.ascontiguousarray(frame.triangles[there], dtype=np.uint32))  # type: ignore[call-overload]
    for view in views:
        scene.cast_rays(o3d.core.Tensor(_rays(view)), nthreads=1)  # type: ignore[call-overload]


def _rays(view: View) -> NDArray[np.float32]:
    """Return a ray (H, W, 6) for each pixel in the frontal frame: the way back from the view's."""
    back = replace(view, yaw=-view.yaw, middle=(0.0, 0.0, 0.0))
    places = (np.arange(view.size_px) - (view.size_px - 1) / 2) * view.mm_per_px
    x, y = np.meshgrid(places, -places)
    starts = np.stack([x, y, np.full(x.shape, _BEFORE_MM)], axis=-1).reshape(-1, 3)
    towards = np.broadcast_to(back.turned(np.array([[0.0, 0.0, -1.0]])), starts.shape)
    rays = np.concatenate([back.turned(starts) + view.middle, towards], axis=1)
    return rays.reshape(view.size_px, view.size_px, 6).astype(np.float32)


def _written(folder: Path) -> Path:
    """Write the meshes of a clip of the generator, forwards and backwards up to `FRAMES`; return the shard."""
    generate_demo(folder / "raw", SynthesisSettings(n_subjects=1, clips=1, layout="fourdme_4d"))
    (clip,) = read_fourdme("demo", FourdmeSettings(root=folder / "raw")).clips
    arrays, attrs = meshes_of_clip(clip, MeshSettings(), root=folder / "raw")
    recorded = len(attrs["vertex_counts"])
    chosen = np.resize([*range(recorded), *range(recorded)[::-1]], FRAMES)
    vertices = arrays["vertices"].reshape(recorded, -1, 3)[chosen].reshape(-1, 3)
    of_frames = {name: arrays[name][chosen] for name in ("texture", "landmarks", "frontal_from_mesh", "residual")}
    told = {"frames": range(1, FRAMES + 1)} | {
        name: np.array(attrs[name])[chosen] for name in ("vertex_counts", "missing_vertices")
    }
    with _writer(folder, "meshes") as shard:
        shard.add(CLIP, arrays | of_frames | {"vertices": vertices}, attrs | told)
    return folder / "meshes.h5"


def _writer(folder: Path, kind: str) -> ShardWriter:
    return ShardWriter(
        folder / f"{kind}.h5", kind=kind, variant="v", dataset="demo", subject="S01", params={}, code="", inputs={}
    )
