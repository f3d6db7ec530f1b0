"""A camera of colour and depth beside the first one, with its own rate and its own clock."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from merflow.synthesis.camera import Camera
from merflow.synthesis.layout import FramePaths
from merflow.synthesis.rasterise import rasterise
from merflow.synthesis.render import render_color
from merflow.synthesis.sensors import NoiseBank, sense_color, sense_depth
from merflow.synthesis.shot import Shot
from merflow.synthesis.writer import write_frame

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondCamera:
    """Where the camera stands and how often it takes a frame.

    Parameters
    ----------
    camera : Camera
        Its own projection; colour and depth share one pixel grid.
    right_mm : float
        How far it stands to the right of the first camera, mm.
    looks_at_mm : float
        It is turned to the point that far in front of the first camera, mm.
    every : int
        It takes one frame while the first camera takes so many.
    """

    camera: Camera
    right_mm: float = 60.0
    looks_at_mm: float = 700.0
    every: int = 2

    def from_first(self) -> FloatArray:
        """Return the matrix (3, 4) that takes (x, y, z, 1) of the first camera's frame into this one's, mm."""
        angle = np.arctan2(self.right_mm, self.looks_at_mm)
        turned = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
        return np.column_stack([turned, turned @ [-self.right_mm, 0.0, 0.0]])


def film_with(
    second: SecondCamera, shot: Shot, delay: float, rng: np.random.Generator, paths: Callable[[int], FramePaths]
) -> None:
    """Write colour and depth of a clip. The lamp of the studio turns with the camera, by some 5 degrees.

    Parameters
    ----------
    second : SecondCamera
    shot : Shot
    delay : float
        How much later each frame is taken than that of the first camera, in frames of the first camera, 0 to .5.
    rng : numpy.random.Generator
        Draws the noise.
    paths : callable
        Number of the frame, from 1 on -> its files.
    """
    camera, settings = second.camera, shot.settings
    bank = NoiseBank.sample(rng, height=camera.height, width=camera.width)
    for number, (step, vertices) in enumerate(moments(second, shot, delay), start=1):
        raster = rasterise(vertices, shot.actor.head.triangles, camera)
        light = float(shot.performance.light[step])
        image = render_color(vertices, raster, shot.actor, shot.studio, camera, light=light, ss=settings.ss)
        color = sense_color(image, bank, rng, noise_sd=settings.noise_sd)
        depth = sense_depth(raster.depth, bank, rng, f=camera.f, depth_sub=settings.depth_sub)
        write_frame(paths(number), color, depth)


def moments(second: SecondCamera, shot: Shot, delay: float) -> Iterator[tuple[int, FloatArray]]:
    """Yield the frame of the first camera, and the vertices (V, 3) in this one's frame, of each frame of this camera.

    Between two frames of the first camera vertices move straight on.
    """
    matrix = second.from_first()
    for step in shot.kept[:: second.every]:
        after = min(step + 1, len(shot.frames) - 1)
        vertices = (1.0 - delay) * shot.frames[step] + delay * shot.frames[after]
        yield step, vertices @ matrix[:, :3].T + matrix[:, 3]
