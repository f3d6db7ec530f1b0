"""CASME II reader: colour, 200 fps, micro-expressions of 26 subjects."""

from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from merflow.checks import check_choice, check_setting
from merflow.datasets.casme2.layout import LayoutName, find_layout
from merflow.datasets.casme2.sheets import casme2_annotations, find_workbooks
from merflow.datasets.index import Index
from merflow.datasets.reading.annotation import check_unique
from merflow.datasets.reading.clip_folders import ClipFolders, index_clips, places
from merflow.datasets.reading.clip_videos import STARTS, VideoStart
from merflow.datasets.reading.numbered_subjects import subject_of_folder
from merflow.datasets.reading.workbooks import unread_sheets


@dataclass(frozen=True, slots=True, kw_only=True)
class Casme2Settings:
    """What the reader of CASME II needs to know.

    Parameters
    ----------
    root : Path
        Folder of the recordings.
    annotation : Path or None
        Folder of the official workbooks; or the coding itself, under any name, the objective classes lying beside it;
        None = they are searched in `root`.
    layout : {"auto", "raw", "selected", "cropped", "compressed"}
        Which recordings to read. ``auto``: the first of selected, raw, cropped, compressed that is there.
    fps : float
        Frames per second of the recordings.
    video_start : {"recording", "onset"}
        What the first frame of a video is, where a clip has no folder of pictures: frame 1 of the recording, as
        ``img1.jpg`` of the raw recordings is, or the onset of the clip.
    """

    root: Path
    annotation: Path | None = None
    layout: LayoutName = "auto"
    fps: float = 200.0
    video_start: VideoStart = "recording"

    def __post_init__(self) -> None:
        check_choice(self.layout, "layout", get_args(LayoutName))
        check_choice(self.video_start, "video_start", STARTS)
        check_setting(self.fps > 0, "fps", expected="a frame rate above 0", found=self.fps)


def casme2_annotation(settings: Casme2Settings) -> list[Path]:
    """Return the workbooks that the index is made of.

    Raises
    ------
    DatasetError
        When the recordings or the coding are missing, or a subject lies in two folders of the layout.
    """
    find_layout(settings.root, settings.layout)
    return [*filter(None, find_workbooks(settings.root, settings.annotation))]


def read_casme2(name: str, settings: Casme2Settings) -> Index:
    """Read the workbooks, then look for the frames of each clip.

    Parameters
    ----------
    name : str
        Name of the dataset in the configuration.
    settings : Casme2Settings
        Where it lies and what to take.

    Returns
    -------
    Index
        Clips sorted by subject, video and onset; its notes say which layout was used, from which folder.

    Raises
    ------
    DatasetError
        When the recordings, the coding or a column are missing, a subject lies in two folders of the layout, a cell
        cannot be, or two rows give one clip id: all before any folder of frames is read.
    """
    layout = find_layout(settings.root, settings.layout)
    workbooks = find_workbooks(settings.root, settings.annotation)
    annotations, notes = casme2_annotations(workbooks, dataset=name, fps=settings.fps)
    check_unique(annotations)
    folders = ClipFolders(settings.root, layout.bases, subject_of_folder, videos=True)
    used = f"frames of the layout {layout.name}, from {places(layout.bases, settings.root)}"
    notes = [used, *layout.notes, *notes, *unread_sheets(workbooks, settings.root, settings.annotation)]
    return index_clips(
        annotations, folders, name_of=lambda clip: clip.video, notes=notes, video_start=settings.video_start
    )
