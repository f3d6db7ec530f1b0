"""What a training cannot learn, since its clips agree on it: the log says so before the training begins."""

import logging

from merflow.artefacts import Examples
from merflow.counts import count
from merflow.training.folds import Fold
from merflow.training.label_tables import constant_labels
from merflow.training.shown import shown_names

logger = logging.getLogger(__name__)


def tell_constant_labels(examples: Examples, rows: Fold) -> None:
    """Tell the labels on which all training clips of a fold agree."""
    for name, present in constant_labels(examples, rows) if examples.multi else ():
        who, said = ("every", "present") if present else ("no", "absent")
        logger.warning(
            "fold %r: %s training clip shows %s: it is predicted as %s, without a score", rows.name, who, name, said
        )


def tell_untrained_classes(examples: Examples, rows: Fold) -> None:
    """Tell the classes of test clips that no training clip of a fold shows."""
    if examples.multi:
        return
    tested, trained = (shown_names(examples.label[part], examples.classes) for part in (rows.test, rows.train))
    for name in tested:
        if name not in trained:
            clips = count(int((examples.label[rows.test] == examples.classes.index(name)).sum()), "clip")
            logger.warning("fold %r: %s of %s to test, none in training: it cannot be learnt", rows.name, clips, name)


def tell_lost_by_stopping(examples: Examples, rows: Fold, fitted: Fold, *, seed: int) -> None:
    """Tell what early stopping took away: classes, or labels on which the fitted clips alone agree.

    Parameters
    ----------
    examples : Examples
    rows : Fold
        With all its training clips.
    fitted : Fold
        The part of them that is fitted.
    seed : int
        Of the training run, which chose the part.
    """
    if examples.multi:
        before = dict(constant_labels(examples, rows))
        agreed = [one for one in constant_labels(examples, fitted) if one[0] not in before]
        lost = [f"{'every one' if present else 'none'} shows {name}" for name, present in agreed]
    else:
        all_names, kept = (shown_names(examples.label[one.train], examples.classes) for one in (rows, fitted))
        lost = [f"none shows {name}" for name in all_names if name not in kept]
    for what in lost:
        logger.warning(
            "fold %r, seed %d: of the clips that early stopping left to fit, %s: it cannot be learnt. Raise "
            "training.inner_folds, or add recordings that show it",
            rows.name, seed, what,
        )  # fmt: skip
