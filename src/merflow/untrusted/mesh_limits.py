"""Limits of a mesh: bytes, vertices, faces and lines, checked before memory is taken for them.

A mesh of 4DME has more than 50,000 vertices and 100,000 triangles, some 12 MB as OBJ.
"""

from pathlib import Path

from merflow.errors import BadClipError
from merflow.reading import reading_clip

MAX_MESH_BYTES = 2**27
MAX_VERTICES = 500_000
"""Also of texture coordinates."""

MAX_FACES = 1_000_000
MAX_CORNERS = 64
"""Of one face."""

MAX_LINES = 3_000_000
"""Of a mesh in text."""

MAX_LINE_BYTES = 4096
MAX_HEADER_BYTES = 2**16
"""Of a binary mesh; its comments are part of it."""


def mesh_bytes(path: Path, *, most: int = MAX_MESH_BYTES) -> bytes:
    """Read a mesh, its material or its landmarks whole.

    Raises
    ------
    BadClipError
        When the file is missing, cannot be read, is empty or has more than `most` bytes.
    """
    with reading_clip(path), path.open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise BadClipError(f"expected at most {most} bytes, found more", source=str(path))
    if not data.strip():
        raise BadClipError("expected a file with content, found an empty one: copy it again", source=str(path))
    return data


def check_number(found: int, most: int, what: str, path: Path) -> None:
    """Raise BadClipError for more vertices or faces than a mesh may have, however many of them are really there."""
    if not 0 <= found <= most:
        raise BadClipError(
            f"expected at most {most} {what}, found {found}: reduce the mesh, or export it again if it has fewer",
            source=str(path),
        )


def mesh_lines(path: Path, *, most: int = MAX_MESH_BYTES) -> list[bytes]:
    """Return the lines of a mesh in text, without space around them; a backslash at its end joins a line to the next.

    Raises
    ------
    BadClipError
        As :func:`mesh_bytes`, and for too many lines or one that is too long.
    """
    data = mesh_bytes(path, most=most)
    if b"\0" in data:
        raise BadClipError("expected a mesh in text, found binary content", source=str(path))
    check_number(data.count(b"\n"), MAX_LINES, "lines", path)
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\\\n", b" ")
    lines = data.split(b"\n")
    longest = max(map(len, lines))
    if longest > MAX_LINE_BYTES:
        raise BadClipError(f"expected lines of at most {MAX_LINE_BYTES} bytes, found {longest}", source=str(path))
    return [line.strip() for line in lines]
