"""Write whole files: text, tables and binary files get their final name only when they are complete."""

import errno
import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from merflow.errors import ArtefactError

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says of a full disk, an exceeded quota and a file larger than it may be."""


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path` and rename it there when the block ends without an error.

    The temporary name (``.<stem>.<8 hexadecimal digits>.partial<suffix>``) is another for each job, and each job first
    removes what jobs before it left: a job that was forgotten, as on a node that was cut off, cannot rename what
    another is writing. It keeps the suffix of `path`, since some writers choose their format by it.

    Parameters
    ----------
    path : Path
        Final path; its folder is made when missing.

    Yields
    ------
    Path
        Where to write.

    Raises
    ------
    ArtefactError
        When there is no room for the file, or a later job has begun to write the same file.
    """
    path = Path(path)
    partial = path.with_name(f".{path.stem}.{uuid.uuid4().hex[:8]}.partial{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for left in _partials(path):
            left.unlink(missing_ok=True)
        yield partial
        _flush_to_disk(partial)
        partial.replace(path)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise ArtefactError(_no_room(path, error)) from error
        if isinstance(error, FileNotFoundError) and partial.name in str(error):  # HDF5 names it in its text alone
            raise ArtefactError(_taken_over(path)) from error
        raise
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def sealed_path(path: Path) -> Iterator[Path]:
    """Give a temporary path as :func:`atomic_path` does, and write the table's SHA-256 beside it, in a ``.sha256``.

    The line is that of ``sha256sum``, so that ``sha256sum --check`` compares it too. While the table is replaced there
    is none: a job that is killed between the two leaves a table that is not sealed, never one with another's seal.
    """
    path = Path(path)
    beside = seal_beside(path)
    with atomic_path(path) as partial:
        yield partial
        beside.unlink(missing_ok=True)
    with atomic_path(beside) as partial:
        partial.write_text(f"{sha256(path)}  {path.name}\n", encoding="utf-8")


def seal_problem(path: Path) -> str:
    """Return why a table is not as :func:`sealed_path` wrote it; empty = it is, or has no seal beside it."""
    beside = seal_beside(path)
    try:
        sealed = beside.read_bytes()
    except FileNotFoundError:
        return ""
    if sealed == f"{sha256(path)}  {path.name}\n".encode():
        return ""
    return (
        f"expected the content whose SHA-256 stands in {beside.name}, but found another: one of the two was damaged or "
        f"changed after it was written. If the change is yours, delete {beside.name}"
    )


def seal_beside(path: Path) -> Path:
    """Return where the SHA-256 of a table lies that :func:`sealed_path` has written."""
    return path.with_name(f"{path.name}.sha256")


def _partials(path: Path) -> list[Path]:
    """Return the temporary files of `path` that lie beside it."""
    name = re.compile(rf"\.{re.escape(path.stem)}\.[0-9a-f]{{8}}\.partial{re.escape(path.suffix)}")
    return [Path(entry.path) for entry in os.scandir(path.parent) if name.fullmatch(entry.name)]


def _taken_over(path: Path) -> str:
    """Return what to tell of a job whose temporary file a later job has removed."""
    return (
        f"{path}: expected to give the file its name, but it is gone: another job began to write the same file after "
        "this one. That job's file is as good; let it finish."
    )


def _no_room(path: Path, error: OSError) -> str:
    """Return what to tell a user whose disk is full."""
    folder = next(folder for folder in path.absolute().parents if folder.is_dir())
    free = shutil.disk_usage(folder).free / 2**20
    return (
        f"{path}: expected room to write it, but found: {os.strerror(error.errno or 0)} ({free:.0f} MB free in "
        f"{folder}). Nothing of this file is kept, and all finished files are. Make room, then give the same command "
        "again."
    )


def _flush_to_disk(path: Path) -> None:
    """Make the bytes durable before the rename is, so that a power cut cannot leave an empty final file."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
