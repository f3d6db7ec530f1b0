"""BP4D runs: a clip for each run of frames in which an action unit is present."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from merflow.datasets.bp4d.tables import NOT_CODABLE, Table


@dataclass(frozen=True, slots=True)
class Run:
    """Frames in a row in which a unit is present.

    Parameters
    ----------
    unit : int
    first, last, apex : int
        Frames of the table.
    units : str
        Units of the apex, as a sheet spells them: ``6+12``, and ``4?`` for one that could not be coded there.
    notes : tuple of str
        What is not known of its ends or its apex.
    """

    unit: int
    first: int
    last: int
    apex: int
    units: str
    notes: tuple[str, ...]


def runs(table: Table, unit: int, *, least: int, intensities: Mapping[int, int]) -> Iterator[Run]:
    """Yield the runs of a unit, in time order.

    A frame in which the unit is absent or could not be coded ends a run, and so does a frame that is not in the table.

    Parameters
    ----------
    table : Table
    unit : int
        One that the table has.
    least : int
        Frames that a run must have.
    intensities : mapping of int to int
        Frame -> intensity of the unit; empty = not known.
    """
    present = table.units[unit] == 1
    ends = np.flatnonzero(~present[:-1] | ~present[1:] | (np.diff(table.frames) != 1)) + 1
    for part in np.split(np.arange(len(present)), ends):
        if len(part) >= least and present[part[0]]:
            yield _run(table, unit, part.tolist(), intensities)


def _run(table: Table, unit: int, part: Sequence[int], intensities: Mapping[int, int]) -> Run:
    frames = [int(table.frames[k]) for k in part]
    known = [frame for frame in frames if frame in intensities]
    apex = max(known, key=lambda frame: (intensities[frame], -frame)) if known else frames[(len(frames) - 1) // 2]
    notes = [] if known else [f"no intensities of AU {unit}, the middle frame {apex} taken for the apex"]
    around = {"begins": part[0] - 1, "ends": part[-1] + 1}
    notes += [
        f"the run {how} where AU {unit} could not be coded"
        for how, k in around.items()
        if 0 <= k < len(table.frames) and table.units[unit][k] == NOT_CODABLE
    ]
    return Run(unit, frames[0], frames[-1], apex, _units(table, part[frames.index(apex)]), tuple(notes))


def _units(table: Table, k: int) -> str:
    """Return the units of a frame."""
    words = {1: "{}", NOT_CODABLE: "{}?"}
    found = ((unit, int(values[k])) for unit, values in sorted(table.units.items()))
    return "+".join(words[value].format(unit) for unit, value in found if value in words)
