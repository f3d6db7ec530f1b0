"""Take existing trainings: whole folds, and single seeds of a fold whose record is still valid.

A training is known by what it was made of, not by its place or time. So another seed, results that were copied to
another checkout, and examples that were built again cost no training that was done.
"""

import csv
import io
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from merflow.artefacts.differences import differences
from merflow.errors import ArtefactError
from merflow.files import atomic_path
from merflow.training.fold_record import HISTORY, PREDICTIONS, read_record, weights_of_seed


def trained_seeds(
    folders: Iterable[Path], made_of: Mapping[str, Any], seeds: Sequence[int]
) -> tuple[dict[int, Path], list[str]]:
    """Find where seeds of a fold were trained already.

    Parameters
    ----------
    folders : iterable of Path
        Where the fold may lie.
    made_of : mapping
        What the training is to be made of, all but the seed.
    seeds : sequence of int
        Those that are wanted.

    Returns
    -------
    found : dict of int to Path
        Folder of each seed that is there, of the first folder that has it.
    reasons : list of str
        Why a folder with a record did not give all that it says it has.
    """
    found: dict[int, Path] = {}
    reasons = []
    for folder in folders:
        record = read_record(folder)
        wanted = [seed for seed in seeds if seed not in found]
        if record is None or not wanted:
            continue
        problem = differences(record.made_of, made_of)
        damaged = {} if problem else record.damaged(folder)
        reasons += [f"{folder}: {text}" for text in filter(None, (problem, *damaged.values()))]
        if not (problem or damaged.keys() & {HISTORY, PREDICTIONS}):  # which hold the rows of all seeds
            whole = [seed for seed in record.seeds if weights_of_seed(seed) not in damaged]
            found |= {seed: folder for seed in wanted if seed in whole}
    return found, reasons


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
