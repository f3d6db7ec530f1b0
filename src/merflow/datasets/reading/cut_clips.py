"""Cut clips: folders that hold one clip each, from its onset to its offset, show which numbers of a sheet are wrong."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

from merflow.datasets.clip import NO_FRAME, Clip
from merflow.datasets.reading.annotation import Annotation
from merflow.datasets.reading.clip_folders import Folders
from merflow.datasets.reading.frame_choice import FolderNumbers, with_frames, with_notes
from merflow.errors import BadClipError, UnreadableError

End = Literal["onset", "offset"]


class Span(NamedTuple):
    """First and last frame of a folder."""

    first: int
    last: int


class Mended(NamedTuple):
    """Annotations with the ends of their folders.

    Parameters
    ----------
    annotations : list of Annotation
        In the order given.
    spans : mapping of int to Span
        Position in `annotations` -> its folder's frames, of those of which an end was taken.
    notes : sequence of str
        Of the dataset as a whole.
    """

    annotations: list[Annotation]
    spans: Mapping[int, Span]
    notes: Sequence[str]


def with_ends_of_folders(
    annotations: Sequence[Annotation],
    folders: Folders,
    *,
    name_of: Callable[[Clip], str],
    numbers: FolderNumbers,
    ends: Collection[End],
) -> Mended:
    """Replace onsets and offsets that lie outside their clip's folder by its first and last frame, noted on the clip.

    That holds where folders are cut clips, and no row of the sheet says so. The folders do: of most of them the first
    frame must be the onset and the last one the offset. Where they are not, nothing is changed.

    Parameters
    ----------
    annotations : sequence of Annotation
        Of a whole dataset.
    folders : Folders
        Where the clips lie; a folder of two clips is not looked at.
    name_of : callable
        Name of a clip's folder.
    numbers : FolderNumbers
        Lists each folder once.
    ends : collection of {"onset", "offset"}
        Which may be replaced. An offset that the sheet does not name stays unknown.
    """
    spans = _own_spans(annotations, folders, name_of, numbers)
    outside = {k: span for k, span in spans.items() if _wrong(annotations[k].clip, span, ends)}
    if not outside:
        return Mended([*annotations], {}, ())
    agree = sum(_is_span(annotations[k].clip, span) for k, span in spans.items())
    if 2 * agree <= len(spans):
        note = f"{agree} of {len(spans)} folders hold a clip from its onset to its offset: no number is taken from them"
        return Mended([*annotations], {}, (note,))
    mended = [
        replace(one, clip=_mended(one.clip, outside[k], ends)) if k in outside else one
        for k, one in enumerate(annotations)
    ]
    note = f"numbers of {len(outside)} rows lie outside their folders, whose first and last frames are taken"
    return Mended(mended, outside, (note,))


def _own_spans(
    annotations: Sequence[Annotation], folders: Folders, name_of: Callable[[Clip], str], numbers: FolderNumbers
) -> dict[int, Span]:
    """Return the first and last frames of the folders of one clip each that can be listed, by the clip's position."""
    owners: dict[Path, list[int]] = {}
    for k, one in enumerate(annotations):
        try:
            folder = folders.find(one.clip.subject, name_of(one.clip))
        except (BadClipError, UnreadableError):  # excludes the clip later, with this reason
            continue
        if folder is not None:
            owners.setdefault(folder, []).append(k)
    spans: dict[int, Span] = {}
    for folder, positions in owners.items():
        try:
            available = numbers.some_of(folder)
        except BadClipError:  # the same
            continue
        if len(positions) == 1:
            spans[positions[0]] = Span(int(available[0]), int(available[-1]))
    return spans


def _is_span(clip: Clip, span: Span) -> bool:
    return clip.onset == span.first and clip.offset == span.last


def _wrong(clip: Clip, span: Span, ends: Collection[End]) -> list[End]:
    """Return the ends of a clip that lie outside its folder."""
    asked: list[tuple[End, int]] = [("onset", clip.onset), ("offset", clip.offset)]
    return [
        end for end, number in asked if end in ends and number != NO_FRAME and not span.first <= number <= span.last
    ]


def _mended(clip: Clip, span: Span, ends: Collection[End]) -> Clip:
    right = {"onset": span.first, "offset": span.last}
    wrong = _wrong(clip, span, ends)
    notes = [
        f"{end} {getattr(clip, end)} is not in the folder, which holds frames {span.first} to {span.last}: "
        f"{right[end]} taken"
        for end in wrong
    ]
    return with_notes(with_frames(clip, {end: right[end] for end in wrong}), notes)
