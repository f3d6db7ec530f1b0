"""Point cloud of the apex face, each point with its motion since the onset: V_point = (P_a, dP) of Lite-Point-GCN.

The points are those of the apex frame, on whole pixels of its depth map, but flow and depth flow live on the onset's
grid: they say where an onset pixel goes. So for the apex pixel q the onset position p with ``p + flow(p) = q`` is
looked for, and the motion there is q's motion. Reading the motion at q itself, as if the grids were one, gives a point
the motion of its neighbour 1 to 3 px away: wrong exactly where motion changes, at the border of what moves.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.checks import check_setting
from merflow.errors import BadClipError
from merflow.imaging.interpolation import bilinear, nearest_depth
from merflow.stages.clouds.back_projection import Camera, depth_points
from merflow.stages.recorded import CASME3_FOCAL_PX, CameraSettings, RecordedFrames

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class CloudSettings:
    """How clouds are built.

    Parameters
    ----------
    focal_px : float
        Focal length of the depth camera, px; 1324.65 is that of CAS(ME)^3. It and the principal point are those of
        clips whose camera the index does not know.
    cx_px, cy_px : float or None
        Principal point; None is the paper's (W/2, H/2). The demo's renderer has it at (639.5, 359.5), the middle of
        a grid whose pixel centres are integers: half a pixel, 0.25 mm, the same for all points.
    eye_distance_mm : tuple of float
        Smallest and largest accepted distance between the eyes in space, mm; a clip beyond is refused, since its
        focal length or its depth is wrong. Almost all adults have 45 to 80 mm. The rest allows for errors of landmarks,
        cameras and the printed focal length.
    max_distance_ratio : float
        Points farther from the centroid than this multiple of the mean distance are dropped.
    inverse_steps : int
        Steps of the fixed-point search for the onset position.

    Raises
    ------
    ConfigError
        When a value is outside its range.
    """

    focal_px: float = CASME3_FOCAL_PX
    cx_px: float | None = None
    cy_px: float | None = None
    eye_distance_mm: tuple[float, float] = (34.0, 85.0)
    max_distance_ratio: float = 1.5
    inverse_steps: int = 4

    def __post_init__(self) -> None:
        check_setting(self.focal_px > 0, "clouds.focal_px", expected="a length in px", found=self.focal_px)
        low, high = self.eye_distance_mm
        expected = "a smaller and a larger length, mm"
        check_setting(0 < low < high, "clouds.eye_distance_mm", expected=expected, found=self.eye_distance_mm)
        ratio, steps = self.max_distance_ratio, self.inverse_steps
        check_setting(ratio > 1, "clouds.max_distance_ratio", expected="more than 1", found=ratio)
        check_setting(1 <= steps <= 50, "clouds.inverse_steps", expected="1 to 50 steps", found=steps)

    def camera(self, image_size: tuple[int, int]) -> Camera:
        """Return the camera for frames of (width, height) px."""
        return Camera.of_frames(image_size, self.focal_px, self.cx_px, self.cy_px)


def frames_read(_: CloudSettings) -> RecordedFrames:
    """Return what every variant is told of the recordings: no frames, the camera where the index knows it."""
    return RecordedFrames((), depth=False, camera=True)


def camera_told(settings: CloudSettings) -> tuple[str, CameraSettings]:
    """Return the camera of clips whose own the index does not know; it stands in the block of the variant itself."""
    return "", CameraSettings(settings.focal_px, settings.cx_px, settings.cy_px)


@dataclass(frozen=True, slots=True)
class Cloud:
    """A face with its motion.

    Parameters
    ----------
    xyz : ndarray of shape (N, 3), float32, metres
        Apex points in the camera frame: x right, y down, z forward.
    motion : ndarray of shape (N, 3), float32
        Expression motion u, v (aligned px) and dz (mm) since the onset.
    pixel : ndarray of shape (N, 2), int16
        Full-frame pixel (x, y) of each point in the apex frame.
    """

    xyz: Array
    motion: Array
    pixel: NDArray[np.int16]


def build_cloud(
    *,
    apex_depth: NDArray[Any],
    flow: NDArray[Any],
    expression_flow: NDArray[Any],
    dz: NDArray[Any],
    aligned_from_image: NDArray[Any],
    native_origin: tuple[int, int],
    image_size: tuple[int, int],
    settings: CloudSettings | None = None,
    camera: Camera | None = None,
) -> Cloud:
    """Build the cloud of one clip.

    Parameters
    ----------
    apex_depth : ndarray of shape (h, w), mm, NaN = missing
        Native crop.
    flow, expression_flow : ndarray of shape (2, S, S), aligned px
        On the onset's aligned grid; the total flow finds the point, the expression's is its motion.
    dz : ndarray of shape (h, w), mm, NaN = missing
        Depth flow on the onset's native grid.
    aligned_from_image : ndarray of shape (2, 3)
        Full-frame px to aligned px.
    native_origin : tuple of int
        Full-frame (x, y) of the native crop's pixel (0, 0).
    image_size : tuple of int
        (width, height) of the full frame.
    settings : CloudSettings, optional
    camera : Camera, optional
        The clip's own, of the full frame; by default that of the settings.

    Returns
    -------
    Cloud
        Points whose motion is unknown (dz missing, or outside the aligned face) are not in it: zero would say that
        they rest.

    Raises
    ------
    BadClipError
        When no point is left.
    """
    settings = settings or CloudSettings()
    points, pixel = depth_points(apex_depth, camera or settings.camera(image_size), origin=native_origin)
    if not len(points):
        raise BadClipError("expected depth in the apex frame's face crop, but every pixel of it is missing")
    near = np.flatnonzero(near_centroid(points, settings.max_distance_ratio))
    points, pixel = points.take(near, axis=0), pixel.take(near, axis=0)
    transform = np.asarray(aligned_from_image, dtype=np.float64)
    onset = onset_position(to_aligned(pixel, transform), flow, steps=settings.inverse_steps)
    motion = _motion_at(onset, expression_flow, dz, transform, native_origin)
    u, v, dz_here = np.isfinite(motion).T
    known = np.flatnonzero(u & v & dz_here)
    if not len(known):
        raise BadClipError(f"expected motion at the {len(points)} apex points, but none of them has u, v and dz")
    return Cloud(
        xyz=points.astype(np.float32).take(known, axis=0),
        motion=motion.take(known, axis=0),
        pixel=pixel.astype(np.int16).take(known, axis=0),
    )


def near_centroid(points: NDArray[Any], ratio: float) -> NDArray[np.bool_]:
    """Tell which points of (N, 3) lie within `ratio` times the mean distance from their centroid (paper, IV-B1)."""
    x, y, z = (points - points.mean(axis=0)).T
    distance = np.sqrt(x * x + y * y + z * z)  # np.linalg.norm, whose sums over three values each take twice the time
    near: NDArray[np.bool_] = distance <= ratio * distance.mean()
    return near


def to_aligned(pixel: NDArray[Any], aligned_from_image: NDArray[Any]) -> NDArray[np.float64]:
    """Map full-frame positions of shape (N, 2) to the aligned face, px."""
    transform = np.asarray(aligned_from_image, dtype=np.float64)
    aligned: NDArray[np.float64] = pixel @ transform[:, :2].T + transform[:, 2]
    return aligned


def onset_position(apex_xy: NDArray[Any], flow: NDArray[Any], *, steps: int = 4) -> Array:
    """Find where points of the apex were in the onset: the p with ``p + flow(p) = q``.

    Fixed point ``p <- q - flow(p)`` from p = q. It converges because a face's flow changes by far less than 1 px per
    px: each step divides the error by 5 or more, so that 4 leave less than .01 px.

    Parameters
    ----------
    apex_xy : ndarray of shape (N, 2)
        q, px of the flow's grid.
    flow : ndarray of shape (2, S, S), px
        Onset to apex, on the onset's grid.
    steps : int

    Returns
    -------
    ndarray of shape (N, 2), float32
        NaN where the search left the grid.
    """
    field = np.asarray(flow, dtype=np.float32)
    apex = np.ascontiguousarray(np.asarray(apex_xy).T, dtype=np.float32)  # x and y each in one piece
    onset = apex
    for _ in range(steps):
        onset = apex - bilinear(field, onset[0], onset[1])
    return onset.T


def _motion_at(
    onset: Array,
    expression_flow: NDArray[Any],
    dz: NDArray[Any],
    aligned_from_image: NDArray[np.float64],
    native_origin: tuple[int, int],
) -> Array:
    """Read u, v, dz at aligned onset positions; NaN where unknown."""
    uv = bilinear(np.asarray(expression_flow, np.float32), onset[:, 0], onset[:, 1])
    linear = np.linalg.inv(aligned_from_image[:, :2])
    native = (onset - aligned_from_image[:, 2]) @ linear.T - native_origin
    # The nearest pixel: half a pixel of a denoised field is nothing, and raw values are to stay what they were.
    change = nearest_depth(np.asarray(dz, np.float32), native[:, 0], native[:, 1])
    return np.stack([uv[0], uv[1], change], axis=1).astype(np.float32)
