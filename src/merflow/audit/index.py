"""Compare the index of a dataset with the examples that were made of it: clips, subjects and classes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from merflow.artefacts import Examples
from merflow.audit.experiment import Audited
from merflow.audit.findings import Findings
from merflow.config import Experiment
from merflow.datasets.clip_table import read_clips, read_exclusions
from merflow.datasets.labels import label_set_named
from merflow.errors import DatasetError
from merflow.plan.splits import as_trained


class _Row(NamedTuple):
    """What a training knows of a clip from the index."""

    clip: str
    subject: str
    expression: str
    label: str


def check_index(experiment: Audited, examples: Examples, findings: Findings) -> None:
    """Tell the first clip of which the index says something else than the examples, or that only one of them has."""
    if experiment.settings is None or experiment.clips is None:
        return
    try:
        asked = as_trained(experiment.clips, experiment.settings.experiment)
        indexed = {row.clip: row for row in _rows(experiment.clips, asked)}
    except DatasetError as error:
        findings.add_refused(experiment.clips, error, force=[experiment.clips], then=experiment.then)
        return
    labels = label_set_named(asked.labels)
    columns = (examples.clip, examples.subject, examples.expression, _texts(examples, labels))
    seen = {row[0]: _Row(*map(str, row)) for row in zip(*columns, strict=True)}
    left_out = {row["clip"] for row in read_exclusions(experiment.folder / "exclusions.csv")}
    for clip in (*seen, *indexed):
        here, there = indexed.get(clip), seen.get(clip)
        if here != there and (there or clip not in left_out):
            expected, found = (", ".join(row) if row else f"no clip {clip}" for row in (there, here))
            what = f"{expected}, as examples.h5 has it"
            findings.add(experiment.clips, what, found, force=[experiment.clips], then=experiment.then)
            return


def _texts(examples: Examples, labels: Any) -> list[str]:
    """Return what the examples say of each clip; labels of another set than the experiment's are told as they are."""
    if examples.multi != labels.multi or examples.classes != labels.classes:
        return [f"{examples.label_set} {label}" for label in examples.label.tolist()]
    return [labels.text(label) for label in examples.label.tolist()]


def _rows(clips: Path, experiment: Experiment) -> Iterator[_Row]:
    """Yield the clips that an experiment asks for."""
    labels: Any = label_set_named(experiment.labels)
    for clip in read_clips(clips):
        label = labels.label_of(clip)
        if label is not None and clip.expression in experiment.expressions:
            yield _Row(clip.id, clip.subject, clip.expression, labels.text(label))
