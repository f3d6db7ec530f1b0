"""A new HDF5 file. It is whole, read back and sealed before it gets its name."""

from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py

from merflow.artefacts.hdf5 import open_to_read
from merflow.artefacts.seal import seal
from merflow.artefacts.sink import Sink
from merflow.errors import ArtefactError
from merflow.files import atomic_path
from merflow.untrusted.hdf5_structure import foreign_problem

_PIECE_BYTES = 2**26


@contextmanager
def new_file(path: Path, *, later: Container[str] = ()) -> Iterator[tuple[h5py.File, Callable[[], None]]]:
    """Open a new file of the store, which appears at `path` only when the block ends without an error.

    Parameters
    ----------
    path : Path
        Final path; its folder is made when missing.
    later : container of str
        As its reader gives them to :func:`merflow.untrusted.hdf5_structure.foreign_problem`.

    Yields
    ------
    file : h5py.File
        Open for writing.
    check : callable
        Raises what writing has met so far, such as a full disk, of which HDF5 is not told: for a block that would
        else work on for long. The end of the block raises it anyway.

    Raises
    ------
    ArtefactError
        When there is no room for the file, or it holds more than what its reader takes for no bomb.
    """
    with atomic_path(path) as partial:
        with Sink(partial) as sink:
            try:
                with h5py.File(sink, "w", libver=("v110", "v110")) as file:
                    yield file, sink.check
            except Exception:
                sink.check()  # HDF5 may stumble over what could not be written
                raise
            sink.check()
        read_back(partial)
        _check_readable(path, partial, later)
        seal(partial)


def read_back(path: Path) -> None:
    """Read every dataset of a file, so that its checksums are compared before the file gets its final name.

    In pieces: the examples of long sequences take gigabytes.
    """

    def visit(_: str, node: h5py.Group | h5py.Dataset) -> None:
        if not isinstance(node, h5py.Dataset):
            return
        if not node.ndim or not node.size:
            node[()]
            return
        rows = max(1, _PIECE_BYTES * len(node) // node.nbytes)
        for start in range(0, len(node), rows):
            node[start : start + rows]

    with open_to_read(path) as file:
        file.visititems(visit)


def _check_readable(path: Path, partial: Path, later: Container[str]) -> None:
    """Refuse to finish a file that every reader would refuse, and ask to be made again."""
    with open_to_read(partial) as file:
        problem = foreign_problem(file, later=later)
    if problem:
        raise ArtefactError(
            f"{path}: expected content that merflow reads again, but what was to be written is beyond its limits for "
            f"foreign files (docs/trust.md): {problem}. Large arrays of one value alone are refused: look at the "
            "pictures that it is made of, then at the settings."
        )
