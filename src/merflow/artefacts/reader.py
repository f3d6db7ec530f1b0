"""Read shards. A shard that is not as expected is refused, and the message has the command that rebuilds it."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import hdf5plugin  # noqa: F401  # registers the filter of shards that were written with zstd
import numpy as np
from numpy.typing import NDArray

from merflow.artefacts.declared import axis_sizes, schema_problem, values_problem
from merflow.artefacts.hdf5 import open_to_read, pass_on
from merflow.artefacts.kinds import KINDS
from merflow.artefacts.schema import FORMAT, FORMAT_VERSION
from merflow.artefacts.seal import SealState, seal_state
from merflow.artefacts.writer import EXCLUSION_COLUMNS
from merflow.errors import ArtefactError
from merflow.paths import names_in_shard
from merflow.untrusted.hdf5_heaps import heap_problem
from merflow.untrusted.hdf5_structure import foreign_problem
from merflow.untrusted.hdf5_texts import quoted, shortened
from merflow.untrusted.long_texts import read_texts

_Identity = tuple[Path, int, int, int]
"""A file as it is now: path, number on the disk, size and time."""

_as_declared: set[tuple[_Identity, str]] = set()
"""Shards that were found to be as their kind declares."""

_not_foreign: set[tuple[_Identity, tuple[str, ...]]] = set()
"""Files in which nothing foreign was found, and what was left to the caller."""


class Shard:
    """One open shard. Arrays are read from the file when asked for.

    Attributes
    ----------
    path : Path
        Where it lies.
    kind, variant, dataset, subject : str
        What it says of itself.
    params : dict
        Resolved settings that it was made with.
    clips : list of str
        Clip ids, sorted.
    exclusions : list of dict
        Clips that its stage or one before it left out: ``clip``, ``stage``, ``reason``, ``source``.
    """

    def __init__(self, path: Path, file: h5py.File) -> None:
        self.path = path
        self._file = file
        self.kind, self.variant, self.dataset, self.subject = (
            str(file.attrs.get(name, "")) for name in ("kind", "variant", "dataset", "subject")
        )
        self.params: dict[str, Any] = json.loads(file.attrs["params"])
        self.clips: list[str] = sorted(file["clips"])
        columns = [read_texts(file["exclusions"][name]).tolist() for name in EXCLUSION_COLUMNS]
        self.exclusions = [dict(zip(EXCLUSION_COLUMNS, row, strict=True)) for row in zip(*columns, strict=True)]

    def __contains__(self, clip: str) -> bool:
        with well_formed(self.path):
            return clip in self._file["clips"]

    def fields(self, clip: str) -> list[str]:
        """Return the names of the arrays that a clip has."""
        with well_formed(self.path):
            return sorted(self._file["clips"][clip])

    def has(self, clip: str, field: str) -> bool:
        """Say whether a clip carries an optional field."""
        with well_formed(self.path):
            return field in self._file["clips"][clip]

    def read(self, clip: str, field: str) -> NDArray[Any]:
        """Return one array of one clip in its stored dtype.

        Raises
        ------
        ArtefactError
            When the clip or the field is not there, a checksum does not hold, a value is not finite where none may be
            missing, or an index is of nothing.
        """
        node = self._node(clip, field)
        with well_formed(self.path):
            try:
                data: NDArray[Any] = node[()]
            except OSError as error:
                pass_on(self.path, error, size=node.nbytes)
                raise ArtefactError(
                    f"{self.path}: {field} of {clip} does not match its checksum ({error}). "
                    f"Rebuild: {rebuild(self.path)}"
                ) from error
        declared = KINDS[self.kind].fields[field]
        sizes = axis_sizes(node.parent, self.kind) if declared.index_of else {}
        problem = values_problem(data, declared, sizes)
        if problem:
            raise _not_as_declared(self.path, f"{problem} in {field} of {clip}")
        return data

    def describe(self, clip: str, field: str) -> dict[str, Any]:
        """Return shape, dtype, dims, units and description of one array, without reading it."""
        node = self._node(clip, field)
        with well_formed(self.path):
            return {"shape": node.shape, "dtype": str(node.dtype), **{k: _plain(v) for k, v in node.attrs.items()}}

    def attrs(self, clip: str) -> dict[str, Any]:
        """Return a clip's attributes as plain Python values."""
        with well_formed(self.path):
            return {name: _plain(value) for name, value in self._file["clips"][clip].attrs.items()}

    def root_attrs(self) -> dict[str, Any]:
        """Return the attributes of the file: identity and provenance."""
        with well_formed(self.path):
            return {name: _plain(value) for name, value in self._file.attrs.items()}

    def _node(self, clip: str, field: str) -> h5py.Dataset:
        if clip not in self:
            raise ArtefactError(f"{self.path}: no clip {clip!r}; it holds {self.clips}")
        with well_formed(self.path):
            group = self._file["clips"][clip]
            if field not in group:
                raise ArtefactError(f"{self.path}: {clip} has no {field!r}; it has {sorted(group)}")
            return group[field]


@contextmanager
def open_shard(
    path: Path, *, kind: str, dataset: str | None = None, variant: str | None = None, subject: str | None = None
) -> Iterator[Shard]:
    """Open a shard after checking that it is what the caller expects.

    Parameters
    ----------
    path : Path
        The shard.
    kind : str
        Expected kind.
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
    """
    named = {"dataset": dataset, "variant": variant, "subject": subject}
    expected = names_in_shard(path) | {name: value for name, value in named.items() if value is not None}
    with open_artefact(path, expected | {"kind": kind}) as file:
        with well_formed(Path(path)):
            _check_declared(Path(path), file, kind)
            shard = Shard(Path(path), file)
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


@contextmanager
def well_formed(path: Path) -> Iterator[None]:
    """Raise ArtefactError where the block meets a file of merflow's format that is not laid out as merflow does.

    Of an error of the operating system it says what the system says.
    """
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError) as error:
        pass_on(path, error)
        found = f"{type(error).__name__}: {shortened(str(error))}"
        raise ArtefactError(
            f"{path}: expected the content of a merflow file, found another ({found}). Rebuild: {rebuild(path)}"
        ) from error


def rebuild(path: Path) -> str:
    """Return the command that makes an artefact anew."""
    return f"snakemake --cores all --force {path}"


def _check_declared(path: Path, file: h5py.File, kind: str) -> None:
    """Refuse a shard that its kind does not declare so; asked once in a process of a file that stays the same.

    Building the examples of sequences opens a shard for each of its clips, and there is a millisecond to ask of each.
    """
    identity = _identity(path, file), kind
    if identity in _as_declared:
        return
    problem = schema_problem(file, kind)
    if problem:
        raise _not_as_declared(path, problem)
    _as_declared.add(identity)


def _not_as_declared(path: Path, problem: str) -> ArtefactError:
    return ArtefactError(f"{path}: {problem}: merflow did not write it so. Rebuild: {rebuild(path)}")


def _check_there(path: Path, kind: str | None) -> None:
    try:
        there = path.is_file()
    except OSError as error:  # a folder above it is closed
        pass_on(path, error)
        raise
    if not there:
        what = f"{kind} artefact" if kind else "file of merflow"
        raise ArtefactError(f"{path}: expected a {what}, but there is no file. Make it: {rebuild(path)}")


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
    if _plain(file.attrs.get("format", "")) != FORMAT:
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
        found = _plain(file.attrs.get(name, ""))
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


def _plain(value: Any) -> Any:
    """Turn an HDF5 attribute into plain Python values."""
    if isinstance(value, np.ndarray):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    return value
