"""The pages: of a dataset as a whole, and of each subject. Each is one file that asks for nothing from outside."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from merflow import paths
from merflow.checks import few
from merflow.datasets.clip import Clip
from merflow.datasets.review import VERDICTS, failed_before
from merflow.pages import render, write_page
from merflow.quality.flags import number
from merflow.quality.measuring import Measured
from merflow.quality.reference import Reference
from merflow.quality.strips import AXIS, HEIGHT, SHAPES, WIDTH, shapes_of, strip
from merflow.quality.tables import emotion_of, good, how_limited, text_of
from merflow.quality.thumbnails import Shards, thumbnails

PACKAGE = "merflow.quality"
REASONS = 12
"""Reasons for leaving clips out that the group page lists; the table has all."""


def write_pages(
    measured: Measured,
    about: Mapping[str, str],
    shards: Shards,
    page: Path,
    subjects: Path,
    *,
    faces: bool,
    deviations: float,
    reference: Reference | None = None,
) -> None:
    """Write the group page, and the page of each subject.

    Parameters
    ----------
    measured : Measured
    about : mapping
        ``title`` and ``licence`` of the dataset, which the pages name.
    shards : mapping
        By kind and variant: one shard a subject, in the order of the index.
    page : Path
        Of the dataset as a whole.
    subjects : Path
        Folder of the other pages; it is made.
    faces : bool
        Whether they contain pictures of faces.
    deviations : float
        As in the settings.
    reference : Reference, optional
        The numbers of another dataset.
    """
    common = _common(measured, about, faces)
    subjects.mkdir(parents=True, exist_ok=True)
    names = list(dict.fromkeys(clip.subject for clip in measured.clips))
    of_flagged: dict[str, str] = {}
    for position, subject in enumerate(names):
        pictures = thumbnails(shards, position) if faces else {}
        of_flagged |= {clip: uri for clip, uri in pictures.items() if measured.flags(clip)}
        beside = {"before": names[position - 1] if position else "", "after": (*names[1:], "")[position]}
        own = {"subject": subject, "clips": _clips_of(measured, subject, pictures)}
        write_page(render(PACKAGE, "subject.html", **common, **beside, **own), subjects / f"{subject}.html")
    group = render(
        PACKAGE, "group.html", **common, **_group(measured, of_flagged, deviations, reference or Reference())
    )
    write_page(group, page)


def _common(measured: Measured, about: Mapping[str, str], faces: bool) -> dict[str, Any]:
    """Return what every page says."""
    return {
        "dataset": measured.dataset,
        "title": about["title"],
        "licence": about["licence"],
        "faces": faces,
        "verdicts": VERDICTS,
        "failed": failed_before(measured.left_out.values()),
    }


def _clips_of(measured: Measured, subject: str, pictures: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the clips of a subject as its page shows them."""
    found = []
    for clip in measured.clips:
        if clip.subject != subject:
            continue
        flags = measured.flags(clip.id)
        numbers = [
            (one.declared.name, text_of(one.values.get(clip.id)), good(one), one.declared.unit, one.declared.meaning)
            for one in measured.columns
            if clip.id in one.values
        ]
        found.append(
            {
                "id": clip.id,
                "label": emotion_of(clip),
                "about": _about(clip),
                "flags": flags,
                "numbers": sorted(numbers, key=lambda row: row[0] not in flags),
                "picture": pictures.get(clip.id, ""),
                "notes": measured.notes.get(clip.id, ""),
                "left_out": measured.left_out.get(clip.id),
                "commands": [
                    f"merflow inspect {paths.shard(measured.dataset, one.kind, one.variant, subject)} --clip {clip.id}"
                    for one in measured.stages
                    if clip.id in one.clips
                ],
            }
        )
    return found


def _about(clip: Clip) -> str:
    parts = [f"frames {clip.onset}, {clip.apex}, {clip.offset}", f"action units {clip.aus}" if clip.aus else ""]
    return "; ".join([*filter(None, parts), clip.expression])


