"""The labelled clips of an index, of which the folds of every experiment on it are made."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from merflow.artefacts.labelled_clips import LabelledClips
from merflow.datasets.clip import Clip
from merflow.datasets.labels import AnyLabelSet
from merflow.training.folds import Fold, make_folds
from merflow.training.settings import ProtocolSettings


def labelled_clips(clips: Sequence[Clip], label_set: AnyLabelSet) -> LabelledClips:
    """Return the clips that have a label, in the order of their names.

    Parameters
    ----------
    clips : sequence of Clip
        Of the expressions of the experiment.
    label_set : LabelSet or MultiLabelSet
    """
    labels = [label_set.label_of(clip) for clip in clips]
    own = [clip for clip, label in zip(clips, labels, strict=True) if label is not None]
    known: list[Any] = [label for label in labels if label is not None]
    return LabelledClips.joined(
        LabelledClips(
            clip=np.array([clip.id for clip in own], dtype=np.str_),
            subject=np.array([clip.subject for clip in own], dtype=np.str_),
            expression=np.array([clip.expression for clip in own], dtype=np.str_),
            fold=np.array([clip.fold for clip in own], dtype=np.str_),
            label=label_set.column(known),
        )
    )


def folds_of_clips(clips: LabelledClips, protocol: ProtocolSettings) -> list[Fold]:
    """Return the folds that a protocol makes of labelled clips, whose rows they name.

    Raises
    ------
    DatasetError
        As :func:`merflow.training.folds.make_folds`.
    """
    return make_folds(
        protocol, subjects=clips.subject, labels=clips.label, expressions=clips.expression, given=clips.fold
    )
