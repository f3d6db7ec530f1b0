"""Reference: where the numbers of another dataset lie, such as those of the demo, whose recordings are known."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from merflow.errors import ArtefactError
from merflow.quality.tables import FIRST, LAST, read_table

MIDDLE = (5.0, 95.0)
"""Percentiles that the line of a reference joins: the outermost clips may be faulty ones."""

_NEXT = "Make one: snakemake results/demo/qc/clips.tsv"


@dataclass(frozen=True, slots=True)
class Reference:
    """The numbers of another dataset.

    Parameters
    ----------
    path : str
        Its ``clips.tsv``; empty = none is shown.
    middles : mapping
        By column: the 5th and the 95th percentile of its values.
    """

    path: str = ""
    middles: dict[str, tuple[float, float]] = field(default_factory=dict)


def read_reference(path: Path) -> Reference:
    """Read the table of clips of another dataset.

    Raises
    ------
    ArtefactError
        When the file is missing, or no table of clips with a number in it.
    """
    try:
        rows = read_table(path)
    except (OSError, ValueError) as error:
        raise ArtefactError(
            f"qc.reference: expected the clips.tsv of a dataset in {path}, found {error}. {_NEXT}"
        ) from error
    values: defaultdict[str, list[float]] = defaultdict(list)
    for row in rows:
        for name, text in row.items():
            if name not in (*FIRST, *LAST) and (value := _number(text)) is not None:
                values[name].append(value)
    if not values:
        raise ArtefactError(
            f"qc.reference: expected the clips.tsv of a dataset in {path}, found no column of numbers in {len(rows)} "
            f"rows. {_NEXT}"
        )
    low, high = MIDDLE
    middles = {
        name: (float(np.percentile(found, low)), float(np.percentile(found, high))) for name, found in values.items()
    }
    return Reference(str(path), middles)


def _number(text: str) -> float | None:
    """Return a cell as a number; None of a text, such as stands for what is missing."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None
