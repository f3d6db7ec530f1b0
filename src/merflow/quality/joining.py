"""Joining: the tables of the members of a composite as one, each clip with the member that it is of.

Values are the members' own, and so are their limits: what is far from the others on one camera need not be on another.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from merflow import paths
from merflow.datasets.clip import Clip, Exclusion
from merflow.datasets.members import split_name
from merflow.errors import ArtefactError
from merflow.quality.tables import FIRST, LAST, read_table, write_json, write_lines

Row = Mapping[str, str]
MEMBER = "dataset"
"""Column of the joined table that names the member."""


@dataclass(frozen=True)
class Member:
    """What the quality pages of one member found.

    Parameters
    ----------
    rows : mapping
        By clip: its row of the member's ``clips.tsv``.
    described : mapping
        By column: its entry of ``clips.json``.
    """

    rows: Mapping[str, Row]
    described: Mapping[str, Mapping[str, Any]]

    @cached_property
    def columns(self) -> list[str]:
        """Names of what is measured, in the order of the table."""
        return [name for name in self.described if name not in (*FIRST, *LAST, "stages")]


@dataclass(frozen=True)
class Joined:
    """A composite as its page shows it.

    Parameters
    ----------
    dataset : str
    members : mapping
        By name, in the order of the configuration.
    rows : sequence of mapping
        By column, of each clip of the composite, as the composite names it.
    left_out : sequence of Exclusion
        What the index of the composite leaves out.
    """

    dataset: str
    members: Mapping[str, Member]
    rows: Sequence[Row]
    left_out: Sequence[Exclusion]

    @cached_property
    def columns(self) -> list[str]:
        """Names of what any member measures, those of the first one first."""
        return list(dict.fromkeys(name for member in self.members.values() for name in member.columns))

    @property
    def heading(self) -> list[str]:
        """Columns of the joined table."""
        first, *others = FIRST
        return [first, MEMBER, *others, *self.columns, *LAST]


def read_quality(dataset: str) -> Member:
    """Read ``clips.tsv`` and ``clips.json`` of a dataset.

    Raises
    ------
    ArtefactError
        When a file is missing or not as merflow writes it.
    """
    table, dictionary = (Path(paths.quality(dataset, name)) for name in ("clips.tsv", "clips.json"))
    try:
        rows = {row["clip"]: row for row in read_table(table)}
        return Member(rows, json.loads(dictionary.read_text(encoding="utf-8")))
    except (OSError, KeyError, ValueError) as error:
        raise ArtefactError(
            f"{table.parent}: expected clips.tsv and clips.json as merflow writes them, found {error!r}. Make them: "
            f"snakemake {paths.quality(dataset, 'index.html')}"
        ) from error


def join(dataset: str, clips: Sequence[Clip], exclusions: Sequence[Exclusion], members: Mapping[str, Member]) -> Joined:
    """Join the rows of the members' tables, as far as a composite has their clips.

    Parameters
    ----------
    dataset : str
        Composite.
    clips, exclusions : sequence
        Its index.
    members : mapping
        By name.

    Raises
    ------
    ArtefactError
        When a member's table lacks a clip.
    """
    rows = []
    for clip in clips:
        member, own = split_name(clip.id)
        found = members[member].rows.get(own)
        if found is None:
            raise ArtefactError(
                f"{paths.quality(member, 'clips.tsv')}: expected a row of {own}, found none. Make it again: "
                f"snakemake --forcerun write_quality_pages -- {paths.quality(member, 'index.html')}"
            )
        rows.append({**found, "clip": clip.id, "subject": clip.subject, MEMBER: member})
    indexed = {clip.id for clip in clips}
    return Joined(dataset, members, rows, [row for row in exclusions if row["clip"] not in indexed])


def write_joined_table(joined: Joined, path: Path) -> None:
    """Write ``clips.tsv`` of a composite: clips of its index, then those that it leaves out."""
    absent = [_of_left_out(row) for row in joined.left_out]
    heading = joined.heading
    write_lines([heading, *([row.get(name, "") for name in heading] for row in (*joined.rows, *absent))], path)


def write_joined_dictionary(joined: Joined, path: Path) -> None:
    """Write ``clips.json`` of a composite: of each column what each member's dictionary says."""
    described: dict[str, Any] = {name: {"Description": text} for name, text in FIRST.items()}
    described[MEMBER] = {"Description": "Member of the composite that has the clip."}
    for name in joined.columns:
        described[name] = {
            "Members": {key: own.described[name] for key, own in joined.members.items() if name in own.described}
        }
    described |= {name: {"Description": text} for name, text in LAST.items()}
    write_json(described, path)


def _of_left_out(row: Exclusion) -> Row:
    member, _ = split_name(row["clip"])
    told = {"stage": row["stage"], "reason": row["reason"], "source": row["source"]}
    return {"clip": row["clip"], "subject": row["subject"], MEMBER: member, **told}
