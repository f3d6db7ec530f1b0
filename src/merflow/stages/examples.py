"""From one clip's artefact to one example: how a stage declares the reading of its examples."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.errors import ConfigError
from merflow.names import named
from merflow.stages import READABLE, STAGES

Coordinates: TypeAlias = Literal["aligned", "metres"]
Motion: TypeAlias = Literal["all", "flow"]
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
    read_apex_and_length : callable or None
        (open shard, clip id) -> one whole number for each of ``APEX_AND_LENGTH``; None where the kind is no sequence.
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
    read_apex_and_length: Reader | None = None
    lazy: bool = False
    input: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What an experiment chooses of the ways to read its kind of artefact; see :func:`features_of`."""

    coordinates: Coordinates = "aligned"
    motion: Motion = "all"
    nodes: NodeFeatures = "displacement"
    points: int = 0
    mirror: bool = False


def features_of(
    kind: str,
    *,
    coordinates: Coordinates = "aligned",
    motion: Motion = "all",
    nodes: NodeFeatures = "displacement",
    points: int = 0,
    mirror: bool = False,
) -> Features:
    """Return how examples are read from a kind of artefact.

    Parameters
    ----------
    kind : str
        One of ``merflow.stages.READABLE``.
    coordinates : {"aligned", "metres"}
        Of points; see ``merflow.stages.regions.network_input``.
    motion : {"all", "flow"}
        Of points: with dz, or without.
    nodes : {"displacement", "coordinates"}
        Of graphs; see ``merflow.stages.graphs.features``.
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
    if kind not in READABLE:
        expected = ", ".join(READABLE)
        raise ConfigError(f"no examples can be read from artefacts of kind {kind!r}. Expected one of: {expected}.")
    for setting, value in (("train_points", points), ("mirror", mirror)):
        if value and setting not in STAGES[kind].training:
            kinds = " or ".join(name for name, stage in STAGES.items() if setting in stage.training)
            raise ConfigError(
                f"training.{setting}: {str(value).lower()}: expected an artefact of kind {kinds}, but found {kind}. "
                "Leave the setting out."
            )
    chosen = Choice(coordinates=coordinates, motion=motion, nodes=nodes, points=points, mirror=mirror)
    found: Features = named(STAGES[kind].examples)(chosen)
    return found
