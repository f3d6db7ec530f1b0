"""Clouds as PLY, which Open3D, MeshLab and CloudCompare open."""

from pathlib import Path

import numpy as np

from merflow.stages.exporting import Export, NoSettings, OneClip, Source, clip_path

_COLUMNS = (*("x", "y", "z"), *("u", "v", "dz"))
_PIXEL = ("pixel_x", "pixel_y")
_CAMERA = ("fx", "fy", "cx", "cy")


def write_clouds(source: Source, out: Path, _settings: NoSettings) -> None:
    """Write each clip as ``<subject>/<clip>.ply``."""
    for one in source.each():
        clip_path(out, one.clip, ".ply").write_bytes(_ply(one))


def _ply(one: OneClip) -> bytes:
    """Return a binary little-endian PLY: x, y, z (m), motion u, v (aligned px) and dz (mm), pixel of the apex frame.

    Open3D keeps x, y and z of a vertex; plyfile, MeshLab and CloudCompare read the other columns too.
    """
    xyz, motion, pixel = one.read("xyz"), one.read("motion"), one.read("pixel")
    points = np.empty(len(xyz), dtype=[*((name, "<f4") for name in _COLUMNS), *((name, "<i2") for name in _PIXEL)])
    for name, values in zip(_COLUMNS, np.concatenate([xyz, motion], axis=1).T, strict=True):
        points[name] = values
    for name, values in zip(_PIXEL, pixel.T, strict=True):
        points[name] = values
    camera = " ".join(f"{name} {float(number)!r}" for name, number in zip(_CAMERA, one.attrs["camera"], strict=True))
    header = [
        *("ply", "format binary_little_endian 1.0"),
        f"comment {one.clip.id}: x right, y down, z forward, m; u, v aligned px, dz mm since the onset",
        f"comment camera {camera} px",
        f"element vertex {len(points)}",
        *(f"property float {name}" for name in _COLUMNS),
        *(f"property short {name}" for name in _PIXEL),
        *("end_header", ""),
    ]
    return "\n".join(header).encode() + points.tobytes()


EXPORTS = (Export(name="clouds_ply", summary="point clouds with their motion as PLY, one a clip", write=write_clouds),)
