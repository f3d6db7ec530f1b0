"""The folds of an experiment: all there, each with the files, seeds, settings and examples that its record says."""

from collections import Counter
from pathlib import Path
from typing import Any

from merflow.artefacts.differences import differences
from merflow.audit.experiment import Audited, ScoredWith
from merflow.audit.findings import Findings
from merflow.training.fold_lists import FOLDS
from merflow.training.fold_record import PREDICTIONS, RECORD, FoldRecord, read_record


def check_folds(experiment: Audited, content: str, findings: Findings) -> bool:
    """Compare every fold with its record, its record with the settings, and with the examples.

    Parameters
    ----------
    experiment : Audited
    content : str
        Digest of the examples' content; empty where they cannot be compared.
    findings : Findings

    Returns
    -------
    bool
        Whether all folds are there and whole, so that the metrics can be made of them.
    """
    before = len(findings.faults)
    folder = experiment.folder / FOLDS
    there = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    versions: Counter[str] = Counter()
    for name in there:
        if experiment.folds and name not in experiment.folds:
            findings.notes.append(f"{folder / name}: no fold of the experiment as it was scored")
        else:
            record = _check_fold(folder / name, experiment, content, findings)
            versions.update([_versions(record)] if record else [])
    for name in experiment.folds:
        if name not in there:
            findings.add(folder / name, "the fold, which metrics.csv stands for", "no folder", then=experiment.metrics)
    if len(versions) > 1:
        told = ", ".join(f"{number} of {text}" for text, number in sorted(versions.items()))
        findings.notes.append(f"{folder}: folds of several versions of a library: {told}")
    return bool(experiment.folds) and len(findings.faults) == before


def _check_fold(folder: Path, experiment: Audited, content: str, findings: Findings) -> FoldRecord | None:
    """Compare one fold with its record; return the record."""
    mend: dict[str, Any] = {"force": [folder / PREDICTIONS], "then": experiment.then}
    record = read_record(folder)
    if record is None:
        found = "one that is none" if (folder / RECORD).exists() else "none"
        findings.add(folder / RECORD, "a record of what the fold was made of", found, **mend)
        return None
    for name in (RECORD, *record.files):
        findings.count(folder / name)
    lacking = record.lacking_weights(folder)
    for name in record.damaged(folder):
        path, expected = folder / name, f"the file that {RECORD} names"
        if name in lacking:
            findings.add_lacking(path, expected, **mend)
        else:
            findings.add(path, expected, "another" if path.is_file() else "no file", **mend)
    problem = _other_than_wanted(folder, record, experiment.settings, content)
    if problem:
        findings.add(folder, "a fold of the experiment as it was scored", problem, **mend)
    return record


def _other_than_wanted(folder: Path, record: FoldRecord, settings: ScoredWith | None, content: str) -> str:
    """Return what a fold was made of that it should not be; empty = it is of the experiment's own settings."""
    made_of = record.made_of
    if made_of.get("fold") != folder.name:
        return f"that of {made_of.get('fold')!r}"
    if content and made_of.get("examples") != content:
        return "one of other examples than are there"
    if settings is None:
        return ""
    seeds = settings.experiment.seeds
    if record.seeds != seeds:
        return f"one of the seeds {', '.join(map(str, record.seeds))} and not {', '.join(map(str, seeds))}"
    own = made_of.get("settings", {})
    other = differences(own, {key: settings.recorded.get(key) for key in own})
    return f"one of other settings ({other})" if other else ""


def _versions(record: FoldRecord) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(record.made_of.get("versions", {}).items()))
