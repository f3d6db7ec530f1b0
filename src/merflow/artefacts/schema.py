"""What each kind of artefact holds: the format specification that the writer enforces and the reader checks.

A shard holds the clips of one subject: ``/clips/<clip id>/<field>``. Conventions of axes and frames are those of
``docs/conventions.md``; dimensions of one name have one size within a clip.
"""

from collections.abc import Mapping
from dataclasses import dataclass

FORMAT = "merflow"
FORMAT_VERSION = 5

DIM_SIZES: Mapping[str, int] = {
    "rgb": 3,
    "xy": 2,
    "xyz": 3,
    "uv": 2,
    "uvz": 3,
    "uvs": 3,
    "low_high": 2,
    "xyzuvz": 6,
    "landmark": 68,
    "region": 8,
    "edge_end": 2,
    "affine_row": 2,
    "affine_col": 3,
}
"""Dimensions whose size never varies."""


@dataclass(frozen=True, slots=True)
class Field:
    """One dataset of a clip.

    Parameters
    ----------
    dims : tuple of str
        Name of each axis, outermost first.
    dtype : str
        NumPy dtype it is stored as.
    units, description : str
        For the reader of the file.
    missing : str
        ``"NaN"`` where absent values are allowed (floats only), else empty: then a NaN is refused.
    optional : bool
        Whether a clip may lack it (depth, in a dataset that has none).
    index_of : tuple of str
        Of an index: the axes whose entries it counts, from 0 up to the product of their sizes.
    lowest : int or None
        Value that none may be below: of counts, and of indices into another file, whose size is not known here.
    step : float or tuple of float
        Of measured numbers: the writer rounds them to whole multiples of it, a power of two far below the error of the
        measurement. A tuple has one for each entry of the last axis. 0 = stored as they are. The digits below the
        error do not compress.
    gzip_level : int
        1 to 9, where the file is compressed with gzip. 1 suits noisy pictures: 4 takes half as much time again for a
        few percent.
    """

    dims: tuple[str, ...]
    dtype: str
    units: str
    description: str
    missing: str = ""
    optional: bool = False
    index_of: tuple[str, ...] = ()
    lowest: int | None = None
    step: float | tuple[float, ...] = 0.0
    gzip_level: int = 4


@dataclass(frozen=True, slots=True)
class KindSchema:
    """One kind of artefact: what a clip's group holds, and the attributes that it must carry."""

    description: str
    fields: Mapping[str, Field]
    attrs: Mapping[str, str]

    @property
    def dims(self) -> dict[str, tuple[str, ...]]:
        """Axes of each field."""
        return {name: field.dims for name, field in self.fields.items()}
