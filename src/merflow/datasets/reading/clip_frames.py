"""The frames of a clip that a stage reads: which they are, and what they hold."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from merflow.datasets.clip import Clip
from merflow.datasets.reading.frames import list_frames
from merflow.datasets.reading.scans import scan_paths
from merflow.datasets.reading.videos import VideoFrames
from merflow.errors import BadClipError, UnreadableError
from merflow.reading import is_file, reading
from merflow.untrusted.picture_header import MAX_PICTURE_BYTES

ROLES = ("onset", "apex", "offset")
"""Named frames of a clip, in time order."""


def frames_of_roles(clip: Clip, roles: Iterable[str], available: Iterable[int]) -> list[int]:
    """Return the existing frame numbers that roles stand for.

    Parameters
    ----------
    clip : Clip
    roles : iterable of str
        Some of ``onset``, ``apex``, ``offset``; ``all`` alone is every frame from onset to offset, or to the end of the
        recording when the annotation names no offset.
    available : iterable of int
        Frame numbers that exist, ascending.
    """
    if tuple(roles) == ("all",):
        return [n for n in available if clip.onset <= n and (clip.offset < 0 or n <= clip.offset)]
    present = set(available)
    return [number for role in roles if (number := getattr(clip, role)) in present]


def annotated_frame_hashes(clips: Iterable[Clip], root: Path, *, roles: Sequence[str] = ROLES) -> dict[str, str]:
    """Hash what the frames of each clip hold that a variant reads, colour and depth.

    Parameters
    ----------
    clips : iterable of Clip
        Clips of one dataset.
    root : Path
        Its root, which the clips' folders are relative to.
    roles : sequence of str
        As for ``frames_of_roles``.

    Returns
    -------
    dict
        As from ``frame_hashes``. A frame that is missing is passed over here: the stage that reads it says so.
    """
    return frame_hashes(clips, root, choose=lambda clip, available: frames_of_roles(clip, roles, available))


def frame_hashes(
    clips: Iterable[Clip], root: Path, *, choose: Callable[[Clip, Sequence[int]], Iterable[int]]
) -> dict[str, str]:
    """Hash what chosen frames of each clip hold, colour and depth.

    Parameters
    ----------
    clips : iterable of Clip
        Clips of one dataset.
    root : Path
        Its root, which the clips' folders are relative to.
    choose : callable
        Clip and the frame numbers that exist, ascending -> those of them that are hashed.

    Returns
    -------
    dict
        Clip id -> SHA-256 over names and bytes of its frames in the chosen order, depth after colour, then its meshes.
    """
    hashes = {}
    for clip in clips:
        digest = hashlib.sha256()
        if _is_video(root / clip.color):
            digest.update(_video_digest(clip, root, choose))
        for folder in filter(None, (clip.color, clip.depth)):
            frames = frames_or_none(root / folder)
            for path in (frames[number] for number in choose(clip, sorted(frames))):
                digest.update(f"{path.name}\n".encode())
                digest.update(_content(path))
        for path in scan_paths(clip, root):
            digest.update(f"{path.name}\n".encode())
            digest.update(_content(path))
        hashes[clip.id] = digest.hexdigest()
    return hashes


def _is_video(path: Path) -> bool:
    """Return whether frames are those of a video; what cannot be read is reported by the stage that reads it."""
    try:
        return is_file(path)
    except UnreadableError:
        return False


def _video_digest(clip: Clip, root: Path, choose: Callable[[Clip, Sequence[int]], Iterable[int]]) -> bytes:
    """Return a digest of what chosen frames are decoded from; of a video that the stage itself refuses, why."""
    try:
        video = VideoFrames(root / clip.color, first_frame=clip.first_frame)
        return video.digest([*choose(clip, video.numbers)])
    except BadClipError as error:
        return error.reason.encode()


def picture_hashes(clips: Iterable[Clip], root: Path) -> dict[str, str]:
    """Hash the ready picture of each clip.

    Parameters
    ----------
    clips : iterable of Clip
        Clips of a dataset of ready pictures.
    root : Path
        Its root, which the clips' pictures are relative to.

    Returns
    -------
    dict
        Clip id -> SHA-256 of the file; of one that cannot be read, of the reason, which the stage reports.
    """
    return {clip.id: hashlib.sha256(_content(root / clip.color)).hexdigest() for clip in clips}


def _content(path: Path) -> bytes:
    """Return the bytes of a picture; of one that the stage itself refuses, too large or unreadable, why."""
    try:
        with reading(path):
            size = path.stat().st_size
            return path.read_bytes() if size <= MAX_PICTURE_BYTES else f"{size} bytes".encode()
    except UnreadableError as error:
        return error.reason.encode()


def frames_or_none(folder: Path) -> dict[int, Path]:
    """List the frames of a folder; none when it cannot be read, which the stage that reads it reports clip by clip."""
    try:
        return list_frames(folder)
    except BadClipError:
        return {}


def below_root(root: Path, source: str) -> str:
    """Return a path as the dataset's owner knows it: relative to the root when it lies below it."""
    path = Path(source)
    return path.relative_to(root).as_posix() if source and path.is_relative_to(root) else source
