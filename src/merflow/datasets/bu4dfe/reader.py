"""BU-4DFE reader: posed macro-expressions of 101 people, 25 fps, pictures, meshes and landmarks of each frame."""

from dataclasses import dataclass, replace
from pathlib import Path

from merflow.checks import check_setting
from merflow.datasets.bu4dfe.layout import Bu4dfeLayout, Sequence4D, find_layout, sequences, subject_of
from merflow.datasets.clip import NO_FRAME, Clip
from merflow.datasets.index import Index
from merflow.datasets.reading.annotation import Annotation, check_unique
from merflow.datasets.reading.clip_folders import ClipFolders, index_clips, places
from merflow.datasets.reading.frame_choice import FolderNumbers
from merflow.datasets.reading.scans import check_pattern, with_scans_beside
from merflow.errors import BadClipError

_PLACEHOLDERS = ("{subject}", "{clip}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bu4dfeSettings:
    """What the reader of BU-4DFE needs to know.

    Parameters
    ----------
    root : Path
        Folder of the recordings.
    landmarks : str
        Pattern of 3D landmarks of one's own, 68 of each frame, below the root: ``landmarks/{subject}/{clip}/*``. Empty
        = the 83 of the release.
    fps : float
        Frames per second of the recordings.
    """

    root: Path
    landmarks: str = ""
    fps: float = 25.0

    def __post_init__(self) -> None:
        check_pattern(self.landmarks, "landmarks", _PLACEHOLDERS, each=True)
        check_setting(self.fps > 0, "fps", expected="a frame rate above 0", found=self.fps)


def bu4dfe_annotation(settings: Bu4dfeSettings) -> list[Path]:
    """Return no file: the folders say everything.

    Raises
    ------
    DatasetError
        When the recordings are missing, or a subject lies in two folders.
    """
    find_layout(settings.root)
    return []


def read_bu4dfe(name: str, settings: Bu4dfeSettings) -> Index:
    """Make a clip of each folder of an expression, from its first picture to its last.

    Parameters
    ----------
    name : str
        Name of the dataset in the configuration.
    settings : Bu4dfeSettings
        Where it lies.

    Returns
    -------
    Index
        Clips sorted by subject, video and onset, such as ``F001_Angry_0``, with patterns of their meshes, textures and
        landmarks where these are there. The apex, which nobody annotated, is the middle frame, noted.

    Raises
    ------
    DatasetError
        When the recordings are missing, or a subject lies in two folders.
    """
    layout = find_layout(settings.root)
    numbers = FolderNumbers()
    found = {one.path: one for one in sequences(layout.bases)}
    annotations = [_of_folder(one, numbers, name, settings) for one in found.values()]
    check_unique(annotations)
    folders = ClipFolders(settings.root, layout.bases, subject_of)
    index = index_clips(
        annotations,
        folders,
        name_of=_video,
        notes=[f"frames from {places(layout.bases, settings.root)}", *layout.notes],
        numbers=numbers,
        needs_motion=True,
        no_apex_in="BU-4DFE",
    )
    by_folder = {path.relative_to(settings.root).as_posix(): one for path, one in found.items()}
    clips = tuple(
        with_scans_beside(clip, settings.root, landmarks=_landmarks(clip, by_folder[clip.color], layout, settings))
        for clip in index.clips
    )
    meshes = sum(bool(clip.meshes) for clip in clips)
    return replace(index, clips=clips, notes=(*index.notes, f"clips with meshes: {meshes} of {len(clips)}"))


def _of_folder(found: Sequence4D, numbers: FolderNumbers, dataset: str, settings: Bu4dfeSettings) -> Annotation:
    """Return the expression that a folder holds, or why it cannot be used."""
    problem, onset, offset = "", NO_FRAME, NO_FRAME
    try:
        frames = numbers.some_of(found.path)
        onset, offset = int(frames[0]), int(frames[-1])
    except BadClipError as error:
        problem = error.reason
    clip = Clip(
        dataset=dataset,
        subject=found.subject,
        video=found.path.name,
        part="",
        expression="macro",
        onset=onset,
        apex=NO_FRAME,
        offset=offset,
        fps=settings.fps,
        aus="",
        emotion=found.emotion,
        objective="",
        color="",
        depth="",
        notes="",
    )
    return Annotation(clip, found.path.relative_to(settings.root).as_posix(), onset, problem)


def _landmarks(clip: Clip, found: Sequence4D, layout: Bu4dfeLayout, settings: Bu4dfeSettings) -> str:
    """Return the pattern of a clip's landmarks: those of the settings, else those of the release; empty = none."""
    if settings.landmarks:
        return settings.landmarks.replace("{subject}", clip.subject).replace("{clip}", clip.video)
    bnd = layout.landmarks.get((found.subject, found.emotion))
    return _pattern(settings.root, bnd) if bnd else ""


def _pattern(root: Path, folder: Path) -> str:
    """Return the pattern of all files of a folder, relative to the root."""
    return f"{folder.relative_to(root).as_posix()}/*"


def _video(clip: Clip) -> str:
    return clip.video
