"""Train several folds in one process, and keep each finished one even if the job ends later."""

import logging
import shutil
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from merflow.artefacts import Examples, read_examples
from merflow.training.adoption import assemble, trained_seeds
from merflow.training.execution import choose_device
from merflow.training.fold import run_fold
from merflow.training.settings import ProtocolSettings, TrainingSettings
from merflow.training.trained_folds import finish, new_workplace

logger = logging.getLogger(__name__)


def train_folds(
    examples_path: Path,
    folds: Sequence[str],
    trained_dir: Path,
    *,
    settings: Mapping[str, Any],
    code: str,
    device: str = "auto",
    threads: int = 1,
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
    settings : mapping
        Model and its parameters, protocol, training and seeds.
    code : str
        Fingerprint of what trains.
    device, threads
        As for ``run_fold``.
    earlier : sequence of Path
        Further folders of folds that earlier runs have left.

    Raises
    ------
    MerflowError
        As ``run_fold``; folds before the one that failed are kept.
    """
    examples = read_examples(examples_path)
    where = choose_device(device).type
    base = made_of(examples, settings=settings, code=code, device=where, threads=threads)
    seeds = tuple(settings["seeds"])
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
        _train_fold(examples, fold, trained_dir / fold, wanted, settings, found, missing=missing, threads=threads)


def _train_fold(
    examples: Examples,
    fold: str,
    folder: Path,
    wanted: Mapping[str, Any],
    settings: Mapping[str, Any],
    found: Mapping[int, Path],
    *,
    missing: Sequence[int],
    threads: int,
) -> None:
    """Train the seeds that are missing, and put them together with those that were found."""
    workplace = new_workplace(folder)
    parts = dict(found)
    if missing:
        logger.info("fold %s: training on %s, seeds %s", fold, wanted["device"], ", ".join(map(str, missing)))
        run_fold(
            examples,
            fold,
            workplace / "new",
            model=settings["model"],
            model_params=settings["model_params"],
            protocol=ProtocolSettings.from_mapping(settings["protocol"]),
            training=TrainingSettings.from_mapping(settings["training"]),
            seeds=missing,
            device=wanted["device"],
            threads=threads,
        )
        parts |= dict.fromkeys(missing, workplace / "new")
    if found:
        logger.info("fold %s: seeds %s were trained before; kept", fold, ", ".join(map(str, found)))
    written = assemble(workplace, parts, settings["seeds"])
    shutil.rmtree(workplace / "new", ignore_errors=True)
    finish(workplace, folder, wanted, seeds=settings["seeds"], files=written)


def made_of(examples: Examples, *, settings: Mapping[str, Any], code: str, device: str, threads: int) -> dict[str, Any]:
    """Return everything that decides the bytes of one seed of a fold, but the seed and the name of the fold.

    Parameters
    ----------
    examples : Examples
        Of which the content counts, not the file: examples that were built again are the same.
    settings : mapping
        Model and its parameters, protocol, training and seeds.
    code : str
        Fingerprint of what trains.
    device : str
        Type of the device: ``cpu`` or ``cuda``.
    threads : int
        Sums are split by them.
    """
    return {
        "settings": {key: value for key, value in settings.items() if key != "seeds"},
        "code": code,
        "examples": examples.content(),
        "device": device,
        "threads": threads,
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
