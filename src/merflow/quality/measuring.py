"""Measuring: the numbers of every clip of a dataset, from its index and from the shards that are built."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from merflow.artefacts import Shard, open_shard
from merflow.datasets.clip import Clip, Exclusion
from merflow.drawing.upstream import open_upstream
from merflow.names import named
from merflow.quality.flags import Range, flags_of_column
from merflow.quality_columns import Quality, QualityColumn, Value
from merflow.stages import STAGES

ANNOTATION = "annotation"
"""Source of the columns that a dataset declares."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a dataset: what is declared, who declares it, and what the dataset makes of it.

    Parameters
    ----------
    declared : QualityColumn
    source : str
        ``annotation``, or kind and variant of the artefact.
    values : mapping
        By clip; clips without a value are left out.
    range : Range or None
        Values that are not flagged; None of texts.
    flags : mapping
        By clip: why its value is flagged.
    """

    declared: QualityColumn
    source: str
    values: Mapping[str, Value]
    range: Range | None
    flags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Stage:
    """One kind of artefact of the dataset: its variant, the clips that it holds and those that it left out."""

    kind: str
    variant: str
    clips: frozenset[str]


@dataclass(frozen=True, slots=True)
class Measured:
    """A dataset as the pages show it.

    Parameters
    ----------
    dataset : str
    clips : sequence of Clip
        Index of the dataset.
    left_out : mapping
        By clip, the index's among them: where and why it was left out first.
    columns : sequence of Column
    stages : sequence of Stage
        That were read, in the order in which data flow.
    not_built : sequence of str
        Kinds of which no artefact is built.
    notes : mapping
        By clip: notes of the index and of the stages.
    """

    dataset: str
    clips: Sequence[Clip]
    left_out: Mapping[str, Exclusion]
    columns: Sequence[Column]
    stages: Sequence[Stage]
    not_built: Sequence[str] = ()
    notes: Mapping[str, str] = field(default_factory=dict)

    def flags(self, clip: str) -> dict[str, str]:
        """Return why a clip is flagged, by column."""
        return {one.declared.name: one.flags[clip] for one in self.columns if clip in one.flags}


def measure_dataset(
    dataset: str,
    annotation: str,
    clips: Sequence[Clip],
    exclusions: Sequence[Exclusion],
    shards: Mapping[tuple[str, str], Sequence[Path]],
    *,
    deviations: float,
) -> Measured:
    """Measure every clip.

    Parameters
    ----------
    dataset : str
        Name in the configuration.
    annotation : str
        ``module:name`` of the quality that the dataset declares.
    clips, exclusions : sequence
        Its index.
    shards : mapping
        By kind and variant, in the order in which data flow: one shard a subject.
    deviations : float
        As :class:`merflow.quality.settings.QcSettings` has it.

    Raises
    ------
    ArtefactError
        When a shard is missing or damaged.
    """
    left_out: dict[str, Exclusion] = {row["clip"]: row for row in exclusions}
    notes = {clip.id: [clip.notes] for clip in clips}
    quality: Quality = named(annotation)
    columns = judged_columns(
        quality.columns, ANNOTATION, {clip.id: quality.measure(clip) for clip in clips}, deviations=deviations
    )
    stages = []
    by_id = {clip.id: clip for clip in clips}
    for (kind, variant), paths in shards.items():
        own: Quality | None = named(STAGES[kind].quality) if STAGES[kind].quality else None
        measured: dict[str, Mapping[str, Value]] = {}
        held: set[str] = set()
        for path in paths:
            with open_shard(path, kind=kind, dataset=dataset, variant=variant) as shard:
                mine = [by_id[clip] for clip in shard.clips if clip in by_id]
                held |= {clip.id for clip in mine}
                measured |= _measure_shard(shard, mine, own) if own else {}
                _take_notes(shard, mine, notes, left_out)
        stages.append(Stage(kind, variant, frozenset(held)))
        if own:
            columns += judged_columns(own.columns, f"{kind}/{variant}", measured, deviations=deviations)
    return Measured(
        dataset,
        clips,
        left_out,
        columns,
        stages,
        [kind for kind in STAGES if kind not in {one.kind for one in stages}],
        {clip: "; ".join(_each_once(texts)) for clip, texts in notes.items()},
    )


def _measure_shard(shard: Shard, clips: Sequence[Clip], quality: Quality) -> dict[str, Mapping[str, Value]]:
    with open_upstream(shard) as upstream:
        return {clip.id: quality.measure(shard, clip, upstream) for clip in clips}


def _take_notes(
    shard: Shard, clips: Sequence[Clip], notes: Mapping[str, list[str]], left_out: dict[str, Exclusion]
) -> None:
    """Add what a shard notes of its clips, and those that it left out first."""
    for clip in clips:
        notes[clip.id].append(str(shard.attrs(clip.id).get("notes", "")))
    for row in shard.exclusions:
        whose = Exclusion(**{**row, "subject": shard.subject})  # type: ignore[typeddict-item]
        left_out.setdefault(row["clip"], whose)


def judged_columns(
    columns: Sequence[QualityColumn], source: str, measured: Mapping[str, Mapping[str, Value]], *, deviations: float
) -> list[Column]:
    """Return declared columns with what is measured, by clip; a column that no clip has a value of is left out."""
    found = []
    for declared in columns:
        values = {clip: own[declared.name] for clip, own in measured.items() if _is_there(own.get(declared.name))}
        if values:
            limits, flags = flags_of_column(declared, values, deviations=deviations)
            found.append(Column(declared, source, values, limits, flags))
    return found


def _is_there(value: Value | None) -> bool:
    return value is not None and value == value  # NaN is not itself


def _each_once(texts: Sequence[str]) -> list[str]:
    """Return the notes of several stages, each once: a stage repeats those of the one before."""
    return list(dict.fromkeys(note for text in texts for note in text.split("; ") if note))
