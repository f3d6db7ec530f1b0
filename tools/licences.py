"""List the licence of every installed package, and refuse what is unknown or not allowed.

Usage: python -m tools.licences (``make licences``). Reads what packages say of themselves and asks no server.
"""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions

ALLOWED = {
    *("0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0"),
    *("ISC", "MIT", "MIT-CMU", "MPL-2.0", "PSF-2.0", "Public domain", "Zlib", "LicenseRef-NVIDIA-Proprietary"),
}
"""A user may run, change and pass on merflow with these. MPL-2.0 binds changes of the package's own files alone.
NVIDIA's libraries come with PyTorch for GPUs: they may be used, and their own terms say how they are passed on."""

SPELLINGS = {
    "Apache 2": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "Boost Software License": "BSL-1.0",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Public Domain": "Public domain",
    "Python Software Foundation License": "PSF-2.0",
}
"""How packages without an expression of SPDX write them. A bare BSD is one of its two- and three-clause forms."""

VAGUE = ("OSI Approved", "DFSG approved")
"""Classifiers that name no licence."""

NVIDIA = re.compile(r"nvidia-|cuda-toolkit$")

READ_BY_HAND = {
    "conda-inject": "MIT",
    "docutils": "Public domain AND BSD-2-Clause AND PSF-2.0",  # the GPL holds for an Emacs mode, which is not installed
    "hdf5plugin": "MIT",  # its own code; its documentation lists those of the filters that it brings
    "snakemake-interface-common": "MIT",
    "snakemake-interface-logger-plugins": "MIT",
    "snakemake-interface-report-plugins": "MIT",
    "snakemake-interface-scheduler-plugins": "MIT",
    "snakemake-interface-storage-plugins": "MIT",
}
"""Of packages whose metadata say nothing: what the licence files that they install say."""


def main() -> int:
    """Print the table; return 1 when a package must not be there."""
    rows = sorted({name_of(package): licence(package) for package in distributions()}.items())
    refused = [(name, said) for name, said in rows if not is_allowed(said)]
    for name, said in rows:
        print(f"{name:<42} {said or 'unknown'}")
    for name, said in refused:
        found = f"expected one of {', '.join(sorted(ALLOWED))}, found {said}" if said else "it says no licence"
        print(f"refused: {name}: {found}. Read its licence files, then tools/licences.py.", file=sys.stderr)
    print(f"{len(rows)} packages, {len(refused)} refused", file=sys.stderr)
    return 1 if refused else 0


def name_of(package: Distribution) -> str:
    """Return the normalised name of a package (PEP 503)."""
    return re.sub(r"[-_.]+", "-", package.metadata["Name"]).lower()


def licence(package: Distribution) -> str:
    """Return the licences of a package, joined as SPDX joins them; empty = it says none.

    Where several classifiers stand they may be a choice or all hold; all must be allowed.
    """
    name = name_of(package)
    if NVIDIA.match(name):  # spelled in five ways, or not at all
        return "LicenseRef-NVIDIA-Proprietary"
    if name in READ_BY_HAND:
        return READ_BY_HAND[name]
    expression = _field(package, "License-Expression")
    if expression:
        return expression[0]
    classifiers = [text.split(" :: ") for text in _field(package, "Classifier")]
    classified = [parts[-1] for parts in classifiers if parts[0] == "License" and parts[-1] not in VAGUE]
    if classified:
        return " AND ".join(dict.fromkeys(SPELLINGS.get(text, text) for text in classified))
    said = next(iter(_field(package, "License")), "").strip()
    return SPELLINGS.get(said, said)


def _field(package: Distribution, name: str) -> list[str]:
    """Return what a package says in a field of its metadata, which may stand there several times or not at all."""
    return package.metadata.get_all(name) or []


def is_allowed(said: str) -> bool:
    """Return whether all licences of one of the choices are allowed."""
    return any(all(part in ALLOWED for part in _parts(choice, " AND ")) for choice in _parts(said, " OR "))


def _parts(text: str, word: str) -> Iterator[str]:
    return (part.strip(" ()") for part in text.split(word))


if __name__ == "__main__":
    sys.exit(main())
