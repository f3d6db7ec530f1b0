"""Train several folds in one process, and keep each finished one even if the job ends later."""

import logging
import shutil
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from merflow.artefacts import Examples, read_examples
from merflow.training.adoption import assemble, trained_seeds
from merflow.training.execution import ANY_MACHINE, KEPT_EXAMPLES_BYTES, Machine
from merflow.training.fold import run_fold
from merflow.training.method import Method
from merflow.training.trained_folds import finish, new_workplace

logger = logging.getLogger(__name__)


def train_folds(
    examples_path: Path,
    folds: Sequence[str],
    trained_dir: Path,
    method: Method,
    *,
    code: str,
    machine: Machine = ANY_MACHINE,
    earlier: Sequence[Path] = (),
) -> None:
    """Train and test folds one after the other; the examples are read once.

    A seed of a fold that was trained before, of the same things, is not trained again, whether an earlier job was
    stopped on its way or the result of an earlier run lies in its place: a job that is stopped by a time limit loses no
    more than the fold that it was at. Each fold comes out as if it were trained alone.

    Parameters
    ----------
    examples_path : Path
        ``examples.h5``.
    folds : sequence of str
        Names of the folds.
    trained_dir : Path
        Gets a folder for each fold, with what :func:`merflow.training.fold.run_fold` writes and its record.
    method : Method
    code : str
        Fingerprint of what trains.
    machine : Machine
    earlier : sequence of Path
        Further folders of folds that earlier runs have left.

    Raises
    ------
    MerflowError
        As ``run_fold``; folds before the one that failed are kept.
    """
    examples = read_examples(examples_path, kept_bytes=KEPT_EXAMPLES_BYTES)
    machine = Machine(machine.device_of_torch().type, machine.threads)  # which the record names
    base = made_of(examples, method, code=code, machine=machine)
    seeds = method.seeds
    for fold in folds:
        wanted = {**base, "fold": fold}
        places = [folder / fold for folder in (trained_dir, *earlier)]
        found, reasons = trained_seeds(places, wanted, seeds)
        missing = [seed for seed in seeds if seed not in found]
        if not missing and set(found.values()) == {trained_dir / fold}:
            logger.info("fold %s: an earlier job has trained it; kept", fold)
            continue
        for reason in reasons if missing else ():
            logger.info("not taken: %s", reason)
        workplace = new_workplace(trained_dir / fold)
        parts = dict(found)
        if missing:
            logger.info("fold %s: training on %s, seeds %s", fold, machine.device, ", ".join(map(str, missing)))
            run_fold(examples, fold, workplace / "new", method.of_seeds(missing), machine=machine)
            parts |= dict.fromkeys(missing, workplace / "new")
        if found:
            logger.info("fold %s: seeds %s were trained before; kept", fold, ", ".join(map(str, found)))
        written = assemble(workplace, parts, seeds)
        shutil.rmtree(workplace / "new", ignore_errors=True)
        finish(workplace, trained_dir / fold, wanted, seeds=seeds, files=written)


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


def earlier_folds(experiment: Path, trained_dir: Path) -> Iterable[Path]:
    """Yield the folders of an experiment in which folds of earlier runs may lie: those of results, and of jobs."""
    yield experiment / "folds"
    yield from sorted(path for path in experiment.glob("trained/*/folds") if path != trained_dir)


def _versions() -> dict[str, str]:
    found = {}
    for name in ("torch", "numpy", "scikit-learn"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # a GPU node needs no library of the baselines
            continue
    return found
