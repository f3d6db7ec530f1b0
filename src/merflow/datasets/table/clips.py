"""Clips of a table: a row together with the recording that it names."""

from dataclasses import replace
from pathlib import PurePosixPath

from merflow.datasets.action_units import coded_text, known_units, not_coded
from merflow.datasets.clip import NO_FRAME, Clip
from merflow.datasets.intrinsics import Intrinsics
from merflow.datasets.reading.annotation import Annotation, with_midpoint, with_objective, with_units_checked
from merflow.datasets.reading.frame_choice import with_frames, with_notes
from merflow.datasets.table.beginnings import late_note
from merflow.datasets.table.cameras import FILE
from merflow.datasets.table.columns import ENDS
from merflow.datasets.table.faults import Faults
from merflow.datasets.table.recordings import Recording, Recordings
from merflow.datasets.table.rows import Row
from merflow.datasets.table.settings import TableSettings
from merflow.errors import BadClipError, DatasetError

_SAME_RATE = 0.01
"""Part of the frame rate of a video by which a cell ``fps`` may differ and mean the same: 29.97 and 30."""


def annotation_of_row(
    name: str,
    row: Row,
    recordings: Recordings,
    settings: TableSettings,
    faults: Faults,
    *,
    missing_from: str = "the table",
) -> Annotation | None:
    """Return a row as a clip; None where a fault, which is noted, leaves unknown what its clip is.

    A row of which only other cells have faults is a clip too: it may be one that another row has, which is to be told
    with them.

    `missing_from` is what the note of a midpoint names: where an apex could have stood.
    """
    if _absent(row, recordings, faults) or not row.is_placed:
        return None
    clip, source = _clip(name, row, settings), f"{settings.table.name}, row {row.number}"
    _check_units(clip, row, faults)
    try:
        recording = recordings.of(row.path)
    except BadClipError as error:
        scale = 1 if settings.unit == "frames" else 1000  # the name of the clip has milliseconds
        named = replace(clip, onset=round(scale * row.times.get("onset", 0)))
        return _checked(named, source, row, faults, problem=error.reason)
    rate = _rate(row, recording, settings)
    if not rate:
        if not row.texts["fps"]:
            missing = "expected the frames per second of a folder, found none: fill the cell, or set the dataset's fps"
            faults.add(row.number, missing, column="fps")
        if settings.unit == "seconds":
            return None
    numbers = _numbers(row, recording, rate, settings, faults)
    if numbers is None or _another_size(row, recording, numbers["onset"], settings, faults):
        return None
    first = settings.first_frame if recording.is_video else 0
    clip = with_frames(replace(clip, fps=rate, first_frame=first), numbers)
    clip = with_midpoint(clip, missing_from=missing_from)
    notes = [*_whole_note(clip, row, missing_from), *_rate_notes(row, recording, settings)]
    return _checked(with_notes(clip, notes), source, row, faults)


def _absent(row: Row, recordings: Recordings, faults: Faults) -> bool:
    """Note the paths of a row that lead nowhere, and return whether there is one."""
    absent = {
        column: text
        for column, path in (("path", row.path), ("depth_path", row.depth_path))
        if path and (text := recordings.absent(path))
    }
    for column, text in absent.items():
        faults.add(row.number, text, column=column)
    return bool(absent)


def _clip(name: str, row: Row, settings: TableSettings) -> Clip:
    """Return what a row says without its recording."""
    path = PurePosixPath(row.path)
    is_named_file = (settings.root / row.path).is_file()
    camera = _camera(row, settings)
    clip = Clip(
        dataset=name,
        subject=row.texts["subject"],
        video=row.texts["clip"] or (path.stem if is_named_file else path.name),
        part=row.texts["part"],
        expression=row.expression,
        onset=0,
        apex=NO_FRAME,
        offset=NO_FRAME,
        fps=0.0,
        aus=row.texts["aus"],
        emotion=row.emotion,
        objective=row.objective,
        color=row.path,
        depth=row.depth_path,
        notes=row.texts["notes"],
        depth_unit_mm=(row.camera.depth_unit_mm or settings.depth_unit_mm) if row.depth_path else 1.0,
        camera=camera.text if camera else "",
        emotions=row.emotions,
        fold=row.texts["fold"],
        label=row.label,
        coded_units=coded_text(settings.coded_units) if row.texts["aus"] else "",
    )
    if clip.aus:
        clip = with_units_checked(clip if clip.objective else with_objective(clip, ""))
    return clip


def _check_units(clip: Clip, row: Row, faults: Faults) -> None:
    """Refuse an action unit that was not looked for."""
    others = not_coded(known_units(clip.aus) or (), clip.coded_units)
    if others:
        faults.add(
            row.number,
            f"expected action units of coded_units, found {', '.join(map(str, others))} too: add to the setting all "
            "that were looked for",
            column="aus",
        )


