"""Validation: compare each count of a dataset with the published one."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from merflow.counts import count
from merflow.datasets.action_units import known_units, objective_from_aus
from merflow.datasets.clip import Clip, Exclusion
from merflow.datasets.counts import Counts, Group, three_classes
from merflow.datasets.declared import DATASETS, dataset_named
from merflow.datasets.index import Index
from merflow.datasets.labels import CLASS_SETS
from merflow.datasets.members import NOT_TAKEN, Member
from merflow.datasets.wordings import grouped_lines

MEGC2019: Mapping[tuple[str, str], Counts] = {
    (reader, part): counts
    for reader, dataset in DATASETS.items()
    if dataset.megc2019
    for part, counts in dataset.megc2019.counts.items()
}
"""Reader and part of a member of the MEGC 2019 composite -> counts."""

MEGC2019_WHOLE = three_classes(442, 68, negative=250, positive=109, surprise=83)
"""Counts of all three members of :data:`MEGC2019` together."""

_NOTE_END = re.compile(r"; (?=[a-z])")  # not within action units, as sheets write them
_UNLABELLED = "(none)"
_DERIVED = "taken from the action units"
_ANOTHER_SET = (
    "Another set than the published one, a part of it or one's own in its layout, whose counts are not compared: {}. "
    "If it is meant to be the official set, rows are missing or too many: the notes say which sheets were read."
)
_MASKED = "masked in the AU loss"


@dataclass(frozen=True, slots=True)
class Check:
    """One number of a dataset.

    Parameters
    ----------
    group : str
        Part and kind of expression.
    name : str
        What is counted.
    official : int or None
        The published number; None = none is published.
    found : int
        The number in the sheets.
    """

    group: str
    name: str
    official: int | None
    found: int

    @property
    def differs(self) -> bool:
        """Whether a published number is not met."""
        return self.official is not None and self.official != self.found


@dataclass(frozen=True, slots=True)
class Validation:
    """The report of a dataset.

    Parameters
    ----------
    name : str
        Name of the dataset in the configuration.
    official : bool
        Whether there are published numbers to compare with.
    checks : tuple of Check
        Counts of the annotated clips.
    usable : int
        Clips whose frames were found.
    exclusions : tuple of Exclusion
        Clips that are left out, with the reasons.
    lost : int
        How many of these are faults; the others were left out by design or by a setting.
    notes : tuple of str
        What concerns the dataset as a whole.
    clip_notes : tuple of (str, str)
        Clip and what was corrected in it, replaced or disagrees, one entry each.
    not_indexed : tuple of str
        Parts and kinds of expression with published counts that hold no annotated clip here.
    other_sets : tuple of str
        Of each part and kind of expression that is another set than the published one: both sizes.
    """

    name: str
    official: bool
    checks: tuple[Check, ...]
    usable: int
    exclusions: tuple[Exclusion, ...]
    lost: int
    notes: tuple[str, ...]
    clip_notes: tuple[tuple[str, str], ...]
    not_indexed: tuple[str, ...]
    other_sets: tuple[str, ...] = ()

    @property
    def differences(self) -> list[Check]:
        """The checks whose published number is not met."""
        return [check for check in self.checks if check.differs]

    @property
    def by_design(self) -> int:
        """The exclusions that a composite's selection leaves out, and that are no loss."""
        return sum(row["reason"].startswith(NOT_TAKEN) for row in self.exclusions)


def validate_dataset(reader: str, index: Index, *, official: bool) -> Validation:
    """Count what a dataset holds and compare it with what was published.

    Parameters
    ----------
    reader : str
        Reader of the dataset, whose published counts are compared with.
    index : Index
        What the reader found; the counts are those of all annotated clips, usable or not.
    official : bool
        Whether the recordings are the released ones; the embedded demo only shares their layout.
    """
    return _validation(reader, index, dataset_named(reader).counts if official else {})


