"""Where the head is: a base pose per clip, and the small involuntary sway around it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

FloatArray = NDArray[np.float64]

SWAY_SD_AFTER_1S = np.array([0.45, 0.45, 0.25, 0.8, 0.6, 0.8])
"""Sway of yaw, pitch, roll (degrees) and x, y, z (mm) one second after the start, before the ``head_motion`` factor."""

_SMOOTHING_S = 0.1
_FROM_HEAD_AXES = np.diag([1.0, -1.0, -1.0])


@dataclass(frozen=True, slots=True)
class Pose:
    """Rigid pose of the head in the camera frame.

    Parameters
    ----------
    yaw, pitch, roll : float
        Degrees. Positive yaw turns the face to image right, positive pitch turns it down, positive roll turns it
        clockwise in the image.
    x, y, z : float
        Position of the pivot in the camera frame (x right, y down, z forward), mm.
    """

    yaw: float
    pitch: float
    roll: float
    x: float
    y: float
    z: float

    def rotation(self) -> FloatArray:
        """Return the rotation (3, 3) within the head's axes (+x image right, +y up, +z to the camera)."""
        yaw, pitch, roll = np.radians([self.yaw, self.pitch, -self.roll])
        about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
        about_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
        about_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
        result: FloatArray = about_z @ about_y @ about_x
        return result

    def to_camera(self, vertices: FloatArray, pivot: FloatArray) -> FloatArray:
        """Move head-frame vertices into the camera frame.

        Parameters
        ----------
        vertices : ndarray of shape (N, 3)
            Head frame, mm: +x image right, +y up, +z towards the camera.
        pivot : ndarray of shape (3,)
            The head-frame point that lands on (x, y, z) and does not move when the head turns.

        Returns
        -------
        ndarray of shape (N, 3), float64
            Camera frame, mm: x right, y down, z forward.
        """
        matrix = _FROM_HEAD_AXES @ self.rotation()
        moved: FloatArray = (vertices - pivot) @ matrix.T + np.array([self.x, self.y, self.z])
        return moved


def sample_base_pose(rng: np.random.Generator, pivot_behind_eyes_mm: float, spread: float = 1.0) -> Pose:
    """Draw the pose that a subject takes for one clip: seated 600-720 mm before the camera, about frontal.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the draw.
    pivot_behind_eyes_mm : float
        How far the pivot lies behind the eyes; the distance to the camera is counted from the eyes.
    spread : float
        Factor on the angles.

    Returns
    -------
    Pose
    """
    distance = rng.uniform(600.0, 720.0)
    yaw, pitch, roll = spread * rng.normal(0.0, [3.0, 2.5, 1.5])
    x, y = rng.normal(0.0, [18.0, 10.0])
    return Pose(yaw=yaw, pitch=pitch, roll=roll, x=x, y=y, z=distance + pivot_behind_eyes_mm)


def sample_sway(rng: np.random.Generator, n_frames: int, *, fps: float, head_motion: float) -> FloatArray:
    """Draw a smooth random walk of the head that starts at zero.

    A random walk with white steps would jump from frame to frame; its steps are therefore smoothed over a tenth of a
    second, which leaves the spread after one second as it was.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the draw.
    n_frames : int
        Frames of the clip.
    fps : float
        Frames per second.
    head_motion : float
        Factor on :data:`SWAY_SD_AFTER_1S`; 0 keeps the head still.

    Returns
    -------
    ndarray of shape (n_frames, 6)
        Offsets of yaw, pitch, roll (degrees) and x, y, z (mm); the first row is zero.
    """
    smoothing = _SMOOTHING_S * fps
    margin = int(4 * smoothing)
    steps = rng.normal(size=(n_frames + 2 * margin, 6)) * SWAY_SD_AFTER_1S / np.sqrt(fps)
    smooth = gaussian_filter1d(steps, smoothing, axis=0)[margin : margin + n_frames]
    walk = np.cumsum(smooth, axis=0)
    sway: FloatArray = head_motion * (walk - walk[0])
    return sway


def swayed(base: Pose, sway: FloatArray) -> list[Pose]:
    """Return the pose of each frame: ``base`` plus one row of ``sway`` (yaw, pitch, roll, x, y, z)."""
    return [
        replace(
            base,
            yaw=base.yaw + float(row[0]),
            pitch=base.pitch + float(row[1]),
            roll=base.roll + float(row[2]),
            x=base.x + float(row[3]),
            y=base.y + float(row[4]),
            z=base.z + float(row[5]),
        )
        for row in sway
    ]
