"""From a recording that a user names to a clip, by the rules of the table of clips: one row of it, given by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple

from merflow.datasets.clip import Clip
from merflow.datasets.intrinsics import Intrinsics
from merflow.datasets.reading.durations import IMPOSSIBLE_S
from merflow.datasets.reading.frame_choice import with_notes
from merflow.datasets.table.cameras import RowCamera, read_camera
from merflow.datasets.table.clips import annotation_of_row
from merflow.datasets.table.columns import COLUMNS
from merflow.datasets.table.faults import Faults
from merflow.datasets.table.reader import check_recording
from merflow.datasets.table.recordings import Recording, Recordings
from merflow.datasets.table.rows import row_of_texts
from merflow.datasets.table.settings import TableSettings
from merflow.errors import BadClipError, DatasetError
from merflow.reading import is_folder
from merflow.untrusted.safe_names import MAX_NAME_BYTES

SUBJECT = "new"
"""Name of the subject of a recording that no table names one for."""

Unit = Literal["frames", "seconds"]


class DepthDefaults(NamedTuple):
    """Unit and camera of depth where nobody gives one: those of the training data."""

    unit_mm: float = 1.0
    intrinsics: Intrinsics | None = None


NO_DEFAULTS = DepthDefaults()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One clip of a recording, as a user asks for it.

    Parameters
    ----------
    recording : Path
        Video, or folder of frames.
    onset, apex, offset : float or None
        In `unit`. None: the first frame, the midpoint, and the last frame.
    unit : {"frames", "seconds"}
    first_frame : {0, 1} or None
        What the numbers call the first frame of a video: needed where they are numbers of frames. Frames in a folder
        have the numbers of their names.
    fps : float or None
        Frames per second; needed for a folder.
    depth : Path or None
        Folder of 16-bit pictures with the numbers of the colour frames.
    depth_unit_mm : float or None
        Mm that 1 in the depth pictures stands for; None: as the file of the camera says, or else `default`'s.
    intrinsics : Path or None
        File of the camera of the depth, YAML or JSON.
    default : DepthDefaults
        What holds where nothing is given.
    meshes : Path or None
        Folder of the meshes of the clip, one a frame, with their textures and 3D landmarks.
    """

    recording: Path
    onset: float | None = None
    apex: float | None = None
    offset: float | None = None
    unit: Unit = "frames"
    first_frame: int | None = None
    fps: float | None = None
    depth: Path | None = None
    depth_unit_mm: float | None = None
    intrinsics: Path | None = None
    default: DepthDefaults = NO_DEFAULTS
    meshes: Path | None = None

    @property
    def times(self) -> dict[str, float]:
        """Those of onset, apex and offset that are given."""
        given = {"onset": self.onset, "apex": self.apex, "offset": self.offset}
        return {name: time for name, time in given.items() if time is not None}


class _Refused(Faults):
    """Faults of a clip that a user names by hand: the first one is told at once, by the name of the option."""

    def add(self, row: int, what: str, *, column: str = "", known: str = "") -> None:
        """Raise DatasetError."""
        option = {"depth_path": "depth"}.get(column, column)
        move = f"Correct --{option}" if option in Asked.__dataclass_fields__ else "Name another recording"
        raise DatasetError(f"{self.table}: {what}. {f'{known} ' if known else ''}{move}.")


def clip_of(asked: Asked, *, dataset: str, expressions: Sequence[str] = ("micro",)) -> tuple[Clip, Path]:
    """Return the clip, and the folder that its paths start in.

    Parameters
    ----------
    asked : Asked
    dataset : str
        Name that its artefacts get.
    expressions : sequence of {"micro", "macro"}
        Kinds that the network was trained on: where ``macro`` is among them, a clip may last as long as one.

    Raises
    ------
    DatasetError
        When there is no such recording, its frames cannot be numbered, or the numbers are not those of its frames.
    """
    root, name = asked.recording.parent, asked.recording.name
    recordings = Recordings(root, first_frame=asked.first_frame or 0)
    if absent := recordings.absent(name):
        raise DatasetError(f"{asked.recording}: {absent} Name a video or a folder of frames.")
    try:
        recording = recordings.of(name)
        _check_asked(asked, recording)
        clip = _clip(asked, recording, recordings, dataset=dataset, expression=_longest(expressions))
    except BadClipError as error:
        raise DatasetError(f"{error}. Correct it, or name another recording.") from error
    return clip, root


def _check_asked(asked: Asked, recording: Recording) -> None:
    """Refuse what no row of a table could be made of."""
    if recording.is_video and asked.times and asked.unit == "frames" and asked.first_frame is None:
        raise DatasetError(
            f"{asked.recording}: expected what the numbers call the first frame of the video, found nothing. Give "
            "--first-frame 0 (OpenCV, n of ffmpeg's filters) or --first-frame 1 (ffmpeg -i in frame_%d.png)."
        )
    if not recording.is_video and asked.fps is None:
        raise DatasetError(f"{asked.recording}: expected the frames per second of a folder, found none. Give --fps.")
    for option, folder, what in (("depth", asked.depth, "depth pictures"), ("meshes", asked.meshes, "meshes")):
        if folder is not None and not is_folder(folder):
            raise DatasetError(f"{folder}: expected a folder of {what}, found no such folder. Correct --{option}.")
    if asked.intrinsics is not None and asked.depth is None:
        raise DatasetError(f"{asked.intrinsics}: expected depth with the camera of it, found none. Give --depth.")


