"""The tables of an experiment: those that its folds make, to the byte."""

from pathlib import Path

from merflow.audit.experiment import Audited
from merflow.audit.findings import Findings
from merflow.errors import MerflowError
from merflow.evaluation.metrics_table import metrics_csv
from merflow.evaluation.predictions import predictions_text
from merflow.evaluation.scoring import Scoring, score_folds
from merflow.training.fold_record import PREDICTIONS


def check_scores(experiment: Audited, findings: Findings) -> None:
    """Score the folds again and compare what the workflow has written; every fold must be there, and whole."""
    if experiment.settings is None:
        return
    scored = experiment.settings.experiment
    folder = experiment.folder
    try:
        scores = score_folds(
            [folder / "folds" / name / PREDICTIONS for name in experiment.folds],
            asked=Scoring(
                model=scored.model,
                labels=scored.labels,
                protocol=scored.protocol,
                seeds=scored.seeds,
                bootstrap=scored.bootstrap,
            ),
            exclusions=folder / "exclusions.csv",
            baselines={name: folder.parent / name / "metrics.csv" for name in scored.baselines},
            composite=experiment.composite,
        )
    except MerflowError as error:
        findings.add_refused(experiment.metrics, error, force=[experiment.metrics])
        return
    _compare(folder / "predictions.csv", predictions_text(scores.predictions), findings)
    _compare(experiment.metrics, metrics_csv(scores.metrics), findings)


def _compare(path: Path, text: str, findings: Findings) -> None:
    if not path.exists():
        return  # told as a part that is missing
    findings.count(path)
    if path.read_bytes() != text.encode():
        findings.add(path, "the table that the folds make", "another", force=[path])
