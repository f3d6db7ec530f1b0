"""Train several folds in one process, and keep each finished one even if the job ends later."""

import logging
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

from merflow.artefacts import Examples, read_examples
from merflow.artefacts.seal import digests
from merflow.errors import ConfigError
from merflow.training.adoption import assemble, trained_seeds
from merflow.training.execution import ANY_MACHINE, KEPT_EXAMPLES_BYTES, Machine
from merflow.training.fold import run_rows
from merflow.training.fold_clips import find_fold, folds_of_examples
from merflow.training.fold_lists import forget_others
from merflow.training.fold_results import write_fold
from merflow.training.method import Method
from merflow.training.single_clips import check_batches
from merflow.training.stacked_folds import folds_side_by_side
from merflow.training.trained_folds import finish, new_workplace

logger = logging.getLogger(__name__)


def train_folds(
    examples_path: Path,
    folds: Sequence[str],
    folds_dir: Path,
    method: Method,
    *,
    code: str,
    machine: Machine = ANY_MACHINE,
) -> None:
    """Train and test folds, one after the other or side by side (``Machine.stack``); the examples are read once.

    A fold gets its place when it is whole. A seed that was trained before, of the same things, is taken from there and
    not trained again: a job that is stopped by a time limit loses no more than the fold that it was at, or the stack of
    networks that it was at. Each fold comes out as if it were trained alone.

    Parameters
    ----------
    examples_path : Path
        ``examples.h5``.
    folds : sequence of str
        Names of the folds.
    folds_dir : Path
        Of the experiment. Gets a folder for each fold, with what :func:`merflow.training.fold.run_fold` writes and its
        record. Lists of folds beside it that name another content of one are removed.
    method : Method
    code : str
        Fingerprint of what trains.
    machine : Machine

    Raises
    ------
    MerflowError
        As ``run_fold``; folds before the one that failed are kept.
    """
    check_files(method)
    examples = read_examples(examples_path, kept_bytes=KEPT_EXAMPLES_BYTES)
    machine = replace(machine, device=machine.device_of_torch().type)  # which the record names
    base = made_of(examples, method, code=code, machine=machine)
    todo = list(_open_folds(folds, folds_dir, method.seeds, base=base))
    folds_there = cache(lambda: folds_of_examples(examples, method.protocol))  # where none is missing, not needed
    check_batches(examples, (find_fold(folds_there(), one.fold) for one in todo if one.missing), method)
    if machine.side_by_side():
        todo = _train_side_by_side(todo, folds_dir, examples, method, machine)
    for one in todo:
        workplace = new_workplace(folds_dir / one.fold)
        if one.missing:
            logger.info("fold %s: training on %s, seeds %s", one.fold, machine.device, _listed(one.missing))
            rows, of_seeds = find_fold(folds_there(), one.fold), method.of_seeds(one.missing)
            run_rows(examples, rows, one.fold, workplace / "new", of_seeds, machine=machine)
        _finish(one, workplace, folds_dir, method.seeds)


class _Open(NamedTuple):
    """A fold that is not whole in its place: what it is made of, which seeds lie there, and which are to be trained."""

    fold: str
    made_of: dict[str, Any]
    found: tuple[int, ...]
    missing: list[int]


def _open_folds(
    folds: Sequence[str], folds_dir: Path, seeds: Sequence[int], *, base: Mapping[str, Any]
) -> Iterator[_Open]:
    """Yield each fold that is not whole in its place."""
    for fold in folds:
        wanted = {**base, "fold": fold}
        there = trained_seeds(folds_dir / fold, wanted, seeds)
        if there.all_of_it:
            logger.info("fold %s: an earlier job has trained it; kept", fold)
            continue
        missing = [seed for seed in seeds if seed not in there.seeds]
        for reason in there.reasons if missing else ():
            logger.info("not taken: %s", reason)
        yield _Open(fold, wanted, there.seeds, missing)


def _train_side_by_side(
    todo: Sequence[_Open], folds_dir: Path, examples: Examples, method: Method, machine: Machine
) -> list[_Open]:
    """Train what can be trained side by side, and return the folds that are left."""
    by_name = {one.fold: one for one in todo}
    wanted = {one.fold: one.missing for one in todo if one.missing}
    for fold, rows, results in folds_side_by_side(examples, wanted, method, machine=machine):
        one = by_name.pop(fold)
        workplace = new_workplace(folds_dir / fold)
        of_seeds = method.of_seeds(one.missing)
        write_fold(examples, rows, results, workplace / "new", fold=fold, method=of_seeds)
        _finish(one, workplace, folds_dir, method.seeds)
    return list(by_name.values())


def _finish(one: _Open, workplace: Path, folds_dir: Path, seeds: Sequence[int]) -> None:
    """Put a fold together of the seeds that are trained and those that were there, and give it its place."""
    if one.found:
        logger.info("fold %s: seeds %s were trained before; kept", one.fold, _listed(one.found))
    folder = folds_dir / one.fold
    parts = dict.fromkeys(one.found, folder) | dict.fromkeys(one.missing, workplace / "new")
    written = assemble(workplace, parts, seeds)
    shutil.rmtree(workplace / "new", ignore_errors=True)
    finish(workplace, folder, one.made_of, seeds=seeds, files=written)
    forget_others(folder)


def check_files(method: Method) -> None:
    """Refuse to train with another file than the plan saw: the record of the fold would name the wrong one.

    Raises
    ------
    ConfigError
        When a file that a parameter of the network names is missing, or was changed since.
    """
    for name, planned in method.files.items():
        path = Path(method.model_params[name])
        found = digests(path).file if path.is_file() else "no file"
        if found != planned:
            raise ConfigError(
                f"{path}: expected for model_params.{name} the file of SHA-256 {planned} that the plan saw, but found "
                f"{found}. Run the workflow again with the file that is meant in its place."
            )


def _listed(seeds: Iterable[int]) -> str:
    return ", ".join(map(str, seeds))


def made_of(examples: Examples, method: Method, *, code: str, machine: Machine) -> dict[str, Any]:
    """Return everything that decides the bytes of one seed of a fold, but the seed and the name of the fold.

    Parameters
    ----------
    examples : Examples
        Of which the content counts, not the file: examples that were built again are the same.
    method : Method
    code : str
        Fingerprint of what trains.
    machine : Machine
        Of a known type, ``cpu`` or ``cuda``; sums are split by its threads.
    """
    return {
        "settings": method.of_any_seed(),
        "code": code,
        "examples": examples.content(),
        "device": machine.device,
        "threads": machine.threads,
        "versions": _versions(),
    }


def _versions() -> dict[str, str]:
    found = {}
    for name in ("torch", "numpy", "scikit-learn"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # a GPU node needs no library of the baselines
            continue
    return found