def _group(
    measured: Measured, of_flagged: Mapping[str, str], deviations: float, reference: Reference
) -> dict[str, Any]:
    """Return what the group page shows."""
    indexed = {clip.id for clip in measured.clips}
    shapes = shapes_of([emotion_of(clip) for clip in measured.clips])
    return {
        "clips": _clips_shown(measured, of_flagged, shapes),
        "columns": _columns_shown(measured, deviations, reference),
        "reference": reference.path,
        "funnel": funnel(measured),
        "reasons": reasons(measured),
        "left_out": len(measured.left_out),
        "not_built": measured.not_built,
        "balance": balance(measured.clips),
        "shapes": shapes,
        "outlines": SHAPES,
        "drawn": {"width": WIDTH, "height": HEIGHT, "axis": AXIS},
        "left_out_of_index": [row for clip, row in measured.left_out.items() if clip not in indexed],
    }


def _clips_shown(measured: Measured, of_flagged: Mapping[str, str], shapes: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the clips of the index, each with its values in the order of the columns."""
    return [
        {
            "id": clip.id,
            "subject": clip.subject,
            "label": emotion_of(clip),
            "shape": shapes[emotion_of(clip)],
            "picture": of_flagged.get(clip.id, ""),
            "flags": measured.flags(clip.id),
            "stage": measured.left_out[clip.id]["stage"] if clip.id in measured.left_out else "",
            "values": [text_of(one.values.get(clip.id)) for one in measured.columns],
        }
        for clip in measured.clips
    ]


def _columns_shown(measured: Measured, deviations: float, reference: Reference) -> list[dict[str, Any]]:
    """Return the columns with their strips and what their captions say."""
    ids = [clip.id for clip in measured.clips]
    return [
        {
            "name": one.declared.name,
            "unit": one.declared.unit,
            "meaning": one.declared.meaning,
            "bad": one.declared.bad,
            "why": one.declared.why,
            "source": one.source,
            "good": good(one),
            "limits": how_limited(one, deviations),
            "flagged": len(one.flags),
            "strip": strip(one, ids, reference.middles.get(one.declared.name)),
            "reference": [number(end) for end in reference.middles.get(one.declared.name, ())],
        }
        for one in measured.columns
    ]


def funnel(measured: Measured) -> list[tuple[str, int]]:
    """Return how many clips are annotated, indexed, and in each kind of artefact."""
    indexed = len(measured.clips)
    annotated = len({clip.id for clip in measured.clips} | set(measured.left_out))
    stages = [(f"{one.kind}/{one.variant}", len(one.clips)) for one in measured.stages]
    return [("annotated", annotated), ("indexed", indexed), *stages]


def reasons(measured: Measured) -> list[tuple[str, str, str, int]]:
    """Return stage, reason, names and number of the clips that were left out, the most frequent first."""
    clips: dict[tuple[str, str], list[str]] = {}
    for clip, row in measured.left_out.items():
        clips.setdefault((row["stage"], row["reason"]), []).append(clip)
    ordered = sorted(clips.items(), key=lambda one: -len(one[1]))[:REASONS]
    return [(*why, few(names), len(names)) for why, names in ordered]


def balance(clips: Sequence[Clip]) -> dict[str, Any]:
    """Return clips by subject and class, with the subjects that show one class only."""
    classes = sorted({emotion_of(clip) for clip in clips})
    counted = Counter((clip.subject, emotion_of(clip)) for clip in clips)
    subjects = list(dict.fromkeys(clip.subject for clip in clips))
    return {
        "classes": classes,
        "rows": [(subject, [counted[subject, name] for name in classes]) for subject in subjects],
        "totals": [sum(counted[subject, name] for subject in subjects) for name in classes],
        "one_class": [subject for subject in subjects if sum(counted[subject, name] > 0 for name in classes) == 1],
    }
