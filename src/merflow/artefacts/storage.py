"""How an array lies in a shard: its chunks and its filters. A reader sees none of it, and no value depends on it.

The chunks that h5py guesses cut through frames and pad the colour axis: (1, 64, 128, 2) of a picture (2, 256, 256, 3).
Here a chunk is what is read at once and what compresses well. Measured on the arrays of the demo, with gzip
at level 1 and before measured numbers were rounded:

===================  ====================================  =======================  =====================
array                chunk                                 kB a clip, guessed       kB a clip, so
===================  ====================================  =======================  =====================
pictures, fields     one frame, or one channel of a flow   aligned faces 262        220
points of a cloud    one column                            xyz and pixel 336        256
all others           the whole                             regions 280              238
===================  ====================================  =======================  =====================
"""

from typing import Any

from numpy.typing import NDArray

from merflow.artefacts.schema import Field

COMPRESSIONS = ("gzip", "zstd", "none")

SMALL = 64
"""Arrays of at most so many numbers have no chunks: they are part of what the seal covers and HDF5's sums do not."""


def filters(compression: str, *, gzip_level: int) -> dict[str, Any]:
    """Return h5py's options for the filters of an array: always a checksum, and compression that changes no value.

    Parameters
    ----------
    compression : {"gzip", "zstd", "none"}
    gzip_level : int
        As of ``Field``.

    Raises
    ------
    ValueError
        For another word.
    """
    if compression not in COMPRESSIONS:
        raise ValueError(f"compression must be one of {COMPRESSIONS}, but got {compression!r}")
    options: dict[str, Any] = {"fletcher32": True}
    if compression == "gzip":
        options |= {"compression": "gzip", "compression_opts": gzip_level}
    elif compression == "zstd":
        import hdf5plugin

        options |= hdf5plugin.Zstd(clevel=3)
    return options


def storage_of(field: Field, data: NDArray[Any]) -> dict[str, Any]:
    """Return h5py's options for the chunks of an array, and whether the bytes of its values are shuffled."""
    return {"chunks": _chunk(field.dims, data.shape), "shuffle": data.itemsize > 1}


def _chunk(dims: tuple[str, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    if dims[0] == "point":
        return (shape[0], *(1 for _ in shape[1:]))
    if len(dims) > 2 and dims[1].endswith("_y"):
        return (1, *shape[1:])
    return shape
