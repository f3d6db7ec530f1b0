"""Train several folds in one process, and keep each one that is whole, whatever happens to the job afterwards."""

import logging
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from merflow.artefacts import read_examples
from merflow.training.fold import run_fold
from merflow.training.settings import ProtocolSettings, TrainingSettings
from merflow.training.trained_folds import finish, is_made_of

logger = logging.getLogger(__name__)


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
        Everything that decides the bytes of a fold but its name: settings, code, examples, device, versions.
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
        if folder.exists():
            shutil.rmtree(folder)
        logger.info("fold %s: training", fold)
        run_fold(
            examples,
            fold,
            folder,
            model=model,
            model_params=model_params,
            protocol=protocol,
            training=training,
            seeds=seeds,
            device=device,
            threads=threads,
        )
        finish(folder, wanted)
