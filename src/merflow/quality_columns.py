"""Numbers of a clip that say whether it can be believed, as a stage or a dataset declares them.

A declaration names its columns and the function that measures them; the pages, the table and its dictionary follow
(``merflow.quality``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Value = float | str
"""Of a column: a number, NaN where there is none; of a column that must not be shared, a text."""

Side = Literal["", "low", "high", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityColumn:
    """One number of each clip.

    Parameters
    ----------
    name : str
        Of the column, another in every stage.
    unit : str
        ``1`` for a share or a count.
    meaning : str
        What is measured, one sentence.
    bad : str
        What a flagged value looks like and what to do about it.
    low, high : float or None
        Limits that hold in every dataset; a value beyond is flagged.
    why : str
        Reason of the limits, or of there being none.
    outlier : {"", "low", "high", "both"}
        On which sides a value that is far from those of the dataset is flagged; a side with a limit has no outliers.
    log : bool
        Whether the distance is measured on the logarithm, for values above 0 whose spread grows with them.
    least_spread : float
        Smallest scaled median absolute deviation, in the unit (of a logarithm 1): where all clips are alike, nothing
        smaller than its multiple is an outlier.
    unique : bool
        Whether the value is a text that no other clip of the dataset may have.
    """

    name: str
    unit: str
    meaning: str
    bad: str
    why: str
    low: float | None = None
    high: float | None = None
    outlier: Side = ""
    log: bool = False
    least_spread: float = 0.0
    unique: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What a stage or a dataset says of the quality of a clip.

    Parameters
    ----------
    measure : callable
        Of a stage: (open shard, :class:`merflow.datasets.clip.Clip`, open upstream shards by kind)
        -> values by column. Of a dataset: (clip) -> the same. A column without a value is n/a.
    columns : tuple of QualityColumn
        In the order in which they are shown.
    """

    measure: Callable[..., Mapping[str, Value]]
    columns: tuple[QualityColumn, ...]
