"""SMIC layout: the micro-expressions cut out, as cropped faces or whole pictures, or the long clips of SMIC-E."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from merflow.datasets.reading.clip_folders import check_one_place, folders_with_subjects
from merflow.datasets.reading.folders import instead_of, listing, sub_folders, visible_folders
from merflow.datasets.reading.frame_names import NamePattern
from merflow.datasets.reading.frames import names_of_frames
from merflow.errors import BadClipError, DatasetError

LayoutName = Literal["auto", "cropped", "raw", "smic_e"]
Version = Literal["HS", "VIS", "NIR"]

VERSIONS: Sequence[Version] = ("HS", "VIS", "NIR")
"""Cameras: high speed, visible light, near infrared. Each has recordings and numbers of its own."""

EXAMPLES: Mapping[str, str] = {
    "cropped": "SMIC_all_cropped/{version}/s1/micro/negative/s1_ne_01/reg_image000123.bmp",
    "raw": "SMIC_all_raw/{version}/s1/micro/negative/s1_ne_01/image000123.bmp",
    "smic_e": "SMIC-E_raw image/{version}_long/SMIC-{version}-E/s01/s01_ne_01/image000123.jpg",
}
"""Layout -> example."""

WORDS: Mapping[str, str] = {"negative": "negative", "positive": "positive", "surprise": "surprise"}
"""Folder of an emotion, or word of the sheet, in lower case -> canonical emotion."""

_CODES: Mapping[str, str] = {"ne": "negative", "po": "positive", "sur": "surprise"}
_DEPTH = 5  # SMIC-E_raw image/HS_long/SMIC-HS-E/HS, and a folder of the archive's name around it
_MICRO = "micro"  # beside it lies non_micro, which holds no expressions
_REGISTERED = "reg_"  # how the names of the cropped faces begin, and of no other picture
_SUBJECT = re.compile(r"s0*([1-9]\d{0,8})", re.IGNORECASE | re.ASCII)
_CLIP = re.compile(rf"{_SUBJECT.pattern}_(ne|po|sur)_(\d{{1,9}})", re.IGNORECASE | re.ASCII)


class ClipName(NamedTuple):
    """What the name of a clip says, spelt canonically: ``s01`` and ``ne_01`` of ``s1_ne_01`` and ``s01_ne_01``."""

    subject: str
    video: str
    emotion: str


class ClipFolder(NamedTuple):
    """The folder of a clip; `emotion` is the name of the folder around it, empty in the layout smic_e."""

    subject: str
    video: str
    emotion: str
    path: Path


class SmicLayout(NamedTuple):
    """What was found of one layout, whether a folder's name tells its version, and what was passed over."""

    name: str
    bases: Sequence[Path]
    tells_version: bool = True
    notes: Sequence[str] = ()


class SmicFolders:
    """The folders of clips by subject and video.

    Parameters
    ----------
    root : Path
        Root of the dataset.
    folders : iterable of ClipFolder

    Raises
    ------
    DatasetError
        When two folders hold one clip: names both.
    """

    def __init__(self, root: Path, folders: Iterable[ClipFolder]) -> None:
        self.root = root
        self.paths: dict[tuple[str, str], Path] = {}
        for one in folders:
            other = self.paths.setdefault((one.subject, one.video), one.path)
            if other != one.path:
                raise DatasetError(
                    f"expected one folder of the clip {one.subject}_{one.video}, found {other} and {one.path}. "
                    "Remove one of them."
                )

    def find(self, subject: str, name: str) -> Path | None:
        """Return the folder of a clip; None = there is none."""
        return self.paths.get((subject, name))

    def instead(self, subject: str, name: str) -> str:
        """Return the clips of a subject that have a folder, a video of the clip's name before all else."""
        around = dict.fromkeys(path.parent for (person, _), path in self.paths.items() if person == subject)
        return instead_of(f"{subject}_{name}", around)


def subject_of_folder(name: str) -> str | None:
    """Return ``s01`` for a folder ``s1``, ``s01``, ``S1``; None = not the folder of a subject."""
    match = _SUBJECT.fullmatch(name.strip())
    return f"s{int(match[1]):02d}" if match else None


def clip_name(text: str) -> ClipName | None:
    """Return what ``s1_ne_01`` or ``s01_ne_01`` says, of any case; None = not the name of a clip."""
    match = _CLIP.fullmatch(text.strip())
    if match is None:
        return None
    code = match[2].casefold()
    return ClipName(f"s{int(match[1]):02d}", f"{code}_{int(match[3]):02d}", _CODES[code])


