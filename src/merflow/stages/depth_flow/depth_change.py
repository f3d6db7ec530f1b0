"""Depth flow: by how much each point of the face comes nearer or goes away between onset and apex.

Lite-Point-GCN, eq. 3: ``dz = z_apex - z_onset`` of the same point of the skin, which the optical flow finds again.
Positive is away from the camera. Signs, frames and steps:

1. the flow, given on the aligned face in aligned px, is brought to the native grid of the depth map, in native px;
2. apex depth is read where the flow leads, onset depth at the pixel itself; a hole in either has no depth flow;
3. the change at the nasal keypoints (dlib 27-35) is subtracted, since the nose does not move with an expression;
4. ``|dz|`` beyond 8 mm is no expression but an edge or a wrong match;
5. the result is smoothed and the head's rotation removed (`merflow.stages.depth_flow.denoise`), unless
   ``denoise: none``.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from merflow.checks import check_choice, check_setting
from merflow.errors import BadClipError
from merflow.imaging.interpolation import bilinear, nearest_depth, surface_depth
from merflow.landmarks.outline import face_mask
from merflow.stages.depth_flow.denoise import MAD_TO_SD, masked_gaussian, remove_plane, robust_plane

Array = NDArray[np.float32]

NASAL_KEYPOINTS = range(27, 36)
NASAL_RADIUS_PX = 4
"""Half side of the patch around a nasal keypoint: 9 x 9 px, about 4 mm. On the demo, whose sensor errs by 0.35 mm with
errors that neighbours share, the mean over all patches errs by 0.09 mm (standard deviation)."""
NASAL_REACH_MM = 3.0
"""Changes farther than this from the median of the patches are edges or wrong matches, and no part of their mean."""
NASAL_REACH_SD = 2.5
"""The same in robust standard deviations, for a sensor whose noise is wider than that."""
NASAL_REACH_STEPS = 1.5
"""The same in steps of the depth, for one that is stored more coarsely: in cm, a change is 0 or 10 mm."""
MIN_FACE_VALUES = 100
"""Fewer depth changes than this on a whole face: there is nothing to measure."""


@dataclass(frozen=True, slots=True)
class DepthFlowSettings:
    """How depth flow is computed.

    Parameters
    ----------
    denoise : {"gaussian", "none"}
        ``gaussian``: masked Gaussian, then a robust plane subtracted. ``none``: neither; values beyond `max_dz_mm`
        become 0, as the paper's authors do.
    sd_px : float
        Standard deviation of the Gaussian, native px.
    max_dz_mm : float
        Larger changes are rejected. The authors' public constant.
    lookup : {"surface", "nearest"}
        How apex depth is read between pixels; neither crosses a hole (`merflow.imaging.interpolation`).
    nasal_alignment : bool
        Whether the change at the nose is subtracted.

    Raises
    ------
    ConfigError
        When a value is outside its range.
    """

    denoise: Literal["gaussian", "none"] = "gaussian"
    sd_px: float = 10.0
    max_dz_mm: float = 8.0
    lookup: Literal["surface", "nearest"] = "surface"
    nasal_alignment: bool = True

    def __post_init__(self) -> None:
        check_choice(self.denoise, "depth_flow.denoise", ("gaussian", "none"))
        check_choice(self.lookup, "depth_flow.lookup", ("surface", "nearest"))
        check_setting(0 < self.sd_px <= 100, "depth_flow.sd_px", expected="0 to 100 px", found=self.sd_px)
        check_setting(self.max_dz_mm > 0, "depth_flow.max_dz_mm", expected="a length in mm", found=self.max_dz_mm)

    def without_effect(self, _upstream: str) -> dict[str, str]:
        """Return each setting that these settings do not read, and what it belongs to."""
        return {"sd_px": "denoise gaussian"} if self.denoise == "none" else {}


@dataclass(frozen=True, slots=True)
class DepthFlow:
    """Depth flow of one clip on the onset's native grid.

    Parameters
    ----------
    dz : ndarray of shape (h, w), float32, mm
        As the settings process it; NaN = no value.
    dz_raw : ndarray of shape (h, w), float32, mm
        Aligned at the nose, otherwise as measured; NaN = no value.
    nasal_shift_mm : float
        What the alignment took off.
    """

    dz: Array
    dz_raw: Array
    nasal_shift_mm: float


def depth_flow(
    *,
    onset_depth: NDArray[Any],
    apex_depth: NDArray[Any],
    flow: NDArray[Any],
    aligned_from_image: NDArray[Any],
    native_origin: NDArray[Any],
    onset_landmarks: NDArray[Any],
    settings: DepthFlowSettings | None = None,
) -> DepthFlow:
    """Compute the depth flow of one clip.

    Parameters
    ----------
    onset_depth, apex_depth : ndarray of shape (h, w), mm, NaN = missing
        Native crops with one common origin.
    flow : ndarray of shape (2, S, S), aligned px
        Total flow, onset to apex, on the onset's aligned grid (with the head's motion: the depth map has it too).
    aligned_from_image : ndarray of shape (2, 3)
        Full-frame px to aligned px.
    native_origin : array_like of shape (2,)
        Full-frame (x, y) of the crop's pixel (0, 0).
    onset_landmarks : ndarray of shape (68, 2), full-frame px
    settings : DepthFlowSettings, optional

    Returns
    -------
    DepthFlow

    Raises
    ------
    BadClipError
        When too little of the face has depth in both frames, or depth is stored too coarsely for any change to count.
    """
    settings = settings or DepthFlowSettings()
    landmarks = np.asarray(onset_landmarks, np.float64) - np.asarray(native_origin, np.float64)
    y, x = np.nonzero(np.isfinite(onset_depth))  # half of a crop is background: no flow is needed there
    u, v = native_flow(flow, aligned_from_image, native_origin, x, y)
    raw = _depth_change(onset_depth, apex_depth, (x, y), (u, v), lookup=settings.lookup)
    face = face_mask(landmarks, raw.shape)
    _check_coverage(raw, face)
    step = _step(onset_depth[face])
    _check_step(step, settings.max_dz_mm)
    shift = nasal_shift(raw, landmarks, step_mm=step) if settings.nasal_alignment else 0.0
    raw = (raw - np.float32(shift)).astype(np.float32)
    return DepthFlow(dz=_process(raw, face, settings), dz_raw=raw, nasal_shift_mm=shift)


def native_flow(
    flow: NDArray[Any], aligned_from_image: NDArray[Any], native_origin: NDArray[Any], x: NDArray[Any], y: NDArray[Any]
) -> Array:
    """Bring a flow from the aligned face to pixels of the native grid.

    Parameters
    ----------
    flow : ndarray of shape (2, S, S), aligned px, on the aligned grid
    aligned_from_image : ndarray of shape (2, 3)
    native_origin : array_like of shape (2,)
    x, y : ndarray of any shape
        Pixels of the native grid.

    Returns
    -------
    ndarray of shape (2, *x.shape), float32, native px
        NaN outside the aligned face. A displacement has no origin: only the linear part of the transform acts on it.
    """
    transform = np.asarray(aligned_from_image, dtype=np.float64)
    linear = transform[:, :2]
    full = np.stack([x + native_origin[0], y + native_origin[1]])
    aligned = np.tensordot(linear, full, axes=1) + transform[:, 2].reshape(2, *[1] * x.ndim)
    moved = bilinear(np.asarray(flow, np.float32), aligned[0], aligned[1])
    return np.tensordot(np.linalg.inv(linear).astype(np.float32), moved, axes=1).astype(np.float32)


def nasal_shift(dz: NDArray[Any], landmarks: NDArray[Any], *, step_mm: float = 0.0) -> float:
    """Return the depth change of the nose, mm: the mean of the patches at its keypoints, without what is far off.

    A sensor counts whole millimetres, and so does a median of its differences: it makes 0 or 1 mm of a shift of 0.4.
    The mean does not, since noise and slope spread the pixels over both. What lies far from the median is left out by
    its distance in mm: a share of the sorted values, as a usual trimmed mean leaves out, would cut the rarer of two
    neighbouring millimetres and round again (0.2 mm would become 0.12 with 10 % cut at each end, 0 with 25 %).

    The patches are those of the onset, and each of their pixels has been followed by the flow: dlib's own keypoints
    in the apex are whole pixels, which on the side of a nose (1 to 2 mm per px) is more than the shift looked for.

    Parameters
    ----------
    dz : ndarray of shape (h, w), mm, NaN = missing
    landmarks : ndarray of shape (68, 2), px of the grid
    step_mm : float
        Smallest difference that the depth can have; 0 = any.

    Returns
    -------
    float

    Raises
    ------
    BadClipError
        When no patch has a value: a shift that is not known would pass for a head at rest.
    """
    patches = np.zeros(dz.shape, dtype=bool)
    for x, y in np.rint(np.asarray(landmarks)[NASAL_KEYPOINTS]).astype(int):
        top, left = max(y - NASAL_RADIUS_PX, 0), max(x - NASAL_RADIUS_PX, 0)
        patches[top : max(y + NASAL_RADIUS_PX + 1, 0), left : max(x + NASAL_RADIUS_PX + 1, 0)] = True
    values = np.asarray(dz[patches & np.isfinite(dz)], dtype=np.float64)
    if not len(values):
        raise BadClipError(
            "expected a change of depth at the nose, by which the head's motion is taken off, but its pixels are holes "
            "in the onset or the apex. Leave the clip out, or keep the motion: depth_flow.nasal_alignment: false"
        )
    distance = np.abs(values - np.median(values))
    wide = NASAL_REACH_SD * MAD_TO_SD * float(np.median(distance))
    reach = max(NASAL_REACH_MM, wide, NASAL_REACH_STEPS * step_mm)
    return float(values[distance <= reach].mean())


def _step(depth: NDArray[Any]) -> float:
    """Return the smallest difference of depth values, mm: what 1 in their file stands for; 0 = all alike."""
    steps = np.diff(np.unique(depth[np.isfinite(depth)]))
    return float(steps.min()) if len(steps) else 0.0


def _depth_change(
    onset: NDArray[Any],
    apex: NDArray[Any],
    pixels: tuple[NDArray[np.intp], NDArray[np.intp]],
    flow: tuple[Array, Array],
    *,
    lookup: str,
) -> Array:
    """Return apex depth where the flow (u, v) at pixels (x, y) leads minus onset depth; NaN where either is missing."""
    known = np.isfinite(flow[0])
    x, y, u, v = (values[known] for values in (*pixels, *flow))
    read = {"surface": surface_depth, "nearest": nearest_depth}[lookup]
    change = np.full(onset.shape, np.nan, dtype=np.float32)
    change[y, x] = read(apex, x + u, y + v) - onset[y, x]
    return change


def _check_coverage(raw: Array, face: NDArray[np.bool_]) -> None:
    found = int(np.count_nonzero(np.isfinite(raw) & face))
    if found < MIN_FACE_VALUES:
        raise BadClipError(
            f"expected depth on the face in onset and apex, but only {found} of {int(face.sum())} face pixels have it"
        )


def _check_step(step_mm: float, largest_mm: float) -> None:
    if step_mm > largest_mm:
        raise BadClipError(
            f"expected depth in steps of at most {largest_mm:g} mm (depth_flow.max_dz_mm), found steps of {step_mm:g} "
            "mm: every change would be left out as an outlier. Take depth pictures in mm"
        )


def _process(raw: Array, face: NDArray[np.bool_], settings: DepthFlowSettings) -> Array:
    """Take outliers out, and smooth where asked."""
    with np.errstate(invalid="ignore"):
        outlier = np.abs(raw) > settings.max_dz_mm
    if settings.denoise == "none":
        return np.where(outlier, np.float32(0), raw)
    smooth = masked_gaussian(np.where(outlier, np.float32(np.nan), raw), sd_px=settings.sd_px)
    believed = int(np.count_nonzero(np.isfinite(smooth) & face))
    if believed < MIN_FACE_VALUES:
        raise BadClipError(
            f"expected changes within {settings.max_dz_mm} mm on the face, but only {believed} pixels are near one"
        )
    return remove_plane(smooth, robust_plane(smooth, face))
