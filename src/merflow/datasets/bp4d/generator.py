"""BP4D: colour at 25 frames a second, macro-expressions in the sequences of the tasks, tables frame by frame."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from merflow.datasets.bp4d.folds import FOLDS
from merflow.datasets.bp4d.reader import TASKS, UNITS
from merflow.errors import ConfigError
from merflow.synthesis.camera import Camera
from merflow.synthesis.layout import ClipRecord, FramePaths, Labels, Layout
from merflow.synthesis.repertoire import Display, macro_by_subject
from merflow.synthesis.timing import Recording, Timing
from merflow.synthesis.words import noun

SEQUENCES, CODING = "Sequences(2D+3D)", "AUCoding"
INTENSITY_UNITS = (6, 10, 12, 14, 17)
"""Units of which the release has intensities."""

_MOST_INTENSE = 5
_TASK_OF = {emotion: task for task, emotion in TASKS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bp4dLayout(Layout):
    """BP4D: ``Sequences(2D+3D)/F001/T1/2440.jpg``, and tables of action units for each sequence.

    A sequence holds the expressions of one task one after the other. The frames between them are neither filmed nor
    coded.
    """

    def shown(
        self, rng: np.random.Generator, index: int, *, clips: int, others: int, macro: int
    ) -> list[tuple[str, str]]:
        """Return as many macro-expressions as clips are asked for: the set has no micro-expressions."""
        return macro_by_subject(index, clips)

    def subject(self, index: int) -> str:
        """Return ``F001`` to ``F023``, then ``M001`` to ``M018``: the 41 people of the set.

        Raises
        ------
        ConfigError
            For more: they would be taken for people of BP4D+.
        """
        people = sorted(FOLDS)
        if index >= len(people):
            raise ConfigError(
                f"synthesis.n_subjects: expected at most {len(people)} in the layout bp4d, found more. Change it in "
                "config.yaml."
            )
        return people[index]

    def videos(self, subject: str, emotions: Sequence[str]) -> Sequence[str]:
        """Return the task of each expression: that which is meant to bring its emotion about."""
        return [_TASK_OF[noun(emotion)] for emotion in emotions]

    def frame_paths(self, root: Path, record: ClipRecord, number: int) -> FramePaths:
        """Return ``2440.jpg`` in the folder of the sequence."""
        return FramePaths(root / SEQUENCES / record.subject / record.video / f"{number:04d}.jpg", None)

    def labels(self, display: Display, amplitudes: Mapping[int, float]) -> Labels:
        """Return the action units; nobody annotated more."""
        return Labels(au=display.au_string, objective="", emotion="")

    def write_sheets(self, root: Path, records: Sequence[ClipRecord]) -> None:
        """Write the tables of each sequence: which units are present, and how intense some of them are."""
        ordered = sorted(records, key=lambda r: (r.subject, r.video, r.onset))
        coded = sorted({*UNITS, *(unit for one in ordered for unit in _units(one))})
        for (subject, task), group in groupby(ordered, key=lambda r: (r.subject, r.video)):
            clips, name = list(group), f"{subject}_{task}"
            present = [(number, *(int(unit in _units(one)) for unit in coded)) for one, number in _each(clips)]
            _write(root / CODING / "AU_OCC" / f"{name}.csv", [(0, *coded), *present])
            for unit in INTENSITY_UNITS:
                path = root / CODING / "AU_INT" / f"AU{unit:02d}" / f"{name}_AU{unit:02d}.csv"
                _write(path, [(number, _intensity(one, unit, number)) for one, number in _each(clips)])


def _units(record: ClipRecord) -> list[int]:
    return [int(unit) for unit in record.au.split("+")]


def _each(clips: Sequence[ClipRecord]) -> Iterable[tuple[ClipRecord, int]]:
    """Yield each frame of a sequence with the expression that it shows."""
    return ((one, number) for one in clips for number in range(one.onset, one.offset + 1))


def _intensity(record: ClipRecord, unit: int, number: int) -> int:
    """Return the intensity of a unit in a frame, 0 to 5: as strong as the expression is, of a unit that takes part."""
    if unit not in _units(record):
        return 0
    course = Timing(apex=record.apex - record.onset, offset=record.offset - record.onset, frames_after=0).intensity()
    return round(_MOST_INTENSE * float(course[number - record.onset]))


def _write(path: Path, rows: Iterable[Sequence[int]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


SEQUENCE = Bp4dLayout(
    entries=(SEQUENCES, CODING),
    first_frames=(0, 2500),
    recording=Recording(fps=25.0, frames_before=0, frames_after=0),
    camera=Camera(f=2400.0, cx=519.5, cy=695.5, width=1040, height=1392),
)
