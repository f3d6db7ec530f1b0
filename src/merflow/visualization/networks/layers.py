"""Layers: the features of the clips in each layer of a trained network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from merflow.drawing.canvas import LEFT_IN, TOP_IN, add_panel, bare, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SEED = 0
PERPLEXITY = 30.0
"""Neighbours that t-SNE keeps near, as its authors propose; fewer when there are few clips."""
FEWEST = 5
"""Clips that a map needs."""
CLASS_COLOURS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#555555", "#ee8866", "#225522")
"""Distinct also to colour-blind eyes (after P. Tol's schemes)."""

PANEL_IN, GAP_IN, ROW_GAP_IN, LEGEND_IN = 2.5, 0.2, 0.75, 1.6


@dataclass(frozen=True, slots=True)
class LayerClips:
    """The clips of one experiment as one trained network sees them.

    Attributes
    ----------
    features : sequence of ndarray of shape (n, f)
        The input, then each layer, as from ``merflow.training.layer_features.layer_features``.
    labels : ndarray of shape (n,), int64
        Class of each clip.
    left_out : ndarray of shape (n,), bool
        Clips that the network was not trained on.
    """

    features: Sequence[NDArray[Any]]
    labels: NDArray[np.int64]
    left_out: NDArray[np.bool_]


@styled
def plot_layers(
    networks: Mapping[str, LayerClips], classes: Sequence[str], *, left_out: str, title: str = "Features layer by layer"
) -> Figure:
    """Draw a t-SNE map of every layer of one or more networks (GTS-GN, fig. 7).

    A map shows who is near whom, and nothing else: distances between groups, their size and the axes mean nothing. The
    silhouettes are therefore computed from the features themselves, not from the map (`silhouettes`).

    Parameters
    ----------
    networks : mapping of str to LayerClips
        One row each, such as with and without the loss of the action units.
    classes : sequence of str
        Names in the order of the labels.
    left_out : str
        Fold of the networks: the subject whose clips are drawn as rings.
    title : str
        Dataset.

    Raises
    ------
    ValueError
        When there is no network, or fewer than five clips.
    """
    if not networks:
        raise ValueError("expected at least one network, but got none")
    columns = max(len(clips.features) for clips in networks.values())
    width = LEFT_IN + columns * (PANEL_IN + GAP_IN) + LEGEND_IN
    height = TOP_IN + 0.2 + len(networks) * (PANEL_IN + ROW_GAP_IN)
    figure = new_figure(title, _subtitle(left_out), width_in=max(width, 10.6), height_in=height)
    for row, (name, clips) in enumerate(networks.items()):
        top = TOP_IN + 0.6 + row * (PANEL_IN + ROW_GAP_IN)
        figure.text(LEFT_IN / width, 1 - (top - 0.42) / height, name, fontsize=10, fontweight="bold", va="center")
        for column, features in enumerate(clips.features):
            axes = add_panel(figure, (LEFT_IN + column * (PANEL_IN + GAP_IN), top, PANEL_IN, PANEL_IN))
            show_map(axes, tsne_map(features), clips, classes)
            stage = "input" if column == 0 else f"layer {column}"
            bare(axes, "")
            axes.set_title(f"{stage}: {_scores(silhouettes(features, clips))}", fontsize=8.5)
        if row == 0:
            axes.legend(loc="upper left", bbox_to_anchor=(1.03, 1.0), handletextpad=0.2)
    return figure


def tsne_map(features: NDArray[Any]) -> NDArray[np.float32]:
    """Return a t-SNE map (n, 2) of features (n, f), the same on every call and for every number of threads.

    Raises
    ------
    ValueError
        When there are fewer than five clips.
    """
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    if len(features) < FEWEST:
        raise ValueError(f"expected at least {FEWEST} clips for a map of their features, but got {len(features)}")
    perplexity = min(PERPLEXITY, (len(features) - 1) / 3)
    with threadpool_limits(1):  # sums are split by threads
        embedded: NDArray[np.float32] = TSNE(
            n_components=2, perplexity=perplexity, init="pca", random_state=SEED, n_jobs=1
        ).fit_transform(np.asarray(features, dtype=np.float32))
    return embedded


def silhouettes(features: NDArray[Any], clips: LayerClips) -> dict[str, float]:
    """Return the mean silhouette of the training clips and of those left out, by their true classes.

    A clip's silhouette compares its mean distance to clips of its class with that to the nearest other class (Rousseeuw
    1987), over all clips: 1 lies among its own class, 0 between two, below 0 nearer to another.

    Returns
    -------
    dict of str to float
        ``trained`` and ``left out``; NaN where there is no such clip, or there are fewer than two classes.
    """
    from sklearn.metrics import silhouette_samples

    found = len(np.unique(clips.labels))
    if not 2 <= found < len(clips.labels):
        return {"trained": float("nan"), "left out": float("nan")}
    values = silhouette_samples(np.asarray(features, dtype=np.float64), clips.labels)
    parts = {"trained": values[~clips.left_out], "left out": values[clips.left_out]}
    return {name: float(part.mean()) if len(part) else float("nan") for name, part in parts.items()}


def show_map(axes: Axes, positions: NDArray[Any], clips: LayerClips, classes: Sequence[str]) -> None:
    """Show clips as dots in the colour of their class, those left out as rings."""
    for number, name in enumerate(classes):
        colour = CLASS_COLOURS[number % len(CLASS_COLOURS)]
        seen, unseen = (positions[(clips.labels == number) & part] for part in (~clips.left_out, clips.left_out))
        axes.scatter(seen[:, 0], seen[:, 1], s=14, c=colour, alpha=0.75, linewidths=0, label=name)
        axes.scatter(unseen[:, 0], unseen[:, 1], s=42, facecolors="none", edgecolors=colour, linewidths=1.8, zorder=3)
    axes.margins(0.08)


def _scores(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:+.2f}" for name, value in values.items() if np.isfinite(value))


def _subtitle(left_out: str) -> str:
    return (
        f"t-SNE; dots: clips that the network was fitted on, rings: clips of {left_out}, which it never saw. Only who "
        "is near whom has a meaning.\n"
        "Numbers: mean silhouette of the features by true class, not of the map; 1 among its own class, 0 between two, "
        "below 0 nearer to another."
    )
