"""Attention: what passes the first block of ATM-GCN, at five frames of one clip of each class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from merflow.drawing.canvas import (
    INK,
    LEFT_IN,
    TOP_IN,
    add_panel,
    bare,
    fill_colour_bar,
    new_figure,
    styled,
)
from merflow.imaging.luma import luma

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FRAMES = 5
"""As many as in ATM-GCN, fig. 5."""
COLOURS = "inferno"
OPACITY = 0.55

PANEL_IN, GAP_IN, ROW_GAP_IN, BAR_IN = 1.75, 0.1, 0.62, 0.85


@dataclass(frozen=True, slots=True)
class ClipAttention:
    """What one trained network looks at in one clip that it was not trained on.

    Attributes
    ----------
    clip, label, predicted : str
        The clip, its class, and what the network says.
    face : ndarray of shape (H, W, 3), uint8
        Onset frame.
    maps : ndarray of shape (nodes, h, w), 0 to 1
        Attention of each frame after the onset; those after the clip's last frame are not looked at.
    apex, n_frames : int
        Frame of the apex (0: it is the onset), and number of frames, the onset included.
    """

    clip: str
    label: str
    predicted: str
    face: NDArray[np.uint8]
    maps: NDArray[Any]
    apex: int
    n_frames: int


@styled
def plot_attention(clips: Sequence[ClipAttention], *, title: str = "Attention", note: str = "") -> Figure:
    """Draw attention maps over the onset face, one row a clip, its frames in the order of time (ATM-GCN, fig. 5).

    The colours are the same in all panels: their ends are the least and the largest value that is drawn.

    Parameters
    ----------
    clips : sequence of ClipAttention
    title : str
        Experiment and dataset.
    note : str
        A sentence for the subtitle.

    Raises
    ------
    ValueError
        When there is no clip.
    """
    if not clips:
        raise ValueError("expected at least one clip, but got none")
    chosen = [spread_frames(clip.n_frames, apex=clip.apex) for clip in clips]
    drawn = [clip.maps[np.array(frames) - 1] for clip, frames in zip(clips, chosen, strict=True)]
    limits = min(float(maps.min()) for maps in drawn), max(float(maps.max()) for maps in drawn)
    step = PANEL_IN + ROW_GAP_IN
    width = LEFT_IN + max(map(len, chosen)) * (PANEL_IN + GAP_IN) + BAR_IN
    figure = new_figure(
        title, _subtitle(limits, note), width_in=max(width, 9.4), height_in=TOP_IN + 0.15 + len(clips) * step
    )
    for row, (clip, frames, maps) in enumerate(zip(clips, chosen, drawn, strict=True)):
        top = TOP_IN + 0.5 + row * step
        _add_row_title(figure, clip, top_in=top - 0.33)
        for column, (frame, values) in enumerate(zip(frames, maps, strict=True)):
            axes = add_panel(figure, (LEFT_IN + column * (PANEL_IN + GAP_IN), top, PANEL_IN, PANEL_IN))
            shown = show_attention(axes, values, clip.face, limits=limits)
            axes.set_title(f"frame {frame}{', apex' if frame == clip.apex else ''}", fontsize=8, pad=3)
    left = LEFT_IN + max(map(len, chosen)) * (PANEL_IN + GAP_IN) + 0.08
    fill_colour_bar(add_panel(figure, (left, TOP_IN + 0.5, 0.1, PANEL_IN)), shown, "attention")
    return figure


def spread_frames(n_frames: int, *, apex: int, count: int = FRAMES) -> list[int]:
    """Return up to `count` frames after the onset, evenly spread from the first to the last, the apex among them.

    The chosen frame that is nearest to the apex gives way to it (of two as near, the earlier one).

    Convention
    ----------
    By hand: 16 frames are 1 to 15, spread 1, 4.5, 8, 11.5, 15: 1, 4, 8, 12, 15 (halves to the even one); with the apex
    at 7: 1, 4, 7, 12, 15.
    """
    frames = np.unique(np.rint(np.linspace(1, n_frames - 1, count)).astype(int))
    if apex > 0 and apex not in frames:
        frames[np.argmin(np.abs(frames - apex))] = apex
    return [int(frame) for frame in frames]


def show_attention(axes: Axes, values: NDArray[Any], face: NDArray[np.uint8], *, limits: tuple[float, float]) -> Any:
    """Show a map as colours over a grey face, stretched to its size; return what a colour bar needs."""
    height, width = face.shape[:2]
    axes.imshow(luma(face), cmap="gray", vmin=0, vmax=255)
    shown = axes.imshow(
        values,
        cmap=COLOURS,
        vmin=limits[0],
        vmax=limits[1],
        alpha=OPACITY,
        extent=(-0.5, width - 0.5, height - 0.5, -0.5),
        interpolation="bilinear",
    )
    bare(axes, "")
    return shown


def _add_row_title(figure: Figure, clip: ClipAttention, *, top_in: float) -> None:
    width, height = figure.get_size_inches()
    said = "and the network says so" if clip.predicted == clip.label else f"but the network says {clip.predicted}"
    text = f"{clip.label}, {said}: clip {clip.clip}"
    figure.text(LEFT_IN / width, 1 - top_in / height, text, fontsize=9.5, fontweight="bold", va="center", color=INK)


def _subtitle(limits: tuple[float, float], note: str) -> str:
    return (
        "Share of the motion features that the first block lets through at each place, over the onset frame. Each by "
        f"a network that did not see the clip.\nAll panels have the colours of {limits[0]:.2f} to {limits[1]:.2f}; 0 "
        f"and 1 would be nothing and everything.{' ' if note else ''}{note}"
    )
