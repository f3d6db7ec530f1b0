"""Activation: the mean Grad-CAM of each class or label over the mean face."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from merflow.drawing.canvas import LEFT_IN, TOP_IN, add_panel, fill_colour_bar, new_figure, show_absent, styled
from merflow.visualization.networks.attention import show_attention

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from merflow.training.activation_maps import ActivationMaps

PANEL_IN, GAP_IN, TITLE_IN, BAR_IN = 1.35, 0.12, 0.3, 0.85

ABREAST = 2
"""Labels in a row where a network looks at several views, which make a map wide."""


@styled
def plot_activation(maps: ActivationMaps, *, title: str = "Activation maps") -> Figure:
    """Draw the mean activation map of each label of an experiment over the mean face, with the clips behind it.

    Parameters
    ----------
    maps : ActivationMaps
    title : str
        Experiment and dataset.
    """
    width, height = size_in(len(maps.labels), maps.views)
    figure = new_figure(title, _subtitle(maps), width_in=max(width, 9.4), height_in=TOP_IN + 0.45 + height)
    add_maps(figure, maps, maps.labels, top_in=TOP_IN + 0.25)
    return figure


def size_in(labels: int, views: int) -> tuple[float, float]:
    """Return the width of the maps of labels with their colour bar, and their height, in."""
    columns = _columns(labels, views)
    rows = math.ceil(labels / columns)
    return LEFT_IN + columns * (views * PANEL_IN + GAP_IN) + BAR_IN, rows * (TITLE_IN + PANEL_IN)


def add_maps(figure: Figure, maps: ActivationMaps, labels: Sequence[str], *, top_in: float) -> None:
    """Add the maps of labels, all with the colours of the least to the largest value of them."""
    drawn = [label for label in labels if np.isfinite(maps.of(label)).all()]
    values = np.array([maps.of(label) for label in drawn]) if drawn else np.zeros(2)
    limits = float(values.min()), float(values.max())
    face = np.rint(maps.face).clip(0, 255).astype(np.uint8)
    shown, width, columns = None, maps.views * PANEL_IN, _columns(len(labels), maps.views)
    for number, label in enumerate(labels):
        row, column = divmod(number, columns)
        top = top_in + row * (TITLE_IN + PANEL_IN) + TITLE_IN
        axes = add_panel(figure, (LEFT_IN + column * (width + GAP_IN), top, width, PANEL_IN))
        text = f"{label}, n {maps.clips[maps.labels.index(label)]}"
        if label in drawn:
            shown = show_attention(axes, maps.of(label), face, limits=limits)
            axes.set_title(text, fontsize=8.5, pad=3)
        else:
            show_absent(axes, text, "no clip")
    if shown is not None:
        left = LEFT_IN + columns * (width + GAP_IN)
        fill_colour_bar(add_panel(figure, (left, top_in + TITLE_IN, 0.1, PANEL_IN)), shown, "mean Grad-CAM")


def _columns(labels: int, views: int) -> int:
    """Return how many maps are in a row."""
    return max(1, labels if views == 1 else min(labels, ABREAST))


def _subtitle(maps: ActivationMaps) -> str:
    left_out = [
        f"{number} of {label}" for label, number in zip(maps.labels, maps.unlearnt.tolist(), strict=True) if number
    ]
    text = (
        "Mean Grad-CAM of the last block over the test clips that show the label (n), each by the networks of the fold "
        f"that tests it.\nIt says at which places the network looks, and not what it sees there; {maps.about}."
    )
    return text + (f" Left out, since nothing tells them apart in training: {', '.join(left_out)}." if left_out else "")
