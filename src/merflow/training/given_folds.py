"""Folds that the annotation itself gives: a clip is tested in the fold that its sheet names."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from merflow.checks import few, nearest
from merflow.errors import DatasetError

PREFIX = "fold"
"""Of the names of folds before what the sheet calls them."""


def clips_of_given_folds(
    subjects: NDArray[np.str_] | Sequence[str], given: NDArray[np.str_] | Sequence[str]
) -> Mapping[str, NDArray[np.bool_]]:
    """Return which clips each fold tests, by its name, in the order of the names (2 before 10).

    Parameters
    ----------
    subjects, given : sequence of str
        Subject and fold, one a clip, the latter as the sheet calls it.

    Raises
    ------
    DatasetError
        When a clip has no fold, a subject is in two, or there is one fold only.
    """
    subjects, given = np.asarray(subjects, dtype=np.str_), np.asarray(given, dtype=np.str_)
    names = sorted(set(given.tolist()), key=lambda name: (len(name), name))
    without = subjects[given == ""]
    if len(without) or len(given) == 0:
        whose = f", clips of {few(np.unique(without).tolist())}" if len(without) else ""
        raise DatasetError(
            f"folds of the annotation: expected a fold of the annotation for each clip, but {len(without)} of "
            f"{len(given)} have none{whose}. Fill in the column fold of the sheet, or choose another protocol, such as "
            "kfold_subject."
        )
    twice = [
        f"{subject} ({', '.join(sorted(set(given[subjects == subject].tolist())))})"
        for subject in np.unique(subjects).tolist()
        if len(set(given[subjects == subject].tolist())) > 1
    ]
    if twice:
        raise DatasetError(
            "folds of the annotation: expected the clips of a subject in one fold, but found in several: "
            f"{few(twice)}. A subject on both sides is a leak: correct the column fold of the sheet."
        )
    if len(names) < 2:
        raise DatasetError(
            "folds of the annotation: expected two folds or more, but every clip with a label is in fold "
            f"{names[0]}. Choose another protocol."
        )
    return {PREFIX + name: given == name for name in names}


def subjects_of_fold(
    name: str, subjects: NDArray[np.str_] | Sequence[str], given: NDArray[np.str_] | Sequence[str] | None
) -> tuple[str, ...]:
    """Return the subjects whom the annotation puts into one fold, ascending.

    Parameters
    ----------
    name : str
        As the sheet calls it.
    subjects, given : sequence of str
        As :func:`clips_of_given_folds` takes them.

    Raises
    ------
    DatasetError
        As :func:`clips_of_given_folds`; when there is no such fold, with those that there are.
    """
    found = clips_of_given_folds(subjects, [""] * len(subjects) if given is None else given)
    if PREFIX + name not in found:
        known = [one.removeprefix(PREFIX) for one in found]
        raise DatasetError(
            f"protocol.fold: expected a fold of the annotation ({', '.join(known)}), but found {name!r}."
            f"{nearest(name, known)} Change it (overrides: by dataset)."
        )
    return tuple(np.unique(np.asarray(subjects, dtype=np.str_)[found[PREFIX + name]]).tolist())
