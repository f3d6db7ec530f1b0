"""The dynamic image of one view: holes in time, magnified copy, rank pooling, levels."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from merflow.stages.dynamic_images.eulerian import magnified
from merflow.stages.dynamic_images.rank_pooling import rank_pooled
from merflow.stages.dynamic_images.settings import DynamicImageSettings

FloatArray = NDArray[np.float64]

HIGHEST = 255


class Pooled(NamedTuple):
    """A view as one picture.

    `image` (H, W, domains) uint8; `range` (domains, 2) what 0 and 255 stand for; `seen` (H, W) which pixels are pooled;
    `filled`, share of their values that are interpolated in time.
    """

    image: NDArray[np.uint8]
    range: FloatArray
    seen: NDArray[np.bool_]
    filled: float


class Stream(NamedTuple):
    """A view over time, without missing values where `seen` (H, W): one stack (T, H, W) for each domain."""

    domains: list[FloatArray]
    seen: NDArray[np.bool_]
    filled: float


def stream_of(domains: Sequence[NDArray[np.floating]], there: NDArray[np.bool_], *, seen_share: float) -> Stream:
    """Close the holes of a view in time.

    Parameters
    ----------
    domains : sequence of ndarray of shape (T, H, W)
        What the view shows, one stack for each domain.
    there : ndarray of shape (T, H, W), bool
        Which pixels see the face.
    seen_share : float
        A pixel that fewer frames see is missing: it has the value 0 in all frames.
    """
    share = there.mean(axis=0)
    seen = share >= seen_share
    filled = float(1 - share[seen].mean()) if seen.any() else 0.0
    closed = []
    for values in domains:
        stack = np.zeros(there.shape)
        stack[:, seen] = interpolated_in_time(values[:, seen], there[:, seen])
        closed.append(stack)
    return Stream(closed, seen, filled)


def interpolated_in_time(values: NDArray[np.floating], there: NDArray[np.bool_]) -> FloatArray:
    """Fill gaps linearly between the frames before and after; before the first and after the last by that one.

    Parameters
    ----------
    values : ndarray of shape (T, n)
    there : ndarray of shape (T, n), bool
        At least once in each column.
    """
    frames = np.arange(len(values))[:, None]
    before = np.maximum.accumulate(np.where(there, frames, -1), axis=0)
    after = np.minimum.accumulate(np.where(there, frames, len(values))[::-1], axis=0)[::-1]
    before, after = np.where(before < 0, after, before), np.where(after == len(values), before, after)
    gap = after - before
    weight = np.divide(frames - before, gap, out=np.zeros(gap.shape), where=gap > 0)
    first, last = (np.take_along_axis(values.astype(np.float64), place, axis=0) for place in (before, after))
    return np.asarray(first + weight * (last - first))


def pooled(stream: Stream, settings: DynamicImageSettings) -> Pooled:
    """Pool a view over time, each domain by itself."""
    images = [rank_pooled(one, settings.method) for one in stream.domains]
    return _pooled(images, stream, settings)


def pooled_copy(stream: Stream, settings: DynamicImageSettings) -> Pooled:
    """Pool a view whose change is magnified first."""
    images = [
        rank_pooled(magnified(one, stream.seen, settings.magnification), settings.method) for one in stream.domains
    ]
    return _pooled(images, stream, settings)


def _pooled(images: Sequence[FloatArray], stream: Stream, settings: DynamicImageSettings) -> Pooled:
    scaled = [_levels(one, stream.seen, settings) for one in images]
    return Pooled(
        np.stack([levels for levels, _ in scaled], axis=-1),
        np.array([low_high for _, low_high in scaled]),
        stream.seen,
        stream.filled,
    )


def _levels(
    image: FloatArray, seen: NDArray[np.bool_], settings: DynamicImageSettings
) -> tuple[NDArray[np.uint8], tuple[float, float]]:
    """Return a pooled picture as levels of 0 to 255, and what these two stand for; where nothing is pooled it is 0.

    A picture without change, or of which nothing is seen, is 0 everywhere and so is its range.
    """
    values = image[seen]
    low, high = np.quantile(values, (settings.saturated, 1 - settings.saturated)) if len(values) else (0.0, 0.0)
    if settings.scaling == "symmetric":
        high = max(-low, high, 0.0)
        low = -high
    low, high = min(float(low), 0.0), max(float(high), 0.0)
    if low == high:
        return np.zeros(image.shape, dtype=np.uint8), (0.0, 0.0)
    share = (np.where(seen, image, 0.0) - low) / (high - low)
    return np.rint(np.clip(share, 0.0, 1.0) * HIGHEST).astype(np.uint8), (low, high)