def _clip(asked: Asked, recording: Recording, recordings: Recordings, *, dataset: str, expression: str) -> Clip:
    settings = _settings(asked, recording)
    faults = _Refused(asked.recording)
    row = row_of_texts(1, _texts(asked, recording, expression=expression), settings, faults)
    if row is None:
        raise ValueError("a fault of a row must have been told")
    row = replace(row, depth_path=str(asked.depth.absolute()) if asked.depth else "", camera=_camera(asked))
    one = annotation_of_row(dataset, row, recordings, settings, faults, missing_from="what was given")
    if one is None:
        raise ValueError("a fault of a clip must have been told")
    if {"onset", "offset"} - asked.times.keys():
        _check_short(asked, one.clip)
    check_recording(one, recordings)
    taken = [
        f"no {name} given, {getattr(one.clip, name)} taken" for name in ("onset", "offset") if name not in asked.times
    ]
    clip = one.clip
    if asked.meshes is not None:
        pattern = str(asked.meshes.absolute() / "*")
        clip = replace(clip, meshes=pattern, textures=pattern, landmarks_3d=pattern)
    return with_notes(clip, [*taken, *_depth_notes(one.clip, row.camera)])


def _settings(asked: Asked, recording: Recording) -> TableSettings:
    """Return the settings of a table with the one row."""
    first = recording.numbers[0] if asked.first_frame is None else asked.first_frame
    return TableSettings(
        root=asked.recording.parent,
        unit=asked.unit,
        first_frame=min(first, 1),
        depth_unit_mm=asked.default.unit_mm,
        intrinsics=asked.default.intrinsics,
    )


def _texts(asked: Asked, recording: Recording, *, expression: str) -> dict[str, str]:
    """Return the cells of the row, as texts; the whole recording where no onset or offset is given."""
    given = {
        "subject": SUBJECT,
        "path": asked.recording.name,
        "expression": expression,
        "clip": _name(asked.recording),
    }
    times = {name: _text(time) for name, time in (_whole(asked, recording) | asked.times).items()}
    rate = {} if asked.fps is None else {"fps": _text(asked.fps)}
    return dict.fromkeys(COLUMNS, "") | times | given | rate


def _depth_notes(clip: Clip, given: RowCamera) -> list[str]:
    """Return what was taken of the camera and the unit of depth, where nobody gave them."""
    if not clip.depth:
        return []
    unit = [] if given.depth_unit_mm else [f"no unit of depth given, {clip.depth_unit_mm:g} mm taken"]
    return unit if clip.camera else [*unit, "no intrinsics given: a cloud takes focal_px of the model's settings"]


def _camera(asked: Asked) -> RowCamera:
    """Return the camera that is given.

    Raises
    ------
    DatasetError
        When its file is none.
    """
    try:
        given = read_camera(asked.intrinsics) if asked.intrinsics else RowCamera()
    except DatasetError as error:
        raise DatasetError(f"{asked.intrinsics}: {error}. Correct --intrinsics.") from error
    return given if asked.depth_unit_mm is None else given._replace(depth_unit_mm=asked.depth_unit_mm)


def _name(recording: Path) -> str:
    """Return a name of the clip that can be one of an artefact."""
    stem = recording.stem if recording.is_file() else recording.name
    return stem if stem.isprintable() and len(stem.encode(errors="replace")) <= MAX_NAME_BYTES else "clip"


def _longest(expressions: Sequence[str]) -> str:
    return "macro" if "macro" in expressions else "micro"


def _text(number: float) -> str:
    """Return a number as a cell of a table has it."""
    return str(int(number)) if number == int(number) else f"{number:.9f}".rstrip("0")


def _whole(asked: Asked, recording: Recording) -> dict[str, float]:
    """Return onset and offset of the whole recording, in the unit that is asked for."""
    first, last = recording.numbers[0], recording.numbers[-1]
    if asked.unit == "frames":
        return {"onset": first, "offset": last}
    rate = recording.video.fps if recording.video else asked.fps or 1.0
    return {"onset": 0.0, "offset": (last - first) / rate}


def _check_short(asked: Asked, clip: Clip) -> None:
    """Refuse a recording that is no clip of one expression: nothing here looks for expressions in it."""
    seconds = (clip.offset - clip.onset) / clip.fps
    if clip.expression == "micro" and seconds > IMPOSSIBLE_S:
        raise DatasetError(
            f"{asked.recording}: expected a clip of one expression, at most {IMPOSSIBLE_S:g} s, found {seconds:.1f} s. "
            "Give --onset and --offset: merflow classifies an expression, and does not look for one."
        )
