"""The page of a composite: which clips of its members can be believed, one beside the other. It shows no face."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from merflow import paths
from merflow.datasets.members import split_name
from merflow.pages import render, write_page
from merflow.quality.flags import number
from merflow.quality.joining import MEMBER, Joined, Row
from merflow.quality.tables import MISSING, flags_of


def write_joined_page(joined: Joined, page: Path) -> None:
    """Write the page of a composite; the file appears only when whole."""
    clips = [_shown(row, joined) for row in joined.rows]
    classes = sorted({clip["label"] for clip in clips})
    text = render(
        "merflow.quality",
        "joined.html",
        dataset=joined.dataset,
        clips=clips,
        classes=classes,
        members=[_member(name, joined, clips, classes) for name in joined.members],
        columns=joined.columns,
        compared=[_compared(name, joined, clips) for name in joined.columns],
        left_out=joined.left_out,
    )
    write_page(text, page)


def _shown(row: Row, joined: Joined) -> dict[str, Any]:
    """Return a clip as the page shows it."""
    member, own = split_name(row["clip"])
    _, subject = split_name(row["subject"])
    return {
        "id": row["clip"],
        "member": member,
        "page": _up(paths.quality(member, "subjects", f"{subject}.html")),
        "anchor": own,
        "label": row["emotion"],
        "flags": flags_of(row["flagged"]),
        "stage": "" if row["stage"] == MISSING else row["stage"],
        "values": [row.get(name, MISSING) for name in joined.columns],
    }


def _member(name: str, joined: Joined, clips: list[dict[str, Any]], classes: list[str]) -> dict[str, Any]:
    """Return how many clips of a member the composite has, flagged, left out and of each class."""
    own = [clip for clip in clips if clip["member"] == name]
    counted = Counter(clip["label"] for clip in own)
    return {
        "name": name,
        "page": _up(paths.quality(name, "index.html")),
        "clips": len(own),
        "subjects": len({row["subject"] for row in joined.rows if row[MEMBER] == name}),
        "flagged": sum(bool(clip["flags"]) for clip in own),
        "left_out": sum(bool(clip["stage"]) for clip in own),
        "not_indexed": sum(split_name(row["clip"])[0] == name for row in joined.left_out),
        "classes": [counted[label] for label in classes],
    }


def _compared(column: str, joined: Joined, clips: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a column is, and of each member its median, its good values and how many clips are flagged."""
    entries = {name: own.described.get(column) for name, own in joined.members.items()}
    flagged = Counter(clip["member"] for clip in clips if column in clip["flags"])
    first = next(entry for entry in entries.values() if entry)
    return {
        "name": column,
        "unit": first["Units"],
        "meaning": first["Description"],
        "members": [
            {"median": _median(entry), "good": entry["Good"], "flagged": flagged[name]} if entry else None
            for name, entry in entries.items()
        ],
    }


def _median(entry: Mapping[str, Any]) -> str:
    return number(entry["Median"]) if "Median" in entry else ""


def _up(path: str) -> str:
    """Return a path in the folder of results as a link from the page of another dataset."""
    return f"../../{path.removeprefix(paths.RESULTS).lstrip('/')}"
