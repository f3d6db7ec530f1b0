"""Node features of GTS-GN (type B): x, y, and distance D and angle alpha to one designated neighbour, eq. 1.

``coordinates`` (P) is what the paper prints: where the nodes are. ``displacement`` (R, default) is how all four have
changed since the onset. On the demo a node's place differs between clips by six times as much as the node moves (twice
as much where motion is magnified by 3), so that a network that is given places sees faces rather than
expressions. The printed angle, an arctangent, jumps by pi where the neighbour lies straight above or below: in
every second clip for one of the nodes 27, 30, 51 and 57 of the 14.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ONSET = 0
"""Position of the onset among the frames."""


def node_features(
    position: NDArray[Any],
    neighbour: NDArray[Any],
    *,
    kind: Literal["displacement", "coordinates"] = "displacement",
    interocular_px: float,
    size_px: int,
) -> NDArray[np.float32]:
    """Compute the four features of every node.

    Parameters
    ----------
    position : ndarray of shape (..., F, N, 2)
        (x, y) of N nodes in F frames, the onset first, aligned px.
    neighbour : ndarray of shape (N,), int
        Node that D and alpha of each node are measured to.
    kind : {"displacement", "coordinates"}
        Reading, see the module.
    interocular_px : float
        Distance of the eyes on the onset; the unit of ``displacement``.
    size_px : int
        Side of the aligned face; the unit of ``coordinates``.

    Returns
    -------
    ndarray of shape (..., F, N, 4), float32
        x, y, D, alpha.
        ``coordinates``: x and y from the upper left pixel in sides of the face; D the squared distance in the same
        unit; alpha the arctangent of dy/dx, from -pi/2 to pi/2, and sign(dy) pi/2 where dx = 0 (0 where dy is too).
        ``displacement``: x, y and D the changes of place and of distance since the onset in interocular distances,
        alpha the turn since the onset by the shorter way, in (-pi, pi]; all of them 0 on the onset.

    Raises
    ------
    ValueError
        When a shape does not fit, or the unit is not positive.
    """
    points = np.asarray(position, dtype=np.float64)
    if points.ndim < 3 or points.shape[-1] != 2 or points.shape[-2] != len(neighbour):
        raise ValueError(f"expected positions (..., frames, {len(neighbour)}, 2), found shape {points.shape}")
    unit = float(interocular_px if kind == "displacement" else size_px)
    if not unit > 0:
        raise ValueError(f"expected a unit of length above 0 px, found {unit:g}")
    points = points / unit
    return _FEATURES[kind](points, points - points[..., np.asarray(neighbour, dtype=np.intp), :]).astype(np.float32)


def _coordinates(points: Array, offset: Array) -> Array:
    """Features as printed; `offset` is node minus neighbour."""
    dx, dy = offset[..., 0], offset[..., 1]
    slope = np.divide(dy, dx, out=np.zeros_like(dy), where=dx != 0)
    alpha = np.where(dx != 0, np.arctan(slope), np.sign(dy) * np.pi / 2)
    return np.concatenate([points, (dx**2 + dy**2)[..., None], alpha[..., None]], axis=-1)


def _displacement(points: Array, offset: Array) -> Array:
    """Features as change since the onset."""
    distance = np.hypot(offset[..., 0], offset[..., 1])
    angle = np.arctan2(offset[..., 1], offset[..., 0])
    pair = np.stack([_since_onset(distance), wrap(_since_onset(angle))], axis=-1)
    return np.concatenate([points - points[..., ONSET : ONSET + 1, :, :], pair], axis=-1)


def _since_onset(values: Array) -> Array:
    """Subtract the onset's from values of shape (..., F, N)."""
    return np.asarray(values - values[..., ONSET : ONSET + 1, :])


def wrap(angle: Array) -> Array:
    """Bring angles into (-pi, pi]. By hand: 3 pi / 2 is a quarter turn back, -pi / 2."""
    return np.asarray(np.pi - np.mod(np.pi - angle, 2 * np.pi))


_FEATURES: Mapping[str, Callable[[Array, Array], Array]] = {
    "coordinates": _coordinates,
    "displacement": _displacement,
}
