"""4DME layout: grey frames of the expressions cut out, whole or as cropped faces, or of the long videos around them."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from merflow.datasets.clip import Expression
from merflow.datasets.reading.clip_folders import check_one_place, folders_with_subjects
from merflow.datasets.reading.folders import instead_of, listing, sub_folders, visible_folders
from merflow.errors import DatasetError

LayoutName = Literal["auto", "clips", "long", "cropped"]

EXAMPLES: Mapping[str, str] = {
    "clips": "gray_micro/S08/002_01_1/Frame_000001823.jpg",
    "long": "long_gray_video/long gray video/S08/S08_002_01/Frame_000001823.jpg",
    "cropped": "gray_micro_crop/S08/002_01_1/Frame_000001823.jpg",
}
"""Layout -> example, in the order in which ``auto`` takes them."""

_DEPTH = 3  # long_gray_video/long gray video, and a folder of the archive's name around it
_SESSION = r"(?:_\d(?:st|nd|rd)?)?"  # S13_1st, S49_2: another sitting of the same person
_SUBJECT = re.compile(rf"S0*([1-9]\d{{0,2}}){_SESSION},?", re.IGNORECASE | re.ASCII)
_CLIP = re.compile(r"S0*([1-9]\d{0,2})_(.+)", re.IGNORECASE | re.ASCII)
_EXPRESSION_NUMBER = re.compile(r"_\d+$", re.ASCII)
_CAMERA = re.compile(r"gr[ae]y|rgb|colou?r|depth|kinect|mesh", re.IGNORECASE)


class Place(NamedTuple):
    """What the names of a folder of subjects and of those around it tell; `macro` = of macro-expressions."""

    layout: str
    macro: bool


class Frames(NamedTuple):
    """Which layout the frames of one kind of expression are read in, and the folders that hold the subjects."""

    layout: str
    bases: Sequence[Path]


class Found(NamedTuple):
    """The frames of each kind of expression, and what else lies there."""

    frames: Mapping[Expression, Frames]
    notes: Sequence[str]


class FourdmeFolders:
    """The folders of clips, or of the videos that they lie in, by subject and name.

    Parameters
    ----------
    root : Path
        Root of the dataset.
    bases : sequence of Path
        Folders that hold the folders of subjects.
    long : bool
        The folders are videos: a clip lies in the one of its name, or of its name without the number at its end.
    """

    def __init__(self, root: Path, bases: Sequence[Path], *, long: bool) -> None:
        self.root = root
        self._long = long
        self._subjects: dict[str, list[Path]] = {}
        self._clips: dict[str, Mapping[str, Path]] = {}
        for folder in (child for base in bases for child in visible_folders(base)):
            subject = subject_of(folder.name)
            if subject is not None:
                self._subjects.setdefault(subject, []).append(folder)

    def find(self, subject: str, name: str) -> Path | None:
        """Return the folder with the frames of a clip, of any case; None = there is none.

        Raises
        ------
        UnreadableError
            When a folder of the subject cannot be read.
        DatasetError
            When two folders hold one clip: names both.
        """
        if subject not in self._clips:
            self._clips[subject] = _clips_of(subject, self._subjects.get(subject, []))
        clips, key = self._clips[subject], name.casefold()
        return clips.get(key) or (clips.get(_EXPRESSION_NUMBER.sub("", key)) if self._long else None)

    def instead(self, subject: str, name: str) -> str:
        """Return what lies in the folders of a subject, a video of the clip's name before all else."""
        return instead_of(name, self._subjects.get(subject, []))


def _clips_of(subject: str, folders: Sequence[Path]) -> Mapping[str, Path]:
    """Return the folders in those of one subject by the names of their clips, in lower case."""
    clips: dict[str, Path] = {}
    for child in (child for folder in folders for child in sub_folders(folder)):
        name = clip_name(child.parent.name, child.name)
        other = child if name is None else clips.setdefault(name.casefold(), child)
        if other != child:
            raise DatasetError(
                f"expected one folder of the clip {subject}_{name}, found {other} and {child}. Remove one of them."
            )
    return clips


