"""DFME layout: one folder of clips a split, told by its name, and one sheet a split."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from merflow.checks import few
from merflow.datasets.reading.clip_folders import folders_with_subjects
from merflow.datasets.reading.folders import listing
from merflow.datasets.reading.named_folders import NamedFolders
from merflow.datasets.reading.workbooks import sheets_in
from merflow.errors import DatasetError
from merflow.reading import is_file, is_folder

Part = Literal["train", "test_a", "test_b"]

PARTS: Sequence[Part] = ("train", "test_a", "test_b")

EXAMPLE = "train_data/sub0003_01/00109.png"
SHEETS: Mapping[Part, str] = {
    "train": "training_full_with_AU.xlsx",
    "test_a": "testA_full_with_AU.xlsx",
    "test_b": "testB_full_with_AU.xlsx",
}
"""Names of the sheets of the full release."""

_DEPTH = 3
_CLIP = re.compile(r"sub0*(\d{1,6})_0*(\d{1,6})", re.IGNORECASE | re.ASCII)
_TEST = re.compile(r"test(?:data|set)?([ab])")


class ClipName(NamedTuple):
    """What the name of a clip says, spelt canonically: ``sub0003`` and ``01``."""

    subject: str
    video: str


class DfmeSheets(NamedTuple):
    """The sheets of the splits, and what to say of the search."""

    paths: Mapping[Part, Path]
    notes: Sequence[str] = ()


def clip_name(text: str) -> ClipName | None:
    """Return what ``sub0003_01`` says, of any case and padding; None = not the name of a clip."""
    match = _CLIP.fullmatch(text.strip())
    return ClipName(f"sub{int(match[1]):04d}", f"{int(match[2]):02d}") if match else None


def folder_name(text: str) -> str | None:
    """Return ``sub0003_01`` however it is spelt; None = not the folder of a clip."""
    name = clip_name(text)
    return None if name is None else f"{name.subject}_{name.video}"


def part_of(name: str) -> Part | None:
    """Return the split that the name of a file or folder tells: ``train_data``, ``testA_full_with_AU``; None = none."""
    letters = re.sub(r"[^a-z]", "", name.casefold())
    if "train" in letters:
        return "train"
    match = _TEST.search(letters)
    return None if match is None else "test_a" if match[1] == "a" else "test_b"


def find_sheets(root: Path, annotation: Path | None, asked: Sequence[Part]) -> DfmeSheets:
    """Find the sheets of the splits: by their names, whatever else these say.

    Parameters
    ----------
    root, annotation : Path, Path or None
        Where they lie; `annotation` may be a sheet itself, which is that of the training where its name tells no split.
    asked : sequence of Part
        Splits to read; empty = those that have a sheet.

    Raises
    ------
    DatasetError
        When there is none, none of a split that is asked for, or two of one split, neither of them of the full release.
    """
    if annotation and is_file(annotation):
        return DfmeSheets({part_of(annotation.stem) or "train": annotation})
    folder = annotation or root
    found: dict[Part, list[Path]] = {}
    for path in sheets_in(folder) if is_folder(folder) else ():
        part = part_of(path.stem)
        if part is not None and part in (asked or PARTS):
            found.setdefault(part, []).append(path)
    needed = asked or (() if found else ("train",))
    missing = [part for part in needed if part not in found]
    if missing:
        raise DatasetError(
            f"{folder}: expected the sheet of the split {missing[0]} of DFME, such as {SHEETS[missing[0]]}, found "
            f"{listing(folder)}. Copy it there, or set the dataset's annotation in config.yaml to its folder, or to it."
        )
    notes: list[str] = []
    chosen = {part: _official(part, paths, notes) for part, paths in found.items()}
    return DfmeSheets({part: chosen[part] for part in PARTS if part in chosen}, notes)


def find_folders(root: Path, parts: Iterable[Part]) -> Mapping[Part, NamedFolders]:
    """Find the folders of the clips of each split.

    Raises
    ------
    DatasetError
        When the root holds no clips, none of a split, or two folders of one name in a split.
    """
    bases: dict[Part | None, list[Path]] = {}
    for base in folders_with_subjects(root, folder_name, depth=_DEPTH).bases if is_folder(root) else ():
        bases.setdefault(_part_around(base, root), []).append(base)
    found: dict[Part, NamedFolders] = {}
    for part in parts:
        places = bases.get(part) or bases.get(None)
        if not places:
            there = ", ".join(sorted(filter(None, bases))) or listing(root)
            raise DatasetError(
                f"{root}: expected the recordings of the split {part} of DFME as <root>/{EXAMPLE}, in a folder whose "
                f"name tells the split; found {there}. Set the dataset's root or parts in config.yaml to what is there."
            )
        found[part] = NamedFolders(root, folder_name, bases=places, depth=1)
    return found


def _official(part: Part, paths: Sequence[Path], notes: list[str]) -> Path:
    """Return the sheet of a split: that of the full release, or the only one."""
    full = [path for path in paths if "full" in path.stem.casefold()]
    candidates = full or list(paths)
    if len(candidates) > 1:
        raise DatasetError(
            f"expected one sheet of the split {part}, found {few([str(path) for path in candidates])}. Set the "
            "dataset's annotation in config.yaml to the folder of the right ones."
        )
    others = [path.name for path in paths if path not in candidates]
    if others:
        notes.append(f"{candidates[0].name} is read, the sheets of the same split are not: {few(others)}")
    return candidates[0]


def _part_around(base: Path, root: Path) -> Part | None:
    """Return the split that a folder's name tells, else that of the folders around it up to the root."""
    for folder in (base, *base.parents):
        part = part_of(folder.name)
        if part is not None:
            return part
        if folder == root:
            break
    return None
