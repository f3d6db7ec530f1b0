"""From one clip's artefact to one example: what is read from each kind, and in which units a network sees it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.artefacts.examples import MARKS
from merflow.errors import ConfigError
from merflow.faces.reading import role_index
from merflow.geometry.mirroring import mirrored_points, unmirrored_setting
from merflow.geometry.network_input import Coordinates, network_input
from merflow.graphs.features import node_features
from merflow.motion.normalisation import normalise_motion
from merflow.motion.sequences.frames import sequence_frames
from merflow.training.points import thin_points

FLOW_CELLS = 8

NodeFeatures: TypeAlias = Literal["displacement", "coordinates"]
Reader: TypeAlias = Callable[[Shard, str], NDArray[Any]]
EdgeReader: TypeAlias = Callable[[Shard, str], tuple[tuple[int, int], ...]]


@dataclass(frozen=True, slots=True)
class Features:
    """A way to turn a clip's artefact into one example.

    Attributes
    ----------
    kind : str
        Kind of artefact that is read.
    dims : tuple of str
        Names of the axes of the stacked examples.
    read : callable
        (open shard, clip id) -> example.
    read_copies : callable or None
        (open shard, clip id) -> altered copies (k, ...) of the example for training; None where the kind has none.
    read_edges : callable or None
        (open shard, clip id) -> pairs of nodes joined within a frame; None where the kind is no graph.
    read_marks : callable or None
        (open shard, clip id) -> one whole number for each of ``MARKS``; None where the kind is no sequence.
    lazy : bool
        Examples of this kind can be too many for memory: they are read one by one when they are written.
    input : mapping of str to str
        Settings that give the numbers of an example their unit, where the kind has a choice.
    """

    kind: str
    dims: tuple[str, ...]
    read: Reader
    read_copies: Reader | None = None
    read_edges: EdgeReader | None = None
    read_marks: Reader | None = None
    lazy: bool = False
    input: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Choice:
    """What an experiment chooses of the ways to read its kind of artefact; see ``features_of``."""

    coordinates: Coordinates
    nodes: NodeFeatures
    points: int
    mirror: bool


def features_of(
    kind: str,
    *,
    coordinates: Coordinates = "aligned",
    nodes: NodeFeatures = "displacement",
    points: int = 0,
    mirror: bool = False,
) -> Features:
    """Return how examples are read from a kind of artefact.

    Parameters
    ----------
    kind : {"regions", "flow", "graphs", "magnified", "sequences", "flow_images"}
        Points of eight regions; flow on a grid; a landmark graph; the magnified apex frame; all frames of a clip; flow
        and strain as a small picture.
    coordinates : {"aligned", "metres"}
        Of points; see ``merflow.geometry.network_input``.
    nodes : {"displacement", "coordinates"}
        Of graphs; see ``merflow.graphs.features``.
    points : int
        ``training.train_points``: of the ordered points of each region every n-th, so that this many remain; 0 for all.
    mirror : bool
        ``training.mirror``: each clip has its mirror image for a copy, scaled after it was mirrored.

    Raises
    ------
    ConfigError
        When no model reads this kind, or it cannot be mirrored or thinned. What is read raises it too, when its points
        cannot be thinned or its regions cannot be mirrored.
    """
    if kind not in _FEATURES:
        expected = ", ".join(_FEATURES)
        raise ConfigError(f"no examples can be read from artefacts of kind {kind!r}. Expected one of: {expected}.")
    if (points or mirror) and kind != "regions":
        setting = f"train_points: {points}" if points else "mirror: true"
        raise ConfigError(
            f"training.{setting}: expected an artefact of kind regions, but found {kind}. Leave the setting out."
        )
    return _FEATURES[kind](_Choice(coordinates, nodes, points, mirror))


def _flow(_choice: _Choice) -> Features:
    return Features("flow", ("clip", "feature"), lambda shard, clip: flow_grid(shard.read(clip, "expression_flow")))


def _regions(choice: _Choice) -> Features:
    if choice.mirror and choice.coordinates == "metres":
        raise ConfigError(
            "training.mirror: true: expected coordinates: aligned, but found metres, which have no middle of the face "
            "to mirror at. Use coordinates: aligned, or mirror: false."
        )

    def read(shard: Shard, clip: str) -> NDArray[np.float32]:
        points, normalised, aligned_xy = (shard.read(clip, name) for name in ("points", "normalised", "aligned_xy"))
        size = shard.attrs(clip)["aligned_size"]
        seen = network_input(points, normalised, aligned_xy, coordinates=choice.coordinates, aligned_size=size)
        return thin_points(seen, choice.points)

    def read_mirrored(shard: Shard, clip: str) -> NDArray[np.float32]:
        _check_mirrored_regions(shard)
        size = shard.attrs(clip)["aligned_size"]
        points, aligned_xy = mirrored_points(
            shard.read(clip, "points"), shard.read(clip, "aligned_xy"), aligned_size=size
        )
        positive, negative = shard.read(clip, "divisor")[1].tolist()
        normalised = normalise_motion(points[..., 3:], (positive, negative))
        return thin_points(network_input(points, normalised, aligned_xy, aligned_size=size), choice.points)[None]

    return Features(
        "regions",
        ("clip", "region", "sample", "xyzuvz"),
        read,
        read_mirrored if choice.mirror else None,
        input={"coordinates": choice.coordinates},
    )


def _check_mirrored_regions(shard: Shard) -> None:
    """Refuse regions whose mirror image is no sample of a mirrored face, whatever wrote them."""
    unfit = unmirrored_setting(shard.params)
    if unfit:
        setting, needed = unfit
        raise ConfigError(
            f"training.mirror: true: expected regions with {setting}: {str(needed).lower()}, but {shard.path} has "
            f"{setting}: {str(shard.params[setting]).lower()}. Use other regions, or mirror: false."
        )


def _graphs(choice: _Choice) -> Features:
    def features(shard: Shard, clip: str, position: NDArray[np.float32]) -> NDArray[np.float32]:
        attrs = shard.attrs(clip)
        return node_features(
            position,
            shard.read(clip, "neighbour"),
            kind=choice.nodes,
            interocular_px=attrs["interocular_px"],
            size_px=attrs["aligned_size"],
        )

    def read(shard: Shard, clip: str) -> NDArray[np.float32]:
        return features(shard, clip, shard.read(clip, "position"))

    def read_copies(shard: Shard, clip: str) -> NDArray[np.float32]:
        if "copies" not in shard.fields(clip):
            return read(shard, clip)[None][:0]
        return features(shard, clip, shard.read(clip, "copies"))

    dims = ("clip", "frame", "node", "xyda")
    return Features("graphs", dims, read, read_copies, spatial_edges, input={"nodes": choice.nodes})


def _magnified(_choice: _Choice) -> Features:
    def read(shard: Shard, clip: str) -> NDArray[np.uint8]:
        frame: NDArray[np.uint8] = shard.read(clip, "magnified_color")[role_index(shard, clip, "apex")]
        return frame

    return Features("magnified", ("clip", "aligned_y", "aligned_x", "rgb"), read)


def _sequences(_choice: _Choice) -> Features:
    def read(shard: Shard, clip: str) -> NDArray[np.uint8]:
        return sequence_frames(shard.read(clip, "onset_color"), shard.read(clip, "difference"))

    def read_marks(shard: Shard, clip: str) -> NDArray[np.int64]:
        attrs = shard.attrs(clip)
        return np.array([attrs[name] for name in MARKS], dtype=np.int64)

    dims = ("clip", "frame", "aligned_y", "aligned_x", "rgb")
    return Features("sequences", dims, read, read_marks=read_marks, lazy=True)


def _flow_images(_choice: _Choice) -> Features:
    return Features("flow_images", ("clip", "image_y", "image_x", "uvs"), lambda shard, clip: shard.read(clip, "image"))


_FEATURES: Mapping[str, Callable[[_Choice], Features]] = {
    "regions": _regions,
    "flow": _flow,
    "graphs": _graphs,
    "magnified": _magnified,
    "sequences": _sequences,
    "flow_images": _flow_images,
}
"""By the kind of artefact that examples can be read from."""


def spatial_edges(shard: Shard, clip: str) -> tuple[tuple[int, int], ...]:
    """Return the pairs of nodes (a < b) that the clip's graph joins within a frame, in ascending order."""
    nodes = len(shard.read(clip, "node"))
    first, second = shard.read(clip, "edge_index")
    within = (first < nodes) & (second < nodes) & (first < second)
    return tuple(sorted(zip(first[within].tolist(), second[within].tolist(), strict=True)))


def flow_grid(flow: NDArray[np.floating], *, cells: int = FLOW_CELLS) -> NDArray[np.float32]:
    """Return the mean flow of each cell of a grid over the face: all u row by row, then all v.

    Parameters
    ----------
    flow : ndarray of shape (2, S, S), aligned px
    cells : int
        Cells along a side; S must be a multiple of it.

    Returns
    -------
    ndarray of shape (2 * cells * cells,), float32
    """
    height, width = flow.shape[1:]
    if height % cells or width % cells:
        raise ValueError(f"expected a flow whose sides are multiples of {cells}, but got {height} x {width}")
    blocks = flow.astype(np.float32).reshape(2, cells, height // cells, cells, width // cells)
    means: NDArray[np.float32] = blocks.mean(axis=(2, 4), dtype=np.float32)
    return means.ravel()
