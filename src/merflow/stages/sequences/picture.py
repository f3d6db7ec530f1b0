"""Sequences: the frames of a clip side by side, their differences from the onset, and the size of these over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.drawing.canvas import (
    GRID,
    INK,
    LEFT_IN,
    MUTED,
    RIGHT_IN,
    TOP_IN,
    add_panel,
    colour_bar,
    new_figure,
    show_image,
    styled,
)
from merflow.drawing.upstream import Upstream, aligned_landmarks, find_field, heading
from merflow.imaging.luma import luma
from merflow.landmarks.outline import face_mask
from merflow.stages.sequences.frames import sequence_frames

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DIFFERENCE_RANGE = 20
"""Grey levels at the ends of the difference maps: half of what the larger pictures of faces have, or small ones are
blank."""

MOST_SHOWN, IN_A_ROW = 16, 8
APEX_COLOUR = "#d1495b"
PANEL_IN, GAP_IN, TITLE_IN, BAR_IN, CURVE_IN = 1.5, 0.08, 0.28, 0.75, 1.5


@styled
def draw_sequences(shard: Shard, clip: str, upstream: Upstream) -> Figure:
    """Draw one clip of a ``sequences`` shard; the face that the curve is taken over comes from its ``faces`` shard."""
    frames = sequence_frames(shard.read(clip, "onset_color"), shard.read(clip, "difference"))
    return plot_sequence(
        frames,
        shard.read(clip, "position"),
        shard.attrs(clip),
        onset_mask(upstream, clip, size_px=frames.shape[1]),
        title=f"Sequence: {heading(shard, clip)}",
    )


def onset_mask(upstream: Upstream, clip: str, *, size_px: int) -> NDArray[np.bool_] | None:
    """Return the face (size_px, size_px) on the onset, or None when the faces shard is not there."""
    points, images = aligned_landmarks(upstream, clip, "onset"), find_field(upstream, "faces", clip, "aligned_color")
    if points is None or images is None:
        return None
    return face_mask((points + 0.5) * (size_px / images.shape[1]) - 0.5, (size_px, size_px))


@styled
def plot_sequence(
    frames: NDArray[np.uint8],
    position: NDArray[np.floating],
    attrs: dict[str, Any],
    mask: NDArray[np.bool_] | None = None,
    *,
    title: str,
) -> Figure:
    """Draw frames, their differences to the onset, and the size of these over time.

    Parameters
    ----------
    frames : ndarray of shape (L, S, S, 3), uint8
    position : ndarray of shape (L,)
        Frame numbers.
    attrs : dict
        ``apex``, ``n_frames``, ``recorded``, ``fps`` and ``notes`` of the clip.
    mask : ndarray of shape (S, S), bool, optional
        The face, which the curve is taken over; None takes the whole picture and says so.
    title : str
    """
    length, apex, n_frames = len(frames), int(attrs["apex"]), int(attrs["n_frames"])
    shown = shown_frames(length, apex)
    bands = -(-len(shown) // IN_A_ROW)
    band_in = 2 * PANEL_IN + TITLE_IN + GAP_IN
    width = LEFT_IN + min(len(shown), IN_A_ROW) * (PANEL_IN + GAP_IN) + BAR_IN
    height = TOP_IN + 0.2 + bands * (band_in + 0.12) + TITLE_IN + CURVE_IN + 0.6
    repeated = f", the last {length - n_frames} repeat the one before them" if n_frames < length else ""
    subtitle = (
        f"{length} frames from {len(attrs['recorded'])} recorded ones at {attrs['fps']:g} a second{repeated}; "
        f"{attrs['notes'] or 'no notes'}.\n"
        f"Numbers: position among the official frame numbers. Below each frame: brightness minus that of the onset, "
        f"full at {DIFFERENCE_RANGE} grey levels."
    )
    figure = new_figure(title, subtitle, width_in=max(width, 9.0), height_in=height)
    change = luma(frames) - luma(frames[0])
    for place, index in enumerate(shown):
        band, column = divmod(place, IN_A_ROW)
        corner_in = (LEFT_IN + column * (PANEL_IN + GAP_IN), TOP_IN + 0.2 + band * (band_in + 0.12))
        label = _label(index, position, apex)
        below, mappable = _film(figure, corner_in, frames[index], change[index], label, marked=index == apex)
        if place == min(len(shown), IN_A_ROW) - 1:
            colour_bar(below, mappable, "grey levels")
    top = TOP_IN + 0.2 + bands * (band_in + 0.12) + TITLE_IN
    curve = add_panel(figure, (LEFT_IN + 0.5, top, max(width, 9.0) - LEFT_IN - RIGHT_IN - 0.5, CURVE_IN))
    _curve(curve, change[:n_frames], position[:n_frames], attrs, mask)
    return figure


def shown_frames(length: int, apex: int) -> list[int]:
    """Return the frames that find place: all, or evenly spaced ones with the first, the last and the apex."""
    if length <= MOST_SHOWN:
        return list(range(length))
    chosen = np.rint(np.linspace(0, length - 1, MOST_SHOWN)).astype(int)
    if apex not in chosen:
        inner = chosen[1:-1]
        inner[np.abs(inner - apex).argmin()] = apex
    return [int(index) for index in chosen]


def _label(index: int, position: NDArray[np.floating], apex: int) -> str:
    number = f"{position[index]:.2f}".rstrip("0").rstrip(".")
    role = " = ".join(name for name, found in (("onset", index == 0), ("apex", index == apex)) if found)
    return f"{role} {number}".strip()


def _film(
    figure: Figure,
    corner_in: tuple[float, float],
    frame: NDArray[np.uint8],
    change: NDArray[np.float64],
    label: str,
    *,
    marked: bool,
) -> tuple[Axes, Any]:
    """Show a frame and its difference below it, the apex edged in its own colour; return the latter for a bar."""
    left, top = corner_in
    above = add_panel(figure, (left, top, PANEL_IN, PANEL_IN))
    show_image(above, frame, label)
    below = add_panel(figure, (left, top + PANEL_IN + GAP_IN, PANEL_IN, PANEL_IN))
    limits = (-DIFFERENCE_RANGE, DIFFERENCE_RANGE)
    mappable = show_image(below, change, "", cmap="PuOr_r", limits=limits)
    if marked:
        for axes in (above, below):
            for side in axes.spines.values():
                side.set_edgecolor(APEX_COLOUR)
                side.set_linewidth(2.0)
    return below, mappable


def _curve(
    axes: Axes,
    change: NDArray[np.float64],
    position: NDArray[np.floating],
    attrs: dict[str, Any],
    mask: NDArray[np.bool_] | None,
) -> None:
    """Plot the mean size of the difference over the face against time; recorded frames are ticks on the axis."""
    inside = np.ones(change.shape[1:], dtype=bool) if mask is None else mask
    size = np.abs(change[:, inside]).mean(axis=1)
    where = "over the whole picture (no faces artefact here)" if mask is None else "over the face"
    axes.plot(position, size, color=INK, marker="o", markersize=3.5, linewidth=1.2)
    axes.axvline(float(position[int(attrs["apex"])]), color=APEX_COLOUR, linewidth=1.4)
    recorded: Sequence[int] = attrs["recorded"]
    axes.plot(recorded, np.zeros(len(recorded)), "|", color=MUTED, markersize=9, clip_on=False)
    axes.set_ylim(0, max(1.0, 1.1 * float(size.max())))
    axes.grid(color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_title(f"Mean size of the difference to the onset {where}; red: apex; ticks: recorded frames")
    axes.set_xlabel("frame number")
    axes.set_ylabel("grey levels")
