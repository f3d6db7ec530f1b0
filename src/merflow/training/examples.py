"""Examples: read a network's input from the shards of all subjects, label it, and say what was left out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Examples, LazyRows, Rows, Shard, open_shard
from merflow.artefacts.examples import Edges
from merflow.artefacts.labelled_clips import LabelledClips
from merflow.datasets.action_units import known_units, not_coded
from merflow.datasets.clip import Clip
from merflow.datasets.labels import AnyLabelSet
from merflow.datasets.members import qualified
from merflow.errors import DatasetError
from merflow.stages.examples import Features
from merflow.training.labelled import labelled_clips

STAGE = "examples"


class _Row(NamedTuple):
    """One clip that is in: where it is stored, its label (an index, or 0 or 1 for each), and what is read of it.

    `x` is None where examples are read when they are written.
    """

    clip: Clip
    shard: Path
    stored: str
    label: Any
    x: NDArray[Any] | None
    copies: NDArray[Any] | None
    edges: Edges
    apex_and_length: NDArray[np.int64] | None


def build_examples(
    shards: Sequence[Path],
    clips: Sequence[Clip],
    *,
    label_set: AnyLabelSet,
    features: Features,
    expressions: Sequence[str] = ("micro",),
    earlier_exclusions: Iterable[Mapping[str, str]] = (),
    composite: bool = False,
) -> tuple[Examples, list[dict[str, str]]]:
    """Collect the labelled examples of an experiment, in the order of `clips`.

    Parameters
    ----------
    shards : sequence of Path
        One a subject, of the kind that `features` reads.
    clips : sequence of Clip
        The index of the dataset.
    label_set : LabelSet or MultiLabelSet
    features : Features
    expressions : sequence of {"micro", "macro"}
        Clips of other expressions are no part of the experiment, and no exclusions either.
    earlier_exclusions : iterable of mapping
        What indexing left out, as in ``exclusions.csv``.
    composite : bool
        The shards are those of the members of the dataset, whose clips it calls ``<member>.<clip>``.

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
    labelled = labelled_clips(wanted, label_set)
    labels = dict(zip(labelled.clip.tolist(), labelled.label, strict=True))
    indexed = {clip.id: clip for clip in clips}
    known = {row["clip"]: dict(row) for row in earlier_exclusions}
    exclusions = [row for clip, row in known.items() if clip not in indexed]
    read: dict[str, _Row] = {}
    origins = set()
    for path in shards:  # one open at a time: a process may have 1 024 open files, and a dataset more subjects
        with open_shard(path, kind=features.kind) as shard:
            origins.add(f"{shard.kind}/{shard.variant}")
            known.update({row["clip"]: row for row in _exclusions(shard, composite)})
            for stored in shard.clips:
                name = _name(shard, stored, composite)
                if name in labels:
                    read[name] = _read(shard, stored, indexed[name], labels[name], features)
    for clip in wanted:
        if clip.id not in labels:
            exclusions.append(_outside(clip, label_set))
        elif clip.id not in read:
            exclusions.append(known.get(clip.id, _absent(clip, features.kind)))
    rows = [read[clip.id] for clip in wanted if clip.id in read]
    features = replace(features, input={"artefact": "+".join(sorted(origins))} | dict(features.input))
    left_out = labelled.take(~np.isin(labelled.clip, list(read)))
    return _stack(rows, label_set, features, exclusions, left_out), exclusions


def _name(shard: Shard, text: str, composite: bool) -> str:
    """Return what the dataset calls a clip or a subject of a shard."""
    return qualified(shard.dataset, text) if composite else text


def _exclusions(shard: Shard, composite: bool) -> Iterable[dict[str, str]]:
    """Yield the clips that the stages before left out of a shard."""
    subject = _name(shard, shard.subject, composite)
    for row in shard.exclusions:
        yield {**row, "clip": _name(shard, row["clip"], composite), "subject": subject}


def _read(shard: Shard, stored: str, clip: Clip, label: Any, features: Features) -> _Row:
    return _Row(
        clip=clip,
        shard=shard.path,
        stored=stored,
        label=label,
        x=None if features.lazy else features.read(shard, stored),
        copies=features.read_copies(shard, stored) if features.read_copies else None,
        edges=features.read_edges(shard, stored) if features.read_edges else (),
        apex_and_length=features.read_apex_and_length(shard, stored) if features.read_apex_and_length else None,
    )


