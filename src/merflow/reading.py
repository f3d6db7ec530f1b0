"""Read files of the user. An error of the operating system becomes a message, never a traceback.

There are two kinds. A file that the user may not open is a fault of that file: its clip can be left out, with the
reason. A lost connection, a failing disk or too many open files is a fault of the machine. Another try may read the
same file, and a clip that was left out for it would be missing from the results for no reason. So the run stops.
"""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from merflow.errors import BadClipError, DatasetError, UnreadableError
from merflow.extras import advice
from merflow.files import sha256
from merflow.memory import MORE_MEMORY, lacks_memory, told_of_memory

_OF_THE_FILE = frozenset(
    {errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG}
)
"""What another try will not change. Every other error, known or not, may pass."""

_TOO_MANY_OPEN = (errno.EMFILE, errno.ENFILE)
_EFFECTIVE_IDS = os.access in os.supports_effective_ids


@contextmanager
def reading(path: str | Path) -> Iterator[None]:
    """Raise DatasetError where the block cannot read a file or folder of the user.

    Parameters
    ----------
    path : str or Path
        What the block reads, for the message.

    Raises
    ------
    UnreadableError
        When it lies with the file: the user has no right to read it, it is not there, or it is of another kind.
    DatasetError
        When it lies with the machine, the disk or the connection.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _OF_THE_FILE:
            raise UnreadableError(refusal(error), source=str(path)) from error
        raise DatasetError(f"{path}: {refusal(error)}. {next_move(error)}") from error


@contextmanager
def reading_clip(path: str | Path) -> Iterator[None]:
    """Raise BadClipError where the block cannot read a file or folder that belongs to one clip.

    Raises
    ------
    BadClipError
        In place of UnreadableError, also of one from inside the block: the clip can be left out.
    DatasetError
        As :func:`reading`.
    """
    try:
        with reading(path):
            yield
    except UnreadableError as error:
        raise BadClipError(error.reason, source=error.source) from error


def is_folder(path: str | Path) -> bool:
    """Return whether a path leads to a folder; raises as :func:`reading` where that cannot be known."""
    return stat.S_ISDIR(_mode(path))


def is_file(path: str | Path) -> bool:
    """Return whether a path leads to a regular file; raises as :func:`reading` where that cannot be known."""
    return stat.S_ISREG(_mode(path))


def may_read(path: str | Path) -> bool:
    """Return whether a file is there and the user has the right to read it, as far as can be known without trying."""
    return os.access(path, os.R_OK, effective_ids=_EFFECTIVE_IDS)


def content_of(path: Path) -> str:
    """Return the SHA-256 of what a file holds, of a folder that of the names in it; raises as :func:`reading`."""
    with reading(path):
        if is_folder(path):
            names = sorted(entry.name for entry in path.iterdir())
            return hashlib.sha256("\0".join(names).encode(errors="surrogateescape")).hexdigest()
        return sha256(path)


_OF_NO_FILE = (
    "It names no file. Processes that share work need /dev/shm, and most work the folder for temporary files (TMPDIR): "
    "look whether both can be written (ls -ld /dev/shm /tmp)."
)


def refusal(error: OSError) -> str:
    """Return what was expected and what the operating system said: ``expected to read it, but ...``."""
    said = os.strerror(error.errno) if error.errno else str(error)
    return f"expected to read it, but the system says: {said}"


def told(error: BaseException) -> str | None:
    """Return what to tell of a fault of the machine that nothing has made a message of before; None = it is none."""
    if lacks_memory(error):
        return told_of_memory(error)
    if isinstance(error, OSError) and error.errno is not None:
        if error.errno in _OF_THE_FILE and error.filename is None:
            return f"the system refuses: {error}. {_OF_NO_FILE}"
        return f"the system refuses: {error}. {next_move(error)}"
    return advice(error) or None if isinstance(error, ModuleNotFoundError) else None


def hidden_fault(error: BaseException) -> OSError | MemoryError | None:
    """Return the fault of the machine that a library has met and told as a fault of the file; None = there is none.

    Python's ``zipfile``, for one, calls a file no archive when the disk fails while it looks for the directory.
    """
    met: BaseException | None = error
    while met is not None:
        if isinstance(met, MemoryError) or (isinstance(met, OSError) and met.errno not in {None, *_OF_THE_FILE}):
            return met
        met = met.__cause__ or met.__context__
    return None


def next_move(error: OSError) -> str:
    """Return what the user can do about it, a sentence or two."""
    if error.errno in _OF_THE_FILE:
        return "Correct its path, or its rights (ls -ld shows them)."
    if error.errno == errno.ENOMEM:
        return MORE_MEMORY
    if error.errno in _TOO_MANY_OPEN:
        return "Raise the limit of open files (ulimit -n 4096), then give the same command again."
    return (
        "The file may be whole: look at the disk or the connection, then give the same command again. A recording that "
        "stays unreadable can be moved away, which leaves its clip out."
    )


def _mode(path: str | Path) -> int:
    with reading(path):
        try:
            return os.stat(path).st_mode  # noqa: PTH116 - pathlib tells an unreadable folder apart in some versions only
        except (FileNotFoundError, NotADirectoryError):
            return 0