def validate_composite(index: Index, members: Mapping[str, Member], *, official: Collection[str]) -> Validation:
    """Count what a composite holds, member by member and together, and compare it with the MEGC 2019 composite.

    Parameters
    ----------
    index : Index
        Of the composite.
    members : mapping of str to Member
        Its members by name.
    official : collection of str
        Members whose recordings are the released ones, under the selection ``megc2019``; of the others, and of the
        whole unless it is the three of the challenge, no counts are published.
    """
    keys = {name: _megc2019_key(member) for name, member in members.items() if name in official}
    published = {(name, "micro"): MEGC2019[key] for name, key in keys.items() if key in MEGC2019}
    complete = sorted(keys.values()) == sorted(MEGC2019) and len(keys) == len(members)
    report = _validation("composite", index, published)
    whole = [clip for clip in index.annotated or index.clips if clip.expression == "micro"]
    counts, other = _compared("all members micro", whole, MEGC2019_WHOLE if complete else Counts())
    checks = (*report.checks, *_checks("all members micro", whole, counts))
    return replace(report, checks=checks, other_sets=(*report.other_sets, *other))


def _megc2019_key(member: Member) -> tuple[str, str]:
    """Return the reader of a member and the part that its clips are of, joined where they are of several."""
    clips = member.index.annotated or member.index.clips
    return member.reader, "+".join(sorted({clip.part for clip in clips}))


def _validation(name: str, index: Index, published: Mapping[Group, Counts]) -> Validation:
    annotated = index.annotated or index.clips
    groups = sorted({(clip.part, clip.expression) for clip in annotated})
    checks: list[Check] = []
    other_sets: list[str] = []
    for group in groups:
        clips = [clip for clip in annotated if (clip.part, clip.expression) == group]
        counts, other = _compared(_title(group), clips, published.get(group, Counts()))
        checks += _checks(_title(group), clips, counts)
        other_sets += other
    return Validation(
        name=next((clip.dataset for clip in annotated), name),
        official=any(check.official is not None for check in checks),
        checks=tuple(checks),
        usable=len(index.clips),
        exclusions=index.exclusions,
        lost=len(index.bad),
        notes=index.notes,
        clip_notes=(*_notes(index.clips), *_objective_mismatches(annotated)),
        not_indexed=tuple(_title(group) for group in sorted(published) if group not in groups),
        other_sets=tuple(other_sets),
    )


def _compared(title: str, clips: Sequence[Clip], expected: Counts) -> tuple[Counts, list[str]]:
    """Return what clips are compared with, and what to say where they are another set than the published one."""
    subjects = len({clip.subject for clip in clips})
    if expected.may_be(rows=len(clips), subjects=subjects):
        return expected, []
    published = "" if expected.subjects is None else f" of {expected.subjects} subjects"
    rows = "clips" if expected.rows is None else expected.rows
    found = f"{count(len(clips), 'row')} of {count(subjects, 'subject')}"
    return Counts(), [f"{title}: {found}, published are {rows}{published}"]


def format_validation(report: Validation) -> str:
    """Return the report as text: a table of counts, the differences by name, notes and exclusions.

    Notes of the dataset are all shown; of lines on clips that differ in names and numbers only the first few are, the
    rarest kind first.
    """
    lines = [f"Dataset {report.name}: {count(report.usable, 'usable clip')}, {_excluded(report)}."]
    if report.other_sets:
        lines.append(_ANOTHER_SET.format("; ".join(report.other_sets)))
    elif not report.official:
        lines.append("Not an official dataset: no published counts to compare with; these are the counts found.")
    lines += ["", *_table(report.checks, with_official=report.official), ""]
    if report.not_indexed and report.official:
        lines += [f"Not indexed: {', '.join(report.not_indexed)}.", ""]
    if report.official:
        differences = [f"- {_difference(check)}" for check in report.differences]
        lines += _section("Differences from the published counts", differences)
    excluded = [(row["clip"], row["reason"], f" ({row['source']})") for row in report.exclusions]
    lines += _section("Notes", [f"- {note}" for note in report.notes])
    lines += _section("Excluded clips", grouped_lines(excluded))
    lines += _section("Notes on clips", grouped_lines([(clip, note, "") for clip, note in report.clip_notes]))
    return "\n".join(lines).rstrip() + "\n"


