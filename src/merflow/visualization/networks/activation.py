"""Activation: the mean Grad-CAM of each class or label over the mean face."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from merflow.drawing.canvas import LEFT_IN, TOP_IN, add_panel, fill_colour_bar, new_figure, show_absent, styled
from merflow.visualization.networks.attention import show_attention

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from merflow.training.activation_maps import ActivationMaps

PANEL_IN, GAP_IN, TITLE_IN, BAR_IN = 1.35, 0.12, 0.3, 0.85


@styled
def plot_activation(maps: ActivationMaps, *, title: str = "Activation maps") -> Figure:
    """Draw the mean activation map of each label of an experiment over the mean face, with the clips behind it.

    Parameters
    ----------
    maps : ActivationMaps
    title : str
        Experiment and dataset.
    """
    width = max(row_width(len(maps.labels)), 9.4)
    figure = new_figure(title, _subtitle(maps), width_in=width, height_in=TOP_IN + 0.45 + TITLE_IN + PANEL_IN)
    add_maps(figure, maps, maps.labels, top_in=TOP_IN + 0.25)
    return figure


def row_width(labels: int) -> float:
    """Return the width of a row of maps with its colour bar, in."""
    return LEFT_IN + labels * (PANEL_IN + GAP_IN) + BAR_IN


def add_maps(figure: Figure, maps: ActivationMaps, labels: Sequence[str], *, top_in: float) -> None:
    """Add a row of maps of labels, all with the colours of the least to the largest value of the row."""
    drawn = [label for label in labels if np.isfinite(maps.of(label)).all()]
    values = np.array([maps.of(label) for label in drawn]) if drawn else np.zeros(2)
    limits = float(values.min()), float(values.max())
    face = np.rint(maps.face).clip(0, 255).astype(np.uint8)
    shown = None
    for column, label in enumerate(labels):
        box = (LEFT_IN + column * (PANEL_IN + GAP_IN), top_in + TITLE_IN, PANEL_IN, PANEL_IN)
        axes = add_panel(figure, box)
        text = f"{label}, n {maps.clips[maps.labels.index(label)]}"
        if label in drawn:
            shown = show_attention(axes, maps.of(label), face, limits=limits)
            axes.set_title(text, fontsize=8.5, pad=3)
        else:
            show_absent(axes, text, "no clip")
    if shown is not None:
        left = LEFT_IN + len(labels) * (PANEL_IN + GAP_IN)
        fill_colour_bar(add_panel(figure, (left, top_in + TITLE_IN, 0.1, PANEL_IN)), shown, "mean Grad-CAM")


def _subtitle(maps: ActivationMaps) -> str:
    left_out = [
        f"{number} of {label}" for label, number in zip(maps.labels, maps.unlearnt.tolist(), strict=True) if number
    ]
    text = (
        "Mean Grad-CAM of the last block over the test clips that show the label (n), each by the networks of the fold "
        f"that tests it; {maps.about}.\nIt says at which places the network looks, and not what it sees there."
    )
    return text + (f" Left out, since nothing tells them apart in training: {', '.join(left_out)}." if left_out else "")
