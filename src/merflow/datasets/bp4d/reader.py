"""BP4D reader: sequences of 41 people at 25 fps, a macro-expression for each run of an action unit."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from merflow.checks import check_choice, check_setting, few
from merflow.counts import count
from merflow.datasets.action_units import coded_text
from merflow.datasets.bp4d.folds import FOLDS
from merflow.datasets.bp4d.runs import Run, runs
from merflow.datasets.bp4d.search import find_tables, subject_of
from merflow.datasets.bp4d.tables import Table, read_intensities, read_table
from merflow.datasets.clip import Clip
from merflow.datasets.index import Index
from merflow.datasets.reading.annotation import Annotation, check_unique, with_objective, with_units_checked
from merflow.datasets.reading.clip_folders import (
    ClipFolders,
    SubjectPlaces,
    check_one_place,
    folders_with_subjects,
    index_clips,
    places,
)
from merflow.datasets.reading.folders import listing
from merflow.datasets.reading.frame_choice import with_notes
from merflow.datasets.reading.scans import check_pattern, with_scans_beside
from merflow.errors import DatasetError

UNITS = (1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24)
"""The twelve that papers score."""

TASKS: Mapping[str, str] = {
    "T1": "happiness",
    "T2": "sadness",
    "T3": "surprise",
    "T5": "fear",
    "T7": "anger",
    "T8": "disgust",
}
"""What a task was meant to bring about; T4 is embarrassment and T6 pain, which no label set has."""

_DEPTH = 3
_PLACEHOLDERS = ("{subject}", "{task}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bp4dSettings:
    """What the reader of BP4D needs to know.

    Parameters
    ----------
    root : Path
        Folder of the recordings.
    annotation : Path or None
        Folder of the tables, ``AU_OCC`` or one above it; None = it is searched in `root`.
    units : tuple of int
        Action units whose runs become clips; a table may lack some.
    min_frames : int
        Frames that a run must have: of 25 a second, 13 last half a second.
    emotions : {"none", "task"}
        ``task``: a clip has the emotion that its task was meant to bring about, which nobody coded. ``none``: no
        emotion.
    landmarks : str
        Pattern of the 3D landmarks of each frame, below the root: ``landmarks/{subject}_{task}_*``, numbered as the
        pictures. Empty = the meshes beside the pictures are not read.
    frames_before : int or None
        By how much the numbers of the tables are higher than those of the pictures: 0 in BP4D, 1 in BP4D+. None = 0 of
        people of BP4D; others are refused, since they are of BP4D+.
    fps : float
        Frames per second of the recordings.
    """

    root: Path
    annotation: Path | None = None
    units: tuple[int, ...] = UNITS
    min_frames: int = 13
    emotions: Literal["none", "task"] = "none"
    landmarks: str = ""
    frames_before: int | None = None
    fps: float = 25.0

    def __post_init__(self) -> None:
        different = 0 < len(set(self.units)) == len(self.units) and all(0 < unit < 100 for unit in self.units)
        check_setting(different, "units", expected="different numbers of action units", found=list(self.units))
        check_setting(self.min_frames >= 2, "min_frames", expected="2 frames or more", found=self.min_frames)
        check_pattern(self.landmarks, "landmarks", _PLACEHOLDERS, each=True)
        check_choice(self.emotions, "emotions", ("none", "task"))
        check_setting(
            self.frames_before in (None, 0, 1), "frames_before", expected="0, 1 or none", found=self.frames_before
        )
        check_setting(self.fps > 0, "fps", expected="a frame rate above 0", found=self.fps)


def bp4d_annotation(settings: Bp4dSettings) -> list[Path]:
    """Return the tables that the index is made of.

    Raises
    ------
    DatasetError
        When the recordings or the tables are missing, or a subject lies in two folders.
    """
    _places(settings.root)
    occurrences, intensities = find_tables(settings.annotation or settings.root, settings.units)
    return [*occurrences.values(), *intensities.values()]


def read_bp4d(name: str, settings: Bp4dSettings) -> Index:
    """Read the tables, make a clip of each run of a unit, then look for its frames.

    Parameters
    ----------
    name : str
        Name of the dataset in the configuration.
    settings : Bp4dSettings
        Where it lies, and what a clip is.

    Returns
    -------
    Index
        Clips sorted by subject, video and onset. A clip's video is its task and its unit: ``F001_T1-12_2440``. Its
        action units are those of its apex.

    Raises
    ------
    DatasetError
        When the recordings or the tables are missing, a subject lies in two folders, a table is none, or no table has
        one of the units: all before any folder of frames is read.
    """
    bases, passed_over = _places(settings.root)
    occurrences, intensities = find_tables(settings.annotation or settings.root, settings.units)
    tables = {key: read_table(path) for key, path in occurrences.items()}
    _check_units(settings.units, tables.values())
    folds = _folds({subject for subject, _ in tables}, settings)
    annotations = [
        one for key, table in tables.items() for one in _of_sequence(name, *key, table, intensities, folds, settings)
    ]
    check_unique(annotations)
    notes = [
        f"frames from {places(bases, settings.root)}",
        *passed_over,
        f"{count(len(annotations), 'clip')}: runs of {settings.min_frames} frames or more of "
        f"{_named(settings.units)} in {count(len(tables), 'sequence')}",
        f"every table codes {_named(_coded_in_all(tables.values()))}; a label set with another unit has no clip",
        *(["emotions are those that the tasks were meant to bring about"] if settings.emotions == "task" else []),
    ]
    folders = ClipFolders(settings.root, bases, subject_of)
    index = index_clips(annotations, folders, name_of=_task, notes=notes)
    return _with_scans(index, settings) if settings.landmarks else index


def _with_scans(index: Index, settings: Bp4dSettings) -> Index:
    """Give the clips the meshes of their frames, and the landmarks that the settings name."""

    def landmarks(clip: Clip) -> str:
        return settings.landmarks.replace("{subject}", clip.subject).replace("{task}", _task(clip))

    clips = tuple(with_scans_beside(clip, settings.root, landmarks=landmarks(clip)) for clip in index.clips)
    meshes = sum(bool(clip.meshes) for clip in clips)
    return replace(index, clips=clips, notes=(*index.notes, f"clips with meshes: {meshes} of {len(clips)}"))


def _of_sequence(
    name: str,
    subject: str,
    task: str,
    table: Table,
    intensities: Mapping[tuple[str, str, int], Path],
    folds: Mapping[str, str],
    settings: Bp4dSettings,
) -> list[Annotation]:
    """Return the clips of one sequence."""
    found = []
    for unit in (unit for unit in settings.units if unit in table.units):
        path = intensities.get((subject, task, unit))
        of_unit = read_intensities(path) if path else {}
        for run in runs(table, unit, least=settings.min_frames, intensities=of_unit):
            clip = _clip(name, subject, task, run, folds.get(subject, ""), settings)
            clip = replace(clip, coded_units=coded_text(table.units))
            clip = with_objective(with_units_checked(with_notes(clip, list(run.notes))), "")
            found.append(Annotation(clip, f"{table.path.name}, AU {unit}, frame {run.first}", clip.onset))
    return found


def _clip(name: str, subject: str, task: str, run: Run, fold: str, settings: Bp4dSettings) -> Clip:
    onset, apex, offset = (frame - (settings.frames_before or 0) for frame in (run.first, run.apex, run.last))
    return Clip(
        dataset=name,
        subject=subject,
        video=f"{task}-{run.unit}",
        part="",
        expression="macro",
        onset=onset,
        apex=apex,
        offset=offset,
        fps=settings.fps,
        aus=run.units,
        emotion=TASKS.get(task, "") if settings.emotions == "task" else "",
        objective="",
        color="",
        depth="",
        notes="",
        fold=fold,
    )


def _task(clip: Clip) -> str:
    """Return the folder of a clip's sequence: ``T1`` of ``T1-12``."""
    return clip.video.partition("-")[0]


