"""From a flow field to the small picture of three channels: averaged over areas, then scaled into [0, 1]."""

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from merflow.checks import check_choice, check_setting
from merflow.stages.flow_images.settings import FlowImageSettings
from merflow.stages.flow_images.strain import optical_strain

CHANNELS = ("u", "v", "strain")
"""Of every flow image, in this order."""

_ROUNDING = 4
"""Steps of float32 that the averages of one value may lie apart."""


class FlowImage(NamedTuple):
    """One clip as a network of the field sees it.

    Attributes
    ----------
    image : ndarray of shape (size, size, 3), float32
        u, v and strain in [0, 1].
    range : ndarray of shape (3, 2), float32
        What 0 and 1 of each channel stand for: aligned px, aligned px, 1 (px per px).
    notes : str
        What a person should know.
    """

    image: NDArray[np.float32]
    range: NDArray[np.float32]
    notes: str


def flow_image(flow: NDArray[Any], settings: FlowImageSettings) -> FlowImage:
    """Make the flow image of one clip.

    Parameters
    ----------
    flow : ndarray of shape (2, S, S), aligned px
        From onset to apex. The strain is taken here, at full resolution: averaging first would smooth it away.
    settings : FlowImageSettings

    Raises
    ------
    ConfigError
        When the picture would be larger than the flow.
    """
    size = settings.size_px
    check_setting(
        size <= min(flow.shape[1:]),
        "flow_images.size_px",
        expected=f"at most {min(flow.shape[1:])} px, the side of the aligned face",
        found=size,
    )
    fields = np.concatenate([np.asarray(flow, dtype=np.float64), optical_strain(flow)[None]])
    return scale_channels(np.stack([area_average(field, size) for field in fields]), scaling=settings.scaling)


def area_average(field: NDArray[Any], size_px: int) -> NDArray[np.float64]:
    """Resample a field to a square by averaging over the area that each new pixel covers.

    Parameters
    ----------
    field : ndarray of shape (H, W)
    size_px : int
        New side; the ratio need not be whole (256 to 28).

    Returns
    -------
    ndarray of shape (size_px, size_px), float64
        A pixel on the border of two areas counts in both by its share, so that the mean stays what it was. As OpenCV's
        INTER_AREA, which rounds its weights to float32.
    """
    rows, columns = (_shares(length, size_px) for length in field.shape)
    averaged: NDArray[np.float64] = rows @ np.asarray(field, dtype=np.float64) @ columns.T
    return averaged


def scale_channels(values: NDArray[np.floating], *, scaling: Literal["minmax", "symmetric"]) -> FlowImage:
    """Scale u, v and strain of one clip into [0, 1].

    Parameters
    ----------
    values : ndarray of shape (3, size, size)
        u and v (px), strain (px per px).
    scaling : {"minmax", "symmetric"}
        ``minmax``: each channel from its own minimum to its own maximum, as STSTNet and its successors have it.
        ``symmetric``: u and v from -m to m, m the largest magnitude of the two, so that rest is .5 and directions stay
        what they are; strain from 0 to its maximum.

    Returns
    -------
    FlowImage
        Raw values are ``low + image * (high - low)`` (:func:`raw_values`). A channel without any range becomes 0 (u
        and v under ``symmetric``: .5, their rest), and the notes say so.
    """
    check_choice(scaling, "flow_images.scaling", ("minmax", "symmetric"))
    values = np.asarray(values, dtype=np.float32)  # so that both ends of the range are exactly 0 and 1
    low, high = values.min(axis=(1, 2)), values.max(axis=(1, 2))
    if scaling == "symmetric":
        extent = np.abs(values[:2]).max()
        low = np.array([-extent, -extent, 0], dtype=np.float32)
        high = np.array([extent, extent, high[2]], dtype=np.float32)
    # Rounding in the averages of a constant field is no range.
    flat = high - low <= _ROUNDING * np.spacing(np.maximum(np.abs(low), np.abs(high)))
    scaled = (values - low[:, None, None]) / np.where(flat, 1, high - low)[:, None, None]
    rest = np.array([0.5, 0.5, 0.0] if scaling == "symmetric" else [0.0, 0.0, 0.0])
    image = np.where(flat, rest, np.moveaxis(scaled, 0, -1))
    return FlowImage(image.astype(np.float32), np.stack([low, high], axis=1), _notes(flat))


def raw_values(image: NDArray[Any], bounds: NDArray[Any]) -> NDArray[np.float64]:
    """Return u, v (px) and strain (px per px) of a flow image.

    Parameters
    ----------
    image : ndarray of shape (size, size, 3)
        In [0, 1].
    bounds : ndarray of shape (3, 2)
        Its range. NaN, of a picture that came ready, gives NaN.

    Returns
    -------
    ndarray of shape (3, size, size), float64
    """
    low, high = np.asarray(bounds, dtype=np.float64).T[..., None, None]
    values: NDArray[np.float64] = low + np.moveaxis(np.asarray(image, dtype=np.float64), -1, 0) * (high - low)
    return values


def _notes(flat: NDArray[np.bool_]) -> str:
    constant = [name for name, same in zip(CHANNELS, flat, strict=True) if same]
    return f"no range to scale by in {', '.join(constant)}: constant" if constant else ""


def _shares(length: int, size_px: int) -> NDArray[np.float64]:
    """Return the share (size_px, length) that each old pixel has in each new one; rows sum to 1."""
    edges = np.arange(size_px + 1) * (length / size_px)
    pixel = np.arange(length)
    right = np.minimum(edges[1:, None], pixel + 1.0)
    left = np.maximum(edges[:-1, None], pixel)
    shares: NDArray[np.float64] = np.maximum(right - left, 0.0) * (size_px / length)
    return shares
