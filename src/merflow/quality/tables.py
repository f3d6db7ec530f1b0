"""The table of a dataset's clips and the dictionary beside it, as BIDS has them: ``clips.tsv`` and ``clips.json``."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from merflow.datasets.clip import Clip
from merflow.files import atomic_path
from merflow.quality.flags import number
from merflow.quality.measuring import Column, Measured
from merflow.quality_columns import Value

MISSING = "n/a"
"""As BIDS writes a value that is not there."""

FIRST: dict[str, str] = {
    "clip": "Name of the clip.",
    "subject": "Subject.",
    "expression": "micro or macro.",
    "emotion": "Emotion of the annotation, or what the dataset has in its place.",
    "onset": "Frame number of the onset.",
    "apex": "Frame number of the apex.",
    "offset": "Frame number of the offset.",
}
LAST: dict[str, str] = {
    "flagged": "Columns whose value is flagged, and why.",
    "stage": "Where the clip was left out; n/a where it was not.",
    "reason": "Why it was left out there.",
    "source": "File that shows it.",
    "notes": "What the index and the stages noted.",
}


def emotion_of(clip: Clip) -> str:
    """Return the class of a clip as its annotation has it: of the label sets each dataset has the first that it has."""
    return clip.emotion or clip.emotions or clip.label or clip.objective or "not labelled"


def table_rows(measured: Measured) -> tuple[list[str], list[list[str]]]:
    """Return the columns of the table and its rows: indexed clips, then those that the index left out."""
    heading = [*FIRST, *(column.declared.name for column in measured.columns), *LAST]
    rows = [_row(clip, measured) for clip in measured.clips]
    indexed = {clip.id for clip in measured.clips}
    absent = [MISSING] * (len(FIRST) - 2 + len(measured.columns) + 1)
    for clip, row in measured.left_out.items():
        if clip not in indexed:
            rows.append([clip, row["subject"], *absent, row["stage"], row["reason"], row["source"], MISSING])
    return heading, rows


def write_table(measured: Measured, path: Path) -> None:
    """Write ``clips.tsv``, one row a clip; the same clips give the same bytes."""
    heading, rows = table_rows(measured)
    write_lines([heading, *rows], path)


def write_dictionary(measured: Measured, path: Path, *, deviations: float) -> None:
    """Write ``clips.json``: of each column what it means, its unit, its limits, its median and who measures it."""
    described: dict[str, Any] = {name: {"Description": text} for name, text in FIRST.items()}
    described |= {column.declared.name: _entry(column, deviations) for column in measured.columns}
    described |= {name: {"Description": text} for name, text in LAST.items()}
    described["stages"] = {
        "Description": "Artefacts that were read, and clips in each; kinds that are not built.",
        "Read": {f"{stage.kind}/{stage.variant}": len(stage.clips) for stage in measured.stages},
        "NotBuilt": list(measured.not_built),
    }
    write_json(described, path)


def write_lines(lines: Iterable[Sequence[str]], path: Path) -> None:
    """Write lines of a table; in a cell there is no tab and no line, and what is missing has its name."""
    with atomic_path(path) as partial:
        partial.write_text("".join("\t".join(map(_cell, line)) + "\n" for line in lines), encoding="utf-8")


def read_table(path: Path) -> list[dict[str, str]]:
    """Read a table that :func:`write_lines` wrote, its rows by column.

    Raises
    ------
    OSError, ValueError
        When it cannot be read, or a line has other cells than the heading.
    """
    with path.open(encoding="utf-8", newline="") as file:
        heading, *lines = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)) or [[]]
    return [dict(zip(heading, line, strict=True)) for line in lines]


def write_json(described: Mapping[str, Any], path: Path) -> None:
    """Write a dictionary of columns."""
    with atomic_path(path) as partial:
        partial.write_text(json.dumps(described, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def flags_text(flags: Mapping[str, str]) -> str:
    """Return why a clip is flagged, by column, as one cell."""
    return "; ".join(f"{name}: {why}" for name, why in flags.items())


def flags_of(text: str) -> dict[str, str]:
    """Return by column why a clip is flagged, from the cell that :func:`flags_text` made."""
    parts = [] if text == MISSING else text.split("; ")
    return dict(part.split(": ", 1) for part in parts)


def good(column: Column) -> str:
    """Return in words which values of a column are not flagged."""
    found = column.range
    if found is None:
        return "each value once"
    low, high = np.isfinite(found.low), np.isfinite(found.high)
    if low and high:
        return number(found.low) if found.low == found.high else f"{number(found.low)} to {number(found.high)}"
    if low:
        return f"{number(found.low)} and more"
    return f"{number(found.high)} and less" if high else "any"


def how_limited(column: Column, deviations: float) -> str:
    """Return in words where the limits of a column are from."""
    declared = column.declared
    fixed = [text for text, end in (("lower", declared.low), ("upper", declared.high)) if end is not None]
    parts = [f"{' and '.join(fixed)} limit fixed"] if fixed else []
    sides = {"both": ("lower", "upper"), "low": ("lower",), "high": ("upper",)}.get(declared.outlier, ())
    if open_sides := [side for side in sides if side not in fixed]:
        on = ", of the logarithm" if declared.log else ""
        parts.append(
            f"{' and '.join(open_sides)} limit {deviations:g} scaled median absolute deviations from the median{on}"
        )
    return "; ".join(parts)


def text_of(value: Value | None) -> str:
    """Return a value as it stands in the table."""
    if value is None:
        return MISSING
    return value if isinstance(value, str) else number(value)


def _entry(column: Column, deviations: float) -> dict[str, Any]:
    declared = column.declared
    entry: dict[str, Any] = {
        "Description": declared.meaning,
        "Units": declared.unit,
        "Good": good(column),
        "Limits": how_limited(column, deviations) or "no other clip has it",
        "Reason": declared.why,
        "WhenFlagged": declared.bad,
        "Source": column.source,
        "Clips": len(column.values),
        "Flagged": len(column.flags),
    }
    return entry | ({"Median": float(number(column.range.median))} if column.range else {})


def _row(clip: Clip, measured: Measured) -> list[str]:
    values = [text_of(column.values.get(clip.id)) for column in measured.columns]
    flagged = flags_text(measured.flags(clip.id))
    left_out = measured.left_out.get(clip.id)
    where: Sequence[str] = (left_out["stage"], left_out["reason"], left_out["source"]) if left_out else ["", "", ""]
    frames: Iterable[str] = (str(clip.onset), str(clip.apex), str(clip.offset))
    return [
        *(clip.id, clip.subject, clip.expression, emotion_of(clip), *frames),
        *values,
        *(flagged, *where, measured.notes.get(clip.id, "")),
    ]


def _cell(text: str) -> str:
    return " ".join(text.split()) or MISSING
