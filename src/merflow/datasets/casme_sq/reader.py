"""CAS(ME)^2 reader: colour, 30 fps, micro- and macro-expressions of 22 subjects in long videos."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from merflow.checks import check_choice, check_setting, check_some
from merflow.datasets.casme_sq.layout import CasmeSqFolders, LayoutName, find_layout
from merflow.datasets.casme_sq.sheets import casme_sq_annotations
from merflow.datasets.clip import Clip, Expression
from merflow.datasets.index import Index
from merflow.datasets.reading.annotation import check_unique
from merflow.datasets.reading.clip_folders import index_clips, places
from merflow.datasets.reading.workbooks import given_workbook, unread_sheets

SHEETS = (
    "CAS(ME)^2code_final.xlsx",
    "CAS(ME)^2code_final(Updated).xlsx",
    "CAS(ME)2code_final.xlsx",
    "code_final.xlsx",
)
"""Names under which the workbook circulates, the official one first."""

_KINDS: Sequence[Expression] = get_args(Expression)


@dataclass(frozen=True, slots=True, kw_only=True)
class CasmeSqSettings:
    """What the reader of CAS(ME)^2 needs to know.

    Parameters
    ----------
    root : Path
        Folder of the recordings.
    annotation : Path or None
        Folder of the official workbook, or the workbook itself under any name; None = it is searched in `root`.
    layout : {"auto", "raw", "selected", "cropped"}
        Which frames to read: the long videos, the expressions cut out of them, or the cropped faces. ``auto``: the
        first of these that is there.
    expressions : tuple of {"micro", "macro"}
        Kinds of expression to index.
    fps : float
        Frames per second of the recordings.
    """

    root: Path
    annotation: Path | None = None
    layout: LayoutName = "auto"
    expressions: tuple[Expression, ...] = ("micro",)
    fps: float = 30.0

    def __post_init__(self) -> None:
        check_choice(self.layout, "layout", get_args(LayoutName))
        check_some(self.expressions, "expressions", _KINDS)
        check_setting(self.fps > 0, "fps", expected="a frame rate above 0", found=self.fps)


def casme_sq_annotation(settings: CasmeSqSettings) -> list[Path]:
    """Return the workbook that the index is made of.

    Raises
    ------
    DatasetError
        When the recordings or the workbook are missing.
    """
    find_layout(settings.root, settings.layout)
    return [_workbook(settings)]


def read_casme_sq(name: str, settings: CasmeSqSettings) -> Index:
    """Read the workbook, then look for the frames of each clip.

    Parameters
    ----------
    name : str
        Name of the dataset in the configuration.
    settings : CasmeSqSettings
        Where it lies and what to take.

    Returns
    -------
    Index
        Clips sorted by subject, video and onset. A clip's id is its subject's folder, its video as the sheet calls it,
        and its onset: ``s15_anger1_1_557``. Its notes say which layout was read, from which folder.

    Raises
    ------
    DatasetError
        When the recordings or the workbook are missing, two folders hold one video, a cell cannot be, or two rows give
        one clip id: all before any folder of frames is read.
    """
    layout = find_layout(settings.root, settings.layout)
    workbook = _workbook(settings)
    coded = casme_sq_annotations(workbook, dataset=name, fps=settings.fps, expressions=settings.expressions)
    check_unique(coded.annotations)
    folders = CasmeSqFolders(settings.root, layout, coded.code_of)
    used = f"frames of the layout {layout.name}, from {places(layout.bases, settings.root)}"
    beside = unread_sheets([workbook], settings.root, settings.annotation)
    notes = [used, *layout.notes, *folders.notes, *coded.notes, *beside]
    return index_clips(coded.annotations, folders, name_of=_video, notes=notes)


def _video(clip: Clip) -> str:
    return clip.video


def _workbook(settings: CasmeSqSettings) -> Path:
    return given_workbook(SHEETS, root=settings.root, annotation=settings.annotation)
