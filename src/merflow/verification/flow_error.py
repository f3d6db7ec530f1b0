"""Accuracy of a flow: its end-point error against known motion, on the visible face.

Known motion is given in native px on native pixels (the demo's ground truth); the flow of the artefact in aligned px on
the aligned grid. Errors are taken at native pixels: the flow is read where a pixel lies on the aligned grid, and one of
the two is brought to the other's unit by the linear part of ``aligned_from_image``.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from merflow.imaging.interpolation import bilinear
from merflow.landmarks.alignment import invert_affine, transform_points
from merflow.landmarks.outline import face_mask

Unit = Literal["native", "aligned"]
Window = tuple[int, int]


@dataclass(frozen=True, slots=True)
class FlowAccuracy:
    """Means over the visible face pixels of one clip.

    Attributes
    ----------
    n_pixels : int
        Native pixels that were compared.
    motion_px, flow_error_px : float
        Length of the true total motion, and end-point error of ``flow``; native px.
    expression_px, expression_error_px : float
        Length of the true expression motion, and end-point error of ``expression_flow``; aligned px.
    """

    n_pixels: int
    motion_px: float
    flow_error_px: float
    expression_px: float
    expression_error_px: float


def endpoint_error(
    flow: NDArray[np.floating],
    truth: NDArray[np.floating],
    *,
    aligned_from_image: NDArray[np.floating],
    origin: Window,
    unit: Unit,
) -> NDArray[np.float64]:
    """Distance between estimated and true motion at each native pixel of a window.

    Parameters
    ----------
    flow : ndarray of shape (2, S, S)
        Estimated, aligned px on the aligned grid.
    truth : ndarray of shape (2, h, w)
        Known, native px on native pixels; NaN where unknown.
    aligned_from_image : ndarray of shape (2, 3)
        Full-image px to aligned px.
    origin : tuple of int
        Full-image (x, y) of the truth's pixel (0, 0).
    unit : {"native", "aligned"}
        Px of the result.

    Returns
    -------
    ndarray of shape (h, w), float64
        NaN where the truth is unknown or the pixel lies outside the aligned grid.
    """
    estimated = _at_native_pixels(flow, aligned_from_image, origin, (truth.shape[1], truth.shape[2]))
    known = np.asarray(truth, dtype=np.float64)
    if unit == "native":
        estimated = _turn(invert_affine(aligned_from_image)[:, :2], estimated)
    else:
        known = _turn(aligned_from_image[:, :2], known)
    return np.asarray(np.hypot(*(estimated - known)), dtype=np.float64)


def visible_face(landmarks: NDArray[np.floating], visible: NDArray[np.bool_], *, origin: Window) -> NDArray[np.bool_]:
    """Pixels of a window that lie inside the face's outline and are visible in both frames.

    Parameters
    ----------
    landmarks : ndarray of shape (68, 2)
        Of the onset frame, full-image px.
    visible : ndarray of shape (h, w), bool
    origin : tuple of int
        Full-image (x, y) of the window's pixel (0, 0).
    """
    height, width = visible.shape
    return visible & face_mask(landmarks - np.asarray(origin), (height, width))


def measure_flow(
    flow: NDArray[np.floating],
    expression_flow: NDArray[np.floating],
    *,
    truth: NDArray[np.floating],
    expression_truth: NDArray[np.floating],
    visible: NDArray[np.bool_],
    origin: Window,
    landmarks: NDArray[np.floating],
    aligned_from_image: NDArray[np.floating],
) -> FlowAccuracy:
    """Compare the flows of one clip with its known motion.

    Parameters
    ----------
    flow, expression_flow : ndarray of shape (2, S, S)
        As a ``flow`` shard holds them.
    truth, expression_truth : ndarray of shape (2, h, w)
        Total motion, and motion with the head held still; native px on the onset's pixels.
    visible : ndarray of shape (h, w), bool
        The surface point is seen in both frames.
    origin : tuple of int
        Full-image (x, y) of the window's pixel (0, 0).
    landmarks : ndarray of shape (68, 2)
        Of the onset frame, full-image px.
    aligned_from_image : ndarray of shape (2, 3)

    Returns
    -------
    FlowAccuracy

    Raises
    ------
    ValueError
        When no pixel of the face can be compared.
    """
    total = endpoint_error(flow, truth, aligned_from_image=aligned_from_image, origin=origin, unit="native")
    rest = endpoint_error(
        expression_flow, expression_truth, aligned_from_image=aligned_from_image, origin=origin, unit="aligned"
    )
    pixels = visible_face(landmarks, visible, origin=origin) & np.isfinite(total) & np.isfinite(rest)
    if not pixels.any():
        raise ValueError("no pixel of the visible face has both a flow and a known motion")
    in_aligned = _turn(aligned_from_image[:, :2], np.asarray(expression_truth, dtype=np.float64))
    return FlowAccuracy(
        n_pixels=int(pixels.sum()),
        motion_px=float(np.hypot(*np.asarray(truth, dtype=np.float64))[pixels].mean()),
        flow_error_px=float(total[pixels].mean()),
        expression_px=float(np.hypot(*in_aligned)[pixels].mean()),
        expression_error_px=float(rest[pixels].mean()),
    )


def _at_native_pixels(
    flow: NDArray[np.floating], aligned_from_image: NDArray[np.floating], origin: Window, shape: tuple[int, int]
) -> NDArray[np.float64]:
    """Read an aligned flow at every native pixel of a window, still in aligned px; NaN outside the aligned grid."""
    rows, columns = np.indices(shape)
    pixels = np.stack([columns + origin[0], rows + origin[1]], axis=-1)
    aligned = transform_points(aligned_from_image, pixels)
    return bilinear(flow, aligned[..., 0], aligned[..., 1]).astype(np.float64)


def _turn(linear: NDArray[np.floating], vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Apply a (2, 2) matrix to a field of vectors (2, h, w)."""
    return np.asarray(np.einsum("ij,jhw->ihw", linear, vectors), dtype=np.float64)
