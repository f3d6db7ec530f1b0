"""Table reader: clips that a table lists, in videos or in folders of frames."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from merflow.checks import few
from merflow.counts import count
from merflow.datasets.clip import Clip, Exclusion
from merflow.datasets.index import Index, exclusion
from merflow.datasets.intrinsics import NUMBERS
from merflow.datasets.reading.annotation import Annotation, masked_units
from merflow.datasets.reading.clip_folders import natural
from merflow.datasets.reading.depth_numbers import check_depth_numbers
from merflow.datasets.reading.durations import check_duration, long_clips
from merflow.datasets.reading.folders import listing
from merflow.datasets.table.cameras import FILE
from merflow.datasets.table.clips import annotation_of_row
from merflow.datasets.table.faults import Faults
from merflow.datasets.table.recordings import Recording, Recordings, check_no_gap, header_size
from merflow.datasets.table.rows import Row, camera_files, read_rows
from merflow.datasets.table.settings import TableSettings
from merflow.datasets.table.unit_hint import note_other_unit
from merflow.errors import BadClipError, DatasetError
from merflow.reading import is_file, is_folder


def table_annotation(settings: TableSettings) -> list[Path]:
    """Return the table, and the files of cameras that it names.

    Raises
    ------
    DatasetError
        When the root or the table is missing.
    """
    _check_there(settings)
    return [settings.table, *camera_files(settings)]


def _check_there(settings: TableSettings) -> None:
    if not is_folder(settings.root):
        raise DatasetError(
            f"{settings.root}: expected a folder of recordings, found {listing(settings.root)}. Correct the dataset's "
            "root in config.yaml."
        )
    if not is_file(settings.table):
        raise DatasetError(
            f"expected the table {settings.table}, but there is no such file. Write it (merflow init begins one), or "
            "set the dataset's annotation in config.yaml."
        )


def read_table_of_clips(name: str, settings: TableSettings) -> Index:
    """Read the table, then look at every recording that it names.

    Parameters
    ----------
    name : str
        Name of the dataset in the configuration.
    settings : TableSettings
        Where it lies and what its numbers mean.

    Returns
    -------
    Index
        Clips sorted by subject, clip and onset. A recording that is damaged, or lacks frames or depth, is an
        exclusion with its row.

    Raises
    ------
    DatasetError
        With every fault of the table at once, by row: an unknown column or word, a cell that is no number, a path that
        is not there or leaves the root, numbers beyond the recording or counted from another first frame, two rows of
        one clip, no frame rate.
    """
    _check_there(settings)
    faults = Faults(settings.table)
    rows = _as_coded(read_rows(settings, faults))
    recordings = Recordings(settings.root, first_frame=settings.first_frame)
    found = [(row, annotation_of_row(name, row, recordings, settings, faults)) for row in rows]
    _check_together(found, settings.table.name, faults)
    annotations = [one for row, one in found if one is not None and not row.faulty]
    _check_cameras(annotations, faults)
    note_other_unit(rows, settings, faults)
    faults.refuse()
    return _index(annotations, recordings, notes=[f"annotation from {settings.table.name}", *_summary(annotations)])


def _as_coded(rows: Sequence[Row]) -> list[Row]:
    """Return rows whose one emotion is all that was coded, where the table gives some clips several, or none.

    Else label sets of several emotions would leave out every clip that shows one.
    """
    if not any(row.emotions for row in rows):
        return [*rows]
    return [replace(row, emotions=row.emotions or row.emotion) for row in rows]


def _check_together(found: Sequence[tuple[Row, Annotation | None]], table: str, faults: Faults) -> None:
    """Note two rows of one clip, also where they have other faults or their recording is not there."""
    by_id: dict[str, int] = {}
    by_place: dict[tuple[str, float], int] = {}
    for row, one in found:
        if not row.is_placed:
            continue
        onset = one.clip.onset if one else row.times.get("onset", -1)
        same = by_place.setdefault((row.path, onset), row.number)
        if same != row.number:
            what = f"expected one row for a clip, found {row.path} from {onset:g} in {table}, row {same} too"
            faults.add(row.number, what)
        elif one and row.texts["subject"] and (other := by_id.setdefault(one.clip.id, row.number)) != row.number:
            what = f"expected a name of its own, found the clip {one.clip.id} in {table}, row {other} too: fill in clip"
            faults.add(row.number, what)


def _check_cameras(annotations: Sequence[Annotation], faults: Faults) -> None:
    """Note clips with depth whose camera nobody names, where others have one: they would get that of the settings."""
    with_depth = [one for one in annotations if one.clip.depth]
    known = next((one for one in with_depth if one.clip.camera), None)
    for one in with_depth:
        if known and not one.clip.camera:
            faults.add(
                _row_of(one),
                f"expected the camera of its depth, since {known.source} names one, found none: fill in "
                f"{', '.join(NUMBERS)} or {FILE}, or set the dataset's {FILE}",
            )


def _row_of(one: Annotation) -> int:
    return int(one.source.rpartition(" ")[2])


def _summary(annotations: Sequence[Annotation]) -> Iterator[str]:
    """Yield the notes that count frame rates and own labels, and that name what divides subjects oddly."""
    rates = Counter(f"{one.clip.fps:g}" for one in annotations if one.clip.fps)
    if rates:
        yield f"frames per second: {_counted(rates)}"
    labels = Counter(one.clip.label for one in annotations if one.clip.label)
    if labels:
        yield f"labels: {_counted(labels)}"
    yield from _cameras(annotations)
    counts = Counter(one.clip.subject for one in annotations)
    lone = [subject for subject, clips in counts.items() if clips == 1]
    if lone:
        yield f"subjects with one clip, which their fold alone is tested on: {few(lone, 10)}"
    shown: dict[str, dict[str, None]] = {}
    for one in annotations:
        shown.setdefault(one.clip.color, {})[one.clip.subject] = None
    shared = [f"{path} ({', '.join(names)})" for path, names in shown.items() if len(names) > 1]
    if shared:
        yield f"recordings with clips of several subjects, who are taken for different people: {few(shared, 10)}"
    pairs = [f"{first.id} and {second.id}" for first, second in _overlapping([one.clip for one in annotations])]
    if pairs:
        yield f"clips of one kind that overlap in their recording, which count twice if they are one: {few(pairs, 10)}"


def _counted(clips: Mapping[str, int]) -> str:
    """Return names in order, each with its clips: ``25 (3 clips), 30 (1 clip)``."""
    return ", ".join(f"{name} ({count(number, 'clip')})" for name, number in sorted(clips.items()))


def _overlapping(clips: Sequence[Clip]) -> Iterator[tuple[Clip, Clip]]:
    """Yield a clip and the next one of its recording, subject and kind that begins before it ends."""
    last: dict[tuple[str, str, str], Clip] = {}
    for clip in sorted(clips, key=lambda one: (one.color, one.onset)):
        key = (clip.color, clip.subject, clip.expression)
        before = last.get(key)
        if before is not None and clip.onset < before.offset:
            yield before, clip
        if before is None or clip.offset > before.offset:
            last[key] = clip


def _cameras(annotations: Sequence[Annotation]) -> Iterator[str]:
    """Yield the note of the cameras of depth: those that are named, or which setting stands for them."""
    cameras = Counter(one.clip.camera for one in annotations if one.clip.depth)
    if set(cameras) == {""}:
        yield f"no camera of the depth of {count(cameras[''], 'clip')} is named: clouds take focal_px of their settings"
    elif cameras:
        named = few([f"{camera} ({count(clips, 'clip')})" for camera, clips in sorted(cameras.items())], 10)
        yield f"cameras of depth, fx fy cx cy in px: {named}"


def _index(annotations: Sequence[Annotation], recordings: Recordings, *, notes: Sequence[str]) -> Index:
    ordered = sorted(annotations, key=lambda one: natural(one.clip.id))
    clips: list[Clip] = []
    exclusions: list[Exclusion] = []
    for one in ordered:
        try:
            check_recording(one, recordings)
            clips.append(one.clip)
        except BadClipError as error:
            exclusions.append(exclusion(one.clip, BadClipError(error.reason, source=one.source)))
    annotated = tuple(replace(one.clip, color="", depth="") for one in ordered)
    bad = tuple(row["clip"] for row in exclusions)
    notes = (*notes, *long_clips(annotated), *masked_units(ordered))
    return Index(tuple(clips), tuple(exclusions), annotated, bad, notes)


def check_recording(one: Annotation, recordings: Recordings) -> None:
    """Raise BadClipError when the recording is damaged, or lacks frames or depth of the clip."""
    clip = one.clip
    if one.problem:
        raise BadClipError(one.problem)
    check_duration(clip)
    recording = recordings.of(clip.color)
    check_no_gap(recording, clip.onset, clip.offset, source=clip.color)
    if clip.depth:
        depth = recordings.of(clip.depth)
        check_depth_numbers(recording.numbers, depth.numbers)
        check_no_gap(depth, clip.onset, clip.offset, source=clip.depth)
        _check_depth_size(clip, recording, depth)


def _check_depth_size(clip: Clip, color: Recording, depth: Recording) -> None:
    """Raise BadClipError when the depth of the onset is of another size than its colour frame."""
    if depth.is_video:
        raise BadClipError(f"expected a folder of 16-bit pictures, found the video {clip.depth}")
    expected, found = color.size_of(clip.onset), header_size(depth.pictures[clip.onset])
    if expected and found and expected != found:
        raise BadClipError(
            f"expected depth of {expected[0]}x{expected[1]} px like its colour frame, found {found[0]}x{found[1]}: "
            "take the depth that is aligned to the colour, or leave depth_path empty"
        )
