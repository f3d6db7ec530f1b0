"""Safe names: text of a sheet, a table or an index that becomes the name of a file stays below the root.

The text may come from elsewhere. Links in a dataset belong to its owner, who may keep recordings on another disk. They
are followed.
"""

import re
from typing import Protocol

from merflow.errors import DatasetError

MAX_NAME_BYTES = 100
"""Of a subject or a video: together with onset and kind they fit into the 255 bytes that a file name may have."""

MAX_PATH_BYTES = 1000
_MAX_PART_BYTES = 255
_SUBJECT = re.compile(r"\w[\w.-]*")
"""What the workflow takes for a subject in its paths; a name that begins with a dot is hidden, or leads upwards."""


class Named(Protocol):
    """What has the names of a clip (:class:`merflow.datasets.clip.Clip`)."""

    @property
    def subject(self) -> str:
        """Name of the subject."""

    @property
    def video(self) -> str:
        """Name of the video."""

    @property
    def color(self) -> str:
        """Folder of the colour frames, relative to the dataset's root."""

    @property
    def depth(self) -> str:
        """Folder of the depth frames, relative or absolute; empty without depth."""

    @property
    def meshes(self) -> str:
        """Pattern of the meshes, relative to the dataset's root; empty without meshes."""

    @property
    def textures(self) -> str:
        """Pattern of their textures."""

    @property
    def landmarks_3d(self) -> str:
        """Pattern of their 3D landmarks."""


def check_names(clip: Named, *, source: str) -> None:
    """Refuse a clip whose names could not be files' names, or lead out of the dataset.

    Parameters
    ----------
    clip : Named
        As a sheet, a table or ``clips.csv`` describes it.
    source : str
        Where it says so, for the message.

    Raises
    ------
    DatasetError
        Says what was expected of the subject, the video or a path, and what was found.
    """
    if not _SUBJECT.fullmatch(clip.subject) or _bytes(clip.subject) > MAX_NAME_BYTES:
        raise _refused(
            source, f"a subject of letters, digits, '_', '.' and '-', at most {MAX_NAME_BYTES} bytes", clip.subject
        )
    outside = clip.video in (".", "..") or "/" in clip.video or "\\" in clip.video
    if outside or not clip.video.isprintable() or _bytes(clip.video) > MAX_NAME_BYTES:
        raise _refused(source, f"a clip's name without / and \\, at most {MAX_NAME_BYTES} bytes", clip.video)
    if not _stays_below(clip.color, may_be_absolute=False):
        raise _refused(source, "a path of color below the dataset's root", clip.color)
    if not _stays_below(clip.depth, may_be_absolute=True):
        raise _refused(source, "a path of depth below the dataset's root", clip.depth)
    for pattern in (clip.meshes, clip.textures, clip.landmarks_3d):
        if not _stays_below(pattern, may_be_absolute=False):
            raise _refused(source, "a path of meshes below the dataset's root", pattern)


def _stays_below(path: str, *, may_be_absolute: bool) -> bool:
    """Whether a path can be a file's and never leads upwards; only depth may lie in a root of its own, in full."""
    parts = path.split("/")
    size = _bytes(path)
    if "\0" in path or size > MAX_PATH_BYTES or (size > _MAX_PART_BYTES and max(map(_bytes, parts)) > _MAX_PART_BYTES):
        return False
    return may_be_absolute if path.startswith("/") else ".." not in parts


def _bytes(name: str) -> int:
    return len(name.encode("utf-8", "surrogatepass"))


def _refused(source: str, expected: str, found: str) -> DatasetError:
    shown = found if len(found) <= MAX_NAME_BYTES else f"{found[:MAX_NAME_BYTES]}..."
    return DatasetError(f"{source}: expected {expected}, found {shown!r}. Correct it: it becomes a name of files.")
