"""One open shard, and the arrays of one clip of it as a mapping."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import h5py
from numpy.typing import NDArray

from merflow.artefacts.declared import axis_sizes, values_problem
from merflow.artefacts.hdf5 import pass_on
from merflow.artefacts.kinds import KINDS
from merflow.artefacts.refusals import not_as_declared, plain, rebuild, well_formed
from merflow.artefacts.writer import DESCRIBED, EXCLUSION_COLUMNS
from merflow.errors import ArtefactError
from merflow.untrusted.long_texts import read_texts


class Shard:
    """One open shard: clip ids, and for each the arrays of the clip. Arrays are read from the file when asked for.

    ``shard[clip]`` is a mapping of arrays by name. ``shard.items()`` has all clips with theirs, in order.

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

    def __len__(self) -> int:
        return len(self.clips)

    def __iter__(self) -> Iterator[str]:
        return iter(self.clips)

    def __getitem__(self, clip: str) -> "ClipArrays":
        if clip not in self:
            raise KeyError(f"{self.path}: no clip {clip!r}; it holds {self.clips}")
        return ClipArrays(self, clip)

    def __repr__(self) -> str:
        return f"Shard({self.kind} of {self.subject} in {self.dataset}, {len(self)} clips: {self.path})"

    def items(self) -> "Iterator[tuple[str, ClipArrays]]":
        """Yield each clip id with the arrays of the clip."""
        for clip in self.clips:
            yield clip, ClipArrays(self, clip)

    def fields(self, clip: str) -> list[str]:
        """Return the names of the arrays that a clip has."""
        with well_formed(self.path):
            return sorted(KINDS[self.kind].fields.keys() & set(self._file["clips"][clip]))

    def has(self, clip: str, field: str) -> bool:
        """Say whether a clip carries an optional field."""
        with well_formed(self.path):
            return field in KINDS[self.kind].fields and field in self._file["clips"][clip]

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
            raise not_as_declared(self.path, f"{problem} in {field} of {clip}")
        return data

    def describe(self, clip: str, field: str) -> dict[str, Any]:
        """Return shape, dtype, dims, units and description of one array, without reading it."""
        node = self._node(clip, field)
        with well_formed(self.path):
            said = {name: plain(node.attrs[name]) for name in DESCRIBED if name in node.attrs}
            return {"shape": node.shape, "dtype": str(node.dtype), **said}

    def attrs(self, clip: str) -> dict[str, Any]:
        """Return a clip's attributes as plain Python values."""
        with well_formed(self.path):
            return {name: plain(value) for name, value in self._file["clips"][clip].attrs.items()}

    def root_attrs(self) -> dict[str, Any]:
        """Return the attributes of the file: identity and provenance."""
        with well_formed(self.path):
            return {name: plain(value) for name, value in self._file.attrs.items()}

    def _node(self, clip: str, field: str) -> h5py.Dataset:
        if clip not in self:
            raise ArtefactError(f"{self.path}: no clip {clip!r}; it holds {self.clips}")
        with well_formed(self.path):
            group = self._file["clips"][clip]
            if not self.has(clip, field):
                raise ArtefactError(f"{self.path}: {clip} has no {field!r}; it has {self.fields(clip)}")
            return group[field]


class ClipArrays(Mapping[str, NDArray[Any]]):
    """The arrays of one clip by name; each is read, and checked, when it is asked for.

    It is of an open shard, and of no use after that is closed; the arrays are.

    Attributes
    ----------
    clip : str
        Clip id.
    """

    def __init__(self, shard: Shard, clip: str) -> None:
        self.clip = clip
        self._shard = shard
        self._names = shard.fields(clip)

    @property
    def attrs(self) -> dict[str, Any]:
        """What the shard says of the clip, such as the official numbers of its ``frames``."""
        return self._shard.attrs(self.clip)

    def describe(self, name: str) -> dict[str, Any]:
        """Return shape, dtype, dims, units and description of an array, without reading it."""
        return self._shard.describe(self.clip, name)

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self._names:
            raise KeyError(f"{self.clip} has no {name!r}; it has {', '.join(self._names)}")
        return self._shard.read(self.clip, name)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        shapes = (f"{name} {self.describe(name)['shape']}" for name in self._names)
        return f"ClipArrays({self.clip}: {', '.join(shapes)})"
