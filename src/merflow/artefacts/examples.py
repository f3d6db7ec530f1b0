"""Examples: exactly what a network sees of an experiment, one row a clip."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts.digest import content_digest
from merflow.artefacts.examples_graph import graph_of_frames
from merflow.artefacts.labelled_clips import LabelledClips
from merflow.artefacts.rows import LazyRows, Rows
from merflow.extras import told_missing

if TYPE_CHECKING:
    import pandas as pd
    from torch import Tensor
    from torch.utils.data import Dataset
    from torch_geometric.data import Data

Edges = tuple[tuple[int, int], ...]

APEX_AND_LENGTH = ("apex", "n_frames")
"""Columns of ``Examples.apex_and_length``."""


def _nothing() -> NDArray[Any]:
    return np.zeros(0, dtype=np.int64)


def no_apex_and_length(clips: int) -> NDArray[np.int64]:
    """Return the apex_and_length of clips that are no sequences: no columns."""
    return np.zeros((clips, 0), dtype=np.int64)


def _no_texts() -> NDArray[np.str_]:
    return np.zeros(0, dtype=np.str_)


@dataclass(frozen=True, slots=True, repr=False)
class Examples:
    """The labelled examples of one experiment on one dataset, one row a clip.

    Attributes
    ----------
    x : ndarray or LazyRows of shape (n, ...), float32 or uint8
        Network input; pictures stay whole grey levels.
    label : ndarray of shape (n,), int64, or of shape (n, labels), uint8
        Index into `classes`; of labels that are told one by one, 0 or 1 for each of `classes`.
    subject, clip, expression : ndarray of shape (n,), str
        Who, which clip, and ``micro`` or ``macro``.
    classes : tuple of str
        Class names in the order of the label set.
    label_set : str
        Name of the label set.
    dims : tuple of str
        Names of the axes of `x`.
    aus : ndarray of shape (n, a), uint8
        1 where the clip shows an action unit, 0 where it does not, and where its units are not known.
    aus_known : ndarray of shape (n,), bool
        Whether it is known which units the clip shows: where not, its row of `aus` says nothing and no loss may read
        it. Given with `aus`; without action units False everywhere, and a = 0.
    au_numbers : tuple of int
        FACS number of each column of `aus`.
    edges : tuple of (int, int)
        Pairs of nodes that a graph joins within one frame, each once; empty when `x` is no graph.
    copies : ndarray of shape (m, ...), like `x`
        Altered copies of clips for training: never tested, and in training only with the clip that they are copies of.
    copy_of : ndarray of shape (m,), int64
        Row of that clip.
    apex_and_length : ndarray of shape (n, 2) or (n, 0), int64
        Of sequences: frame of the apex, and frames that are no padding (``APEX_AND_LENGTH``).
    fold : ndarray of shape (n,), str
        What the annotation calls the fold of the clip; empty where it gives none.
    input : mapping of str to str
        What decides which numbers `x` holds beside its shape: the ``artefact``, and settings that give them their unit,
        such as ``coordinates: aligned``.
    left_out : LabelledClips, optional
        Clips of the experiment that no row is of, since a stage left them out. Folds are drawn from all labelled clips,
        so that two experiments on one dataset have the same folds, whatever their stages leave out. None where every
        labelled clip has a row.
    digest, copy_digest : ndarray of shape (n,) and (m,), str
        ``content_digest`` of each row of `x` and of `copies`; made here where they are not given. Those of rows that
        stay in their file are missing (shape (0,)) until ``write_examples``, which reads each row anyway, makes them.
    """

    x: Rows
    label: NDArray[Any]
    subject: NDArray[np.str_]
    clip: NDArray[np.str_]
    expression: NDArray[np.str_]
    classes: tuple[str, ...]
    label_set: str
    dims: tuple[str, ...]
    aus: NDArray[np.uint8] = field(default_factory=_nothing)
    aus_known: NDArray[np.bool_] = field(default_factory=_nothing)
    au_numbers: tuple[int, ...] = ()
    edges: Edges = ()
    copies: NDArray[Any] = field(default_factory=_nothing)
    copy_of: NDArray[np.int64] = field(default_factory=_nothing)
    apex_and_length: NDArray[np.int64] = field(default_factory=_nothing)
    input: Mapping[str, str] = field(default_factory=dict)
    fold: NDArray[np.str_] = field(default_factory=_no_texts)
    left_out: LabelledClips | None = None
    digest: NDArray[np.str_] = field(default_factory=_no_texts)
    copy_digest: NDArray[np.str_] = field(default_factory=_no_texts)

    def __post_init__(self) -> None:
        self._fill_in()
        columns = [
            self.x,
            self.label,
            self.subject,
            self.clip,
            self.expression,
            self.fold,
            self.aus,
            self.aus_known,
            self.apex_and_length,
        ]
        if len(self.digest) or not isinstance(self.x, LazyRows):
            columns.append(self.digest)
        lengths = {len(column) for column in columns}
        if len(lengths) != 1:
            raise ValueError(f"the columns of examples must have one length, but have {sorted(lengths)}")
        if len(self.copy_digest) != len(self.copy_of):
            raise ValueError(f"{len(self.copy_of)} copies cannot have {len(self.copy_digest)} digests")
        if self.multi and (self.label.shape[1] != len(self.classes) or not np.isin(self.label, (0, 1)).all()):
            raise ValueError(
                f"labels must be 0 or 1 for each of {len(self.classes)}, but have shape {self.label.shape}"
            )
        if len(self.dims) != self.x.ndim:
            raise ValueError(f"x has shape {self.x.shape}, but its axes are named {self.dims}")
        if self.aus.shape[1] != len(self.au_numbers):
            raise ValueError(f"aus has {self.aus.shape[1]} columns, but {len(self.au_numbers)} action units are named")
        if self.aus[~self.aus_known].any():
            raise ValueError("clips whose action units are not known must have none in aus")
        if self.copies.shape != (len(self.copy_of), *self.x.shape[1:]):
            raise ValueError(f"{len(self.copy_of)} copies of x {self.x.shape} cannot be of shape {self.copies.shape}")
        if len(self.copy_of) and not 0 <= self.copy_of.min() <= self.copy_of.max() < len(self.x):
            raise ValueError(f"copies must be of rows 0 to {len(self.x) - 1}, but are of {sorted(set(self.copy_of))}")
        if not (_finite(self.x) and _finite(self.copies)):
            raise ValueError("x holds values that are not finite; a stage upstream must exclude such a clip")

    def __len__(self) -> int:
        return len(self.x)

    def __repr__(self) -> str:
        counts = self.label.sum(axis=0) if self.multi else np.bincount(self.label, minlength=len(self.classes))
        classes = ", ".join(f"{name} {count}" for name, count in zip(self.classes, counts.tolist(), strict=True))
        axes = ", ".join(self.dims)
        return (
            f"Examples({len(self)} clips of {len(set(self.subject.tolist()))} subjects; x {self.x.dtype} "
            f"{tuple(self.x.shape)} = ({axes}); {self.label_set}: {classes})"
        )

    def to_torch(self) -> "Dataset[tuple[Tensor, ...]]":
        """Return a data set of PyTorch: for each clip what a network of merflow is given.

        Items are (`x`, label) as tensors, of sequences (`x`, label, apex_and_length). `x` has the type that it is
        stored in, whole grey levels for pictures. A label is int64; those that are told one by one are float32. Altered
        copies are not among the items. Split by `subject`: clips of one person look alike.

        Raises
        ------
        ModuleNotFoundError
            Where PyTorch is not installed; says how to install it.
        """
        with told_missing():
            from merflow.artefacts.examples_torch import ExamplesDataset
        return ExamplesDataset(self.x, self.label, self.apex_and_length)

    def to_pyg(self) -> "list[Data]":
        """Return a graph of PyTorch Geometric for each clip of examples that are landmark graphs.

        Node n of frame f has number f * nodes + n. ``x`` (frames * nodes, features), float32. ``edge_index`` (2, E),
        int64, both directions, sorted: `edges` within each frame, and each node with itself in the next frame. ``y``
        has one label: (1,) int64, or (1, labels) float32. ``clip`` and ``subject`` are texts.

        Raises
        ------
        ValueError
            When the examples are no graphs.
        ModuleNotFoundError
            Where PyTorch or PyTorch Geometric is not installed; says how to install it.
        """
        if self.dims[1:3] != ("frame", "node"):
            raise ValueError(
                f"expected examples of graphs, with the axes clip, frame, node, but found {', '.join(self.dims)}. "
                "Use to_torch() for others."
            )
        with told_missing():
            import torch
            from torch_geometric.data import Data
        _, frames, nodes, features = self.x.shape
        edge_index = torch.from_numpy(graph_of_frames(self.edges, frames=frames, nodes=nodes))
        found = []
        for row, clip in enumerate(self.clip.tolist()):
            x = torch.from_numpy(self.x[np.array([row])].reshape(-1, features))
            y = torch.tensor(self.label[row : row + 1], dtype=torch.float32 if self.multi else torch.int64)
            found.append(Data(x=x, edge_index=edge_index, y=y, clip=clip, subject=str(self.subject[row])))
        return found

    def to_frame(self) -> "pd.DataFrame":
        """Return a table of what is known of each clip, one row a clip, without `x`.

        Columns: clip, subject, expression, fold where the annotation gives one, label and class (of labels that are
        told one by one a column of 0 and 1 for each), and ``AU<number>`` for each action unit, missing where the units
        of a clip are not known.
        """
        import pandas as pd

        frame = pd.DataFrame({name: getattr(self, name) for name in ("clip", "subject", "expression")})
        if self.fold.any():
            frame["fold"] = self.fold
        if self.multi:
            for column, label in enumerate(self.classes):
                frame[label] = self.label[:, column]
        else:
            frame["label"] = self.label
            frame["class"] = np.array(self.classes, dtype=np.str_)[self.label]
        for column, unit in enumerate(self.au_numbers):
            shown = pd.Series(self.aus[:, column], dtype="UInt8")
            frame[f"AU{unit}"] = shown.mask(~self.aus_known)
        return frame

    @property
    def multi(self) -> bool:
        """Whether the labels are told one by one: of each it is said whether a clip shows it."""
        return self.label.ndim == 2

    @property
    def labelled(self) -> LabelledClips:
        """All labelled clips of the experiment, those that were left out too, in the order of their names."""
        own = LabelledClips(self.clip, self.subject, self.expression, self.fold, self.label)
        return LabelledClips.joined(own) if self.left_out is None else LabelledClips.joined(own, self.left_out)

    @property
    def has_digests(self) -> bool:
        """Whether it is known of each row what content it has."""
        return len(self.digest) == len(self.x)

    def content(self) -> str:
        """Return a SHA-256 of all that a training can read here, however and whenever the examples were built.

        Raises
        ------
        ValueError
            When the digests of rows that stay in their file are missing.
        """
        if not self.has_digests:
            raise ValueError("expected examples as they are read from examples.h5, with a digest of each row")
        columns: list[NDArray[Any]] = [self.subject, self.clip, self.expression, self.digest, self.copy_digest]
        columns += [self.label, self.aus, self.aus_known, self.copy_of, self.apex_and_length]
        blank = [*_without_digest(self.x, self.digest), *_without_digest(self.copies, self.copy_digest)]
        facts: list[Any] = [self.classes, self.label_set, self.dims, self.au_numbers, self.edges]
        facts += [sorted(self.input.items()), list(self.x.shape), str(self.x.dtype)]
        facts += [column.tolist() for column in columns]
        facts += [self.fold.tolist()] if self.fold.any() else []
        facts += self.left_out.facts() if self.left_out is not None else []
        digest = hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode())
        for row in blank:
            digest.update(np.ascontiguousarray(row).tobytes())
        return digest.hexdigest()

    def _fill_in(self) -> None:
        """Give what was left out its empty shape, and each row that is in memory its digest."""
        if not self.au_numbers:
            object.__setattr__(self, "aus", np.zeros((len(self.x), 0), dtype=np.uint8))
            object.__setattr__(self, "aus_known", np.zeros(len(self.x), dtype=np.bool_))
        if not len(self.fold):
            object.__setattr__(self, "fold", np.full(len(self.x), "", dtype=np.str_))
        if not len(self.copy_of):
            object.__setattr__(self, "copies", np.zeros((0, *self.x.shape[1:]), dtype=self.x.dtype))
        if not self.apex_and_length.size:
            object.__setattr__(self, "apex_and_length", no_apex_and_length(len(self.x)))
        for name, rows in (("digest", self.x), ("copy_digest", self.copies)):
            if not len(getattr(self, name)) and not isinstance(rows, LazyRows):
                object.__setattr__(self, name, np.array([content_digest(row) for row in rows], dtype=np.str_))


def _without_digest(x: Rows, digests: NDArray[np.str_]) -> list[NDArray[Any]]:
    """Return the rows that no digest stands for: those that are the same everywhere."""
    return [x[np.array([row])][0] for row, digest in enumerate(digests.tolist()) if not digest]


def _finite(x: Rows) -> bool:
    """Whole numbers are; rows that stay in their file are always whole numbers."""
    if isinstance(x, LazyRows):
        if x.dtype.kind == "f":
            raise ValueError(f"rows that stay in their file must be whole numbers, but are {x.dtype}")
        return True
    return bool(np.isfinite(x).all())
