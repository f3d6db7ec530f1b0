"""The record of an export: what it is of, and which clips it lacks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merflow.counts import count
from merflow.version import VERSION

RECORD = "export.json"
_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was written.

    Parameters
    ----------
    form : str
    out : Path
    about : mapping
        Dataset, kind, variant or experiment, settings of the form, and what the results were made with.
    clips, files : int
    megabytes : float
    left_out : mapping of str to str
        By clip: why it is not there.
    notes : sequence of str
    """

    form: str
    out: Path
    about: Mapping[str, Any]
    clips: int
    files: int
    megabytes: float
    left_out: Mapping[str, str]
    notes: Sequence[str] = ()

    def lines(self) -> list[str]:
        """Return what a person should read."""
        text = [
            f"{self.form}: wrote {count(self.clips, 'clip')}, {count(self.files, 'file')}, "
            f"{self.megabytes:.1f} MB, into {self.out}",
            *(f"  {note}" for note in self.notes),
        ]
        if self.left_out:
            text.append(f"  {count(len(self.left_out), 'clip')} not there (all of them: {RECORD}):")
            text += [f"    {clip}: {why}" for clip, why in list(self.left_out.items())[:_SHOWN]]
        return text


def write_record(
    path: Path, *, form: str, about: Mapping[str, Any], clips: Sequence[str], left_out: Mapping[str, str]
) -> None:
    """Write the record; the same export gives the same bytes."""
    record = {"form": form, "merflow": VERSION, **about, "clips": list(clips), "left_out": dict(left_out)}
    path.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def sizes(folder: Path) -> tuple[int, float]:
    """Return the number of files below a folder, and their size in MB."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return len(files), sum(path.stat().st_size for path in files) / 1e6
