"""The pictures of one mesh: depth, enhanced depth and texture of each view."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from merflow.imaging.equalisation import equalised
from merflow.meshes.orthographic import look_up, project
from merflow.stages.meshes.reading import FaceMesh
from merflow.stages.projections.settings import ProjectionSettings

HIGHEST = 2**16 - 1
"""Level of the depth that is nearest to the viewer; 0 is missing."""


class Pictures(NamedTuple):
    """Pictures of one mesh, a view each; `texture` is None where it has none.

    `depth` (views, H, W) float32 mm, `enhanced` (views, H, W) uint16, `texture` (views, H, W, 3) uint8, `hidden`
    (views, H, W) bool; `hidden` is None where nothing of the mesh hides what is behind it.
    """

    depth: NDArray[np.float32]
    enhanced: NDArray[np.uint16]
    texture: NDArray[np.uint8] | None
    hidden: NDArray[np.bool_] | None = None


def pictures_of(mesh: FaceMesh, settings: ProjectionSettings, *, curtain: NDArray[np.bool_] | None = None) -> Pictures:
    """Project one mesh to each view.

    Parameters
    ----------
    mesh : FaceMesh
    settings : ProjectionSettings
    curtain : ndarray of shape (T,), bool, optional
        Triangles that are no surface: a pixel that meets one first is hidden, and sees nothing.
    """
    seen = [project(mesh.vertices, mesh.triangles, view) for view in settings.views()]
    hidden = None
    if curtain is not None:
        hidden = np.stack([(one.triangle >= 0) & curtain[one.triangle] for one in seen])
        seen = [one.without(mask) for one, mask in zip(seen, hidden, strict=True)]
    textures = None
    if mesh.uv is not None and mesh.texture is not None:
        textures = np.stack([look_up(one, mesh.triangles, mesh.uv, mesh.texture) for one in seen])
    depth = np.stack([one.z for one in seen])
    return Pictures(depth, np.stack([enhanced_depth(one, settings) for one in depth]), textures, hidden)


def enhanced_depth(depth: NDArray[np.float32], settings: ProjectionSettings) -> NDArray[np.uint16]:
    """Raise the contrast of a depth picture.

    R: contrast-limited adaptive histogram equalisation (:mod:`merflow.imaging.equalisation`), in which holes do not
    count; what the paper of CCDN does could not be read.

    Parameters
    ----------
    depth : ndarray of shape (H, W)
        mm towards the viewer; NaN = missing.
    settings : ProjectionSettings
        Reads ``depth_mm``, ``clip_limit`` and ``tiles``.

    Returns
    -------
    ndarray of shape (H, W), uint16
        1 to 65535; 0 = missing.
    """
    low, high = settings.depth_mm
    share = np.clip((depth.astype(np.float64) - low) / (high - low), 0.0, 1.0)
    raised = equalised(share, tiles=settings.tiles, clip_limit=settings.clip_limit)
    return np.asarray(np.where(np.isfinite(depth), np.rint(1 + raised * (HIGHEST - 1)), 0), np.uint16)
