"""Index of a dataset: the clips that can be used, the rows that cannot, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from merflow.datasets.clip import Clip, Exclusion
from merflow.errors import BadClipError, DatasetError

STAGE = "index"
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Index:
    """What a reader found.

    Parameters
    ----------
    clips : tuple of Clip
        Clips whose frames exist, sorted; their ids differ.
    exclusions : tuple of Exclusion
        One row for each annotated clip that is not among them.
    annotated : tuple of Clip
        Every annotated clip as the sheets name it, known corrections applied, folders left empty: what the official
        counts count.
    bad : tuple of str
        Ids of the exclusions that are faults; the others were asked for by a setting.
    notes : tuple of str
        What concerns the dataset as a whole: the layout that was used, a sheet that was not found.
    """

    clips: tuple[Clip, ...]
    exclusions: tuple[Exclusion, ...]
    annotated: tuple[Clip, ...] = ()
    bad: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def together(indexes: Sequence[Index], notes: Iterable[str] = ()) -> Index:
    """Join the indexes of the parts of one dataset, one after the other.

    Parameters
    ----------
    indexes : sequence of Index
        Their clips have different ids.
    notes : iterable of str
        Of the dataset as a whole, after those of the parts; each note is kept once.
    """
    return Index(
        clips=tuple(clip for one in indexes for clip in one.clips),
        exclusions=tuple(row for one in indexes for row in one.exclusions),
        annotated=tuple(clip for one in indexes for clip in one.annotated),
        bad=tuple(clip for one in indexes for clip in one.bad),
        notes=tuple(dict.fromkeys([*(note for one in indexes for note in one.notes), *notes])),
    )


def exclusion(clip: Clip, error: BadClipError) -> Exclusion:
    """Return the row of ``exclusions.csv`` of a clip that cannot be used."""
    return Exclusion(clip=clip.id, subject=clip.subject, stage=STAGE, reason=error.reason, source=error.source)


def check_frame_order(clip: Clip, *, source: str = "") -> None:
    """Raise BadClipError, naming `source`, unless onset <= apex <= offset, as far as they are known."""
    named = [(name, number) for name, number in (("apex", clip.apex), ("offset", clip.offset)) if number >= 0]
    order = [("onset", clip.onset), *named]
    if any(later < earlier for (_, earlier), (_, later) in pairwise(order)):
        found = ", ".join(f"{name} {number}" for name, number in order)
        reason = f"expected onset <= apex <= offset, found {found}; correct the row in the sheet"
        raise BadClipError(reason, source=source)


def refuse_bad_clips(index: Index) -> None:
    """Raise DatasetError when a clip was excluded for a fault, naming the first of them and their number."""
    faults = [row for row in index.exclusions if row["clip"] in set(index.bad)]
    if faults:
        raise DatasetError(
            f"expected every clip to be usable (on_bad_clip: fail), found {len(faults)} that {_are(faults)} not: "
            f"{_reasons(faults)}. Correct them, or set on_bad_clip: exclude."
        )


def refuse_empty(name: str, index: Index) -> None:
    """Raise DatasetError when no clip is left, since every later step would then do nothing."""
    if not index.clips:
        why = f" All {len(index.exclusions)} were excluded: {_reasons(index.exclusions)}." if index.exclusions else ""
        raise DatasetError(f"dataset {name}: expected at least one usable clip, found none.{why} Check its root.")


def _are(rows: Iterable[Exclusion]) -> str:
    return "is" if len(list(rows)) == 1 else "are"


def _reasons(rows: Iterable[Exclusion]) -> str:
    rows = list(rows)
    shown = [f"{row['clip']}: {row['reason']} ({row['source']})" for row in rows[:_SHOWN]]
    more = len(rows) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")
