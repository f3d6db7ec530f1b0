"""What later stages read of a faces shard: which frame is which, its depth, the size of the recording."""

from typing import Any

from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.errors import BadClipError


def role_index(shard: Shard, clip: str, role: str) -> int:
    """Return the position of a role among the frames of a clip, in a shard of kind ``faces`` or ``magnified``.

    Raises
    ------
    BadClipError
        When the clip has no such frame.
    """
    roles = [str(found) for found in shard.attrs(clip)["roles"]]
    if role not in roles:
        raise BadClipError(f"expected a frame with the role {role!r} in the {shard.kind} artefact, found {roles}")
    return roles.index(role)


def native_depth(faces: Shard, clip: str) -> NDArray[Any]:
    """Return a clip's depth maps (T, h, w), mm; raises BadClipError when its dataset recorded none."""
    if not faces.has(clip, "native_depth"):
        raise BadClipError("expected a depth map beside the colour frames, but the clip has none")
    return faces.read(clip, "native_depth")


def image_size(faces: Shard, clip: str) -> tuple[int, int]:
    """Return (width, height) of a clip's full frames, px."""
    width, height = faces.attrs(clip)["image_size"]
    return int(width), int(height)
