"""Training and test clips: splits with no subject on both sides, and the exceptions, which are labelled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from merflow.datasets.members import split_name
from merflow.errors import DatasetError
from merflow.training.given_folds import clips_of_given_folds, subjects_of_fold
from merflow.training.settings import ProtocolSettings
from merflow.training.shown import balanced_columns, can_be_learnt, shown_names

Strings = NDArray[np.str_] | Sequence[str]
Indices = NDArray[np.int64]

ONE_CLASS_IS_ENOUGH = ("majority",)
"""Models that can be fitted to clips of one class, which is then the most frequent one. A network or an SVM has nothing
to tell apart there: its numbers would be those of the majority class under another name."""

LEAKY_NOTE = "LEAK: clips of a test subject are in training; only to reproduce the published row"
MACRO_NOTE = "macro clips of the test subject are in training"

ONE_TRAINING = "micro"
"""Name of the one fold of ``cross_domain`` with the macro clips of all subjects: it tests the micro clips of all."""

HOLDOUT = "holdout"
"""Name of the one fold of ``holdout``."""


@dataclass(frozen=True, slots=True)
class Fold:
    """One split.

    Attributes
    ----------
    name : str
        The subject for LOSO and cross-domain, ``micro`` where cross-domain trains once, the dataset that
        cross-dataset tests, ``holdout``, else ``fold1`` .. ``foldk``, or ``fold`` and what the annotation calls it.
    train, test : ndarray of int
        Rows of the examples, ascending.
    note : str
        What a reader of the result must know; empty when subjects are disjoint.
    """

    name: str
    train: Indices
    test: Indices
    note: str = ""

    @classmethod
    def empty(cls) -> "Fold":
        """Return the fold of nobody."""
        return cls("", np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


def make_folds(
    protocol: ProtocolSettings,
    *,
    subjects: Strings,
    labels: NDArray[np.int64] | Sequence[int],
    expressions: Strings | None = None,
    given: Strings | None = None,
) -> list[Fold]:
    """Split examples into folds, in an order that depends on nothing but the arguments.

    Parameters
    ----------
    protocol : ProtocolSettings
    subjects : sequence of str
        One a clip.
    labels : sequence of int, or ndarray of shape (n, labels)
        Class index, one a clip; or 0 or 1 for each label.
    expressions : sequence of str, optional
        ``micro`` or ``macro``, one a clip; needed by ``cross_domain`` and ``test_expression``.
    given : sequence of str, optional
        What the annotation calls the fold of each clip; needed by ``given_folds``, and by ``holdout`` of a fold.

    Raises
    ------
    DatasetError
        When the examples cannot be split so: too few subjects, or no clips of the wanted expression.
    """
    subjects, labels = np.asarray(subjects, dtype=np.str_), np.asarray(labels, dtype=np.int64)
    expressions = np.full(len(subjects), "micro") if expressions is None else np.asarray(expressions, dtype=np.str_)
    if protocol.name == "loso":
        folds = loso(subjects)
    elif protocol.name == "kfold_subject":
        folds = kfold_subject(subjects, labels, k=protocol.k, seed=protocol.seed)
    elif protocol.name == "cross_domain":
        folds = cross_domain(subjects, expressions, keep_test_subject_macro=protocol.keep_test_subject_macro)
    elif protocol.name == "cross_dataset":
        folds = cross_dataset(subjects, train=protocol.train, test=protocol.test)
    elif protocol.name == "holdout":
        tested = subjects_of_fold(protocol.fold, subjects, given) if protocol.fold else protocol.subjects
        folds = holdout(subjects, labels, tested=tested, k=protocol.k, seed=protocol.seed)
    elif protocol.name == "given_folds":
        clips = clips_of_given_folds(subjects, [""] * len(subjects) if given is None else given)
        folds = [Fold(name, *_rows(~tested, tested)) for name, tested in clips.items()]
    else:
        folds = kfold_random_leaky(len(subjects), k=protocol.k, seed=protocol.seed)
    if protocol.test_expression:
        folds = _test_only(folds, expressions, protocol.test_expression)
    check_disjoint([fold for fold in folds if not fold.note], subjects)
    return folds


def protocol_note(protocol: ProtocolSettings) -> str:
    """Return what must stand beside every number of a protocol, which a reader would not take for granted."""
    if protocol.name == "kfold_random_leaky":
        return LEAKY_NOTE
    if protocol.name == "cross_dataset":
        return (
            f"trained on {' and '.join(protocol.train)}, tested on {protocol.test}; people of two datasets are taken "
            "for different people"
        )
    if protocol.name == "holdout":
        own = f"those of fold {protocol.fold} of the annotation" if protocol.fold else ""
        named, drawn = own or ", ".join(protocol.subjects), f"one in {protocol.k}, drawn with seed {protocol.seed}"
        return f"one split, trained on all other subjects than {named or drawn}"
    return MACRO_NOTE if protocol.one_training else ""


def loso(subjects: Strings) -> list[Fold]:
    """Leave one subject out: as many folds as subjects."""
    subjects = np.asarray(subjects, dtype=np.str_)
    names = _at_least(subjects, 2, "leave-one-subject-out")
    return [Fold(str(name), *_rows(subjects != name, subjects == name)) for name in names]


def kfold_subject(
    subjects: Strings, labels: NDArray[np.int64] | Sequence[int], *, k: int = 5, seed: int = 0
) -> list[Fold]:
    """Split subjects into k folds that share each class, or each label, as evenly as a greedy choice can.

    Subjects with the most clips are placed first, each where the class counts of the folds differ least afterwards;
    `seed` orders subjects of equal size.
    """
    subjects, labels = np.asarray(subjects, dtype=np.str_), np.asarray(labels, dtype=np.int64)
    names = _at_least(subjects, k, f"{k} folds of subjects")
    columns = balanced_columns(labels)
    counts = np.array([columns[subjects == name].sum(0) for name in names], dtype=float)
    clips = np.array([np.sum(subjects == name) for name in names], dtype=float)
    share = counts / counts.sum(0)  # so that a rare class weighs as much as a frequent one
    shuffled = np.random.default_rng(seed).permutation(len(names))
    order = shuffled[np.argsort(-clips[shuffled], kind="stable")]
    load, members = np.zeros((k, columns.shape[1])), np.zeros(k)
    fold_of = np.zeros(len(names), dtype=int)
    for position, subject in enumerate(order):
        empty_must_fill = len(names) - position <= np.sum(members == 0)
        spread = [np.var(load + share[subject] * (np.arange(k) == f)[:, None], axis=0).sum() for f in range(k)]
        cost = np.where((members > 0) & empty_must_fill, np.inf, spread)
        fold_of[subject] = np.lexsort((np.arange(k), members, np.round(cost, 12)))[0]
        load[fold_of[subject]] += share[subject]
        members[fold_of[subject]] += 1
    fold_of_clip = fold_of[np.searchsorted(names, subjects)]
    return [Fold(f"fold{f + 1}", *_rows(fold_of_clip != f, fold_of_clip == f)) for f in range(k)]


def cross_domain(subjects: Strings, expressions: Strings, *, keep_test_subject_macro: bool = False) -> list[Fold]:
    """Train on macro clips of others and test on the micro clips of one subject at a time; or of all, in one fold.

    With the test subject's own macro clips every fold would have the same training clips, and the same seed the same
    weights: there is one fold then, with the same predictions.
    """
    subjects, expressions = np.asarray(subjects, dtype=np.str_), np.asarray(expressions, dtype=np.str_)
    macro, micro = expressions == "macro", expressions == "micro"
    if not macro.any() or not micro.any():
        raise DatasetError(
            f"cross_domain: expected macro clips to train on and micro clips to test on, but found {macro.sum()} macro "
            f"and {micro.sum()} micro clips. Index the macro clips of the dataset too, or use protocol loso."
        )
    tested = np.unique(subjects[micro])
    if keep_test_subject_macro:
        known = np.isin(tested, subjects[macro]).any()
        return [Fold(ONE_TRAINING, *_rows(macro, micro), MACRO_NOTE if known else "")]
    return [Fold(str(name), *_rows(macro & (subjects != name), micro & (subjects == name))) for name in tested]


def cross_dataset(subjects: Strings, *, train: Sequence[str], test: str) -> list[Fold]:
    """Train on the clips of some members of a composite, and test on those of another: one fold, called after it."""
    members = np.array([split_name(subject)[0] for subject in np.asarray(subjects, dtype=np.str_).tolist()])
    return [Fold(test, *_rows(np.isin(members, train), members == test))]


def holdout(
    subjects: Strings,
    labels: NDArray[np.int64] | Sequence[int],
    *,
    tested: Sequence[str] = (),
    k: int = 5,
    seed: int = 0,
) -> list[Fold]:
    """Test the named subjects, or a drawn part of them, once; train on all others.

    A part is drawn as a fold of ``kfold_subject``, so that it shares the classes. Seeds 0 to k - 1 draw each fold of
    one division in turn, so that everybody is tested once; seeds k to 2 k - 1 do so of another division.
    """
    subjects = np.asarray(subjects, dtype=np.str_)
    if len(tested):
        own = np.isin(subjects, tested)
        return [Fold(HOLDOUT, *_rows(~own, own))]
    drawn = kfold_subject(subjects, labels, k=k, seed=seed // k)[seed % k]
    return [Fold(HOLDOUT, drawn.train, drawn.test)]


def kfold_random_leaky(clips: int, *, k: int = 5, seed: int = 0) -> list[Fold]:
    """Split clips at random, regardless of the subject. Subjects are on both sides, and the fold says so."""
    if clips < k:
        raise DatasetError(f"{k} folds need at least {k} clips, but there are {clips}.")
    fold_of = np.random.default_rng(seed).permutation(clips) % k
    return [Fold(f"fold{f + 1}", *_rows(fold_of != f, fold_of == f), LEAKY_NOTE) for f in range(k)]


def check_trained_classes(
    fold: Fold, labels: NDArray[np.int64], *, classes: Sequence[str], model: str, setting: str = ""
) -> None:
    """Refuse a fold whose training clips show fewer classes than its model can be fitted to.

    Folds are planned from the index, and so are their classes; a fold can lose one with the clips that stages leave
    out.

    Parameters
    ----------
    fold : Fold
    labels : ndarray of shape (n,), int64, or (n, labels)
        Class index of each example, or 0 or 1 for each label.
    classes : sequence of str
        Name of each class or label.
    model : str
        A network or a baseline.
    setting : str
        What chose these training clips, for the message: ``training.early_stopping: ``.

    Raises
    ------
    DatasetError
        Names the fold and what its training clips show.
    """
    one_is_enough = model in ONE_CLASS_IS_ENOUGH and len(fold.train) > 0
    if not (one_is_enough or can_be_learnt(labels[fold.train])):
        needed = f"{1 if model in ONE_CLASS_IS_ENOUGH else 2} or more classes"
        if labels.ndim == 2:
            needed = "which some show a label and others do not"
        found = ", ".join(shown_names(labels[fold.train], classes)) or "no clip at all"
        raise DatasetError(
            f"fold {fold.name}: {setting}expected training clips of {needed} for {model}, but found "
            f"{found}: exclusions.csv names the clips that were left out. Mend those, choose other labels, or leave "
            "this subject out."
        )


def check_disjoint(folds: Iterable[Fold], subjects: Strings) -> None:
    """Refuse folds with a subject on both sides.

    Raises
    ------
    DatasetError
        Names the first such fold and its subjects.
    """
    names, of_clip = np.unique(np.asarray(subjects, dtype=np.str_), return_inverse=True)
    for fold in folds:
        trained, tested = np.zeros((2, len(names)), dtype=np.bool_)
        trained[of_clip[fold.train]] = tested[of_clip[fold.test]] = True
        both = trained & tested
        if both.any():
            raise DatasetError(f"fold {fold.name}: subjects on both sides of the split: {', '.join(names[both])}.")


def _test_only(folds: Sequence[Fold], expressions: NDArray[np.str_], expression: str) -> list[Fold]:
    """Keep only the wanted clips in the tests; folds that lose all of theirs fall away."""
    kept = [Fold(f.name, f.train, f.test[expressions[f.test] == expression], f.note) for f in folds]
    kept = [fold for fold in kept if len(fold.test)]
    if not kept:
        raise DatasetError(
            f"expected {expression} clips to test on, but the examples hold only {', '.join(np.unique(expressions))}."
        )
    return kept


def _at_least(subjects: NDArray[np.str_], needed: int, what: str) -> NDArray[np.str_]:
    names = np.unique(subjects)
    if len(names) < needed:
        raise DatasetError(
            f"{what} needs at least {needed} subjects, but the examples hold {len(names)} ({', '.join(names)}). Add "
            f"recordings of other subjects: a subject cannot be tested by a model that was trained on the same subject."
        )
    return names


def _rows(train: NDArray[np.bool_], test: NDArray[np.bool_]) -> tuple[Indices, Indices]:
    return np.flatnonzero(train), np.flatnonzero(test)
