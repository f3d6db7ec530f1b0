"""The parts of an experiment that its metrics represent: folds, tables and pictures.

Snakemake only asks whether ``metrics.csv`` exists. A deleted fold or picture would stay deleted. So the job that scores
has one more input, which is newer than its results as soon as a part is missing.

Examples, artefacts and weights are no parts: they are large and may be deleted to save disk (docs/scale.md).
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from merflow.config import Experiment
from merflow.plan.pictures import pictures
from merflow.training.fold_record import OF_FOLD

SCORED = ("metrics.csv", "predictions.csv", "confusion.png", "settings.yaml")
"""What the job that scores writes."""

EXCLUSIONS = "exclusions.csv"


def parts(experiment: Experiment, folds: Sequence[str], *, composite: bool = False) -> Iterator[tuple[str, ...]]:
    """Yield the parts of a scored experiment, each as a path below its folder.

    Parameters
    ----------
    experiment : Experiment
    folds : sequence of str
        Names of all its folds.
    composite : bool
        Whether its dataset is one.
    """
    yield from ((name,) for name in (EXCLUSIONS, *SCORED))
    yield from pictures(experiment, composite=composite)
    yield from (("folds", fold, name) for fold in folds for name in OF_FOLD)


def folder_that_lost_a_part(folder: Path, wanted: Iterable[tuple[str, ...]]) -> Path | None:
    """Return the folder that changed when the first part that is missing was removed.

    It is newer than the metrics, which were written last.

    Parameters
    ----------
    folder : Path
        Of an experiment.
    wanted : iterable
        As from :func:`parts`.

    Returns
    -------
    Path or None
        None where nothing is missing, and where the experiment was not scored: then nothing claims to be whole.
    """
    if not folder.joinpath("metrics.csv").exists():
        return None
    missing = next((path for part in wanted if not (path := folder.joinpath(*part)).exists()), None)
    return None if missing is None else next(above for above in missing.parents if above.is_dir())
