"""SAMM Long Videos reader: grey, 200 fps, micro- and macro-movements, with the emotions of SAMM where it is at hand."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from merflow.checks import check_setting, check_some
from merflow.datasets.clip import Clip, Expression
from merflow.datasets.index import Index
from merflow.datasets.reading.annotation import check_unique
from merflow.datasets.reading.clip_folders import index_clips
from merflow.datasets.reading.folders import listing
from merflow.datasets.reading.named_folders import NamedFolders
from merflow.datasets.reading.workbooks import find_workbook, given_workbook, unread_sheets
from merflow.datasets.samm_lv.sheets import samm_lv_annotations
from merflow.errors import DatasetError
from merflow.reading import is_file, is_folder

SHEETS = ("SAMM_LongVideos_V3_Release.xlsx", "SAMM_LongVideos_V2_Release.xlsx", "SAMM_LongVideos_V1_Release.xlsx")
"""Releases of the workbook, the newest first."""

MICRO_SHEET = "SAMM_Micro_FACS_Codes_v2.xlsx"
"""Workbook of SAMM, of which the long videos are the recordings; its own reader reads it too."""

_KINDS: Sequence[Expression] = get_args(Expression)
_VIDEO = re.compile(r"(\d{1,3})_(\d{1,3})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class SammLvSettings:
    """What the reader of SAMM Long Videos needs to know.

    Parameters
    ----------
    root : Path
        Folder of the recordings.
    annotation : Path or None
        Folder of the official workbook, or the workbook itself under any name; None = it is searched in `root`.
    micro_annotation : Path or None
        Workbook of SAMM under any name, whose emotions and objective classes the micro-movements get; None = it is
        searched where the other one is, and may be missing.
    expressions : tuple of {"micro", "macro"}
        Kinds of movement to index.
    fps : float
        Frames per second of the recordings.
    """

    root: Path
    annotation: Path | None = None
    micro_annotation: Path | None = None
    expressions: tuple[Expression, ...] = ("micro",)
    fps: float = 200.0

    def __post_init__(self) -> None:
        check_some(self.expressions, "expressions", _KINDS)
        check_setting(self.fps > 0, "fps", expected="a frame rate above 0", found=self.fps)


def samm_lv_annotation(settings: SammLvSettings) -> list[Path]:
    """Return the workbooks that the index is made of.

    Raises
    ------
    DatasetError
        When the recordings or the workbook are missing, or two folders hold one video.
    """
    _folders(settings.root)
    return [*filter(None, _workbooks(settings))]


def read_samm_lv(name: str, settings: SammLvSettings) -> Index:
    """Read the workbooks, then look for the frames of each movement.

    Parameters
    ----------
    name : str
        Name of the dataset in the configuration.
    settings : SammLvSettings
        Where it lies and what to take.

    Returns
    -------
    Index
        Clips sorted by subject, video and onset. A clip's id begins with its official name: ``006_1_2_5562``.

    Raises
    ------
    DatasetError
        When the recordings, the workbook or a column are missing, two folders hold one video, a cell cannot be, or two
        rows give one clip id: all before any folder of frames is read.
    """
    folders = _folders(settings.root)
    workbook, micro = _workbooks(settings)
    annotations, notes = samm_lv_annotations(
        workbook, micro, dataset=name, fps=settings.fps, expressions=settings.expressions
    )
    check_unique(annotations)
    unjoined = [] if micro else [f"{MICRO_SHEET} is not there: micro-movements have no emotions"]
    beside = unread_sheets([workbook, micro], settings.root, settings.annotation)
    return index_clips(annotations, folders, name_of=_folder_name, notes=[*notes, *unjoined, *folders.notes, *beside])


def video_name(text: str) -> str | None:
    """Return ``006_1`` for a folder ``006_1`` or ``6_1``; None = not the folder of a long video."""
    match = _VIDEO.fullmatch(text.strip())
    return f"{int(match[1]):03d}_{int(match[2])}" if match else None


def _folder_name(clip: Clip) -> str:
    """Return the long video that a movement is a part of: ``006_1`` of ``006_1_2``."""
    return f"{clip.subject}_{clip.video.split('_')[0]}"


def _folders(root: Path) -> NamedFolders:
    """Find the folders of the long videos.

    Raises
    ------
    DatasetError
        When there is none, or two of one name.
    """
    found = NamedFolders(root, video_name, depth=3) if is_folder(root) else None
    if found is None or not found.paths:
        raise DatasetError(
            f"{root}: expected the recordings of SAMM Long Videos as <root>/006_1/006_1_0001.jpg or "
            f"<root>/SAMM_longvideos/006_1/..., found {listing(root)}. Set the dataset's root in config.yaml to the "
            "folder that holds them."
        )
    return found


def _workbooks(settings: SammLvSettings) -> tuple[Path, Path | None]:
    given = settings.annotation
    folder = given.parent if given and is_file(given) else given or settings.root
    micro = settings.micro_annotation or find_workbook(MICRO_SHEET, folder)
    return given_workbook(SHEETS, root=settings.root, annotation=given), micro
