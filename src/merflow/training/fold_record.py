"""What a trained fold says of itself: what it was made of, its seeds, and the SHA-256 of each of its files.

The record stays beside the results. By it a fold is known again in another checkout, at another path and time, and a
file of it that was changed is told.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from merflow.artefacts.provenance import canonical_json
from merflow.errors import ArtefactError
from merflow.files import atomic_path, sha256

RECORD = "made_of.json"
WEIGHTS = "weights"
PREDICTIONS, HISTORY = "predictions.csv", "history.csv"


def weights_of_seed(seed: int) -> str:
    """Return where the weights of a seed lie in the folder of its fold."""
    return f"{WEIGHTS}/seed{seed}.pt"


@dataclass(frozen=True, slots=True)
class FoldRecord:
    """The record of one fold.

    Parameters
    ----------
    made_of : mapping
        Everything that decides the bytes of one seed's training, but the seed: see ``merflow.training.batch.made_of``.
    seeds : tuple of int
        In the order of the rows of its tables.
    files : mapping of str to str
        SHA-256 by the file's path in the folder of the fold.
    """

    made_of: Mapping[str, Any]
    seeds: tuple[int, ...]
    files: Mapping[str, str]

    def damage(self, folder: Path) -> str:
        """Return which file of a folder is missing or is another than the record says; empty = it is whole."""
        for name, digest in self.files.items():
            if not (folder / name).is_file():
                return f"{name} is missing"
            if sha256(folder / name) != digest:
                return f"{name} was changed"
        return ""


def write_record(folder: Path, *, made_of: Mapping[str, Any], seeds: Iterable[int], files: Iterable[Path]) -> None:
    """Write the record of the fold in a folder; the same fold gives the same bytes."""
    digests = {path.relative_to(folder).as_posix(): sha256(path) for path in sorted(files)}
    record = FoldRecord(dict(made_of), tuple(seeds), digests)
    with atomic_path(folder / RECORD) as partial:
        partial.write_text(canonical_json(asdict(record)), encoding="utf-8")


def read_record(folder: Path) -> FoldRecord | None:
    """Return the record of a folder; None where there is none, or where what lies there does not cover its tables."""
    try:
        found = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        record = FoldRecord(dict(found["made_of"]), tuple(found["seeds"]), dict(found["files"]))
    except (FileNotFoundError, NotADirectoryError, KeyError, TypeError, ValueError):  # ValueError: no UTF-8, no JSON
        return None
    covers = {PREDICTIONS, HISTORY} <= record.files.keys()
    return record if covers and all(_is_inside(name) for name in record.files) else None


def check_fold(folder: Path) -> FoldRecord:
    """Return the record of a fold that is whole.

    Raises
    ------
    ArtefactError
        When it has no record, or a file is missing or another than the record says.
    """
    record = read_record(folder)
    problem = f"no {RECORD}" if record is None else record.damage(folder)
    if record is None or problem:
        raise ArtefactError(
            f"{folder}: expected a fold as a job has trained it, but {problem}. Delete the folder and give the same "
            "command again: the fold is trained anew, or taken from where it is whole."
        )
    return record


def check_weights(path: Path) -> None:
    """Refuse weights in a fold that are not those of its record; weights that lie elsewhere have none.

    Raises
    ------
    ArtefactError
        When the fold's record knows no such file, or another content of it.
    """
    folder = path.parents[1]
    record = read_record(folder) if path.parent.name == WEIGHTS else None
    if record is not None and record.files.get(f"{WEIGHTS}/{path.name}") != sha256(path):
        raise ArtefactError(
            f"{path}: expected the weights that {RECORD} of the fold names, but found others: the file was damaged or "
            f"changed, or is of another fold or seed. Delete {folder} and run the workflow again."
        )


def differences(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """Return what two trainings were not both made of, setting by setting; empty = they are of the same things."""
    causes = []
    for key in sorted(found.keys() | wanted.keys()):
        here, there = found.get(key), wanted.get(key)
        if here == there:
            continue
        nested = isinstance(here, Mapping) and isinstance(there, Mapping)
        inner = differences(here, there) if nested else f"{_short(here)} then, {_short(there)} now"  # type: ignore[arg-type]
        causes.append(f"{key}: {inner}")
    return "; ".join(causes)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def _is_inside(name: str) -> bool:
    """Whether the path of a file leads nowhere but into the folder of the fold."""
    return name in (PREDICTIONS, HISTORY) or Path(name).parts[:-1] == (WEIGHTS,)
