"""How files of the store are opened, and what is told of one that the operating system does not give."""

from pathlib import Path

import h5py

from merflow.errors import ArtefactError
from merflow.reading import next_move, refusal


def open_to_read(path: Path) -> h5py.File:
    """Open a file for reading, without a lock: some file systems of clusters (NFS, Lustre) have none to give.

    A file of the store has one writer, which gives it its name when it is whole; nobody writes to it after that.

    Raises
    ------
    OSError
        With a number when the operating system refuses, without one when the file is no whole HDF5 file.
    """
    return h5py.File(path, "r", locking=False)


def pass_on(path: Path, error: OSError) -> None:
    """Raise ArtefactError for an error of the operating system; do nothing for one of HDF5, of what the file holds.

    Parameters
    ----------
    path : Path
        The file of the store.
    error : OSError
        As met when it was opened or read: errors of the system carry their number.
    """
    if error.errno is not None:
        raise ArtefactError(f"{path}: {refusal(error)}. {next_move(error)}") from error
