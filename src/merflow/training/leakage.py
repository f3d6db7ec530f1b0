"""Leakage: refuse a fold whose training has a test subject, a test clip, or its content under another name."""

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Examples
from merflow.checks import few
from merflow.errors import DatasetError
from merflow.training.duplicates import contents
from merflow.training.folds import Fold, check_disjoint


def check_no_leak(fold: Fold, examples: Examples) -> None:
    """Refuse a fold whose training part holds something of its test part.

    Refused are a subject on both sides, a clip on both sides, and content on both sides: a training clip, or an altered
    copy that trains with it, that equals a test clip or an altered copy of one. Copies train with their clip alone, so
    that a copy of a test clip can be in training in two ways only: its clip is on both sides, or the copy goes by
    another clip's name; the second and the third check see these.

    A fold that leaks on purpose has a note about subjects (``fold.note``). Then only the check of the subjects is left
    out. No note says that a test clip itself is in training, so the other checks remain.

    Content is equal where every value is. Blank examples, the same at all places, count as none: clips without motion
    look alike whosever they are (``content_digest``).

    Parameters
    ----------
    fold : Fold
    examples : Examples
        Those that the rows of the fold count.

    Raises
    ------
    DatasetError
        Names the fold, the subjects or the clips, and what to do. Also when the digests of the contents are missing:
        nobody could then say that there is no leak.
    """
    if not examples.has_digests:
        raise DatasetError(
            f"fold {fold.name}: expected the digest of each of the {len(examples.x)} examples, but found none. "
            "They are made when examples.h5 is written: delete it, and run the workflow again."
        )
    _check_clips(fold, examples.clip)
    if not fold.note:
        check_disjoint([fold], examples.subject)
    _check_content(fold, examples)


def _check_clips(fold: Fold, clips: NDArray[np.str_]) -> None:
    both = sorted(set(clips[fold.train].tolist()) & set(clips[fold.test].tolist()))
    if both:
        raise DatasetError(
            f"fold {fold.name}: expected each clip to train or to be tested, but found on both sides: "
            f"{few(both)}. Give each clip of the index an id of its own, and build the examples again."
        )


def _check_content(fold: Fold, examples: Examples) -> None:
    tested = dict(contents(fold.test, examples))
    pairs = [f"{name} and {tested[digest]}" for digest, name in contents(fold.train, examples) if digest in tested]
    if pairs:
        raise DatasetError(
            f"fold {fold.name}: expected no training clip with the content of a test clip, but found the same content "
            f"in {few(pairs)}. One recording is in the index twice, or an altered copy is in it as a clip of "
            "its own: take one of the two out of the dataset's labels, and build the index and the examples again."
        )
