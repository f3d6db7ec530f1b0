"""CASME II layout: the raw recordings, the selected frames of the clips, the cropped faces, or compressed videos."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from merflow.datasets.reading.clip_folders import check_one_place, folders_with_subjects
from merflow.datasets.reading.folders import listing
from merflow.datasets.reading.numbered_subjects import subject_of_folder
from merflow.errors import DatasetError

LayoutName = Literal["auto", "raw", "selected", "cropped", "compressed"]

PREFERRED: Mapping[str, str] = {
    "selected": "CASME2_RAW_selected/sub01/EP02_01f/img46.jpg",
    "raw": "CASME2-RAW/sub01/EP02_01f/img46.jpg",
    "cropped": "Cropped/sub01/EP02_01f/reg_img46.jpg",
    "compressed": "CASME2_compressed/sub01/EP02_01f.avi",
}
"""Layout -> example, the preferred first: the raw recordings only add frames outside the clips, the cropped faces are
resampled, and the compressed videos have lost what their encoder left out."""

_WORDS = {"selected": "selected", "cropp": "cropped", "compress": "compressed", "raw": "raw"}
"""Part of a folder's name -> layout; CASME2_RAW_selected holds two of them, so the order counts."""


class Casme2Layout(NamedTuple):
    """What was found of one layout, and what was passed over in the search."""

    name: str
    bases: Sequence[Path]
    notes: Sequence[str] = ()


def find_layout(root: Path, wanted: LayoutName) -> Casme2Layout:
    """Find the folders of one layout.

    Parameters
    ----------
    root : Path
        Folder that holds the layouts, or one of them itself.
    wanted : {"auto", "raw", "selected", "cropped", "compressed"}
        ``auto``: the first of selected, raw, cropped, compressed that is there.

    Returns
    -------
    Casme2Layout
        Named ``unnamed`` when the subjects lie in a folder whose name tells nothing.

    Raises
    ------
    DatasetError
        When the root holds no recordings, or not those that are wanted, or a subject twice in one layout.
    """
    found: dict[str, list[Path]] = {}
    places = folders_with_subjects(root, subject_of_folder)
    for base in places.bases:
        found.setdefault(_layout_of(base, root), []).append(base)
    unnamed = found.get("unnamed", [])
    if wanted == "auto":
        name = next((name for name in (*PREFERRED, "unnamed") if name in found), None)
    else:
        name = wanted if wanted in found or (unnamed and len(found) == 1) else None
    if name is None:
        raise _missing(root, wanted, sorted(found))
    bases = found.get(name, unnamed)
    check_one_place(bases, subject_of_folder)
    return Casme2Layout(name, bases, places.notes)


def _layout_of(base: Path, root: Path) -> str:
    """Return the layout that a folder's name tells, else that of the folders around it up to the root."""
    for folder in (base, *base.parents):
        for word, layout in _WORDS.items():
            if word in folder.name.casefold():
                return layout
        if folder == root:
            break
    return "unnamed"


def _missing(root: Path, wanted: LayoutName, found: Sequence[str]) -> DatasetError:
    examples = PREFERRED.values() if wanted == "auto" else (PREFERRED[wanted],)
    there = f"only the layout {', '.join(found)}" if found else listing(root)
    return DatasetError(
        f"{root}: expected the recordings of CASME II as <root>/{' or <root>/'.join(examples)}; found {there}. "
        "Set the dataset's root (or layout) in config.yaml to what is there."
    )