def _camera(row: Row, settings: TableSettings) -> Intrinsics | None:
    """Return the camera of the depth of a row: its own, or that of the dataset; None = nobody says, or no depth."""
    return (row.camera.intrinsics or settings.intrinsics) if row.depth_path else None


def _another_size(row: Row, recording: Recording, onset: int, settings: TableSettings, faults: Faults) -> bool:
    """Whether the frames are of another size than the pictures that the camera was calibrated for, which is noted."""
    camera = _camera(row, settings)
    expected = camera.size if camera else None
    found = recording.size_of(onset) if expected and onset in recording.numbers else None
    if not expected or not found or expected == found:
        return False
    faults.add(
        row.number,
        f"expected frames of {expected[0]}x{expected[1]} px, for which the camera was calibrated, found "
        f"{found[0]}x{found[1]}: scale fx, fy, cx and cy, or take those of this size",
        column=FILE if row.camera.intrinsics else "",
    )
    return True


def _checked(clip: Clip, source: str, row: Row, faults: Faults, *, problem: str = "") -> Annotation | None:
    """Return the annotation of a clip; None where its names cannot be those of files, which is noted."""
    if not row.texts["subject"]:  # which is a fault of its own
        return Annotation(clip, source, sheet_onset=clip.onset, problem="no subject")
    try:
        Annotation(clip, source, sheet_onset=clip.onset)
    except DatasetError as error:
        faults.add(row.number, str(error).removeprefix(f"{source}: "))
        return None
    return Annotation(clip, source, sheet_onset=clip.onset, problem=problem)


def _whole_note(clip: Clip, row: Row, missing_from: str) -> list[str]:
    """Return the note of a row that names neither onset nor offset."""
    taken = f"the whole recording taken, {clip.onset} to {clip.offset}"
    return [] if row.times.keys() >= {*ENDS} else [f"no onset and offset in {missing_from}, {taken}"]


def _rate(row: Row, recording: Recording, settings: TableSettings) -> float:
    """Return the frames per second: of the cell, or of the video, or of the dataset; 0 = nobody says."""
    return row.fps or (recording.video.fps if recording.video else settings.fps) or 0.0


def _rate_notes(row: Row, recording: Recording, settings: TableSettings) -> list[str]:
    """Return what a person should know of how a video is read."""
    if recording.video is None:
        return []
    own, notes = recording.video.fps, [*recording.video.notes]
    if row.fps is not None and abs(row.fps - own) > _SAME_RATE * own:
        notes.append(f"{row.fps:g} frames a second by the table, the file plays {own:g}")
    elif row.fps is None and settings.fps is not None and abs(settings.fps - own) > _SAME_RATE * own:
        notes.append(f"{own:g} frames a second of the file: fps: {settings.fps:g} is for folders of frames")
    if settings.unit == "seconds" and row.times:
        notes += late_note(settings.root / row.path, recording.video)
    return notes


def _numbers(
    row: Row, recording: Recording, rate: float, settings: TableSettings, faults: Faults
) -> dict[str, int] | None:
    """Return onset, apex and offset as frame numbers; None where they are not those of the recording, noted.

    Onset and offset that the row does not name are the first and the last frame.
    """
    first, last = recording.numbers[0], recording.numbers[-1]
    column, fault = _another_count(row, recording, rate, settings)
    if fault:
        faults.add(row.number, fault, column=column)
        return None
    seconds = settings.unit == "seconds"
    own = recording.video.fps if recording.video else rate
    numbers = {name: first + round(time * own) if seconds else int(time) for name, time in row.times.items()}
    for name, number in numbers.items():
        if not first <= number <= last:
            found = f"{row.texts[name]} s, which is frame {number}" if seconds else str(number)
            expected = f"expected a frame of {row.path}, which has {first} to {last}"
            faults.add(row.number, f"{expected}, found {found}", column=name)
    within = all(first <= number <= last for number in numbers.values())
    return {"onset": first, "offset": last} | numbers if within else None


def _another_count(row: Row, recording: Recording, rate: float, settings: TableSettings) -> tuple[str, str]:
    """Return column and fault of a row whose numbers cannot be those of its recording; empty = they can."""
    first = recording.numbers[0]
    if settings.unit == "seconds":
        own = recording.video.fps if recording.video else rate
        if abs(own - rate) <= _SAME_RATE * own:
            return "", ""
        return "fps", (
            f"expected seconds of a video that plays as it was recorded, found {rate:g} frames a second by the table "
            f"and {own:g} by the file: annotate frames (unit: frames)"
        )
    if recording.is_video or first not in (0, 1) or first == settings.first_frame:
        return "", ""
    return "onset", (
        f"expected a folder that counts from {settings.first_frame} (first_frame: {settings.first_frame}), found one "
        f"that begins at frame {first}: set first_frame to {first} if the table has the numbers of the files, or "
        "correct its numbers"
    )
