"""Renumbering: frames that were numbered again, in the folders or in the sheet, so its numbers name other frames."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from merflow.checks import few
from merflow.datasets.clip import NO_FRAME, Clip
from merflow.datasets.reading.frame_choice import FolderNumbers
from merflow.errors import BadClipError, DatasetError, UnreadableError

_STARTS = (0, 1)
_EXAMPLES = 2


@dataclass(frozen=True, slots=True)
class OwnFolder:
    """The frames of a folder that holds one clip, beside what the sheet says of it.

    Parameters
    ----------
    name : str
        Of the folder, below the root.
    first, last : int
        Its first and last frame.
    onset, end : int
        The clip's onset, and the last number that the sheet names.
    """

    name: str
    first: int
    last: int
    onset: int
    end: int

    @property
    def counts_anew(self) -> bool:
        """Whether the frames begin at 0 or 1, and the sheet does not."""
        return self.first in _STARTS and self.onset > self.first

    @property
    def falls_short(self) -> bool:
        """Whether the frames end before the numbers of the sheet do."""
        return self.last < self.end

    @property
    def is_shifted(self) -> bool:
        """Whether there are as many frames as the sheet names, under other numbers."""
        return self.first != self.onset and self.last - self.first == self.end - self.onset

    def __str__(self) -> str:
        return f"{self.name} holds frames {self.first} to {self.last}, the sheet names {self.onset} to {self.end}"


def own_folders(
    looked_for: Iterable[tuple[Clip, Callable[[], Path | None]]], numbers: FolderNumbers, *, root: Path
) -> Iterator[OwnFolder]:
    """Yield the folders of one clip each whose frames can be listed.

    Parameters
    ----------
    looked_for : iterable of (Clip, callable)
        A clip as the sheet names it, and what finds the folder of its frames; None = it has none, or shares it.
    numbers : FolderNumbers
        Lists each folder once.
    root : Path
        Of the dataset.
    """
    clips: dict[Path, list[Clip]] = {}
    for clip, find in looked_for:
        try:
            folder = find()
        except (BadClipError, UnreadableError):  # excludes the clip, with this reason
            continue
        if folder is not None:
            clips.setdefault(folder, []).append(clip)
    for folder, (clip, *others) in clips.items():
        try:
            available = numbers.some_of(folder)
        except BadClipError:  # excludes the clip, with this reason
            continue
        if not others:
            end = max(clip.onset, clip.apex, clip.offset)
            name = folder.relative_to(root).as_posix()
            yield OwnFolder(name, int(available[0]), int(available[-1]), clip.onset, end)


def refuse_renumbered(folders: Iterable[OwnFolder]) -> None:
    """Raise DatasetError when the frames of most folders were counted anew, from 0 or 1 or from another number.

    A whole recording may begin at 1 too, and holds the numbers of its clips. Frames of a cut clip that were counted
    anew end at the clip's length, before the number of its offset. So most folders must begin at 0 or 1 and the sheet
    not, and most of these must fall short; a single recording that ends early does not stop the others. Where most
    folders hold as many frames as the sheet names, beginning elsewhere (one less, as a video counted from 0 does), the
    numbers are shifted.

    Parameters
    ----------
    folders : iterable of OwnFolder
        All of a dataset.
    """
    folders = list(folders)
    shifted = [one for one in folders if one.is_shifted]
    anew = [one for one in folders if one.counts_anew]
    short = [one for one in anew if one.falls_short]
    if 2 * len(anew) > len(folders) and 2 * len(short) > len(anew):
        first = " or ".join(str(number) for number in sorted({one.first for one in anew}))
        raise _renumbered(
            f"they count from {first} in {len(anew)} of {len(folders)} folders, {len(short)} of which end before the "
            "sheet's numbers do",
            short,
        )
    if 2 * len(shifted) > len(folders) and len(shifted) > 1:
        found = f"{len(shifted)} of {len(folders)} folders hold as many as the sheet names, under other numbers"
        raise _renumbered(found, shifted)


def _renumbered(found: str, folders: Sequence[OwnFolder]) -> DatasetError:
    return DatasetError(
        f"expected frames under the numbers that the sheet gives them, found that {found}: "
        f"{few([str(one) for one in folders], _EXAMPLES)}. Where numbers overlap, frames of other moments would be "
        "read. Take the recordings as they are released; or rename the frames, in a folder that begins with its clip's "
        "onset the first to the sheet's onset; or give the sheet the numbers of the files."
    )


def refuse_relative_apexes(clips: Iterable[Clip]) -> None:
    """Raise DatasetError when most apexes lie before their onset: the sheet counts them from the onset, or from 1.

    Each such clip alone is excluded, for a wrong number in its row. Where most are so, those of the others name frames
    of other moments too, though these exist.

    Parameters
    ----------
    clips : iterable of Clip
        All of a dataset, as the sheet names them.
    """
    with_apex = [clip for clip in clips if clip.apex != NO_FRAME]
    before = [clip for clip in with_apex if clip.apex < clip.onset]
    if len(before) < 2 or 2 * len(before) <= len(with_apex):  # of one clip, a wrong number is as likely
        return
    named = few([f"{clip.id} (onset {clip.onset}, apex {clip.apex})" for clip in before], _EXAMPLES)
    raise DatasetError(
        f"expected apexes in the numbers of the files, found that {len(before)} of {len(with_apex)} lie before their "
        f"onset: {named}. Where numbers overlap, frames of other moments would be read. Give the sheet the numbers of "
        "the files, for apexes that count from the onset the onset plus the apex."
    )
