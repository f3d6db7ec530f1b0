"""Lay what is before a face over its image and its depth, and tell which pixels of the face it hides."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from merflow.synthesis.camera import Camera
from merflow.synthesis.occluders import Occluders
from merflow.synthesis.pose import Pose
from merflow.synthesis.rasterise import Raster, rasterise
from merflow.synthesis.render import TO_LIGHT_AXES, Studio, view_directions
from merflow.synthesis.shading import shade
from merflow.synthesis.tubes import Mesh

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Layer:
    """One frame of what lies before a face.

    Parameters
    ----------
    mesh : Mesh
        In the camera frame, mm.
    raster : Raster
        What each pixel sees of it.
    alpha : float
        1 hides the face.
    """

    mesh: Mesh
    raster: Raster
    alpha: float

    def before(self, face: Raster) -> NDArray[np.bool_]:
        """Return the pixels (H, W) where it is nearer than the face."""
        return self.raster.covered & (self.raster.depth < face.depth)


def layers_of(
    occluders: Occluders | None, pose: Pose, pivot: FloatArray, drift: FloatArray, camera: Camera
) -> list[Layer]:
    """Return the layers of one frame, those that hide the face first.

    Parameters
    ----------
    occluders : Occluders or None
        Of the clip.
    pose : Pose
        The head's.
    pivot : ndarray of shape (3,)
        Of the head.
    drift : ndarray of shape (3,)
        Where the hand is in this frame, since the first, mm.
    camera : Camera
        Projection.
    """
    if occluders is None:
        return []
    layers = []
    for mesh, alpha in ((occluders.solid, 1.0), (occluders.lenses, occluders.glare)):
        if mesh is None:
            continue
        vertices = mesh.vertices
        if alpha == 1.0:
            vertices = vertices + occluders.drifting[:, None] * drift
        seen = Mesh(pose.to_camera(vertices, pivot), mesh.triangles, mesh.albedo)
        layers.append(Layer(seen, rasterise(seen.vertices, mesh.triangles, camera), alpha))
    return layers


def hidden(face: Raster, layers: list[Layer]) -> NDArray[np.bool_]:
    """Return the pixels (H, W) of an image in which something hides the face or what is behind it."""
    mask = np.zeros(face.depth.shape, dtype=bool)
    for layer in layers:
        if layer.alpha == 1.0:
            mask |= layer.before(face)
    return mask


def nearest_depth(face: Raster, layers: list[Layer]) -> Float32Array:
    """Return the depth (H, W) of whatever is nearest and not transparent, mm."""
    depth = face.depth
    for layer in layers:
        if layer.alpha == 1.0:
            depth = np.minimum(depth, layer.raster.depth)
    return depth


def lay_over(
    image: Float32Array, face: Raster, layers: list[Layer], studio: Studio, camera: Camera, *, light: float
) -> None:
    """Draw the layers into an image (H, W, 3; sRGB grey levels) in place, lit as the face is."""
    nearest = face.depth
    for layer in layers:
        pixel = np.flatnonzero(layer.raster.covered & (layer.raster.depth < nearest))
        if layer.alpha == 1.0:
            nearest = nearest_depth(face, [layer])
        triangle = layer.raster.triangle.ravel()[pixel]
        corners = layer.raster.barycentric.reshape(-1, 3)[pixel]
        normals = _normals(layer.mesh)[layer.mesh.triangles[triangle]]
        normal = np.einsum("nk,nkd->nd", corners, normals)
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
        view = view_directions(camera)[pixel]
        normal = normal * TO_LIGHT_AXES
        normal *= np.where((normal * view).sum(axis=1, keepdims=True) < 0, -1.0, 1.0)  # both sides are seen
        open_sky = np.ones(len(pixel), dtype=np.float32)
        colour = shade(layer.mesh.albedo[triangle], normal, open_sky, view, studio.lamp.dimmed(light))
        below = image.reshape(-1, 3)
        below[pixel] += np.float32(layer.alpha) * (colour - below[pixel])


def _normals(mesh: Mesh) -> FloatArray:
    """Return unit normals (V, 3), area-weighted."""
    a, b, c = (mesh.vertices[mesh.triangles[:, k]] for k in range(3))
    crosses = np.cross(b - a, c - a)
    sums = np.zeros_like(mesh.vertices)
    for k in range(3):
        np.add.at(sums, mesh.triangles[:, k], crosses)
    normals: FloatArray = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    return normals
