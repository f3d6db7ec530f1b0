"""CAS(ME)^2 layout: the long videos as pictures, the expressions cut out of them, or the cropped faces of these."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from merflow.datasets.reading.clip_folders import folders_with_subjects
from merflow.datasets.reading.folders import instead_of, listing, sub_folders
from merflow.errors import DatasetError

LayoutName = Literal["auto", "raw", "selected", "cropped"]

EXAMPLES: Mapping[str, str] = {
    "raw": "rawpic/s15/15_0101disgustingteeth/img001.jpg",
    "selected": "selectedpic/s15/anger1_1/img557.jpg",
    "cropped": "cropped/15/anger1_1/img557.jpg",
}
"""Layout -> example, the preferred first: the long videos hold every frame, the cropped faces are resampled."""

_WORDS = {"selected": "selected", "crop": "cropped", "raw": "raw"}
_VIDEOS = "rawvideo"  # the same as AVI, beside rawpic
_SUBJECT = re.compile(r"s?0*([1-9]\d{0,4})", re.IGNORECASE | re.ASCII)
_LONG_VIDEO = re.compile(r"0*([1-9]\d{0,4})_(\d{4}).*", re.IGNORECASE | re.ASCII)


class LongVideo(NamedTuple):
    """Whose a long video is, and the code of what was shown."""

    subject: str
    code: str


class CasmeSqLayout(NamedTuple):
    """What was found of one layout, and what to say of the search."""

    name: str
    bases: Sequence[Path]
    notes: Sequence[str] = ()


def subject_name(text: str) -> str | None:
    """Return ``s15`` for ``s15``, ``15`` or ``S015``; None = not a subject."""
    match = _SUBJECT.fullmatch(text.strip())
    return f"s{int(match[1]):02d}" if match else None


def long_video(name: str) -> LongVideo | None:
    """Return what ``15_0101disgustingteeth`` says; None = not a long video."""
    match = _LONG_VIDEO.fullmatch(name.strip())
    return LongVideo(f"s{int(match[1]):02d}", match[2]) if match else None


class CasmeSqFolders:
    """The folders of the clips.

    Parameters
    ----------
    root : Path
        Root of the dataset.
    layout : CasmeSqLayout
        Which frames.
    code_of : mapping
        What was shown, as the videos of the sheet are called (``disgust1``) -> its four digits in the names of the long
        videos.

    Raises
    ------
    DatasetError
        When two folders hold one video: names both.
    """

    def __init__(self, root: Path, layout: CasmeSqLayout, code_of: Mapping[str, str]) -> None:
        self.root = root
        self.notes: list[str] = []
        self._long = layout.name == "raw"
        self._code_of = {name.casefold(): code for name, code in code_of.items()}
        self._paths: dict[tuple[str, str], Path] = {}
        for base in layout.bases:
            for folder in sub_folders(base):
                subject = subject_name(folder.name)
                for child in sub_folders(folder) if subject else ():
                    self._add(subject or "", child)

    def find(self, subject: str, name: str) -> Path | None:
        """Return the folder of a video, or of the long video that it is a part of; None = there is none."""
        return self._paths.get((subject, self._key(name)))

    def instead(self, subject: str, name: str) -> str:
        """Return what lies in the folders of a subject."""
        around = dict.fromkeys(path.parent for (person, _), path in self._paths.items() if person == subject)
        return instead_of(name, around)

    def _key(self, name: str) -> str:
        """Return what the folder of a video is found by: ``disgust1_1`` lies in the long video 0101."""
        stimulus = name.rpartition("_")[0].casefold()
        return self._code_of.get(stimulus, stimulus) if self._long else name.casefold()

    def _add(self, subject: str, folder: Path) -> None:
        """Take a folder for the video of the subject that its own name says, in the folder of any subject."""
        named = long_video(folder.name) if self._long else LongVideo(subject, folder.name.casefold())
        if named is None:
            return
        if named.subject != subject:
            place = f"{folder.parent.name}/{folder.name}"
            self.notes.append(f"{place} is taken for a video of {named.subject}, as its name says, not of {subject}")
        other = self._paths.setdefault((named.subject, named.code), folder)
        if other != folder:
            raise DatasetError(
                f"expected one folder of the video {named.code} of {named.subject}, found {other} and {folder}. Remove "
                "one of them, or set the dataset's root in config.yaml to the one to read."
            )


def find_layout(root: Path, wanted: LayoutName) -> CasmeSqLayout:
    """Find the folders that hold the subjects of one layout.

    Parameters
    ----------
    root : Path
        Folder that holds the layouts, or one of them itself.
    wanted : {"auto", "raw", "selected", "cropped"}
        ``auto``: the first of raw, selected, cropped that is there.

    Raises
    ------
    DatasetError
        When the root holds no recordings, or not those that are wanted.
    """
    found: dict[str, list[Path]] = {}
    places = folders_with_subjects(root, subject_name)
    for base in places.bases:
        found.setdefault(_layout_of(base, root), []).append(base)
    name = next((one for one in EXAMPLES if one in found and wanted in ("auto", one)), None)
    if name is None:
        raise _missing(root, wanted, sorted(filter(None, found)))
    others = sorted(set(found) - {name, ""})
    notes = [f"frames of other layouts that are not read: {', '.join(others)}"] if others else []
    return CasmeSqLayout(name, found[name], [*places.notes, *notes])


def _layout_of(base: Path, root: Path) -> str:
    """Return the layout that the names of a folder and of those around it up to the root tell; else by the content."""
    for folder in (base, *base.parents):
        if _VIDEOS in folder.name.casefold():
            return ""
        for word, layout in _WORDS.items():
            if word in folder.name.casefold():
                return layout
        if folder == root:
            break
    children = [
        child.name for folder in sub_folders(base) if subject_name(folder.name) for child in sub_folders(folder)
    ]
    if any(map(long_video, children)):
        return "raw"
    return "selected" if children else ""


def _missing(root: Path, wanted: LayoutName, found: Sequence[str]) -> DatasetError:
    examples = EXAMPLES.values() if wanted == "auto" else (EXAMPLES[wanted],)
    there = f"only the layout {', '.join(found)}" if found else listing(root)
    return DatasetError(
        f"{root}: expected the recordings of CAS(ME)^2 as <root>/{' or <root>/'.join(examples)}; found {there}. "
        "Set the dataset's root (or layout) in config.yaml to what is there."
    )
