"""CASME layout: the selected frames of the clips, or the cropped faces; one folder of subjects, or one a section."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from merflow.datasets.reading.clip_folders import check_one_place, folders_with_subjects
from merflow.datasets.reading.folders import listing
from merflow.datasets.reading.numbered_subjects import subject_of_folder
from merflow.errors import DatasetError

LayoutName = Literal["auto", "selected", "cropped"]

EXAMPLES: Mapping[str, str] = {
    "selected": "CASME_raw_selected/sub01/EP01_5/EP01_5-1.jpg",
    "cropped": "Cropped/sub01/EP01_5/reg_EP01_5-1.jpg",
}
"""Layout -> example, the preferred first: the cropped faces are resampled."""

_CROPPED = "crop"


class CasmeLayout(NamedTuple):
    """What was found of one layout, and what was passed over in the search."""

    name: str
    bases: Sequence[Path]
    notes: Sequence[str] = ()


def find_layout(root: Path, wanted: LayoutName) -> CasmeLayout:
    """Find the folders of one layout.

    Parameters
    ----------
    root : Path
        Folder that holds the layouts, or one of them itself.
    wanted : {"auto", "selected", "cropped"}
        ``auto``: selected, or cropped where there is nothing else.

    Raises
    ------
    DatasetError
        When the root holds no recordings, or not those that are wanted, or a subject twice in one layout.
    """
    found: dict[str, list[Path]] = {}
    places = folders_with_subjects(root, subject_of_folder)
    for base in places.bases:
        found.setdefault(_layout_of(base, root), []).append(base)
    name = next((one for one in EXAMPLES if one in found and wanted in ("auto", one)), None)
    if name is None:
        raise _missing(root, wanted, sorted(found))
    check_one_place(found[name], subject_of_folder)
    others = sorted(set(found) - {name})
    notes = [f"frames of another layout that are not read: {', '.join(others)}"] if others else []
    return CasmeLayout(name, found[name], [*places.notes, *notes])


def _layout_of(base: Path, root: Path) -> str:
    """Return the layout that the names of a folder and of those around it up to the root tell."""
    for folder in (base, *base.parents):
        if _CROPPED in folder.name.casefold():
            return "cropped"
        if folder == root:
            break
    return "selected"


def _missing(root: Path, wanted: LayoutName, found: Sequence[str]) -> DatasetError:
    examples = EXAMPLES.values() if wanted == "auto" else (EXAMPLES[wanted],)
    there = f"only the layout {', '.join(found)}" if found else listing(root)
    return DatasetError(
        f"{root}: expected the recordings of CASME as <root>/{' or <root>/'.join(examples)}; found {there}. "
        "Set the dataset's root (or layout) in config.yaml to what is there."
    )
