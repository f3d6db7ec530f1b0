"""Train several folds in one process, and keep each one that is whole, whatever happens to the job afterwards."""

import logging
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from merflow.artefacts import read_examples
from merflow.files import sha256
from merflow.training.fold import run_fold
from merflow.training.settings import ProtocolSettings, TrainingSettings
from merflow.training.trained_folds import finish, is_made_of, new_workplace

logger = logging.getLogger(__name__)


def made_of(
    examples_path: Path, *, settings: Mapping[str, Any], code: str, device: str, threads: int
) -> dict[str, Any]:
    """Return everything that decides the bytes of a fold but its name.

    Parameters
    ----------
    examples_path : Path
        ``examples.h5``, of which the SHA-256 counts.
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
        "settings": dict(settings),
        "code": code,
        "examples": sha256(examples_path),
        "device": device,
        "threads": threads,
        "versions": _versions(),
    }


def _versions() -> dict[str, str]:
    found = {}
    for name in ("torch", "numpy", "scikit-learn"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # a GPU node needs no library of the yardsticks
            continue
    return found


def train_folds(
    examples_path: Path,
    folds: Sequence[str],
    trained_dir: Path,
    *,
    made_of: Mapping[str, Any],
    model: str,
    model_params: Mapping[str, Any],
    protocol: ProtocolSettings,
    training: TrainingSettings,
    seeds: Sequence[int],
    device: str = "auto",
    threads: int = 1,
) -> None:
    """Train and test folds one after the other; the examples are read once.

    A fold that an earlier job has finished, of the same things, is not trained again: one that is stopped by a time
    limit loses no more than the fold that it was at. Each fold comes out as if it were trained alone.

    Parameters
    ----------
    examples_path : Path
        ``examples.h5``.
    folds : sequence of str
        Names of the folds.
    trained_dir : Path
        Gets a folder for each fold, with what :func:`merflow.training.fold.run_fold` writes.
    made_of : mapping
        As :func:`made_of` returns it.
    model, model_params, protocol, training, seeds, device, threads
        As for ``run_fold``.

    Raises
    ------
    MerflowError
        As ``run_fold``; folds before the one that failed are kept.
    """
    examples = read_examples(examples_path)
    for fold in folds:
        folder = trained_dir / fold
        wanted = {**made_of, "fold": fold}
        if is_made_of(folder, wanted):
            logger.info("fold %s: an earlier job has trained it; kept", fold)
            continue
        logger.info("fold %s: training on %s", fold, device)
        workplace = new_workplace(folder)
        written = run_fold(
            examples,
            fold,
            workplace,
            model=model,
            model_params=model_params,
            protocol=protocol,
            training=training,
            seeds=seeds,
            device=device,
            threads=threads,
        )
        finish(workplace, folder, wanted, files=written)
