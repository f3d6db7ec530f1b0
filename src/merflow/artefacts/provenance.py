"""Provenance: what every artefact says about how it was made."""

import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import h5py

from merflow.artefacts.schema import FORMAT, FORMAT_VERSION
from merflow.version import VERSION

LIBRARIES = (
    *("numpy", "h5py", "scipy", "opencv-contrib-python-headless", "dlib-bin"),
    *("numba", "av", "scikit-learn", "torch"),  # kernels, videos, rank pooling by regression, learned magnification
)
"""Distributions whose version can change the numbers of a preprocessing artefact."""


def canonical_json(value: Any) -> str:
    """Return JSON that depends on the value alone: keys sorted, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def installed_versions() -> dict[str, str]:
    """Return the versions of the libraries that compute artefacts; those that are not installed are left out."""
    versions = {"merflow": VERSION, "hdf5": h5py.version.hdf5_version}
    for name in LIBRARIES:
        try:
            versions[name] = version(name)
        except ModuleNotFoundError:  # a GPU node needs torch, numpy and h5py only
            continue
    return versions


def stamp(
    file: h5py.File,
    *,
    kind: str,
    dataset: str,
    params: Mapping[str, Any],
    code: str,
    inputs: Mapping[str, str],
    **names: str,
) -> None:
    """Write the root attributes of an artefact.

    Parameters
    ----------
    file : h5py.File
        Open for writing.
    kind, dataset : str
        What it is, and of which dataset.
    params : mapping
        Resolved settings that decide its numbers.
    code : str
        Fingerprint of the modules that computed it.
    inputs : mapping of str to str
        SHA-256 by input name.
    **names : str
        Further identity: ``variant`` and ``subject`` of a shard, ``experiment`` of examples.
    """
    file.attrs["format"] = FORMAT
    file.attrs["format_version"] = FORMAT_VERSION
    file.attrs["kind"] = kind
    file.attrs["dataset"] = dataset
    for name, value in sorted(names.items()):
        file.attrs[name] = value
    file.attrs["params"] = canonical_json(dict(params))
    file.attrs["code"] = code
    file.attrs["inputs"] = canonical_json(dict(inputs))
    file.attrs["versions"] = canonical_json(installed_versions())