def _named(units: Sequence[int]) -> str:
    return f"AU {', '.join(map(str, units))}" if units else "no unit"


def _coded_in_all(tables: Iterable[Table]) -> Sequence[int]:
    return sorted(set.intersection(*({*table.units} for table in tables)))


def _check_units(units: Sequence[int], tables: Iterable[Table]) -> None:
    """Raise DatasetError where no table has any of the units that are asked for."""
    coded = {unit for table in tables for unit in table.units}
    if not coded & set(units):
        raise DatasetError(
            f"expected tables that code one of {_named(units)}, found {_named(sorted(coded))}. Set the dataset's units "
            "in config.yaml to some of these."
        )


def _folds(people: Collection[str], settings: Bp4dSettings) -> Mapping[str, str]:
    """Return the folds of the people of BP4D; none of BP4D+, whose people have the same names and others.

    Raises
    ------
    DatasetError
        When there are people of BP4D+ and the settings do not say how its frames are counted.
    """
    others = sorted(set(people) - FOLDS.keys())
    if others and settings.frames_before is None:
        raise DatasetError(
            f"expected the people of BP4D, F001 to F023 and M001 to M018, found {few(others)} too. BP4D+ has others "
            "under the same names, and its tables count the frames from 1 more than its pictures: set the dataset's "
            "frames_before in config.yaml to 1, or to 0 where tables and pictures have the same numbers."
        )
    return {} if others or settings.frames_before else FOLDS


def _places(root: Path) -> SubjectPlaces:
    """Find the folders that hold the subjects.

    Raises
    ------
    DatasetError
        When there is none, or two of them hold the same subject.
    """
    found = folders_with_subjects(root, subject_of, depth=_DEPTH)
    if not found.bases:
        raise DatasetError(
            f"{root}: expected the recordings of BP4D as <root>/Sequences(2D+3D)/F001/T1/2440.jpg, found "
            f"{listing(root)}. Set the dataset's root in config.yaml to the folder that holds them."
        )
    check_one_place(found.bases, subject_of)
    return found
