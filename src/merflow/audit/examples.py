"""The examples of an experiment: whole, and made of the shards that are there."""

import json
from pathlib import Path

from merflow.artefacts import read_examples
from merflow.artefacts.reader import open_artefact
from merflow.audit.experiment import Audited
from merflow.audit.findings import Findings
from merflow.audit.index import check_index
from merflow.audit.shards import Shards
from merflow.datasets.clip_table import read_exclusions
from merflow.errors import ArtefactError, DatasetError
from merflow.plan.parts import EXCLUSIONS


def check_examples(experiment: Audited, shards: Shards, findings: Findings) -> str:
    """Compare the examples with their seal, their schema and the shards.

    Returns
    -------
    str
        Digest of their content, by which folds name them; empty where they are missing or damaged.
    """
    path = experiment.folder / "examples.h5"
    _check_exclusions(experiment, findings)
    if not path.is_file():
        if experiment.then:
            findings.add_lacking(path, "the examples", force=[path], then=experiment.then)
        return ""
    findings.count(path)
    try:
        examples = read_examples(path)
        _check_inputs(path, experiment, shards, findings)
    except ArtefactError as error:
        findings.add_refused(path, error, force=[path], then=experiment.then)
        return ""
    if not findings.has_fault(experiment.folder / EXCLUSIONS):
        check_index(experiment, examples, findings)
    return examples.content()


def _check_inputs(path: Path, experiment: Audited, shards: Shards, findings: Findings) -> None:
    """Refuse examples that were taken from other shards than those that are there now."""
    if experiment.settings is None:
        return
    with open_artefact(path, {"kind": "examples"}, later=("x",)) as file:
        recorded = json.loads(file.attrs["inputs"])
    for subject, shard in experiment.shards(experiment.settings.experiment.artefact).items():
        found = shards.digest(shard)
        if found and found != recorded.get(subject):
            what = f"to be made of {shard.below(shards.root)} as it is now (sha256 {found[:16]})"
            was = f"the digest {recorded[subject][:16]}" if subject in recorded else "that they were made without it"
            findings.add(path, what, was, force=[path], then=experiment.then)


def _check_exclusions(experiment: Audited, findings: Findings) -> None:
    path = experiment.folder / EXCLUSIONS
    if not path.exists():
        if experiment.then:
            findings.add(path, "the clips that were left out", "no file", force=[path], then=experiment.then)
        return
    findings.count(path)
    try:
        read_exclusions(path)
    except DatasetError as error:
        findings.add_refused(path, error, force=[path], then=experiment.then)
