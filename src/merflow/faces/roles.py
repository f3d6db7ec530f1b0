"""Which of the frames of a faces shard is the onset, the apex, the offset."""

from merflow.artefacts import Shard
from merflow.errors import BadClipError


def role_index(faces: Shard, clip: str, role: str) -> int:
    """Return the position of a role among the kept frames of a clip.

    Raises
    ------
    BadClipError
        When the clip has no such frame.
    """
    roles = [str(found) for found in faces.attrs(clip)["roles"]]
    if role not in roles:
        raise BadClipError(f"expected a frame with the role {role!r} in the faces artefact, found {roles}")
    return roles.index(role)
