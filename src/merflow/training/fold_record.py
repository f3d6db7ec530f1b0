"""The record of a trained fold: what it was made of, its seeds, and the SHA-256 of each of its files.

The record stays beside the results. By it a fold is known again in another checkout, at another path and time, and a
file of it that was changed is told.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from merflow.artefacts.provenance import canonical_json
from merflow.artefacts.refusals import rebuild
from merflow.errors import ArtefactError
from merflow.files import atomic_path, sha256

RECORD = "made_of.json"
_SEAL = "sha256"
"""Key of the digest of all else that stands in the record."""

WEIGHTS = "weights"
PREDICTIONS, HISTORY = "predictions.csv", "history.csv"
OF_FOLD = (PREDICTIONS, HISTORY, RECORD)
"""What a fold consists of without its weights, which may be deleted for room."""


def weights_of_seed(seed: int) -> str:
    """Return where the weights of a seed lie in the folder of its fold."""
    return f"{WEIGHTS}/seed{seed}.pt"


def seeds_in(weights: Path) -> list[Path]:
    """Return the weights of each seed in a folder of weights, in the order of the seeds; none where there is no folder.

    Raises
    ------
    ArtefactError
        When there are weights whose name has no seed: no training has written them.
    """
    return sorted(weights.glob("seed*.pt"), key=seed_of)


def seed_of(weights: Path) -> int:
    """Return the seed that the name of weights says; refuse another name as :func:`seeds_in` does."""
    try:
        return int(weights.stem.removeprefix("seed"))
    except ValueError as error:
        raise ArtefactError(
            f"{weights}: expected the number of a seed in the name, as in {weights_of_seed(0)}, but found "
            f"{weights.name}, which no fold has written. Move it to another folder."
        ) from error


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

    def damaged(self, folder: Path) -> dict[str, str]:
        """Return what is wrong with each file of a folder that is missing, or another than the record says."""
        problems = {}
        for name, digest in self.files.items():
            if not (folder / name).is_file():
                problems[name] = f"{name} is missing"
            elif sha256(folder / name) != digest:
                problems[name] = f"{name} was changed"
        return problems

    def lacking_weights(self, folder: Path) -> set[str]:
        """Return the weights that are not there: the tables of a fold are whole without them."""
        return {name for name in self.files if name.startswith("weights/") and not (folder / name).exists()}


def write_record(folder: Path, *, made_of: Mapping[str, Any], seeds: Iterable[int], files: Iterable[Path]) -> None:
    """Write the record of the fold in a folder; the same fold gives the same bytes."""
    digests = {path.relative_to(folder).as_posix(): sha256(path) for path in sorted(files)}
    content = asdict(FoldRecord(dict(made_of), tuple(seeds), digests))
    with atomic_path(folder / RECORD) as partial:
        partial.write_text(canonical_json(content | {_SEAL: _seal(content)}), encoding="utf-8")


def read_record(folder: Path) -> FoldRecord | None:
    """Return the record of a folder; None where there is none, or one that is damaged or does not cover its tables."""
    try:
        found = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        if found.pop(_SEAL, "") not in ("", _seal(found)):  # records of earlier versions have none
            return None
        record = FoldRecord(dict(found["made_of"]), tuple(found["seeds"]), dict(found["files"]))
    except (
        FileNotFoundError,
        NotADirectoryError,
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
    ):  # no UTF-8, no JSON
        return None
    covers = {PREDICTIONS, HISTORY} <= record.files.keys()
    return record if covers and all(_is_inside(name) for name in record.files) else None


def lacks_only_weights(folder: Path) -> bool:
    """Return whether a fold is there but for its folder of weights, which was deleted."""
    if (folder / WEIGHTS).exists():
        return False
    record = read_record(folder)
    return record is not None and record.damaged(folder).keys() <= record.lacking_weights(folder) != set()


def check_fold(folder: Path, *, place: Path, with_weights: bool = True) -> FoldRecord:
    """Return the record of a fold that is whole.

    Parameters
    ----------
    folder : Path
        Where the fold lies.
    place : Path
        Its place among the results, for the command that makes it anew.
    with_weights : bool
        Whether all weights must be there; those that are there must be as they were written.

    Raises
    ------
    ArtefactError
        When it has no record, or a file is missing or another than the record says.
    """
    record = read_record(folder)
    problems = {RECORD: f"no {RECORD} that is whole"} if record is None else record.damaged(folder)
    passed = set() if with_weights or record is None else record.lacking_weights(folder)
    told = [text for name, text in problems.items() if name not in passed]
    if record is None or told:
        raise ArtefactError(
            f"{folder}: expected a fold as a job has trained it, but {', '.join(told)}. Make it anew: "
            f"{rebuild(place / PREDICTIONS)}. Seeds that are whole are taken, the others are trained."
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


def _seal(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_json(dict(content)).encode()).hexdigest()


def _is_inside(name: str) -> bool:
    """Whether the path of a file leads nowhere but into the folder of the fold."""
    return name in (PREDICTIONS, HISTORY) or Path(name).parts[:-1] == (WEIGHTS,)