def find_layout(root: Path, wanted: LayoutName, version: Version) -> SmicLayout:
    """Find the folders that hold the subjects of one version in one layout.

    Parameters
    ----------
    root : Path
        Folder of the release, or of a part of it.
    wanted : {"auto", "cropped", "raw", "smic_e"}
        ``auto``: the only one that is there.
    version : {"HS", "VIS", "NIR"}
        Told by the folders' names; where no folder's name tells a version, the recordings are taken for this one.

    Raises
    ------
    DatasetError
        When the root holds no such recordings, two layouts and none is chosen, or a subject twice in one layout.
    """
    found: dict[str, list[Path]] = {}
    places = folders_with_subjects(root, subject_of_folder, depth=_DEPTH)
    for base in _of_version(places.bases, root, version):
        name = _layout_of(base)
        if name is not None:
            found.setdefault(name, []).append(base)
    if wanted == "auto" and len(found) > 1:
        there = " and ".join(f"{name} in {', '.join(map(str, found[name]))}" for name in sorted(found))
        raise DatasetError(
            f"{root}: expected one layout of SMIC {version}, found {there}: they hold the same expressions. "
            f"Set the dataset's layout in config.yaml to {' or '.join(sorted(found))}."
        )
    name = next(iter(found), None) if wanted == "auto" else wanted
    if name not in found:
        raise _missing(root, wanted, version, sorted(found))
    check_one_place(found[name], subject_of_folder)
    tells_version = any(_version_of(base, root) for base in found[name])
    return SmicLayout(name, found[name], tells_version, places.notes)


def clip_folders(layout: SmicLayout) -> Iterator[ClipFolder]:
    """Yield the folders of clips; in the cut layouts all of them, also those whose names are no clip's."""
    for base in layout.bases:
        for folder in sub_folders(base):
            subject = subject_of_folder(folder.name)
            if subject is not None:
                yield from _long_clips(folder) if layout.name == "smic_e" else _cut_clips(folder, subject)


def _long_clips(folder: Path) -> Iterator[ClipFolder]:
    for child in sub_folders(folder):
        name = clip_name(child.name)
        if name is not None:
            yield ClipFolder(name.subject, name.video, "", child)


def _cut_clips(folder: Path, subject: str) -> Iterator[ClipFolder]:
    micro = (child for child in sub_folders(folder) if child.name.casefold() == _MICRO)
    for emotion in (child for part in micro for child in visible_folders(part)):
        for child in visible_folders(emotion):
            name = clip_name(child.name)
            video = name.video if name and name.subject == subject else child.name
            yield ClipFolder(subject, video, emotion.name, child)


def _of_version(bases: Sequence[Path], root: Path, version: Version) -> list[Path]:
    """Return the folders that hold subjects of a version; where no name tells any version, all of them."""
    told = {base: _version_of(base, root) for base in bases}
    return [base for base in bases if told[base] == version or not any(told.values())]


def _version_of(base: Path, root: Path) -> str:
    """Return the version that a folder's name tells, else that of the folders around it up to the root."""
    for folder in (base, *base.parents):
        words = re.split(r"[^A-Z]+", folder.name.upper())
        for version in VERSIONS:
            if version in words:
                return version
        if folder == root:
            break
    return ""


def _layout_of(base: Path) -> str | None:
    """Return the layout of a folder of subjects, by what the folders hold; None = no recordings of SMIC."""
    for folder in (child for child in sub_folders(base) if subject_of_folder(child.name) is not None):
        names = [child.name for child in sub_folders(folder)]
        if _MICRO in map(str.casefold, names):
            return "cropped" if _is_cropped(base) else "raw"
        if any(clip_name(name) for name in names):
            return "smic_e"
    return None


def _is_cropped(base: Path) -> bool:
    """Whether the pictures of the first clip that has any are named as those of the cropped faces are."""
    for clip in clip_folders(SmicLayout("raw", [base])):
        pattern = _pattern(clip.path)
        if pattern is not None:
            return pattern.prefix.startswith(_REGISTERED)
    return False


def _pattern(folder: Path) -> NamePattern | None:
    """Return how the frames of a folder are named; None = it has none, or its names follow no one pattern."""
    try:
        return names_of_frames(folder).pattern
    except BadClipError:  # excluded with the reason, once the clip is looked for
        return None


def _missing(root: Path, wanted: LayoutName, version: Version, found: Sequence[str]) -> DatasetError:
    names = EXAMPLES if wanted == "auto" else (wanted,)
    examples = " or ".join(f"<root>/{EXAMPLES[name].format(version=version)}" for name in names)
    bases = folders_with_subjects(root, subject_of_folder, depth=_DEPTH).bases
    others = sorted({_version_of(base, root) for base in bases} - {version, ""})
    if found:
        there, setting = f"only the layout {', '.join(found)}", f"layout (layout: {' or '.join(found)})"
    elif others:
        there, setting = f"only {', '.join(others)}", f"version (version: {' or '.join(others)}) or root"
    else:
        there, setting = listing(root), "root (or version, or layout)"
    return DatasetError(
        f"{root}: expected the recordings of SMIC {version} as {examples}; found {there}. "
        f"Set the dataset's {setting} in config.yaml to what is there."
    )
