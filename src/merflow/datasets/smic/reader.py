"""SMIC reader: micro-expressions of 16 subjects at 100 fps, of some also at 25 fps, visible and infrared."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from merflow.checks import check_choice, check_setting
from merflow.datasets.clip import NO_FRAME
from merflow.datasets.index import Index
from merflow.datasets.reading.annotation import Annotation, Coding, check_unique
from merflow.datasets.reading.clip_folders import index_clips, places
from merflow.datasets.reading.frame_choice import FolderNumbers
from merflow.datasets.reading.workbooks import unread_sheets
from merflow.datasets.smic.apexes import find_apex_sheet, read_apexes, unused_rows, with_apex
from merflow.datasets.smic.layout import (
    VERSIONS,
    WORDS,
    ClipFolder,
    ClipName,
    LayoutName,
    SmicFolders,
    Version,
    clip_folders,
    clip_name,
    find_layout,
)
from merflow.datasets.smic.sheets import find_smic_workbook, smic_annotations, smic_clip
from merflow.errors import BadClipError

_FPS = {"HS": 100.0, "VIS": 25.0, "NIR": 25.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmicSettings:
    """What the reader of SMIC needs to know.

    Parameters
    ----------
    root : Path
        Folder of the recordings.
    version : {"HS", "VIS", "NIR"}
        Camera: high speed, visible light or near infrared; the clips' ``part``.
    layout : {"auto", "cropped", "raw", "smic_e"}
        Which recordings to read: the expressions cut out, as faces or whole pictures, or the long clips of SMIC-E.
        ``auto``: the only one that is there.
    annotation : Path or None
        Of SMIC-E the folder of the workbook, or the workbook itself under any name; None = it is searched in `root`.
        Of the other layouts, whose folders say everything but the apex, a sheet of apexes; None = the midpoint.
    fps : float or None
        Frames per second of the recordings; None = 100 for HS, 25 for VIS and NIR.
    """

    root: Path
    version: Version = "HS"
    layout: LayoutName = "auto"
    annotation: Path | None = None
    fps: float | None = None

    def __post_init__(self) -> None:
        check_choice(self.version, "version", VERSIONS)
        check_choice(self.layout, "layout", get_args(LayoutName))
        check_setting(self.fps is None or self.fps > 0, "fps", expected="a frame rate above 0", found=self.fps)

    @property
    def frame_rate(self) -> float:
        """Frames per second of the recordings."""
        return _FPS[self.version] if self.fps is None else self.fps


def smic_annotation(settings: SmicSettings) -> list[Path]:
    """Return the workbook that the index is made of; of the cut layouts the sheet of apexes, where one is named.

    Raises
    ------
    DatasetError
        When the recordings or the sheet are missing, two layouts are there and none is chosen, or a subject lies in
        two folders of the layout.
    """
    layout = find_layout(settings.root, settings.layout, settings.version)
    if layout.name != "smic_e":
        return [find_apex_sheet(settings.annotation)] if settings.annotation else []
    return [find_smic_workbook(settings.root, settings.annotation, settings.version)]


def read_smic(name: str, settings: SmicSettings) -> Index:
    """Read the folders of the clips, or the workbook of SMIC-E, then look for the frames of each clip.

    Parameters
    ----------
    name : str
        Name of the dataset in the configuration.
    settings : SmicSettings
        Where it lies and what to take.

    Returns
    -------
    Index
        Clips sorted by subject, video and onset; its notes say which layout was read, from which folder. A clip's id
        is its official name, the subject's number padded, and its onset: ``s01_ne_01_123``.

    Raises
    ------
    DatasetError
        As :func:`smic_annotation`; when two folders hold one clip; when the workbook lacks a column, a cell cannot be,
        or two rows give one clip id.
    """
    layout = find_layout(settings.root, settings.layout, settings.version)
    found = list(clip_folders(layout))
    folders = SmicFolders(settings.root, found)
    numbers = FolderNumbers()
    notes = [f"frames of the layout {layout.name}, from {places(layout.bases, settings.root)}", *layout.notes]
    if not layout.tells_version:
        notes.append(f"no folder name has the version, taken for {settings.version}")
    if layout.name == "smic_e":
        coding = _read_long(name, settings, folders)
    else:
        coding = _read_cut(name, settings, found, numbers)
    check_unique(coding.annotations)
    return index_clips(
        coding.annotations,
        folders,
        name_of=lambda clip: clip.video,
        notes=[*notes, *coding.notes],
        numbers=numbers,
        needs_motion=True,
        no_apex_in="SMIC",
    )


def _read_long(name: str, settings: SmicSettings, folders: SmicFolders) -> Coding:
    """Read the workbook of SMIC-E; the folders of its long clips are compared with it."""
    workbook = find_smic_workbook(settings.root, settings.annotation, settings.version)
    coding = smic_annotations(workbook, dataset=name, version=settings.version, fps=settings.frame_rate)
    beside = unread_sheets([workbook], settings.root, settings.annotation)
    return coding._replace(notes=[*coding.notes, *beside, *_unnamed(folders, coding.annotations, workbook)])


def _read_cut(name: str, settings: SmicSettings, found: Sequence[ClipFolder], numbers: FolderNumbers) -> Coding:
    """Read the folders of the clips, and their apexes where a sheet of them is named."""
    annotations = [_of_folder(one, numbers, name, settings) for one in found]
    if settings.annotation is None:
        return Coding(annotations, unread_sheets([], settings.root, None))
    apexes = read_apexes(find_apex_sheet(settings.annotation))
    notes = [apexes.note, *unused_rows(apexes, annotations)]
    return Coding([with_apex(one, apexes) for one in annotations], notes)


def _of_folder(found: ClipFolder, numbers: FolderNumbers, dataset: str, settings: SmicSettings) -> Annotation:
    """Return the micro-expression that a folder holds from its first frame to its last, or why it cannot be used."""
    problem, onset, offset = _name_problem(found), NO_FRAME, NO_FRAME
    try:
        frames = numbers.some_of(found.path)
        onset, offset = int(frames[0]), int(frames[-1])
    except BadClipError as error:
        problem = problem or error.reason
    emotion = WORDS.get(found.emotion.casefold(), "")
    clip = smic_clip(
        ClipName(found.subject, found.video, emotion),
        dataset=dataset,
        version=settings.version,
        fps=settings.frame_rate,
        onset=onset,
        offset=offset,
        emotion=emotion,
    )
    return Annotation(clip, found.path.relative_to(settings.root).as_posix(), onset, problem)


def _name_problem(found: ClipFolder) -> str:
    """Return what is wrong with the names of a clip's folder and of those around it; empty = nothing is."""
    name, emotion = clip_name(found.path.name), WORDS.get(found.emotion.casefold())
    if name is None or name.subject != found.subject:
        return f"expected the name of a clip of {found.subject}, such as {found.subject}_ne_01, found {found.path.name}"
    if emotion is None:
        return f"expected a folder named {', '.join(WORDS)} around the clip, found {found.emotion}"
    if emotion != name.emotion:
        return f"expected {name.emotion}, as the clip's name says, found it in the folder {found.emotion}"
    return ""


def _unnamed(folders: SmicFolders, annotations: list[Annotation], workbook: Path) -> Iterator[str]:
    """Yield a note of each folder of a clip that no row names."""
    named = {(one.clip.subject, one.clip.video) for one in annotations}
    for key, path in folders.paths.items():
        if key not in named:
            yield f"{path.relative_to(folders.root).as_posix()} is in no row of {workbook.name}"
