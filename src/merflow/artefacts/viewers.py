"""What other programs need to show an array: its axes as dimension scales of HDF5, pictures as images of HDF5.

h5web and HDFView know a picture by the attributes of the HDF5 Image and Palette Specification 1.2. xarray, with the
engine h5netcdf, takes the names of axes from dimension scales, laid out as netCDF-4 does. merflow writes both and reads
neither: what it needs to know of an array stands in its schema and in ``dims``.
"""

from collections.abc import Mapping

import h5py
import numpy as np

_NO_VALUES = "This is a netCDF dimension but not a netCDF variable.%10d"
"""What netCDF-4 calls an axis that has a length and no values."""

_PICTURES = {"CLASS": "IMAGE", "IMAGE_VERSION": "1.2", "DISPLAY_ORIGIN": "UL"}
"""Of a picture in red, green and blue, or of one after another along the first axes."""

_ONE_PICTURE = {"IMAGE_SUBCLASS": "IMAGE_TRUECOLOR", "INTERLACE_MODE": "INTERLACE_PIXEL"}
"""Of a single one: by the specification its first two axes are height and width, and HDFView takes them so."""


def scale_names(arrays: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return the names of dimension scales beside arrays, by axis.

    A scale is named as its axis. An array that runs along the axis of its own name is the scale itself, as the landmark
    numbers ``node`` of a graph are. Where an array of that name runs along others too, as ``xyz`` of a cloud does, the
    scale is named ``<axis>_axis``.

    Parameters
    ----------
    arrays : mapping of str to tuple of str
        Axes of each array that can stand there.
    """
    axes = dict.fromkeys(axis for dims in arrays.values() for axis in dims)
    return {axis: axis if arrays.get(axis, (axis,)) == (axis,) else f"{axis}_axis" for axis in axes}


def describe_for_viewers(group: h5py.Group, arrays: Mapping[str, tuple[str, ...]], *, names: Mapping[str, str]) -> None:
    """Give arrays their axes as dimension scales, which are made beside them; then say which are pictures.

    In this order: HDF5 2.0 attaches no scale to an array that says that it is a picture.

    Parameters
    ----------
    group : h5py.Group
        That holds the arrays.
    arrays : mapping of str to tuple of str
        Axes of each array of the group.
    names : mapping of str to str
        Of the scales, by axis, as :func:`scale_names` gives them.
    """
    for array, dims in arrays.items():
        for place, axis in enumerate(dims):
            scale = _scale(group, axis, names[axis], length=group[array].shape[place])
            if scale != group[array]:  # no scale has a scale
                group[array].dims[place].attach_scale(scale)
    for array, dims in arrays.items():
        if group[array].dtype == np.uint8 and dims[-1:] == ("rgb",):
            for name, value in (_PICTURES | (_ONE_PICTURE if len(dims) == 3 else {})).items():
                group[array].attrs[name] = np.bytes_(value)  # of fixed length, as the specification wants it


def _scale(group: h5py.Group, axis: str, name: str, *, length: int) -> h5py.Dataset:
    """Return the scale of an axis, which becomes one at its first use."""
    node = group[name] if name in group else group.create_dataset(name, (length,), np.float32)
    if not node.is_scale:
        node.make_scale(axis if "dims" in node.attrs else _NO_VALUES % length)
    return node
