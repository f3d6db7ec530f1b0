"""Write the shard of one subject: checked against its schema, and renamed into place when whole."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import h5py
import numpy as np
from numpy.typing import NDArray

from merflow.artefacts.kinds import KINDS
from merflow.artefacts.new_file import new_file
from merflow.artefacts.provenance import stamp
from merflow.artefacts.schema import DIM_SIZES, Field
from merflow.artefacts.storage import SMALL, filters, storage_of
from merflow.artefacts.viewers import describe_for_viewers, scale_names

EXCLUSION_COLUMNS = ("clip", "stage", "reason", "source")

DESCRIBED = ("dims", "units", "description", "missing", "step")
"""Attributes in which an array says what it is; others of it are for other programs."""


class ShardWriter:
    """Context manager that writes one shard; nothing appears at `path` unless the block ends without an error.

    Parameters
    ----------
    path : Path
        Final path of the shard.
    kind : str
        A key of ``merflow.artefacts.KINDS``.
    variant, dataset, subject : str
        What the path says; a reader compares them.
    params : mapping
        Resolved settings of the stage, as they decide its numbers.
    code : str
        ``merflow.artefacts.fingerprint`` of the stage's modules.
    inputs : mapping of str to str
        SHA-256 of what it was computed from, by name.
    compression : {"gzip", "zstd", "none"}
        gzip opens everywhere; zstd writes in half of the time and needs hdf5plugin to read.

    Examples
    --------
    >>> with ShardWriter(path, kind="flow", variant="tvl1", dataset="demo", subject="spNO.1", params={},
    ...                  code="", inputs={}) as shard:              # doctest: +SKIP
    ...     shard.add("spNO.1_a_45", {"flow": flow, "expression_flow": rest, "head_motion": affine})
    """

    def __init__(
        self,
        path: Path,
        *,
        kind: str,
        variant: str,
        dataset: str,
        subject: str,
        params: Mapping[str, Any],
        code: str,
        inputs: Mapping[str, str],
        compression: str = "gzip",
    ) -> None:
        self._schema = KINDS[kind]
        self._kind = kind
        self._stamp = partial(
            stamp, kind=kind, dataset=dataset, variant=variant, subject=subject, params=params, code=code, inputs=inputs
        )
        levels = {field.gzip_level for field in self._schema.fields.values()}
        self._filters = {level: filters(compression, gzip_level=level) for level in levels}
        self._scales = scale_names(self._schema.dims)
        self._exclusions: list[dict[str, str]] = []
        self._opened = new_file(Path(path))

    def __enter__(self) -> Self:
        self._file, self._check_disk = self._opened.__enter__()
        self._stamp(self._file)
        self._file.create_group("clips")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            try:
                self._write_exclusions()
            except BaseException as failure:
                self._opened.__exit__(type(failure), failure, failure.__traceback__)
                raise
        self._opened.__exit__(kind, error, traceback)

    def add(self, clip: str, arrays: Mapping[str, NDArray[Any]], attrs: Mapping[str, Any] | None = None) -> None:
        """Add one clip.

        Parameters
        ----------
        clip : str
            Clip id.
        arrays : mapping of str to ndarray
            One array per field of the kind; cast to the stored dtype.
        attrs : mapping, optional
            Values of the kind's attributes.

        Raises
        ------
        ValueError
            When a field or attribute is missing or unknown, an axis has another size than the schema or another
            field says, or a value does not survive the stored dtype.
        OSError
            When the disk is full; the end of the block makes an ArtefactError of it.
        """
        attrs = dict(attrs or {})
        self._check_names(clip, arrays, attrs)
        _check_shapes(clip, arrays, self._schema.fields)
        group = self._file["clips"].create_group(clip)
        for name in self._schema.fields:
            if name in arrays:
                self._write_field(group, name, arrays[name], self._schema.fields[name])
        describe_for_viewers(
            group, {name: dims for name, dims in self._schema.dims.items() if name in arrays}, names=self._scales
        )
        for name in self._schema.attrs:
            group.attrs[name] = attrs[name]
        self._check_disk()

    def exclude(self, clip: str, *, stage: str, reason: str, source: str = "") -> None:
        """Record that a clip was left out, why, and which file shows it."""
        self._exclusions.append({"clip": clip, "stage": stage, "reason": reason, "source": source})

    def _check_names(self, clip: str, arrays: Mapping[str, Any], attrs: Mapping[str, Any]) -> None:
        required = {name for name, field in self._schema.fields.items() if not field.optional}
        missing = (required - set(arrays)) | (set(self._schema.attrs) - set(attrs))
        unknown = (set(arrays) - set(self._schema.fields)) | (set(attrs) - set(self._schema.attrs))
        if missing or unknown:
            raise ValueError(f"{self._kind} of {clip}: missing {sorted(missing)}, not in the schema {sorted(unknown)}")

    def _write_field(self, group: h5py.Group, name: str, array: NDArray[Any], field: Field) -> None:
        data = _cast(array, field, where=f"{group.name}/{name}")
        options = self._filters[field.gzip_level] | storage_of(field, data) if data.size > SMALL else {}
        node = group.create_dataset(name, data=data, **options)
        node.attrs["dims"] = list(field.dims)
        node.attrs["units"] = field.units
        node.attrs["description"] = field.description
        if field.missing:
            node.attrs["missing"] = field.missing
        if field.step:
            node.attrs["step"] = field.step

    def _write_exclusions(self) -> None:
        group = self._file.create_group("exclusions")
        rows = sorted(self._exclusions, key=lambda row: (row["clip"], row["stage"]))
        for column in EXCLUSION_COLUMNS:
            group.create_dataset(column, data=[row[column] for row in rows], dtype=h5py.string_dtype())


def _check_shapes(clip: str, arrays: Mapping[str, NDArray[Any]], fields: Mapping[str, Field]) -> None:
    sizes = dict(DIM_SIZES)
    for name, array in arrays.items():
        dims = fields[name].dims
        if array.ndim != len(dims):
            raise ValueError(f"{name} of {clip}: expected axes {dims}, but found shape {array.shape}")
        for dim, size in zip(dims, array.shape, strict=True):
            if sizes.setdefault(dim, size) != size:
                raise ValueError(f"{name} of {clip}: expected {sizes[dim]} along {dim!r}, but found {array.shape}")


def _cast(array: NDArray[Any], field: Field, *, where: str) -> NDArray[Any]:
    """Cast to the stored dtype, refusing NaN where none is allowed and values that the dtype cannot hold."""
    target = np.dtype(field.dtype)
    if target.kind == "f":
        return _cast_floats(array, field, where=where)
    data = np.asarray(array, dtype=target)
    if data.dtype != array.dtype and not np.array_equal(data, array):
        raise ValueError(f"{where}: values of dtype {array.dtype} do not fit {target} unchanged")
    return data


def _cast_floats(array: NDArray[Any], field: Field, *, where: str) -> NDArray[Any]:
    finite = np.isfinite(array)
    if not finite.all() and (not field.missing or np.isinf(array).any()):
        raise ValueError(f"{where}: {int((~finite).sum())} values are not finite")
    target = np.dtype(field.dtype)
    with np.errstate(over="ignore"):
        data = np.asarray(_rounded(array, field), dtype=target)
    if data.dtype != array.dtype and not np.array_equal(np.isfinite(data), finite):
        raise ValueError(f"{where}: values up to {np.nanmax(np.abs(array)):g} do not fit {target}")
    return data


def _rounded(array: NDArray[Any], field: Field) -> NDArray[Any]:
    """Return the whole multiples of a field's step that are nearest to its values, those at half to the even one."""
    if not field.step:
        return array
    step = np.asarray(field.step, dtype=np.result_type(array.dtype, np.float32))  # a power of two: exact in both
    rounded: NDArray[Any] = np.rint(array / step) * step + 0.0  # 0.0: no negative zero, which has other bytes
    return rounded
