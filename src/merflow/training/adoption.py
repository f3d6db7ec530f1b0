"""Take existing trainings: whole folds, and single seeds of a fold whose record is still valid.

A training is known by what it was made of, not by its place or time. So another seed, results that were copied to
another checkout, and examples that were built again cost no training that was done.
"""

import csv
import io
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from merflow.artefacts.differences import differences
from merflow.errors import ArtefactError
from merflow.files import atomic_path
from merflow.training.fold_record import HISTORY, PREDICTIONS, read_record, weights_of_seed


class Trained(NamedTuple):
    """What is there of a fold.

    Parameters
    ----------
    seeds : tuple of int
        Those of its seeds that are whole and made of the same things.
    all_of_it : bool
        Whether the fold has exactly the wanted seeds, in their order, each of them whole.
    reasons : tuple of str
        Why it does not give all that its record says it has.
    """

    seeds: tuple[int, ...] = ()
    all_of_it: bool = False
    reasons: tuple[str, ...] = ()


def trained_seeds(folder: Path, made_of: Mapping[str, Any], seeds: Sequence[int]) -> Trained:
    """Find which seeds of a fold were trained already.

    Parameters
    ----------
    folder : Path
        Where the fold lies.
    made_of : mapping
        What the training is to be made of, all but the seed.
    seeds : sequence of int
        Those that are wanted.
    """
    record = read_record(folder)
    if record is None:
        return Trained()
    problem = differences(record.made_of, made_of)
    damaged = {} if problem else record.damaged(folder)
    reasons = tuple(f"{folder}: {text}" for text in filter(None, (problem, *damaged.values())))
    if problem or damaged.keys() & {HISTORY, PREDICTIONS}:  # which hold the rows of all seeds
        return Trained(reasons=reasons)
    found = tuple(seed for seed in seeds if seed in record.seeds and weights_of_seed(seed) not in damaged)
    return Trained(found, found == tuple(seeds) == record.seeds, reasons)


def assemble(workplace: Path, parts: Mapping[int, Path], seeds: Sequence[int]) -> list[Path]:
    """Put a fold together of seeds that were trained at several places, with the bytes of one training of them all.

    Parameters
    ----------
    workplace : Path
        Gets the tables and weights.
    parts : mapping of int to Path
        Folder that holds each seed.
    seeds : sequence of int
        In the order of their rows.

    Returns
    -------
    list of Path
        The files that it has written.

    Raises
    ------
    ArtefactError
        When the tables of two parts have other columns.
    """
    written = [workplace / HISTORY, workplace / PREDICTIONS]
    for path in written:
        _join_tables(path, parts, seeds)
    (workplace / "weights").mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        source, target = parts[seed] / weights_of_seed(seed), workplace / weights_of_seed(seed)
        if source.is_file():  # a fold without a test clip has none
            link_or_copy(source, target)
            written.append(target)
    return written


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file a second name, or a copy where the file system has no hard links."""
    if target.exists() and target.samefile(source):
        return
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:  # no hard links there, or two file systems
        shutil.copyfile(source, target)


def _join_tables(path: Path, parts: Mapping[int, Path], seeds: Sequence[int]) -> None:
    """Write the rows of each seed, in the order of the seeds; what stands in a cell is not touched."""
    tables = {folder: _table(folder / path.name) for folder in dict.fromkeys(parts.values())}
    headers = {tuple(header) for header, _ in tables.values()}
    if len(headers) != 1:
        raise ArtefactError(
            f"{path}: expected the seeds of a fold to have tables of the same columns, but found "
            f"{' and '.join(', '.join(header) for header in sorted(headers))}. Delete the folder of the fold and give "
            "the same command again."
        )
    (header,) = headers
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for seed in seeds:
        own = header.index("seed")
        writer.writerows(row for row in tables[parts[seed]][1] if row[own] == str(seed))
    with atomic_path(path) as partial:
        partial.write_text(text.getvalue(), encoding="utf-8")


def _table(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    return header, rows
