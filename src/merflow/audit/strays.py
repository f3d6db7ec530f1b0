"""Files in the results that are no results: temporary files of killed jobs, and files of an unknown kind."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from merflow import paths
from merflow.artefacts import KINDS
from merflow.audit.findings import Findings
from merflow.audit.places import Place
from merflow.job_lists import BATCHES
from merflow.plan.parts import EXCLUSIONS, SCORED
from merflow.training.fold_lists import FOLD_LISTS, FOLDS
from merflow.training.fold_record import OF_FOLD

_PARTIAL = re.compile(r"\..+\.[0-9a-f]{8}\.partial(\.\w+)?")
"""As ``merflow.files.atomic_path`` calls what is not finished."""

_TIMESTAMP = ".snakemake_timestamp"
"""Snakemake's own, in folders that a job makes as a whole."""


def _any(names: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, names))


_NAME = r"[^/]+"
_KNOWN = re.compile(
    "|".join(
        (
            rf"(?:{_any(tuple(Path(of('d')).name for of in (paths.clips, paths.exclusions)))})(?:\.sha256)?",
            _any(tuple(Path(paths.accuracy("d", what)).name for what in (".csv", ".html"))),
            _any(tuple(Path(paths.landmark_accuracy("d", what)).name for what in (".csv", ".html"))),
            rf"artefacts/(?:{_any(tuple(KINDS))})/{_NAME}/{_NAME}\.(?:h5|recorded\.txt)",
            rf"artefacts/(?:{_any(tuple(KINDS))})/{_NAME}/(?:{BATCHES}/{_NAME}\.csv|shards\.csv)",
            rf"{paths.QC}/(?:clips\.tsv|clips\.json|index\.html|subjects/{_NAME}\.html)",
            rf"compare/{_NAME}-vs-{_NAME}\.(?:csv|png)",
            rf"compare/activation_maps/{_NAME}-vs-{_NAME}\.(?:csv|png|npz)",
            rf"{_NAME}/(?:{_any(('examples.h5', EXCLUSIONS, *SCORED, 'training.png', 'au_weights.csv'))})",
            rf"{_NAME}/(?:{_any((EXCLUSIONS, *(name for name in SCORED if name.endswith('.csv'))))})\.sha256",
            rf"{_NAME}/(?:metrics\.html|learning_curve\.(?:csv|png)|learning_curve/\d+\.csv)",
            rf"{_NAME}/pictures/(?:clips/{_NAME}/)?{_NAME}\.png",
            rf"{_NAME}/final/(?:model\.pt|model_card\.md|history\.csv)",
            rf"{_NAME}/(?:{BATCHES}/{_NAME}\.csv|{FOLD_LISTS.whole})",
            rf"{_NAME}/folds/{_NAME}/(?:{_any(OF_FOLD)}|weights/seed\d+\.pt)",
        )
    )
)
"""Paths below the folder of a dataset, of everything that the workflow writes there and that has a record."""


def check_strays(place: Place, findings: Findings) -> None:
    """Look at the name of everything that lies at a place; recordings, and folds that are trained, are passed over."""
    base = place.root / paths.RESULTS / place.dataset
    for path in _files(base, base / place.experiment, findings):
        if _PARTIAL.fullmatch(path.name):
            left = "one that a killed job has left, or that a job writes now"
            findings.add(path, "no temporary file", left, remove=[path])
        elif path.name != _TIMESTAMP and not _KNOWN.fullmatch(path.relative_to(base).as_posix()):
            findings.notes.append(f"{path}: no file of the workflow; nothing to compare it with")


def _files(base: Path, folder: Path, findings: Findings) -> Iterator[Path]:
    for above, folders, files in os.walk(folder):
        if Path(above) == base and "raw" in folders:
            folders.remove("raw")
        for name in [name for name in folders if Path(above).name == FOLDS and name.startswith(".")]:
            folders.remove(name)
            left = "a fold that a job trains, or trained when it was stopped. The next job of the fold removes it"
            findings.notes.append(f"{above}/{name}: {left}")
        folders.sort()
        yield from (Path(above, name) for name in sorted(files))
