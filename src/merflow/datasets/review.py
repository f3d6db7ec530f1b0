"""Reviews: what a person said of each clip on the quality pages, and the clips that are left out for it."""

import csv
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from merflow.checks import nearest
from merflow.datasets.clip import Exclusion
from merflow.datasets.index import Index
from merflow.errors import DatasetError
from merflow.files import sha256
from merflow.untrusted.limits import read_as_csv

STAGE = "review"
COLUMNS = ("clip", "verdict", "comment")
VERDICTS = ("pass", "doubt", "fail")
FAIL = "fail"
NO_COMMENT = "failed the review, without a comment"
"""Reason of a clip that failed, where the reviewer gave none."""


class Review(NamedTuple):
    """One row of ``review.tsv``: the verdict on a clip, and why."""

    verdict: str
    comment: str


def read_review(path: Path) -> dict[str, Review]:
    """Read a ``review.tsv`` that the quality pages saved, or one written by hand.

    A quotation mark is a character of the comment like any other, as the pages save and load it: taken for the
    beginning of a quoted cell, it would swallow the rows up to the next one, and their verdicts with them.

    Raises
    ------
    DatasetError
        When the file is missing, lacks a column, has a verdict that is none, or a clip twice; names the line.
    """
    if not path.is_file():
        raise DatasetError(f"expected the review {path} (exclude), but there is no such file. Save it from the pages.")
    with read_as_csv(path), path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
        if missing:
            raise DatasetError(
                f"{path}: expected the columns {', '.join(COLUMNS)}, divided by tabs; missing {', '.join(missing)}. "
                "Save it from the pages again."
            )
        found: dict[str, Review] = {}
        for row in rows:
            clip, verdict, comment = (str(row[name] or "").strip() for name in COLUMNS)
            where = f"{path}, line {rows.line_num}"
            if verdict not in VERDICTS:
                raise DatasetError(f"{where}: expected a verdict of {', '.join(VERDICTS)}, found {verdict!r}.")
            if clip in found:
                raise DatasetError(f"{where}: expected each clip once, found {clip!r} again. Keep one of the rows.")
            found[clip] = Review(verdict, comment)
        return found


def without_failed(index: Index, reviews: Mapping[str, Review], *, source: str) -> Index:
    """Return an index without the clips that failed a review: each is a row of its exclusions.

    Parameters
    ----------
    index : Index
    reviews : mapping
        By clip.
    source : str
        File that the reviews are from, for the exclusions.

    Raises
    ------
    DatasetError
        When a clip is reviewed that the dataset does not have: the review is of another one, or of an earlier index.
    """
    _check_known(reviews, {clip.id for clip in index.clips} | {row["clip"] for row in index.exclusions}, source)
    failed = {clip: one for clip, one in reviews.items() if one.verdict == FAIL}
    rows = [
        Exclusion(
            clip=clip.id,
            subject=clip.subject,
            stage=STAGE,
            reason=failed[clip.id].comment or NO_COMMENT,
            source=source,
        )
        for clip in index.clips
        if clip.id in failed
    ]
    kept = tuple(clip for clip in index.clips if clip.id not in failed)
    return replace(index, clips=kept, exclusions=(*index.exclusions, *rows))


def failed_before(rows: Iterable[Exclusion]) -> dict[str, str]:
    """Return the comment on each clip that a review has left out, from the exclusions of an index."""
    failed = {row["clip"]: row["reason"] for row in rows if row["stage"] == STAGE}
    return {clip: "" if reason == NO_COMMENT else reason for clip, reason in failed.items()}


def _check_known(reviews: Mapping[str, Review], known: Collection[str], source: str) -> None:
    for clip in reviews:
        if clip not in known:
            raise DatasetError(
                f"{source}: expected clips of the dataset, found {clip!r}.{nearest(clip, known)} Is it the review of "
                "another dataset, or of frame numbers that were corrected since?"
            )


def content_of_review(path: Path) -> str:
    """Return the SHA-256 of a review, once it is known that it can be read: before any work."""
    read_review(path)
    return sha256(path)
