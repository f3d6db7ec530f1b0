"""One working directory at a time in a results folder.

Snakemake's lock is in its working directory (``.snakemake``). Two working directories may share one results folder by
links, for example where ``results`` is a link to a scratch disk. Both Snakemakes would then write the same files.
"""

import errno
import fcntl
import hashlib
import socket
from pathlib import Path
from typing import TextIO

from merflow.errors import MerflowError

_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
_FOLDER = ".locks"
_held: list[TextIO] = []
"""Open until the process ends, however it ends: the system then takes the locks back."""


def lock_results(results: Path, *, directory: Path) -> None:
    """Keep a results folder for the Snakemakes of one working directory until this process ends.

    Those of one directory share the lock, since Snakemake itself keeps them apart, file by file. Where the file system
    has no locks to give nothing is locked.

    Parameters
    ----------
    results : Path
        The results folder, made when missing; a link leads to the same lock.
    directory : Path
        Working directory of the Snakemake.

    Raises
    ------
    MerflowError
        When a Snakemake of another working directory uses the folder. The message names it.
    """
    folder = Path(results) / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    directory = Path(directory).resolve()
    own = folder / f"{hashlib.sha256(bytes(directory)).hexdigest()[:16]}.lock"
    with (folder / "entrance").open("a", encoding="utf-8") as entrance:
        if not _lock(entrance, fcntl.LOCK_EX):
            return
        for other in sorted(folder.glob("*.lock")):
            if other != own:
                _check_free(other, results, directory)
        file = own.open("w+", encoding="utf-8")
        _lock(file, fcntl.LOCK_SH)
        file.write(f"{directory} (on {socket.gethostname()})")
        file.flush()
        _held.append(file)


def _lock(file: TextIO, how: int) -> bool:
    """Lock an open file, for NFS one that is open for writing too, and return whether the file system has locks."""
    try:
        fcntl.flock(file, how)
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return False
        raise
    return True


def _check_free(other: Path, results: Path, directory: Path) -> None:
    with other.open("r+", encoding="utf-8") as file:
        try:
            _lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise MerflowError(
                f"Directory cannot be locked: {Path(results).resolve()}, the results of {directory}, is in use by "
                f"another Snakemake, which was started in {file.read()}. Wait until it ends, or end it; the lock goes "
                "with it."
            ) from error
        other.unlink()
