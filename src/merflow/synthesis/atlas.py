"""What lies under each texel of the texture: position on the mean head, lips, ears, distance to the lids' margin."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from merflow.synthesis.asset import MATERIALS
from merflow.synthesis.camera import Camera
from merflow.synthesis.head import load_head
from merflow.synthesis.rasterise import Raster, rasterise
from merflow.synthesis.texture_map import ANGLE_SPAN, COLUMNS, HEIGHT_MM, ROWS, STRIP_U, TOP_MM, cylinder_uv

Float32Array = NDArray[np.float32]

TEXELS_PER_MM = ROWS / HEIGHT_MM
"""Along v exactly; along u within 10 % of it on the face."""
_FAR_MM = 2000.0  # of the orthographic-like view from outside the cylinder; beyond any radius

_MOUTH_GAP_TEXELS = 9  # between closed lips there is no skin; the lips' colour bridges the line


@dataclass(frozen=True, slots=True)
class Atlas:
    """Maps of 1024 x 1400 texels, float32, shared by all subjects.

    Parameters
    ----------
    theta : ndarray of shape (1, 1400)
        Angle from the front, radians, positive to image right.
    y : ndarray of shape (1024, 1)
        Height above the eyes of the mean head, mm.
    x : ndarray of shape (1024, 1400)
        Lateral position on the mean head, mm.
    masks : mapping of str to ndarray of shape (1024, 1400)
        Those of the head, in [0, 1].
    lid_mm : ndarray of shape (1024, 1400)
        Distance to the opening between the lids, mm; 0 inside of it.
    face_window : tuple of slice
        Rows and columns from above the brows to below the chin and from ear to ear.
    """

    theta: Float32Array
    y: Float32Array
    x: Float32Array
    masks: Mapping[str, Float32Array]
    lid_mm: Float32Array
    face_window: tuple[slice, slice]


@cache
def load_atlas() -> Atlas:
    """Return the maps of the committed head; cached and shared: do not write to them."""
    head = load_head()
    triangle_materials = head.materials[head.triangles[:, 0]]
    skin = head.triangles[triangle_materials == MATERIALS.index("skin")]
    eyes = head.triangles[np.isin(triangle_materials, [MATERIALS.index("eye_left"), MATERIALS.index("eye_right")])]
    raster = _unrolled(head.mean, skin)
    fields = np.stack([head.mean[:, 0], *head.masks.values()], axis=1).astype(np.float32)
    gap = np.ones((_MOUTH_GAP_TEXELS, 1), np.uint8)
    maps = np.asarray(cv2.morphologyEx(_interpolate(raster, skin, fields), cv2.MORPH_CLOSE, gap), dtype=np.float32)
    unopened = _unrolled(head.mean, np.concatenate([skin, eyes])).triangle < len(skin)
    distance = cv2.distanceTransform(unopened.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return Atlas(
        theta=(((np.arange(COLUMNS) + 0.5) / COLUMNS - 0.5) * ANGLE_SPAN).astype(np.float32)[None, :],
        y=(TOP_MM - (np.arange(ROWS) + 0.5) / ROWS * HEIGHT_MM).astype(np.float32)[:, None],
        x=maps[..., 0],
        masks={name: maps[..., 1 + k] for k, name in enumerate(head.masks)},
        lid_mm=(distance / TEXELS_PER_MM).astype(np.float32),
        face_window=(slice(300, 960), slice(230, COLUMNS - 230)),
    )


def _unrolled(mean: NDArray[np.float64], triangles: NDArray[np.int32]) -> Raster:
    """Rasterise the texture's cylinder from outside; the outermost surface wins. What the edge clips is left out."""
    uv, radius = cylinder_uv(mean)
    z = _FAR_MM - radius
    texel = uv * [COLUMNS, ROWS] - 0.5
    unrolled = np.column_stack([texel * z[:, None], z])
    in_map = np.abs(uv[:, 0] - 0.5) < 0.5 - STRIP_U / 2
    inside = np.all(in_map[triangles], axis=1, keepdims=True)
    triangles = np.where(inside, triangles, triangles[:, :1])  # degenerate, but keeps the numbering
    return rasterise(unrolled, triangles, Camera(f=1.0, cx=0.0, cy=0.0, width=COLUMNS, height=ROWS))


def _interpolate(raster: Raster, triangles: NDArray[np.int32], fields: Float32Array) -> Float32Array:
    """Return vertex `fields` (V, k) as maps (H, W, k); 0 where there is no surface."""
    maps = np.zeros((*raster.triangle.shape, fields.shape[1]), dtype=np.float32)
    seen = raster.triangle >= 0
    maps[seen] = np.einsum("nc,nck->nk", raster.barycentric[seen], fields[triangles[raster.triangle[seen]]])
    return maps
