"""Clips with a label: what folds are drawn from, whether or not a network sees each of them."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class LabelledClips:
    """Labelled clips of an index, one entry a clip.

    Attributes
    ----------
    clip, subject, expression, fold : ndarray of shape (n,), str
        Which clip, who, ``micro`` or ``macro``, and what the annotation calls its fold; empty where it gives none.
    label : ndarray of shape (n,), int64, or of shape (n, labels), uint8
        Index into the classes; of labels that are told one by one, 0 or 1 for each.
    """

    clip: NDArray[np.str_]
    subject: NDArray[np.str_]
    expression: NDArray[np.str_]
    fold: NDArray[np.str_]
    label: NDArray[Any]

    def __post_init__(self) -> None:
        lengths = {len(getattr(self, one.name)) for one in fields(self)}
        if len(lengths) != 1:
            raise ValueError(f"the columns of labelled clips must have one length, but have {sorted(lengths)}")

    def __len__(self) -> int:
        return len(self.clip)

    def take(self, rows: NDArray[Any]) -> "LabelledClips":
        """Return some of the clips, by their rows or a mask."""
        return LabelledClips(*(getattr(self, one.name)[rows] for one in fields(self)))

    def facts(self) -> list[list[Any]]:
        """Return the columns as plain values."""
        return [getattr(self, one.name).tolist() for one in fields(self)]

    @classmethod
    def joined(cls, *parts: "LabelledClips") -> "LabelledClips":
        """Return the clips of all parts, in the order of their names."""
        columns = [np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(cls)]
        return cls(*columns).take(np.argsort(columns[0], kind="stable"))
