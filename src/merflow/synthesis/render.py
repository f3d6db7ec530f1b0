"""The perfect colour image: the posed head under the studio's light, before a wall."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from merflow.synthesis.actor import Actor
from merflow.synthesis.camera import Camera
from merflow.synthesis.rasterise import Raster, rasterise
from merflow.synthesis.shading import Light, shade
from merflow.synthesis.surface import sample_surface

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]

TO_LIGHT_AXES = np.array([1.0, -1.0, -1.0])  # camera frame -> the head's axes at rest, in which the lamp is given
_DISPLAY_GAMMA = 2.2


@dataclass(frozen=True, slots=True)
class Studio:
    """Where a subject sits: one lamp and a grey wall.

    Parameters
    ----------
    lamp : Light
        Direction and brightness.
    wall_grey : float
        Mean sRGB level of the wall, 0 to 1.
    wall_slope : tuple of float
        Relative change of the wall's level from the image's middle to its right and its bottom edge.
    """

    lamp: Light
    wall_grey: float
    wall_slope: tuple[float, float]

    @classmethod
    def sample(cls, rng: np.random.Generator) -> "Studio":
        """Draw a studio: the lamp up to 31 degrees to either side and above the face, the wall mid grey."""
        towards_lamp = np.array([rng.uniform(-0.6, 0.6), rng.uniform(0.15, 0.6), 1.0])
        x, y, z = (float(value) for value in towards_lamp / np.linalg.norm(towards_lamp))
        right, bottom = (float(value) for value in rng.uniform(-0.08, 0.08, size=2))
        return cls(lamp=Light(key=(x, y, z)), wall_grey=float(rng.uniform(0.25, 0.75)), wall_slope=(right, bottom))


def render_color(
    vertices: FloatArray, raster: Raster, actor: Actor, studio: Studio, camera: Camera, *, light: float, ss: int = 1
) -> Float32Array:
    """Render one frame.

    Parameters
    ----------
    vertices : ndarray of shape (V, 3)
        Camera frame, mm.
    raster : Raster
        ``vertices`` seen by ``camera``.
    actor : Actor
        Topology and texture.
    studio : Studio
        Lamp and wall.
    camera : Camera
        Projection.
    light : float
        Factor on the lamp in this frame.
    ss : int
        Supersampling: 2 shades four points a pixel and averages their sRGB levels.

    Returns
    -------
    ndarray of shape (H, W, 3), float32
        sRGB grey levels 0-255, RGB order, not rounded.
    """
    if ss > 1:
        fine = camera.scaled(ss)
        image = render_color(
            vertices, rasterise(vertices, actor.head.triangles, fine), actor, studio, fine, light=light
        )
        return cv2.resize(image, (camera.width, camera.height), interpolation=cv2.INTER_AREA).astype(np.float32)
    samples = sample_surface(
        raster,
        actor.head.triangles,
        normals=actor.head.vertex_normals(vertices).astype(np.float32),
        uv=actor.head.uv,
        occlusion=actor.head.ao,
        texture=actor.texture,
    )
    lamp = studio.lamp.dimmed(light)
    normal = samples.normal * TO_LIGHT_AXES.astype(np.float32)
    color = shade(samples.albedo, normal, samples.occlusion, view_directions(camera)[samples.pixel], lamp)
    image = _wall(studio, camera) * np.float32(light ** (1.0 / _DISPLAY_GAMMA))
    image.reshape(-1, 3)[samples.pixel] = color
    return image


@lru_cache(maxsize=1)
def _wall(studio: Studio, camera: Camera) -> Float32Array:
    """Return the image of the wall (H, W, 3), sRGB grey levels 0-255, in the lamp's mean light."""
    x = np.linspace(-1.0, 1.0, camera.width)[None, :]
    y = np.linspace(-1.0, 1.0, camera.height)[:, None]
    level = studio.wall_grey * (1.0 + studio.wall_slope[0] * x + studio.wall_slope[1] * y)
    return np.repeat((255.0 * level).astype(np.float32)[..., None], 3, axis=2)


@lru_cache(maxsize=1)
def view_directions(camera: Camera) -> Float32Array:
    """Return the unit direction (H * W, 3) from what a pixel sees to the camera, in the axes of the light."""
    x, y = np.meshgrid(np.arange(camera.width), np.arange(camera.height))
    rays = camera.unproject(np.stack([x, y], axis=-1).reshape(-1, 2).astype(np.float64), np.ones(x.size))
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    towards: Float32Array = (-rays * TO_LIGHT_AXES).astype(np.float32)
    return towards
