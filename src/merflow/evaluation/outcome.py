"""What a run has made, in a few lines for a terminal: the scores, on which clips, and what can be asked next."""

import csv
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from merflow import paths
from merflow.counts import count
from merflow.datasets.clip_table import read_exclusions
from merflow.evaluation.metrics import HEADLINE, LABEL_HEADLINE
from merflow.evaluation.metrics_table import read_metrics
from merflow.evaluation.metrics_text import leak_text, score_text
from merflow.evaluation.rows import MetricRow, Scope

METRICS, MODEL, PREDICTIONS, EXCLUSIONS = "metrics.csv", "model.pt", "predictions.csv", "exclusions.csv"
MOST_EXPERIMENTS, MOST_FILES = 4, 12
"""That are told one by one; of the others it is told how many there are."""


def outcome(targets: Sequence[str | Path], *, study: Path) -> list[str]:
    """Return the lines that end a run.

    Parameters
    ----------
    targets : sequence of path
        Results that were asked for, from the present folder on; those that are not there are passed over.
    study : Path
        The folder as the user calls it, which the paths in the lines begin with.

    Raises
    ------
    ArtefactError, DatasetError
        When a table is not as merflow writes it.
    """
    asked = sorted(path for path in map(Path, targets) if path.exists())  # --until leaves out what comes last
    scored = {path.parent: read_metrics(path) for path in asked if path.name == METRICS}
    others = [path for path in asked if path.name != METRICS]
    beside = {row.name for rows in scored.values() for row in rows if row.scope is Scope.BASELINE}
    told = {folder: rows for folder, rows in scored.items() if folder.name not in beside} or scored
    lines = [line for folder in [*told][:MOST_EXPERIMENTS] for line in _of_experiment(folder, told[folder], study)]
    if len(told) > MOST_EXPERIMENTS:
        more = count(len(told) - MOST_EXPERIMENTS, "more experiment")
        lines.append(f"and {more}; all of them: {study / paths.summary('.html')}")
    lines += [f"Made: {study / path}" for path in others[:MOST_FILES]]
    if len(others) > MOST_FILES:
        lines.append(f"and {count(len(others) - MOST_FILES, 'more file')}")
    return [*lines, *_next([*told], others, study)]


def _of_experiment(folder: Path, rows: Sequence[MetricRow], study: Path) -> Iterator[str]:
    """Yield the scores of an experiment, those of its baselines, and the clips that they are of."""
    pooled = _headline(rows, Scope.POOLED)
    leak = leak_text(pooled)
    scores, trained = ", ".join(map(score_text, pooled)), f" ({leak})" if leak else ""
    yield f"{folder.parent.name}, {folder.name}: {scores}; protocol {pooled[0].protocol}{trained}"
    baselines: dict[str, list[MetricRow]] = {}
    for row in _headline(rows, Scope.BASELINE):
        baselines.setdefault(row.name, []).append(row)
    for name, own in baselines.items():
        yield f"  baseline {name}: {', '.join(map(score_text, own))}"
    clips, subjects = _used(folder / PREDICTIONS)
    left_out = len({row["clip"] for row in read_exclusions(folder / EXCLUSIONS)})
    why = f" (why: {study / folder / EXCLUSIONS})" if left_out else ""
    yield f"  used: {count(clips, 'clip')} of {count(subjects, 'subject')}, {left_out} left out{why}"
    yield f"  all scores: {study / folder / METRICS}"


def _headline(rows: Sequence[MetricRow], scope: Scope) -> list[MetricRow]:
    """Return the two first metrics of a headline: UF1 and UAR, or those of labels that are told one by one."""
    metrics = (*HEADLINE[:2], *LABEL_HEADLINE[:2])
    return [row for row in rows if row.scope is scope and row.metric in metrics]


def _used(predictions: Path) -> tuple[int, int]:
    """Return how many clips were tested, and of how many subjects."""
    with predictions.open(encoding="utf-8", newline="") as file:
        rows = [(row["clip"], row["subject"]) for row in csv.DictReader(file)]
    return len({clip for clip, _ in rows}), len({subject for _, subject in rows})


def _next(scored: Sequence[Path], others: Sequence[Path], study: Path) -> Iterator[str]:
    """Yield commands that go on from here."""
    where = "" if study == Path() else f" {shlex.quote(str(study))}"
    if scored:
        folder = scored[0]
        yield f"Every score and picture: merflow show {shlex.quote(str(study / folder))}"
        yield f"Which clips can be believed: merflow run{where} {folder.parent}/qc/index.html"
    models = [path for path in others if path.name == MODEL]
    if models:
        yield f"Predict a recording: merflow predict {shlex.quote(str(study / models[0]))} RECORDING"
    elif scored:
        yield f"A network for new recordings: merflow run{where} {scored[0]}/final/{MODEL}"