def _stack(
    rows: Sequence[_Row],
    label_set: AnyLabelSet,
    features: Features,
    exclusions: Sequence[Mapping[str, str]],
    left_out: LabelledClips,
) -> Examples:
    if not rows:
        reason = f" The first was left out because: {exclusions[0]['reason']}." if exclusions else ""
        raise DatasetError(
            f"expected at least one clip with a label of {label_set.name} and a {features.kind} artefact, but found "
            f"none; {len(exclusions)} were left out.{reason}"
        )
    clips, x = [row.clip for row in rows], _inputs(rows, features)
    aus, aus_known, au_numbers = _action_units(clips)
    copies, copy_of = _copies(rows, x)
    return Examples(
        x=x,
        label=label_set.column([row.label for row in rows]),
        subject=np.array([clip.subject for clip in clips], dtype=np.str_),
        clip=np.array([clip.id for clip in clips], dtype=np.str_),
        expression=np.array([clip.expression for clip in clips], dtype=np.str_),
        fold=np.array([clip.fold for clip in clips], dtype=np.str_),
        classes=label_set.classes,
        label_set=label_set.name,
        dims=features.dims,
        input=features.input,
        aus=aus,
        aus_known=aus_known,
        au_numbers=au_numbers,
        edges=_one_graph(rows),
        copies=copies,
        copy_of=copy_of,
        apex_and_length=np.array(
            [[] if row.apex_and_length is None else row.apex_and_length for row in rows], dtype=np.int64
        ),
        left_out=left_out if len(left_out) else None,
    )


def _inputs(rows: Sequence[_Row], features: Features) -> Rows:
    """Return the examples, or the means to read each of them."""
    if not features.lazy:
        return np.stack([row.x for row in rows if row.x is not None])

    def read(number: int) -> NDArray[Any]:
        row = rows[number]
        with open_shard(row.shard, kind=features.kind) as shard:
            return features.read(shard, row.stored)

    first = read(0)
    return LazyRows((len(rows), *first.shape), first.dtype, read)


def _action_units(clips: Sequence[Clip]) -> tuple[NDArray[np.uint8], NDArray[np.bool_], tuple[int, ...]]:
    """Return which clip shows which action unit, sides left out, of which clips that is known, and the units.

    A clip whose sheet leaves its units open has no units here and is marked as not known: it must not teach a network
    that nothing moves. The index's notes name such clips. So is a clip of which nobody coded a unit that another shows.
    """
    units = [known_units(clip.aus) for clip in clips]
    numbers = tuple(sorted(frozenset[int]().union(*(shown for shown in units if shown is not None))))
    units = [None if not_coded(numbers, clip.coded_units) else shown for clip, shown in zip(clips, units, strict=True)]
    table = np.array([[number in (shown or ()) for number in numbers] for shown in units], dtype=np.uint8)
    known = np.array([shown is not None for shown in units], dtype=np.bool_)
    return table.reshape(len(clips), len(numbers)), known, numbers


def _copies(rows: Sequence[_Row], x: Rows) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return the altered copies of all clips, and the row that each is of."""
    none = np.zeros((0, *x.shape[1:]), dtype=x.dtype)
    blocks = [none if row.copies is None else row.copies for row in rows]
    return np.concatenate(blocks), np.repeat(np.arange(len(rows)), [len(block) for block in blocks])


def _one_graph(rows: Sequence[_Row]) -> Edges:
    """Return the edges that every clip's graph has.

    Raises
    ------
    DatasetError
        When two graphs differ: the shards were made with different node sets.
    """
    for row in rows:
        if row.edges != rows[0].edges:
            raise DatasetError(
                f"expected the graph of {rows[0].clip.id} in every clip, but {row.clip.id} has other edges: its shard "
                "is of another version. Delete the shards of this variant and run again."
            )
    return rows[0].edges


def _outside(clip: Clip, label_set: AnyLabelSet) -> dict[str, str]:
    return _row(clip, label_set.why_outside(clip))


def _absent(clip: Clip, kind: str) -> dict[str, str]:
    return _row(clip, f"no {kind} artefact: an earlier stage left the clip out")


def _row(clip: Clip, reason: str) -> dict[str, str]:
    return {"clip": clip.id, "subject": clip.subject, "stage": STAGE, "reason": reason, "source": ""}
