"""Read shards. A shard that is not as expected is refused, and the message has the command that rebuilds it."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import h5py
import hdf5plugin  # noqa: F401  # registers the filter of shards that were written with zstd

from merflow.artefacts.declared import schema_problem
from merflow.artefacts.hdf5 import open_to_read, pass_on
from merflow.artefacts.kinds import KINDS
from merflow.artefacts.refusals import not_as_declared, plain, rebuild, well_formed
from merflow.artefacts.schema import FORMAT, FORMAT_VERSION
from merflow.artefacts.seal import SealState, seal_state
from merflow.artefacts.shard import Shard
from merflow.errors import ArtefactError
from merflow.make_command import how_to_make
from merflow.paths import kind_in_shard, names_in_shard
from merflow.untrusted.hdf5_heaps import heap_problem
from merflow.untrusted.hdf5_structure import foreign_problem
from merflow.untrusted.hdf5_texts import quoted

_Identity = tuple[Path, int, int, int]
"""A file as it is now: path, number on the disk, size and time."""

_as_declared: set[tuple[_Identity, str]] = set()
"""Shards that were found to be as their kind declares."""

_not_foreign: set[tuple[_Identity, tuple[str, ...]]] = set()
"""Files in which nothing foreign was found, and what was left to the caller."""


@contextmanager
def open_shard(
    path: str | Path,
    *,
    kind: str | None = None,
    dataset: str | None = None,
    variant: str | None = None,
    subject: str | None = None,
) -> Iterator[Shard]:
    """Open a shard after checking that it is what the caller expects.

    Parameters
    ----------
    path : path
        The shard.
    kind : str, optional
        Expected kind; where it is None that which the path names, for a shard in its place, and else any.
    dataset, variant, subject : str, optional
        Expected identity; where it is None that which the path names, for a shard in its place in a results folder.

    Yields
    ------
    Shard

    Raises
    ------
    ArtefactError
        When the file is missing, damaged, of another format version or of another identity, or holds other fields,
        attributes, types or axes than its kind declares. The message names the command that rebuilds it.

    Examples
    --------
    >>> with open_shard("results/demo/artefacts/flow/tvl1/spNO.1.h5") as shard:  # doctest: +SKIP
    ...     motion = {clip: arrays["flow"] for clip, arrays in shard.items()}
    """
    path = Path(path)
    kind = kind or kind_in_shard(path)
    named = {"dataset": dataset, "variant": variant, "subject": subject}
    expected = names_in_shard(path) | {name: value for name, value in named.items() if value is not None}
    with open_artefact(path, expected | {"kind": kind}) as file:
        with well_formed(path):
            _check_declared(path, file, kind or _kind_of(path, file))
            shard = Shard(path, file)
        yield shard


@contextmanager
def open_artefact(path: Path, expected: Mapping[str, str | None], *, later: Sequence[str] = ()) -> Iterator[h5py.File]:
    """Open any merflow file after checking its seal, its structure, its format and what it says of itself.

    Parameters
    ----------
    path : Path
    expected : mapping
        Root attributes, ``kind`` among them; one that is None may be anything.
    later : sequence of str
        Arrays whose large chunks are left to the caller, as by
        :func:`merflow.untrusted.hdf5_structure.foreign_problem`.

    Yields
    ------
    h5py.File

    Raises
    ------
    ArtefactError
        As :func:`open_shard`.
    """
    path = Path(path)
    _check_there(path, expected["kind"])
    file, state = _open_unless_broken(path)
    with file:
        _check_foreign(path, file, later)
        with well_formed(path):
            _check_format(path, file)
            _check_attributes(path, file, expected)
        _check_sealed(path, state)  # last: a file of another program or version has no seal either; that says more
        yield file


def _kind_of(path: Path, file: h5py.File) -> str:
    """Return the kind that a shard says it is of."""
    found = str(plain(file.attrs.get("kind", "")))
    if found not in KINDS:
        advice = " Read it with merflow.load_examples." if found == "examples" else ""
        raise ArtefactError(f"{path}: expected a shard of {', '.join(KINDS)}, but found {quoted(found)}.{advice}")
    return found


def _check_declared(path: Path, file: h5py.File, kind: str) -> None:
    """Refuse a shard that its kind does not declare so; asked once in a process of a file that stays the same.

    Building the examples of sequences opens a shard for each of its clips, and there is a millisecond to ask of each.
    """
    identity = _identity(path, file), kind
    if identity in _as_declared:
        return
    problem = schema_problem(file, kind)
    if problem:
        raise not_as_declared(path, problem)
    _as_declared.add(identity)


def _check_there(path: Path, kind: str | None) -> None:
    try:
        there = path.is_file()
    except OSError as error:  # a folder above it is closed
        pass_on(path, error)
        raise
    if not there:
        what = f"{kind} artefact" if kind else "file of merflow"
        raise ArtefactError(f"{path}: expected a {what}, but there is no file. {how_to_make(path)}")


def _open_unless_broken(path: Path) -> tuple[h5py.File, SealState]:
    """Open a file whose seal is whole or missing, and say which."""
    try:
        state = seal_state(path)  # before HDF5 follows addresses that may be damaged
        if state == "broken":
            raise ArtefactError(
                f"{path}: its content does not match its checksum, as a failing disk or a broken copy leaves it. "
                f"Rebuild: {rebuild(path)}"
            )
        return open_to_read(path), state
    except OSError as error:
        pass_on(path, error)
        raise ArtefactError(
            f"{path}: not a complete HDF5 file, as a job that was killed or a broken copy leaves it ({error}). "
            f"Rebuild: {rebuild(path)}"
        ) from error


def _check_foreign(path: Path, file: h5py.File, later: Sequence[str]) -> None:
    """Refuse a file that holds what merflow does not write; asked once, as `_check_declared`.

    A job that makes the stages of a subject opens each shard several times.
    """
    identity = _identity(path, file), tuple(later)
    if identity in _not_foreign:
        return
    with well_formed(path):
        problem = heap_problem(path) or foreign_problem(file, later=later)
    if problem:
        raise ArtefactError(
            f"{path}: {problem}. merflow did not write it, and it may be hostile: nothing of it was read. "
            f"Rebuild: {rebuild(path)}"
        )
    _not_foreign.add(identity)


def _identity(path: Path, file: h5py.File) -> _Identity:
    status = os.fstat(file.id.get_vfd_handle())
    return path, status.st_ino, status.st_size, status.st_mtime_ns


def _check_format(path: Path, file: h5py.File) -> None:
    if plain(file.attrs.get("format", "")) != FORMAT:
        raise ArtefactError(
            f"{path}: expected the attribute format={FORMAT!r}, but found attributes {quoted(sorted(file.attrs))}. "
            f"merflow did not write it. Rebuild: {rebuild(path)}"
        )
    version = int(file.attrs.get("format_version", 0))
    if version != FORMAT_VERSION:
        raise ArtefactError(
            f"{path}: expected format version {FORMAT_VERSION}, but found {version}: another merflow wrote it. "
            f"Rebuild: {rebuild(path)}"
        )


def _check_attributes(path: Path, file: h5py.File, expected: Mapping[str, str | None]) -> None:
    for name, value in expected.items():
        found = plain(file.attrs.get(name, ""))
        if value is not None and found != value:
            raise ArtefactError(
                f"{path}: expected {name} {value!r}, but found {quoted(found)}. Rebuild: {rebuild(path)}"
            )


def _check_sealed(path: Path, state: SealState) -> None:
    if state == "missing":
        raise ArtefactError(
            f"{path}: expected a checksum at its end, but found none: its end is cut off, or another program has "
            f"changed it since it was finished. Rebuild: {rebuild(path)}"
        )
