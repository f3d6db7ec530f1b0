"""Duplicates: the same content under two names. The digests of the examples show them, and they are refused."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Examples
from merflow.checks import few
from merflow.errors import DatasetError


def check_no_duplicate(examples: Examples) -> None:
    """Refuse examples with the same content under two subjects: one recording, or a copy of it.

    Folds separate subjects, so each such pair would be on both sides of some fold: ``check_no_leak`` would refuse that
    fold alone, after others were trained. Blank examples count as no content (``content_digest``).

    Parameters
    ----------
    examples : Examples
        With their digests, as ``examples.h5`` has them.

    Raises
    ------
    DatasetError
        Names the pairs, and what to do.
    """
    first: dict[str, tuple[str, str]] = {}
    pairs = []
    for row, subject in enumerate(examples.subject.tolist()):
        for digest, name in contents(np.array([row]), examples):
            whose, other = first.setdefault(digest, (subject, name))
            if whose != subject:
                pairs.append(f"{other} (subject {whose}) and {name} (subject {subject})")
    if pairs:
        raise DatasetError(
            "expected other content in the clips of other subjects, but found the same content in "
            f"{few(pairs)}. One recording is in the index under two subjects: take one of the two out of the "
            "dataset's labels, and build the index again."
        )


def contents(rows: NDArray[np.int64], examples: Examples) -> Iterator[tuple[str, str]]:
    """Yield digest and description of clips and of the altered copies of them, blank ones left out."""
    copies = np.flatnonzero(np.isin(examples.copy_of, rows))
    for digest, clip in zip(examples.digest[rows].tolist(), examples.clip[rows].tolist(), strict=True):
        if digest:
            yield digest, clip
    originals = examples.clip[examples.copy_of[copies]].tolist()
    for digest, clip in zip(examples.copy_digest[copies].tolist(), originals, strict=True):
        if digest:
            yield digest, f"an altered copy of {clip}"
