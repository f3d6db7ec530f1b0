"""MMEW layout: folders of clips named by subject, emotion and sample, inside folders named by the emotion."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from merflow.datasets.reading.annotation import EMOTION_WORDS
from merflow.datasets.reading.folders import listing
from merflow.datasets.reading.named_folders import NamedFolders
from merflow.errors import DatasetError
from merflow.reading import is_folder

EXPECTED = "Micro_Expression/happiness/S03-01-002/1.jpg or S03/happiness/S03-01-002/1.jpg"

WORDS: Mapping[str, str] = {**EMOTION_WORDS, "repression": "others"}
"""Words of the sheet and of the folders. The folders call ``repression`` what the sheet and the paper call others."""

_MACRO = ("macro_expression", "macro")  # single pictures, no clips
_CLIP = re.compile(r"S0*(\d{1,4})-0*(\d{1,4})-0*(\d{1,5})", re.IGNORECASE | re.ASCII)


class ClipName(NamedTuple):
    """What the name of a clip says, spelt canonically: ``S03`` and ``01-002`` of ``S03-01-002``."""

    subject: str
    video: str


def clip_name(text: str) -> ClipName | None:
    """Return what ``S03-01-002`` says, of any case and padding; None = not the name of a clip."""
    match = _CLIP.fullmatch(text.strip())
    if match is None:
        return None
    person, emotion, sample = map(int, match.groups())
    return ClipName(f"S{person:02d}", f"{emotion:02d}-{sample:03d}")


def folder_name(text: str) -> str | None:
    """Return ``S03-01-002`` however it is spelt; None = not the folder of a clip."""
    name = clip_name(text)
    return None if name is None else f"{name.subject}-{name.video}"


def find_folders(root: Path) -> NamedFolders:
    """Find the folders of the clips.

    Raises
    ------
    DatasetError
        When there is none, or two of one name: the pictures as filmed and the cropped faces, perhaps.
    """
    if not is_folder(root):
        raise _missing(root)
    found = NamedFolders(root, folder_name, skipped=_MACRO)
    if not found.paths:
        raise _missing(root)
    return found


def emotion_around(folder: Path) -> str:
    """Return the emotion that the name of the folder around a clip tells; empty = it tells none."""
    return WORDS.get(folder.parent.name.casefold(), "")


def _missing(root: Path) -> DatasetError:
    return DatasetError(
        f"{root}: expected the recordings of MMEW as <root>/{EXPECTED}, found {listing(root)}. Set the dataset's root "
        "in config.yaml to the folder that holds them."
    )
