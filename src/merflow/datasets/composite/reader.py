"""Composite: several datasets as one, as MEGC 2019 joined SMIC, CASME II and SAMM, on the artefacts of its members.

A composite of one member is a selection of that dataset: the 145 clips of CASME II that MEGC 2019 took, for example.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from merflow.checks import check_choice, check_setting, few
from merflow.datasets.clip import Clip, Exclusion
from merflow.datasets.declared import dataset_named
from merflow.datasets.index import STAGE, Index
from merflow.datasets.labels import CLASS_SETS
from merflow.datasets.members import NOT_TAKEN, Member, qualified
from merflow.datasets.spelling import spelling_key
from merflow.errors import DatasetError

_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CompositeSettings:
    """Which datasets a composite is made of, and what is taken of them.

    Parameters
    ----------
    members : tuple of str
        Other datasets of this configuration, with different subjects. They keep the recordings and artefacts. One alone
        is that dataset, without the clips that the selection leaves out.
    selection : {"megc2019", "all"}
        ``megc2019``: the clips of three classes that the challenge took. ``all``: every clip of the members.
    """

    members: tuple[str, ...]
    selection: Literal["megc2019", "all"] = "megc2019"

    def __post_init__(self) -> None:
        different = len(set(self.members)) == len(self.members) > 0
        check_setting(different, "members", expected="one or more different datasets", found=list(self.members))
        dotted = [member for member in self.members if "." in member]
        check_setting(
            not dotted, "members", expected="names without a dot, which ends the member's name in an id", found=dotted
        )
        check_choice(self.selection, "selection", ("megc2019", "all"))


def compose(name: str, settings: CompositeSettings, members: Mapping[str, Member]) -> Index:
    """Join the indexes of several datasets into one.

    Parameters
    ----------
    name : str
        Name of the composite in the configuration.
    settings : CompositeSettings
        Its members and the selection.
    members : mapping of str to Member
        Each of ``settings.members`` by name.

    Returns
    -------
    Index
        Clips in the order of the members, then of the member's own index: ``dataset`` is `name`, ``part`` the member,
        ``subject`` ``<member>.<subject>``, hence the id ``<member>.<member's clip id>``; folders stay relative to the
        member's root. Exclusions: those of each member, then its clips that the selection leaves out. Annotated:
        what the selection takes of those of each member, or of its clips where it knows no more.

    Raises
    ------
    DatasetError
        When two members have a subject of the same name, of those readers that tell people by name.

    Notes
    -----
    The selection ``megc2019`` is that of J. See et al., MEGC 2019 - The Second Facial Micro-Expressions Grand
    Challenge, FG 2019: 442 clips of 68 subjects.
    """
    _check_subjects(name, {member: members[member] for member in settings.members})
    parts = [_part(name, settings.selection, member, members[member]) for member in settings.members]
    return Index(
        clips=tuple(clip for part in parts for clip in part.clips),
        exclusions=tuple(row for part in parts for row in part.exclusions),
        annotated=tuple(clip for part in parts for clip in part.annotated),
        bad=tuple(clip for part in parts for clip in part.bad),
        notes=tuple(note for part in parts for note in part.notes),
    )


def _check_subjects(dataset: str, members: Mapping[str, Member]) -> None:
    """Refuse two members of a reader that tells people by name with a subject of one name: it may be one person."""
    subjects = {
        name: {spelling_key(clip.subject): clip.subject for clip in member.index.clips}
        for name, member in members.items()
        if dataset_named(member.reader).people_by_name
    }
    for first, second in combinations(subjects, 2):
        shared = sorted(subjects[first].keys() & subjects[second].keys())
        if shared:
            named = few([subjects[first][key] for key in shared], _SHOWN)
            raise DatasetError(
                f"dataset {dataset}: expected members that show different subjects, found subjects of the same name in "
                f"{first} and {second}: {named}. One subject would be on both sides: leave one member out, "
                "or rename the subjects of one where they are other subjects."
            )


def _part(dataset: str, selection: str, name: str, member: Member) -> Index:
    """Return what one member gives to a composite, under the composite's names."""
    index = member.index
    annotated = index.annotated or index.clips
    reader = member.reader if selection == "megc2019" else None
    out = {clip.id: reason for clip in index.clips if (reason := _why_left_out(clip, reader))}
    left_out = [
        Exclusion(clip=clip.id, subject=clip.subject, stage=STAGE, reason=out[clip.id], source=clip.color)
        for clip in index.clips
        if clip.id in out
    ]
    return Index(
        clips=tuple(_renamed(clip, dataset, name) for clip in index.clips if clip.id not in out),
        exclusions=tuple(_renamed_row(row, name) for row in (*index.exclusions, *left_out)),
        annotated=tuple(_renamed(clip, dataset, name) for clip in annotated if not _why_left_out(clip, reader)),
        bad=tuple(qualified(name, clip) for clip in index.bad),
        notes=tuple(f"{name}: {note}" for note in index.notes),
    )


def _why_left_out(clip: Clip, reader: str | None) -> str:
    """Return why MEGC 2019 leaves out a clip that a reader found; empty = it is in, as all are without a reader.

    Of datasets that the challenge does not know, the clips of ``emotion3`` are taken.
    """
    if reader is None:
        return ""
    taken = dataset_named(reader).megc2019
    if taken and (clip.subject.casefold(), clip.video.casefold()) in taken.left_out:
        return f"{NOT_TAKEN}: MEGC 2019 leaves out {clip.subject}/{clip.video} of {reader}"
    kept = taken.emotions if taken else tuple(sorted(CLASS_SETS["emotion3"].class_of))
    if not kept or clip.emotion in kept:
        return ""
    found = f"emotion {clip.emotion!r} is none" if clip.emotion else "no emotion label: none"
    return f"{NOT_TAKEN}: {found} of those that it takes of {reader} ({', '.join(kept)})"


def _renamed(clip: Clip, dataset: str, member: str) -> Clip:
    return replace(clip, dataset=dataset, subject=qualified(member, clip.subject), part=member)


def _renamed_row(row: Exclusion, member: str) -> Exclusion:
    return {**row, "clip": qualified(member, row["clip"]), "subject": qualified(member, row["subject"])}
