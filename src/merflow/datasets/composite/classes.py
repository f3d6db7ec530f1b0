"""The classes that the members of a composite show: all of them must, or the dataset alone would tell classes apart."""

from collections.abc import Iterator, Sequence
from typing import Any

from merflow.datasets.clip import Clip
from merflow.datasets.labels import AnyLabelSet
from merflow.errors import DatasetError


def check_classes(clips: Sequence[Clip], label_set: AnyLabelSet, members: Sequence[str]) -> None:
    """Refuse a label set of which a member lacks a class: the data set alone would then tell classes apart.

    Parameters
    ----------
    clips : sequence of Clip
        Of the composite, those of the experiment's expressions.
    label_set : LabelSet or MultiLabelSet
        Of the experiment.
    members : sequence of str
        All members of the composite, also those without a clip. One alone cannot be told by its data set.

    Raises
    ------
    DatasetError
        Names the first member that lacks a class, the classes and the label set.
    """
    if len(members) < 2:
        return
    shown = set(_shown(clips, label_set))
    for member in members:
        lacking = [name for name in label_set.classes if (member, name) not in shown]
        if lacking:
            raise DatasetError(
                f"members with different label sets: expected of every member at least one clip of every class of "
                f"{label_set.name} ({', '.join(label_set.classes)}), but {member} has none of {', '.join(lacking)}: a "
                "network could tell these by the data set alone. Choose other labels for this experiment on the "
                "composite (overrides: by dataset), or other members."
            )


def common_classes(clips: Sequence[Clip], label_set: AnyLabelSet, members: Sequence[str]) -> tuple[str, ...]:
    """Return the classes of a label set, or its labels, that every member shows, in its order.

    Parameters
    ----------
    clips : sequence of Clip
        Of the composite, those of the experiment's expressions.
    label_set : LabelSet or MultiLabelSet
    members : sequence of str

    Raises
    ------
    DatasetError
        When there are fewer than two common classes, or no common label; says what each member shows.
    """
    shown = set(_shown(clips, label_set))
    of_member = {member: [name for name in label_set.classes if (member, name) in shown] for member in members}
    common = tuple(name for name in label_set.classes if all(name in own for own in of_member.values()))
    if len(common) < (1 if label_set.multi else 2):
        told = "; ".join(f"{member} shows {', '.join(own) or 'none'}" for member, own in of_member.items())
        needed = "a label" if label_set.multi else "two or more classes"
        raise DatasetError(
            f"expected {needed} of {label_set.name} that every dataset shows, but found "
            f"{', '.join(common) or 'no common class'}: {told}. Choose other labels, such as emotion3, or other "
            "datasets."
        )
    return common


def _shown(clips: Sequence[Clip], label_set: AnyLabelSet) -> Iterator[tuple[str, str]]:
    """Yield the member of each clip with each class that the clip shows."""
    for clip in clips:
        label: Any = label_set.label_of(clip)
        for name in () if label is None else label_set.shown(label):
            yield clip.part, name