def subject_of(text: str) -> str | None:
    """Return ``S08`` for ``S08``, ``s8``, ``S08_1st`` and ``S08_2``; None = no subject.

    One person who sat twice is one subject: else frames of a person who was trained on would be tested.
    """
    match = _SUBJECT.fullmatch(text.strip())
    return f"S{int(match[1]):02d}" if match else None


def clip_name(subject: str, name: str) -> str | None:
    """Return what a clip is called within its subject, the number of the sitting included.

    Parameters
    ----------
    subject : str
        As a sheet or a folder spells it: ``S13`` or ``S13_1st``.
    name : str
        Of the clip: ``001_01_1``, or with its subject before it, ``S13_1st_001_01``.

    Returns
    -------
    str or None
        ``001_01_1``, ``1st_001_01_1``, ``1st_001_01``: however the sitting is told. None = the name is that of a clip
        of another subject, or there is none.
    """
    subject, name = subject.strip().rstrip(","), name.strip()
    whole = name if _CLIP.fullmatch(name) else f"{subject}_{name}"
    match = _CLIP.fullmatch(whole)
    return match[2] if match and name and f"S{int(match[1]):02d}" == subject_of(subject) else None


def find_layout(root: Path, wanted: LayoutName, expressions: Sequence[Expression]) -> Found:
    """Find the folders that hold the grey frames of the subjects.

    Parameters
    ----------
    root : Path
        Folder of the release, or the folder of the subjects itself.
    wanted : {"auto", "clips", "long", "cropped"}
        ``auto``: the first of these that is there.
    expressions : sequence of {"micro", "macro"}
        Macro-expressions lie in a folder of clips whose name says ``macro``; where there is none, in the long videos.

    Raises
    ------
    DatasetError
        When the root holds no such frames, or one subject twice in one layout.
    """
    searched = folders_with_subjects(root, subject_of, depth=_DEPTH)
    told = {base: place for base in searched.bases if (place := _place(base, root)) is not None}
    frames = {one: _frames(told, root, wanted, one) for one in expressions}
    for found in frames.values():
        check_one_place(found.bases, subject_of)
    others = sorted({place.layout for place in told.values()} - {found.layout for found in frames.values()})
    notes = [f"frames of other layouts that are not read: {', '.join(others)}"] if others else []
    return Found(frames, [*searched.notes, *notes])


def _frames(told: Mapping[Path, Place], root: Path, wanted: LayoutName, expression: Expression) -> Frames:
    """Return the folders of one kind of expression; the long videos hold both kinds.

    Raises
    ------
    DatasetError
        When there are none.
    """
    macro = expression == "macro"
    asked = tuple(EXAMPLES) if wanted == "auto" else (wanted, "long") if macro else (wanted,)
    for layout in asked:
        bases = [base for base, place in told.items() if place == Place(layout, macro and layout != "long")]
        if bases:
            return Frames(layout, bases)
    raise _missing(root, wanted, expression, sorted({place.layout for place in told.values()}))


def _place(base: Path, root: Path) -> Place | None:
    """Return what the nearest name that tells a camera says; None = another camera than the grey one, or none is told.

    The root itself may have any name.
    """
    for folder in (base, *base.parents):
        name = folder.name.casefold()
        camera = _CAMERA.search(name)
        if camera:
            layout = "long" if "long" in name else "cropped" if "crop" in name else "clips"
            return Place(layout, "macro" in name) if camera[0].startswith("gr") else None
        if folder == root:
            break
    return Place("clips", False) if base == root else None


def _missing(root: Path, wanted: LayoutName, expression: Expression, found: Sequence[str]) -> DatasetError:
    names = EXAMPLES if wanted == "auto" else (wanted,)
    examples = " or ".join(f"<root>/{EXAMPLES[name].replace('micro', expression)}" for name in names)
    there = f"only the layout {', '.join(found)}" if found else listing(root)
    advice = f"layout to {' or '.join(found)}, or its root" if found and expression == "micro" else "root"
    return DatasetError(
        f"{root}: expected the grey frames of the {expression}-expressions of 4DME as {examples}; found {there}. Set "
        f"the dataset's {advice} in config.yaml to what is there."
    )
