"""CAS(ME)^3 layout: where the frames of a clip lie, in the raw recordings or in the packs of cut clips."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from merflow.datasets.clip import Clip
from merflow.datasets.reading.folders import instead_of, listing, sub_folders
from merflow.errors import DatasetError
from merflow.reading import is_folder

EXPECTED = (
    "<root>/spNO.<n>/<a..m>/color/<i>.jpg (also below part_A/data/part_A), "
    "<root>/Part_A_ME_clip/frame/<Subject>_<Filename>_<Onset>/<i>.jpg, or <root>/part_C/<01..31>/a/color/<i>.jpg"
)

_SUBJECT = re.compile(r"sp\s*no\s*\.?\s*0*(\d{1,9})", re.IGNORECASE | re.ASCII)
_RAW_BASES = {
    "A": ("", "part_A", "part_A/data/part_A", "part_A/data", "data/part_A", "data"),
    "C": ("part_C", "part_C/data/part_C", "part_C/data", "data/part_C", ""),
}
_PACKS = {"micro": "Part_A_ME_clip", "macro": "Part_A_MaE_clip"}
_PACK_BASES = ("", "part_A", "part_A/data", "data")
_COLOR_LEVELS = ("color", "colour", "frame")


def subject_number(name: str) -> int | None:
    """Return n of ``spNO.n``, of any case and with or without the dot; None = not a subject of part A."""
    match = _SUBJECT.fullmatch(name.strip())
    return int(match[1]) if match else None


class Casme3Folders:
    """Finds the colour and depth folders of clips; each folder is listed at most once.

    Parameters
    ----------
    root : Path
        Folder of the dataset.
    depth_root : Path or None
        Folder of the depth recordings when they lie elsewhere.

    Raises
    ------
    DatasetError
        When `root` or `depth_root` does not exist.
    """

    def __init__(self, root: Path, depth_root: Path | None) -> None:
        self.root = root
        self.depth_root = depth_root
        self._folders: dict[Path, dict[str, Path]] = {}
        self._people: dict[tuple[Path, str], dict[int, list[Path]]] = {}
        for folder in filter(None, (root, depth_root)):
            if not is_folder(folder):
                raise missing_recordings(folder, found=listing(folder))

    def color(self, clip: Clip, onsets: Sequence[int]) -> Path | None:
        """Return the folder of a clip's colour frames; None = there is none.

        Parameters
        ----------
        clip : Clip
            Names part, subject, video and kind of expression.
        onsets : sequence of int
            Onsets that the folder of a cut clip may be named by: the corrected one and the sheet's.
        """
        for video in self._videos(self.root, clip):
            folder = self._child(video, _COLOR_LEVELS)
            if folder is not None:
                return folder
        return next(self._cut_clips(self.root, clip, onsets, _COLOR_LEVELS), None)

    def cut_clip(self, clip: Clip, onsets: Sequence[int]) -> Path | None:
        """Return a clip's colour folder as :meth:`color` does where it holds this clip alone, else None."""
        recordings = (self._child(video, _COLOR_LEVELS) for video in self._videos(self.root, clip))
        folder = self.color(clip, onsets)
        return None if folder in recordings else folder

    def depth(self, clip: Clip, onsets: Sequence[int]) -> Path | None:
        """Return the folder of a clip's depth frames; None = there is none. Some releases lack the level ``depth``."""
        base = self.depth_root or self.root
        for video in self._videos(base, clip):
            folder = self._child(video, ("depth",))
            if folder is not None:
                return folder
            if self.depth_root is not None:
                return video
        return next(self._cut_clips(base, clip, onsets, ("depth",)), None)

    def instead(self, clip: Clip) -> str:
        """Return what lies where a clip's colour frames are missing, for the message that says so."""
        recordings = list(self._videos(self.root, clip))
        if recordings:
            return instead_of(_COLOR_LEVELS[0], recordings)
        return instead_of(clip.video, self._folders_of(self.root, clip))

    def stored(self, folder: Path | None) -> str:
        """Return a folder as clips name it: relative to the root, absolute when it lies outside, empty for None."""
        if folder is None:
            return ""
        return (folder.relative_to(self.root) if folder.is_relative_to(self.root) else folder.absolute()).as_posix()

    def check_recordings(self, parts: Iterable[str], expressions: Iterable[str]) -> None:
        """Raise DatasetError unless the root holds recordings of at least one part that was asked for."""
        expressions = tuple(expressions)
        for part in parts:
            packs = (pack for one in expressions for pack in self._packs(self.root, one))
            if self._subjects(self.root, part) or (part == "A" and any(packs)):
                return
        raise missing_recordings(self.root, found=listing(self.root))

    def _videos(self, base: Path, clip: Clip) -> Iterator[Path]:
        """Yield the folders of the clip's recording: the subject's number decides, not how its folder is spelt."""
        yield from filter(None, (self._child(subject, (clip.video,)) for subject in self._folders_of(base, clip)))

    def _folders_of(self, base: Path, clip: Clip) -> list[Path]:
        """Return the folders of the clip's subject."""
        number = _person(clip.subject, clip.part)
        return self._subjects(base, clip.part).get(number, []) if number is not None else []

    def _subjects(self, base: Path, part: str) -> dict[int, list[Path]]:
        """Return the folders of each person, by number; one person may have several (spNO.210 and spNO210)."""
        if (base, part) not in self._people:
            people: dict[int, list[Path]] = {}
            for folder in filter(None, (self._descend(base, relative) for relative in _RAW_BASES[part])):
                for name, subject in self._children(folder).items():
                    number = _person(name, part)
                    if number is not None:
                        people.setdefault(number, []).append(subject)
            self._people[base, part] = people
        return self._people[base, part]

    def _cut_clips(self, base: Path, clip: Clip, onsets: Sequence[int], levels: Sequence[str]) -> Iterator[Path]:
        """Yield the clip's own folder in a pack, which may be nested in a folder of the pack's own name."""
        if clip.part != "A":
            return
        number = subject_number(clip.subject)
        for pack in self._packs(base, clip.expression):
            level = self._child(pack, levels)
            for onset in onsets:
                tail = f"{number}_{clip.video}_{onset}".casefold()
                folder = self._child(level, (f"spno.{tail}", f"spno{tail}")) if level is not None else None
                if folder is not None:
                    yield folder

    def _packs(self, base: Path, expression: str) -> Iterator[Path]:
        name = _PACKS[expression]
        bases = [folder for folder in (self._descend(base, one) for one in _PACK_BASES) if folder is not None]
        candidates = [self._child(folder, (name,)) for folder in bases]
        if base.name.casefold() == name.casefold():
            candidates.append(base)
        for pack in filter(None, candidates):
            for folder in filter(None, (pack, self._child(pack, (name,)))):
                if self._child(folder, (*_COLOR_LEVELS, "depth")) is not None:
                    yield folder

    def _descend(self, base: Path, relative: str) -> Path | None:
        folder: Path | None = base
        for name in filter(None, relative.split("/")):
            folder = self._child(folder, (name,)) if folder is not None else None
        return folder

    def _child(self, folder: Path, names: Sequence[str]) -> Path | None:
        """Return the first of the named sub-folders that exists, of any case."""
        children = self._children(folder)
        return next((children[name.casefold()] for name in names if name.casefold() in children), None)

    def _children(self, folder: Path) -> dict[str, Path]:
        if folder not in self._folders:
            self._folders[folder] = {path.name.casefold(): path for path in sub_folders(folder)}
        return self._folders[folder]


def missing_recordings(folder: Path, *, found: str) -> DatasetError:
    """Return the error of a root that does not hold CAS(ME)^3."""
    return DatasetError(
        f"{folder}: expected the recordings of CAS(ME)^3 as {EXPECTED}; found {found}. "
        "Set the dataset's root (and depth_root) in config.yaml to the folder that holds them."
    )


def _person(name: str, part: str) -> int | None:
    """Return the number of a person: part A names its folders spNO.n, part C by the number alone."""
    if part == "A":
        return subject_number(name)
    return int(name) if name.isascii() and name.isdigit() else None
