"""Examples: read a network's input from the shards of all subjects, label it, and say what was left out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Examples, Shard, open_shard
from merflow.datasets.clip import Clip
from merflow.datasets.labels import LabelSet
from merflow.errors import ConfigError, DatasetError
from merflow.geometry.network_input import Coordinates, network_input

STAGE = "examples"
FLOW_CELLS = 8

Reader = Callable[[Shard, str], NDArray[np.float32]]


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
    """

    kind: str
    dims: tuple[str, ...]
    read: Reader


def features_of(kind: str, *, coordinates: Coordinates = "aligned") -> Features:
    """Return how examples are read from a kind of artefact: points of ``regions``, or the flow grid of ``flow``.

    Parameters
    ----------
    kind : {"regions", "flow"}
    coordinates : {"aligned", "metres"}
        Of points; see ``merflow.geometry.network_input``.

    Raises
    ------
    ConfigError
        When no model reads this kind.
    """
    if kind == "flow":
        return Features(kind, ("clip", "feature"), lambda shard, clip: flow_grid(shard.read(clip, "expression_flow")))
    if kind == "regions":
        dims = ("clip", "region", "sample", "xyzuvz")
        return Features(kind, dims, lambda shard, clip: _points(shard, clip, coordinates))
    raise ConfigError(f"no examples can be read from artefacts of kind {kind!r}. Expected one of: flow, regions.")


def _points(shard: Shard, clip: str, coordinates: Coordinates) -> NDArray[np.float32]:
    points, normalised, aligned_xy = (shard.read(clip, name) for name in ("points", "normalised", "aligned_xy"))
    size = shard.attrs(clip)["aligned_size"]
    return network_input(points, normalised, aligned_xy, coordinates=coordinates, aligned_size=size)


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


def build_examples(
    shards: Sequence[Path],
    clips: Sequence[Clip],
    *,
    label_set: LabelSet,
    features: Features,
    expressions: Sequence[str] = ("micro",),
    earlier_exclusions: Iterable[Mapping[str, str]] = (),
) -> tuple[Examples, list[dict[str, str]]]:
    """Collect the labelled examples of an experiment, in the order of `clips`.

    Parameters
    ----------
    shards : sequence of Path
        One a subject, of the kind that `features` reads.
    clips : sequence of Clip
        The index of the dataset.
    label_set : LabelSet
    features : Features
    expressions : sequence of {"micro", "macro"}
        Clips of other expressions are no part of the experiment, and no exclusions either.
    earlier_exclusions : iterable of mapping
        What indexing left out, as in ``exclusions.csv``.

    Returns
    -------
    examples : Examples
    exclusions : list of dict
        One row for each clip that is not in the examples, those of `earlier_exclusions` first: ``clip``, ``subject``,
        ``stage``, ``reason``, ``source``.

    Raises
    ------
    DatasetError
        When no clip is left.
    """
    wanted = [clip for clip in clips if clip.expression in expressions]
    indexed = {clip.id for clip in clips}
    known = {row["clip"]: dict(row) for row in earlier_exclusions}
    exclusions = [row for clip, row in known.items() if clip not in indexed]
    rows: list[tuple[Clip, int, NDArray[np.float32]]] = []
    with ExitStack() as stack:
        opened = [stack.enter_context(open_shard(path, kind=features.kind)) for path in shards]
        shard_of = {clip: shard for shard in opened for clip in shard.clips}
        for shard in opened:
            known.update({row["clip"]: {**row, "subject": shard.subject} for row in shard.exclusions})
        for clip in wanted:
            label = label_set.label_of(clip)
            if label is None:
                exclusions.append(_outside(clip, label_set))
            elif clip.id in shard_of:
                rows.append((clip, label, features.read(shard_of[clip.id], clip.id)))
            else:
                exclusions.append(known.get(clip.id, _absent(clip, features.kind)))
    return _stack(rows, label_set, features, exclusions), exclusions


def _stack(
    rows: Sequence[tuple[Clip, int, NDArray[np.float32]]],
    label_set: LabelSet,
    features: Features,
    exclusions: Sequence[Mapping[str, str]],
) -> Examples:
    if not rows:
        reason = f" The first was left out because: {exclusions[0]['reason']}." if exclusions else ""
        raise DatasetError(
            f"expected at least one clip with a label of {label_set.name} and a {features.kind} artefact, but found "
            f"none; {len(exclusions)} were left out.{reason}"
        )
    return Examples(
        x=np.stack([x for _, _, x in rows]),
        label=np.array([label for _, label, _ in rows], dtype=np.int64),
        subject=np.array([clip.subject for clip, _, _ in rows], dtype=np.str_),
        clip=np.array([clip.id for clip, _, _ in rows], dtype=np.str_),
        expression=np.array([clip.expression for clip, _, _ in rows], dtype=np.str_),
        classes=label_set.classes,
        label_set=label_set.name,
        dims=features.dims,
    )


def _outside(clip: Clip, label_set: LabelSet) -> dict[str, str]:
    value = clip.emotion if label_set.field == "emotion" else clip.objective
    reason = f"label {value!r} is not in {label_set.name}" if value else f"no {label_set.field} label"
    return _row(clip, reason)


def _absent(clip: Clip, kind: str) -> dict[str, str]:
    return _row(clip, f"no {kind} artefact: an earlier stage left the clip out")


def _row(clip: Clip, reason: str) -> dict[str, str]:
    return {"clip": clip.id, "subject": clip.subject, "stage": STAGE, "reason": reason, "source": ""}
