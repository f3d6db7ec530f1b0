"""Alignment: the similarity that puts a face on the mean shape, and the two crops that are cut from a frame.

The transform comes from the onset frame and serves the whole clip, so that the crops of a clip differ by the motion of
the face alone and never by noise of the alignment.
"""

import numpy as np
from numpy.typing import NDArray

ANCHORS = (36, 39, 42, 45, 33)
"""Landmarks that are aligned: the four eye corners and the nose base (subnasale), 0-based dlib order.

These move least with an expression; brows, mouth and jaw would drag the transform along with what is to be measured.
"""

MEAN_ANCHORS = np.array([[-0.5, 0.0], [-0.2214, 0.0269], [0.2214, 0.0269], [0.5, 0.0], [0.0, 0.5556]])
"""Where the anchors lie on the mean face: unit = distance of the outer eye corners, origin midway between them, x
right, y down. Generalised Procrustes mean of dlib landmarks on 24 heads of the demo's head model, made symmetric."""

MEAN_FACE_BOX = (-0.84, -0.573, 0.84, 1.298)
"""Left, top, right, bottom of the mean face in the same unit: jaw 0-16, chin, and the brows raised by 0.25."""


def fit_similarity(source: NDArray[np.floating], target: NDArray[np.floating]) -> NDArray[np.float64]:
    """Least-squares similarity between two sets of points: rotation, one scale, translation, never a reflection.

    Parameters
    ----------
    source, target : ndarray of shape (N, 2), N >= 2
        Corresponding (x, y).

    Returns
    -------
    ndarray of shape (2, 3), float64
        ``target_from_source``: target (x, y) = this @ (x, y, 1).

    Raises
    ------
    ValueError
        When the shapes differ, or all source points are one.

    Notes
    -----
    Closed form of Umeyama (1991) for the plane. With centred points as complex numbers s and t the optimum is the
    complex factor sum(conj(s) t) / sum(|s|^2), whose modulus is the scale and whose argument is the rotation.
    By hand: (0, 0), (1, 0) onto (0, 0), (0, 2) gives [[0, -2, 0], [2, 0, 0]].
    """
    if source.shape != target.shape or source.ndim != 2 or source.shape[1] != 2:
        raise ValueError(f"expected two arrays of one shape (N, 2), found {source.shape} and {target.shape}")
    source_mean, target_mean = source.mean(axis=0, dtype=np.float64), target.mean(axis=0, dtype=np.float64)
    s, t = source - source_mean, target - target_mean
    spread = float((s**2).sum())
    if spread == 0.0:
        raise ValueError("expected at least two different source points, found one")
    a = float((s * t).sum()) / spread
    b = float((s[:, 0] * t[:, 1] - s[:, 1] * t[:, 0]).sum()) / spread
    linear = np.array([[a, -b], [b, a]])
    return np.column_stack([linear, target_mean - linear @ source_mean])


def transform_points(matrix: NDArray[np.floating], points: NDArray[np.number]) -> NDArray[np.float64]:
    """Apply a (2, 3) affine transform to points of shape (..., 2), in (x, y)."""
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], dtype=np.float64)


def invert_affine(matrix: NDArray[np.floating]) -> NDArray[np.float64]:
    """Inverse of a (2, 3) affine transform: ``image_from_aligned`` of ``aligned_from_image``."""
    linear = np.linalg.inv(np.asarray(matrix[:, :2], dtype=np.float64))
    return np.column_stack([linear, -linear @ matrix[:, 2]])


def mean_anchors(*, size_px: int, margin: float) -> NDArray[np.float64]:
    """Positions of the anchors in an aligned crop, (5, 2) px.

    The mean face box, centred in the crop, is scaled until its larger side leaves `margin` of the crop free at both
    ends.
    """
    left, top, right, bottom = MEAN_FACE_BOX
    scale = size_px * (1.0 - 2.0 * margin) / max(right - left, bottom - top)
    centre = np.array([(left + right) / 2, (top + bottom) / 2])
    return np.asarray((MEAN_ANCHORS - centre) * scale + (size_px - 1) / 2)


def align_to_mean(landmarks: NDArray[np.floating], *, size_px: int, margin: float) -> NDArray[np.float64]:
    """Similarity that puts a face on the mean shape.

    Parameters
    ----------
    landmarks : ndarray of shape (68, 2)
        (x, y) in full-image px, of the onset frame.
    size_px, margin
        As in ``FaceSettings``.

    Returns
    -------
    ndarray of shape (2, 3), float64
        ``aligned_from_image``: full-image px to aligned px, pixel centres at integers in both.
    """
    return fit_similarity(landmarks[list(ANCHORS)], mean_anchors(size_px=size_px, margin=margin))


def warp_aligned(
    image: NDArray[np.uint8], aligned_from_image: NDArray[np.float64], *, size_px: int
) -> NDArray[np.uint8]:
    """Resample a frame onto the aligned grid.

    Bilinear; beyond the picture its border is repeated. A crop smaller than the original is blurred first (Gaussian of
    the width that turns one source pixel into one target pixel), so that fine texture does not alias into false motion.

    Parameters
    ----------
    image : ndarray of shape (H, W, 3), uint8
    aligned_from_image : ndarray of shape (2, 3)

    Returns
    -------
    ndarray of shape (S, S, 3), uint8
    """
    import cv2

    scale = float(np.hypot(aligned_from_image[0, 0], aligned_from_image[1, 0]))
    left, top, right, bottom = native_window(
        aligned_from_image, size_px=size_px, margin_px=8, image_size=(image.shape[1], image.shape[0])
    )
    part = image[top:bottom, left:right]
    if scale < 1.0:
        sd = 0.5 * np.sqrt(1.0 / scale**2 - 1.0)
        part = cv2.GaussianBlur(part, (0, 0), sd, borderType=cv2.BORDER_REPLICATE).astype(np.uint8)
    matrix = aligned_from_image.copy()
    matrix[:, 2] += matrix[:, :2] @ (left, top)
    warped = cv2.warpAffine(part, matrix, (size_px, size_px), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, dtype=np.uint8)


def native_window(
    aligned_from_image: NDArray[np.float64], *, size_px: int, margin_px: int, image_size: tuple[int, int]
) -> tuple[int, int, int, int]:
    """Whole-pixel rectangle that covers the aligned square in the frame, so that each aligned pixel has its depth.

    Parameters
    ----------
    aligned_from_image : ndarray of shape (2, 3)
    size_px : int
        Side of the aligned square.
    margin_px : int
        Border added on all sides, full-image px.
    image_size : tuple of int
        (width, height); the rectangle is clipped to it.

    Returns
    -------
    tuple of int
        left, top, right, bottom in full-image px; right and bottom exclusive: ``image[top:bottom, left:right]``.
    """
    low, high = -0.5, size_px - 0.5
    corners = np.array([[low, low], [high, low], [high, high], [low, high]])
    in_image = transform_points(invert_affine(aligned_from_image), corners)
    left, top = np.floor(in_image.min(axis=0)).astype(int) - margin_px
    right, bottom = np.ceil(in_image.max(axis=0)).astype(int) + margin_px + 1
    width, height = image_size
    return (
        min(max(int(left), 0), width),
        min(max(int(top), 0), height),
        min(max(int(right), 0), width),
        min(max(int(bottom), 0), height),
    )
