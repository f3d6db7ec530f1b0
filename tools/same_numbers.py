"""Hold two folders of results against each other: whether a change of the code has changed a number.

Run: python -m tools.same_numbers OLD/results/demo NEW/results/demo. Artefacts are compared array by array, since their
fingerprints of code may differ; tables cell by cell. `examples.h5` follows from the artefacts, and predictions from it.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from merflow.artefacts import open_shard

_TABLES = ("clips.csv", "exclusions.csv", "predictions.csv", "history.csv")


def differences(old: Path, new: Path) -> Iterator[str]:
    """Yield one line for each artefact and table of the first folder that the second lacks or has otherwise."""
    for path in sorted(old.glob("artefacts/*/*/*.h5")):
        yield from _told(path, old, new, same=_same_shard)
    for path in sorted(found for name in _TABLES for found in old.rglob(name) if "raw" not in found.parts):
        yield from _told(path, old, new, same=_same_table)


def _told(path: Path, old: Path, new: Path, *, same: Callable[[Path, Path], bool]) -> Iterator[str]:
    other = new / path.relative_to(old)
    if not other.is_file():
        yield f"{path.relative_to(old)}: not there"
    elif not same(path, other):
        yield f"{path.relative_to(old)}: another content"


def _same_shard(old: Path, new: Path) -> bool:
    kind = old.parents[1].name
    with open_shard(old, kind=kind) as first, open_shard(new, kind=kind) as second:
        return first.clips == second.clips and all(
            first.fields(clip) == second.fields(clip)
            and first.attrs(clip) == second.attrs(clip)
            and all(_equal(first.read(clip, name), second.read(clip, name)) for name in first.fields(clip))
            for clip in first.clips
        )


def _same_table(old: Path, new: Path) -> bool:
    return pd.read_csv(old).equals(pd.read_csv(new))


def _equal(first: NDArray[Any], second: NDArray[Any]) -> bool:
    return np.array_equal(first, second, equal_nan=first.dtype.kind == "f")


if __name__ == "__main__":
    found = list(differences(Path(sys.argv[1]), Path(sys.argv[2])))
    print("\n".join(found) or "the same")
    sys.exit(bool(found))
