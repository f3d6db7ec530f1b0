"""Open files of the store, and report a file that the operating system refuses to read."""

import re
from pathlib import Path

import h5py

from merflow.errors import ArtefactError
from merflow.memory import check_room, lacks_memory
from merflow.reading import next_move, refusal

_SYSTEM_ERROR = re.compile(r"errno = ([1-9]\d*), error message = '")
"""How HDF5 tells in its own errors what the operating system said."""

_READING_TAKES = 4
"""Times the size of an array that reading it may take: filters hold a chunk in several forms."""


def open_to_read(path: Path) -> h5py.File:
    """Open a file for reading, without a lock: some file systems of clusters (NFS, Lustre) have none to give.

    A file of the store has one writer, which names it when it is whole. It is not changed after that.

    Raises
    ------
    OSError
        With a number when the operating system refuses, without one when the file is no whole HDF5 file.
    """
    return h5py.File(path, "r", locking=False)


def pass_on(path: Path, error: Exception, *, size: int = 0) -> None:
    """Raise an error of the operating system, or of memory, as such; do nothing for one of what the file holds.

    Parameters
    ----------
    path : Path
        The file of the store.
    error : Exception
        As met when it was opened or read. HDF5 passes a disk that fails on as any kind of error, as KeyError too, with
        the number of the system in its text alone.
    size : int
        Bytes that were to be read. Where a filter has no memory for them HDF5 says that it failed, and not by what.

    Raises
    ------
    ArtefactError
        For an error of the operating system.
    MemoryError
        When there was no memory to read it.
    """
    if lacks_memory(error):
        raise MemoryError(f"{path}: {error}") from error
    check_room(_READING_TAKES * size)
    refused = _of_the_system(error)
    if refused is not None:
        raise ArtefactError(f"{path}: {refusal(refused)}. {next_move(refused)}") from error


def _of_the_system(error: Exception) -> OSError | None:
    if isinstance(error, OSError) and error.errno is not None:
        return error
    number = _SYSTEM_ERROR.search(str(error))
    return OSError(int(number[1]), str(error)) if number else None
