"""The measured costs: one row for what was measured, in a table of the package that ``make scale`` writes."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from merflow.artefacts.provenance import canonical_json
from merflow.files import atomic_path

TABLE = "measured_costs.csv"

What = Literal["rendering", "shards", "examples", "training", "job"]
"""What a row is about, and what it counts: clips rendered, clips of shards, clips of examples, a clip in an epoch of a
training, jobs of a rule."""


@dataclass(frozen=True, slots=True)
class UnitCost:
    """What one kind of job costs.

    Parameters
    ----------
    what : {"rendering", "shards", "examples", "training", "job"}
    name : str
        Layout, ``<kind>/<variant>``, experiment, or rule, as it was measured.
    settings : mapping of str to any
        That the cost depends on, as plain values.
    on : str
        Embedded dataset that it was measured on.
    width_px, height_px : int
        Of the dataset's pictures.
    start_s : float
        CPU seconds of a job before its first clip: interpreter, imports, reading. Of a rule, of the whole job.
    each_s : float
        CPU seconds a clip; of a training a clip and epoch; of a rule that fits baselines a fold.
    each_bytes : float
        Bytes a clip; of a training a fold and seed; of a rule a job.
    frames : float
        Recorded frames that a clip of ``sequences`` was read from; 0 of all else.
    processor, date, merflow : str
        Where, when (ISO 8601) and with which version it was measured.
    """

    what: What
    name: str
    settings: Mapping[str, Any]
    on: str
    width_px: int
    height_px: int
    start_s: float
    each_s: float
    each_bytes: float
    frames: float
    processor: str
    date: str
    merflow: str

    @property
    def pixels(self) -> int:
        """Pixels of a picture that it was measured on."""
        return self.width_px * self.height_px


COLUMNS = tuple(one.name for one in fields(UnitCost))
_NUMBERS = {"width_px": int, "height_px": int, "start_s": float, "each_s": float, "each_bytes": float, "frames": float}


def write_costs(costs: Iterable[UnitCost], path: Path) -> None:
    """Write a table of costs, numbers with three significant digits."""
    with atomic_path(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for cost in costs:
            writer.writerow([_as_text(getattr(cost, name)) for name in COLUMNS])


def read_costs(path: Path) -> list[UnitCost]:
    """Return the costs of a table that :func:`write_costs` wrote."""
    with path.open(encoding="utf-8", newline="") as file:
        return [_as_cost(row) for row in csv.DictReader(file, strict=True)]


@cache
def shipped_costs() -> tuple[UnitCost, ...]:
    """Return the costs that merflow ships."""
    return tuple(read_costs(Path(str(files("merflow.costs").joinpath(TABLE)))))


def _as_cost(row: Mapping[str, str]) -> UnitCost:
    numbers = {name: kind(row[name]) for name, kind in _NUMBERS.items()}
    return UnitCost(**{**row, **numbers, "settings": json.loads(row["settings"])})  # type: ignore[arg-type]


def _as_text(value: Any) -> str:
    if isinstance(value, Mapping):
        return canonical_json(value)
    return f"{value:.3g}" if isinstance(value, float) else str(value)