def _checks(title: str, clips: Sequence[Clip], expected: Counts) -> Iterator[Check]:
    yield Check(title, "rows", expected.rows, len(clips))
    yield Check(title, "subjects", expected.subjects, len({clip.subject for clip in clips}))
    yield Check(title, "apex = onset", expected.apex_is_onset, sum(clip.apex == clip.onset for clip in clips))
    if any(clip.aus for clip in clips):
        yield Check(title, _MASKED, None, sum(known_units(clip.aus) is None for clip in clips))
    tables: list[tuple[str, Mapping[str, int], Counter[str]]] = [
        ("emotion", expected.emotions, Counter(clip.emotions or clip.emotion or _UNLABELLED for clip in clips)),
        ("objective class", expected.objective, Counter(clip.objective or _UNLABELLED for clip in clips)),
    ]
    for name in dict.fromkeys(("emotion3", "emotion4", *expected.label_sets)):
        tables.append((name, expected.label_sets.get(name, {}), _classes(name, clips)))
    yield from _unit_checks(title, clips, expected.units)
    for table, counts, found in tables:
        for value in sorted({*counts, *found}):
            yield Check(title, f"{table} {value}", counts.get(value, 0) if counts else None, found[value])
        if table in expected.label_sets:
            yield Check(title, f"{table} together", sum(counts.values()), found.total())


def _unit_checks(title: str, clips: Iterable[Clip], expected: Mapping[int, int]) -> Iterator[Check]:
    """Yield the clips of each action unit, where their numbers were published."""
    found = Counter(unit for clip in clips for unit in known_units(clip.aus) or ())
    for unit in sorted({*expected, *found}) if expected else ():
        yield Check(title, f"action unit {unit}", expected.get(unit, 0), found[unit])


def _title(group: Group) -> str:
    part, expression = group
    return f"part {part} {expression}" if part else expression


def _classes(name: str, clips: Iterable[Clip]) -> Counter[str]:
    label_set = CLASS_SETS[name]
    labels = (label_set.label_of(clip) for clip in clips)
    return Counter(label_set.classes[label] for label in labels if label is not None)


def _notes(clips: Iterable[Clip]) -> list[tuple[str, str]]:
    return [(clip.id, note) for clip in clips if clip.notes for note in _NOTE_END.split(clip.notes)]


def _objective_mismatches(clips: Iterable[Clip]) -> Iterator[tuple[str, str]]:
    """Yield the clips whose objective class in the sheet is not the one that their action units give."""
    for clip in clips:
        if not clip.objective or _DERIVED in clip.notes:
            continue
        derived = objective_from_aus(clip.aus)
        if derived and derived != clip.objective:
            yield (clip.id, f"objective class {clip.objective} in the sheet, action units {clip.aus} give {derived}")


def _table(checks: Sequence[Check], *, with_official: bool) -> list[str]:
    head = ("group", "count", "found", *(("published", "") if with_official else ()))
    rows = [head, *(_cells(check, with_official=with_official) for check in checks)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _cells(check: Check, *, with_official: bool) -> tuple[str, ...]:
    cells = (check.group, check.name, str(check.found))
    if not with_official:
        return cells
    return (*cells, "-" if check.official is None else str(check.official), "differs" if check.differs else "")


def _difference(check: Check) -> str:
    return f"{check.group}, {check.name}: published {check.official}, found {check.found}"


def _excluded(report: Validation) -> str:
    """Say how many clips are left out; of a composite that takes a selection, how many of them by design."""
    if not report.by_design:
        return f"{len(report.exclusions)} excluded"
    by_settings = len(report.exclusions) - report.by_design - report.lost
    rest = f", {by_settings} left out by members' settings" if by_settings else ""
    return f"{report.by_design} {NOT_TAKEN}, {report.lost} lost{rest}"


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return [f"{title}:", *(lines or ["- none"]), ""]
