"""Members of a composite, and the names of their subjects and clips in it: ``<member>.<name>``."""

from dataclasses import dataclass
from pathlib import Path

from merflow.datasets.clip_table import read_clips, read_exclusions
from merflow.datasets.index import Index

NOT_TAKEN = "not taken by megc2019"
"""How the reason of a clip begins that the selection leaves out by design, to tell it from a clip that is lost."""


@dataclass(frozen=True, slots=True)
class Member:
    """One dataset of a composite.

    Parameters
    ----------
    reader : str
        How its layout is read, which decides what is taken of it.
    index : Index
        Its clips and exclusions, and the rest where it is known.
    """

    reader: str
    index: Index


def read_member(reader: str, clips: Path, exclusions: Path) -> Member:
    """Read a member's ``clips.csv`` and ``exclusions.csv``; what the index knows besides is in neither.

    Raises
    ------
    DatasetError
        As :func:`merflow.datasets.clip_table.read_clips`.
    """
    return Member(reader, Index(tuple(read_clips(clips)), tuple(read_exclusions(exclusions))))


def qualified(member: str, name: str) -> str:
    """Return a member's subject or clip as the composite names it: ``<member>.<name>``."""
    return f"{member}.{name}"


def split_name(name: str) -> tuple[str, str]:
    """Return the member, and the name that it gives the subject or clip: what :func:`qualified` joined.

    Examples
    --------
    >>> split_name("demo.spNO.1_a_116")
    ('demo', 'spNO.1_a_116')
    """
    member, _, own = name.partition(".")
    return member, own
