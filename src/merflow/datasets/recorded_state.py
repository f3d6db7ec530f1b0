"""The content of recorded files when a job read them, and the file states that are known to have this content.

Planning looks at the state of files: names, sizes, times. A copy, another root or a touched frame has another state
and the same content. So a job leaves a note beside its shard: the state that it was planned with, and a digest of what
it read. Planning that meets another state compares the content once, and adds the state to the note if it is the same.
"""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from merflow.files import atomic_path

_HEADING = (
    "# What the recorded files of this shard held when they were read (SHA-256), and the states of these files, by\n"
    "# name, size and time, that are known to hold it. Without this note a change of their state reads them again.\n"
)


def content_digest(hashes: Mapping[str, str]) -> str:
    """Return one SHA-256 over what the files of each clip hold, as ``frame_hashes`` or ``picture_hashes`` return it."""
    lines = (f"{clip}\0{digest}" for clip, digest in sorted(hashes.items()))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def note_content(note: Path, *, state: str, content: str) -> None:
    """Write down what files held when a job read them.

    Parameters
    ----------
    note : Path
        Text file beside the shard of the job; one of an earlier job is replaced.
    state : str
        Of the files when the job was planned, a parameter of the job.
    content : str
        As :func:`content_digest` returns it.
    """
    _write(note, content, [state])


def planned_state(note: Path, state: str, *, content: Callable[[], str]) -> str:
    """Return the state that a job is planned with: that of the shard that is there, where the content is the same.

    Parameters
    ----------
    note : Path
        Of the shard; without one, or where a copy has damaged it, the files count as changed.
    state : str
        Of the files now.
    content : callable
        Reads the files and returns their :func:`content_digest`; it is called only for a state that the note does not
        name, once for each such state.

    Returns
    -------
    str
        The state that the shard was planned with, or `state`.
    """
    noted, states = _read(note)
    if not states or state == states[0]:
        return state
    if state not in states:
        if content() != noted:
            return state
        _write(note, noted, [*states, state])
    return states[0]


def _read(note: Path) -> tuple[str, list[str]]:
    """Return the content and the states that a note names, the oldest first; nothing without a note."""
    try:
        text = note.read_bytes().decode("ascii", errors="replace")
    except FileNotFoundError:
        return "", []
    words = [line.split() for line in text.splitlines() if not line.startswith("#")]
    content = next((line[1] for line in words if len(line) == 2 and line[0] == "content"), "")
    return content, [line[1] for line in words if len(line) == 2 and line[0] == "state"]


def _write(note: Path, content: str, states: list[str]) -> None:
    lines = [f"content {content}\n", *(f"state {state}\n" for state in states)]
    with atomic_path(note) as partial:
        partial.write_text(_HEADING + "".join(lines))
