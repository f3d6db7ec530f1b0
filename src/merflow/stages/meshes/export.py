"""Straightened meshes as PLY with their textures, which MeshLab, CloudCompare and Open3D open."""

from pathlib import Path

import numpy as np

from merflow.imaging.encoding import write_png
from merflow.meshes.files import write_mesh
from merflow.meshes.mesh import Mesh
from merflow.stages.exporting import Export, NoSettings, Source, clip_path, write_csv
from merflow.stages.meshes.reading import FaceMesh, read_meshes

_COLUMNS = ("subject", "clip", "frame", "missing_vertices", "mesh", "texture")


def write_meshes(source: Source, out: Path, _settings: NoSettings) -> None:
    """Write each frame as ``<subject>/<clip>/<number>.ply`` with a PNG beside it, and ``frames.csv``."""
    rows = []
    for one in source.each():
        folder = clip_path(out, one.clip, "")
        folder.mkdir()
        numbers = [int(number) for number in one.attrs["frames"]]
        for number, face in zip(numbers, read_meshes(one.shard, one.stored).frames, strict=True):
            path, picture = folder / f"{number:05d}.ply", folder / f"{number:05d}.png"
            texture = ""
            if face.texture is not None:
                write_png(picture, face.texture)
                texture = picture.relative_to(out).as_posix()
            write_mesh(path, _whole(face, picture.name if texture else ""))
            missing = int(np.isnan(face.vertices[:, 0]).sum())
            rows.append([one.clip.subject, one.clip.id, number, missing, path.relative_to(out).as_posix(), texture])
    write_csv(out / "frames.csv", _COLUMNS, rows)


def _whole(face: FaceMesh, texture: str) -> Mesh:
    """Return a mesh without NaN, which no program takes: a missing vertex is the origin, and in no triangle.

    So the others keep their numbers, and are the same ones from frame to frame where the topology is.
    """
    there = ~np.isnan(face.vertices[:, 0])  # a missing vertex is NaN in all coordinates
    vertices = np.where(there[:, None], face.vertices, 0.0).astype(np.float64)
    return Mesh(vertices, face.triangles[there[face.triangles].all(axis=1)], face.uv, texture)


EXPORTS = (
    Export(
        name="meshes_ply", summary="straightened meshes as PLY with their textures, one a frame", write=write_meshes
    ),
)
