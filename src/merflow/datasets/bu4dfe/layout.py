"""BU-4DFE layout: a folder a subject, in it a folder an expression, in it a mesh and a picture a frame."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from merflow.datasets.reading.clip_folders import check_one_place, folders_with_subjects
from merflow.datasets.reading.folders import listing, sub_folders, visible_folders
from merflow.errors import DatasetError

EXPRESSIONS: Mapping[str, str] = {
    "angry": "anger",
    "disgust": "disgust",
    "fear": "fear",
    "happy": "happiness",
    "sad": "sadness",
    "surprise": "surprise",
}
"""Folder of an expression, in lower case -> emotion."""

_DEPTH = 2
_LANDMARKS = "bnd"  # BU4DFE_BND_V1.1 has the same folders, without pictures
_SUBJECT = re.compile(r"([FM])0*(\d{1,4})", re.IGNORECASE | re.ASCII)


class Sequence4D(NamedTuple):
    """One folder of frames."""

    subject: str
    emotion: str
    path: Path


class Bu4dfeLayout(NamedTuple):
    """Folders that hold the subjects, and those of the landmarks, where they are there, by subject and emotion."""

    bases: Sequence[Path]
    landmarks: Mapping[tuple[str, str], Path]
    notes: Sequence[str]


def subject_of(name: str) -> str | None:
    """Return ``F001`` for a folder ``F001``, ``f1``; None = not the folder of a subject."""
    match = _SUBJECT.fullmatch(name.strip())
    return f"{match[1].upper()}{int(match[2]):03d}" if match else None


def find_layout(root: Path) -> Bu4dfeLayout:
    """Find the folders of the subjects.

    Raises
    ------
    DatasetError
        When there is none with a folder of an expression, or two of them hold the same subject.
    """
    found = folders_with_subjects(root, subject_of, depth=_DEPTH)
    bases = [base for base in found.bases if not _is_of_landmarks(base, root) and any(sequences([base]))]
    if not bases:
        raise DatasetError(
            f"{root}: expected the recordings of BU-4DFE as <root>/F001/Angry/000.wrl and 000.jpg, found "
            f"{listing(root)}. Set the dataset's root in config.yaml to the folder that holds them."
        )
    check_one_place(bases, subject_of)
    return Bu4dfeLayout(bases, _landmarks(root), found.notes)


def sequences(bases: Sequence[Path]) -> Iterator[Sequence4D]:
    """Yield the folders of the expressions."""
    for folder in (folder for base in bases for folder in sub_folders(base)):
        subject = subject_of(folder.name)
        for child in sub_folders(folder) if subject else ():
            emotion = EXPRESSIONS.get(child.name.casefold())
            if subject and emotion:
                yield Sequence4D(subject, emotion, child)


def _landmarks(root: Path) -> Mapping[tuple[str, str], Path]:
    """Return the folders of the landmarks; they lie beside the subjects, or beside the folder of these."""
    places = [child for child in visible_folders(root) if _LANDMARKS in child.name.casefold()]
    bases = [base for place in places for base in folders_with_subjects(place, subject_of, depth=1).bases]
    return {(one.subject, one.emotion): one.path for one in sequences(bases)}


def _is_of_landmarks(base: Path, root: Path) -> bool:
    """Whether a folder below the root, or one around it, is named as one of landmarks."""
    return any(_LANDMARKS in part.casefold() for part in base.relative_to(root).parts)
