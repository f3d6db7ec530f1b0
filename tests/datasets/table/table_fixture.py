"""A table of clips with its recordings: folders of frames, whose pictures are empty where only names are read."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from merflow.datasets.index import Index
from merflow.datasets.registry import index_dataset
from merflow.errors import DatasetError

SETTINGS = {"unit": "frames", "first_frame": 1, "fps": 100}
ROW = {"path": "s1/a", "subject": "s1", "onset": "3", "apex": "6", "offset": "9", "emotion": "happiness"}


def row(**changes: str) -> dict[str, str]:
    """Return a row that is right but for `changes`."""
    return ROW | changes


def write_frames(folder: Path, numbers: Sequence[int] = range(1, 21), *, name: str = "img_{:05d}.jpg") -> Path:
    """Write empty files for frames."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        (folder / name.format(number)).touch()
    return folder


def write_table(root: Path, rows: Sequence[Mapping[str, str]], *, separator: str = ",") -> Path:
    """Write ``clips.csv`` with the columns of all rows."""
    columns = list(dict.fromkeys(name for one in rows for name in one))
    with (root / "clips.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, delimiter=separator, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return root / "clips.csv"


def index(root: Path, rows: Sequence[Mapping[str, str]], **settings: Any) -> Index:
    """Write the table and index the dataset."""
    write_table(root, rows)
    return index_dataset("mine", "table", SETTINGS | {"root": str(root)} | settings)


def faults(root: Path, *rows: Mapping[str, str], **settings: Any) -> list[str]:
    """Return the lines of the message that refuses a table, one a fault."""
    with pytest.raises(DatasetError) as told:
        index(root, rows, **settings)
    return str(told.value).splitlines()[1:]


def assert_faults(told: Sequence[str], beginnings: Sequence[str]) -> None:
    """Hold each line of a message against the beginning that it is to have behind its dash."""
    assert len(told) == len(beginnings)
    for line, start in zip(told, beginnings, strict=True):
        assert line.startswith(f"- {start}"), line
