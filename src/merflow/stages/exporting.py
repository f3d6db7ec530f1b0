"""Exports: the forms in which the clips of a kind of artefact leave merflow, as a stage declares them.

A declaration names the form and the function that writes it. The command, its options, the folder and its record follow
(``merflow.export``).
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from merflow.artefacts import Shard, open_shard
from merflow.datasets.clip import Clip
from merflow.drawing.upstream import Upstream, open_upstream


@dataclass(frozen=True, slots=True)
class NoSettings:
    """Settings of a form that has none."""


class OneClip(NamedTuple):
    """One clip as it is written.

    Attributes
    ----------
    clip : Clip
        As the index has it.
    shard : Shard
        Open shard that holds it.
    stored : str
        Its name there; another than ``clip.id`` in a composite only.
    upstream : mapping of str to Shard
        Open shards that this one was computed from, those that are there.
    """

    clip: Clip
    shard: Shard
    stored: str
    upstream: Upstream

    def read(self, name: str) -> Any:
        """Return one array of the clip."""
        return self.shard.read(self.stored, name)

    @property
    def attrs(self) -> dict[str, Any]:
        """Attributes of the clip."""
        return self.shard.attrs(self.stored)


@dataclass(slots=True)
class Source:
    """The clips to write, and what became of them.

    Parameters
    ----------
    kind : str
        Of the shards.
    shards : mapping of Path to mapping of str to Clip
        Clips by their names in each shard, one shard a subject.
    left_out : dict of str to str
        By clip: why it is not written. Whoever writes adds to it (:meth:`leave_out`).
    notes : list of str
        What a person should know of the whole.
    """

    kind: str
    shards: Mapping[Path, Mapping[str, Clip]]
    left_out: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def each(self) -> Iterator[OneClip]:
        """Yield the clips, one shard open at a time."""
        for path, clips in self.shards.items():
            with open_shard(path, kind=self.kind) as shard, open_upstream(shard) as upstream:
                for stored, clip in clips.items():
                    yield OneClip(clip, shard, stored, upstream)

    def leave_out(self, clip: Clip, reason: str) -> None:
        """Say that a clip is not written, and why."""
        self.left_out[clip.id] = reason


Write = Callable[[Source, Path, Any], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One form in which the clips of a kind of artefact can be written.

    Parameters
    ----------
    name : str
        On the command line, another in every stage: ``flow_flo``.
    summary : str
        What is written, one line.
    write : callable
        (:class:`Source`, folder, settings) -> None. The folder is there and empty.
    settings : type
        Frozen dataclass with the choices of the form, each described under ``Parameters``; they become options of the
        command.
    """

    name: str
    summary: str
    write: Write
    settings: type[Any] = NoSettings


def clip_path(out: Path, clip: Clip, suffix: str) -> Path:
    """Return ``<out>/<subject>/<clip><suffix>``; the folder is made.

    Names of clips come from the index, which refuses those that could not be files' or lead elsewhere.
    """
    folder = out / clip.subject
    folder.mkdir(exist_ok=True)
    return folder / f"{clip.id}{suffix}"


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table in UTF-8. Numbers of NumPy have as many digits as their type needs to be read back equal."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns)
        table.writerows([str(cell) for cell in row] for row in rows)


LABELS = ("expression", "emotion", "emotions", "objective", "aus", "label")
"""Columns of a table of features that say what a clip shows, as the index has them."""


def write_features(source: Source, out: Path, array: str) -> None:
    """Write ``features.csv``: a row a clip, with its subject and labels, then the numbers of one array.

    Columns are called by axis and index, ``plane2.pattern17``; all clips must have one shape.
    """
    rows = []
    columns: list[str] = []
    for one in source.each():
        values = one.read(array)
        dims = [re.sub(r"^block_", "", str(dim)) for dim in one.shard.describe(one.stored, array)["dims"]]
        names = index_names(dims, values.shape)
        if columns and names != columns:
            source.leave_out(one.clip, f"expected {array} of {len(columns)} numbers as before, found {values.shape}")
            continue
        columns = names
        labels = [getattr(one.clip, name) for name in LABELS]
        rows.append([one.clip.subject, one.clip.id, *labels, *values.ravel()])
    write_csv(out / "features.csv", ["subject", "clip", *LABELS, *columns], rows)


def index_names(dims: Sequence[str], shape: Sequence[int]) -> list[str]:
    """Return the name of each entry of an array in the order of its memory: ``row0.column1.bin2``."""
    names = [""]
    for dim, size in zip(dims, shape, strict=True):
        names = [f"{name}{'.' if name else ''}{dim}{index}" for name in names for index in range(size)]
    return names
