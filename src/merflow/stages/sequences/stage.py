"""Sequences: every clip resampled in time to one length, from the recording, as differences to its onset."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import ClipData, OnBadClip, Shard, ShardWriter, add_clips_of
from merflow.datasets.clip import NO_FRAME, Clip
from merflow.datasets.reading.clip_frames import below_root
from merflow.datasets.reading.frame_source import frames_of
from merflow.errors import BadClipError
from merflow.imaging.opencv_threads import opencv_threads
from merflow.stages.faces.copied_frames import refuse_still_pictures
from merflow.stages.sequences.frames import sequence_difference
from merflow.stages.sequences.interpolation import Blend, weights
from merflow.stages.sequences.reading import AlignedFace, FrameReader, aligned_face
from merflow.stages.sequences.settings import SequenceSettings
from merflow.stages.sequences.times import SequenceTimes, choose_times

STAGE = "sequences"


def make_sequences(
    faces: Shard,
    clips: Iterable[Clip],
    settings: SequenceSettings,
    *,
    root: Path,
    shard: ShardWriter,
    on_bad_clip: OnBadClip = "exclude",
) -> None:
    """Write the sequences shard of one subject.

    Parameters
    ----------
    faces : Shard
        Open shard of kind ``faces`` that keeps the onset of each clip; its alignment serves the whole clip.
    clips : iterable of Clip
        The subject's clips, all that the faces shard holds among them.
    settings : SequenceSettings
        Everything that decides the numbers.
    root : Path
        Root of the dataset, which the clips' folders are relative to.
    shard : ShardWriter
        Open shard of kind ``sequences``.
    on_bad_clip : {"exclude", "fail"}
        A clip of one frame, without an apex, whose onset, apex or offset is missing or does not decode, or whose head
        motion cannot be fitted becomes a row of the shard's exclusions, or stops the run.

    Raises
    ------
    BadClipError
        Under ``fail``, for the first clip that cannot be used.
    """
    by_id = {clip.id: clip for clip in clips}

    def compute(clip: str) -> ClipData:
        try:
            arrays, attrs = sequence_of_clip(by_id[clip], aligned_face(faces, clip), settings, root=root)
        except BadClipError as error:
            raise BadClipError(error.reason, source=below_root(root, error.source)) from error
        notes = filter(None, (str(faces.attrs(clip)["notes"]), attrs["notes"]))
        return arrays, attrs | {"notes": "; ".join(notes)}

    with opencv_threads(1):
        add_clips_of([faces], shard, compute, stage=STAGE, on_bad_clip=on_bad_clip)


def sequence_of_clip(
    clip: Clip, face: AlignedFace, settings: SequenceSettings, *, root: Path
) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Compute the arrays and attributes of one clip of a ``sequences`` shard.

    Raises
    ------
    BadClipError
        With the reason and, where there is one, the file, when the clip cannot be used.
    """
    source = frames_of(clip, root)
    available = list(source.numbers)
    choose_times(clip, available, settings)  # refuses a clip before anything is decoded
    reader = FrameReader(source, clip.onset, face, settings)
    times, read, frames = resample(clip, available, reader, settings)
    refuse_still_pictures(read, frames, source=clip.color)
    skipped = [number for number in source.numbers if number not in available]
    arrays = {
        "onset_color": frames[0],
        "difference": sequence_difference(frames),
        "position": times.position,
    }
    attrs = {
        "apex": times.apex,
        "n_frames": times.n_frames,
        "recorded": read,
        "fps": clip.fps,
        "notes": "; ".join(_notes(clip, times, skipped)),
    }
    return arrays, attrs


def resample(
    clip: Clip, available: list[int], reader: FrameReader, settings: SequenceSettings
) -> tuple[SequenceTimes, list[int], NDArray[np.uint8]]:
    """Read the frames that a sequence needs, each once and one at a time, and sum them up.

    Parameters
    ----------
    clip : Clip
    available : list of int
        Frame numbers that exist, ascending. A number that turns out not to decode is taken out, and the sequence is
        made anew from those that are left: the values of frames before it may come from others then.
    reader : FrameReader
    settings : SequenceSettings

    Returns
    -------
    times : SequenceTimes
    read : list of int
        Numbers of the frames that the values come from.
    frames : ndarray of shape (L, S, S, 3), uint8

    Raises
    ------
    BadClipError
        When onset, apex or offset does not decode.
    """
    while True:
        times = choose_times(clip, available, settings)
        needed = _needed(times, settings)
        blend = Blend(settings.length, (settings.size_px, settings.size_px, 3))
        broken = _add_frames(blend, needed, reader, named={clip.onset, clip.apex, times.recorded[-1]})
        if broken is None:
            return times, [number for number, _ in needed], blend.frames()
        available.remove(broken)


def frames_to_read(clip: Clip, available: Sequence[int], settings: SequenceSettings) -> list[int]:
    """Return the numbers of the frames that the sequence of a clip is read from, before any of them is decoded.

    Parameters
    ----------
    clip : Clip
    available : sequence of int
        Frame numbers that exist, ascending.
    settings : SequenceSettings

    Returns
    -------
    list of int
        Ascending; none of a clip that is refused unread. A frame that turns out not to decode is among them, since it
        decides the result too; those that :func:`resample` reads in its place are not.
    """
    try:
        times = choose_times(clip, available, settings)
    except BadClipError:
        return []
    return [number for number, _ in _needed(times, settings)]


def _needed(times: SequenceTimes, settings: SequenceSettings) -> list[tuple[int, NDArray[np.float64]]]:
    """Return the frames that have a weight in at least one frame of the sequence, each with its weights."""
    rows = weights(times.position, np.array(times.recorded), settings.interpolation)
    return [(number, row) for number, row in zip(times.recorded, rows, strict=True) if row.any()]


def _add_frames(
    blend: Blend, needed: Sequence[tuple[int, NDArray[np.float64]]], reader: FrameReader, *, named: set[int]
) -> int | None:
    """Add each frame by its weights; stop at one that does not decode, and return its number."""
    for number, row in needed:
        try:
            image = reader.decode(number)
        except BadClipError:
            if number in named:
                raise
            return number  # the clip's notes name it
        blend.add(reader.align(number, image), row)
    return None


def _notes(clip: Clip, times: SequenceTimes, skipped: Sequence[int]) -> list[str]:
    """Return what a person should know of this clip, in the order of the steps."""
    notes = []
    last = times.recorded[-1]
    if clip.offset == NO_FRAME:
        notes.append(f"no offset annotated: the recording's last frame, {last}, taken")
    n_missing = times.n_missing - len(skipped)
    if n_missing:
        notes.append(f"{n_missing} frames missing between {clip.onset} and {last}")
    if skipped:
        notes.append(f"undecodable frames left out: {', '.join(map(str, skipped))}")
    return notes
