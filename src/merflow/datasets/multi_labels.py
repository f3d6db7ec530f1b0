"""Label sets of which a clip may carry several labels, or none: action units, and emotions that were coded together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from merflow.datasets.action_units import known_units, not_coded
from merflow.datasets.clip import NO_EMOTION, Clip
from merflow.datasets.emotions import EMOTIONS
from merflow.errors import DatasetError

Vector = tuple[int, ...]
"""0 or 1 for each label."""


@dataclass(frozen=True, slots=True)
class MultiLabelSet:
    """Labels that are told one by one: of each it is said whether a clip shows it.

    Parameters
    ----------
    name : str
        As in the configuration.
    classes : tuple of str
        Names of the labels; a clip has 0 or 1 for each, in this order.
    field : {"aus", "emotions"}
        Field of the clip that decides. A clip lies outside the set where this field settles nothing: an empty cell, or
        a string that leaves its action units open. So does a clip of which nobody coded a unit of the set. A clip that
        shows none of the labels lies inside.
    shown_by : mapping of str to tuple
        Label -> the action units (int) or emotions (str) any of which a clip must have to show it.
    static_units : bool
        Whether a unit that was there before the onset, ``4(k)``, counts as shown.
    """

    name: str
    classes: tuple[str, ...]
    field: Literal["aus", "emotions"]
    shown_by: Mapping[str, tuple[int | str, ...]]
    static_units: bool = True
    multi: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not self.classes or set(self.shown_by) != set(self.classes) or len(set(self.classes)) < len(self.classes):
            raise DatasetError(
                f"label set {self.name!r}: expected different labels, each with what shows it, but found the labels "
                f"{', '.join(self.classes) or 'none'} and what shows {', '.join(self.shown_by) or 'none'}. Name each "
                "label in both."
            )

    def label_of(self, clip: Clip) -> Vector | None:
        """Return 0 or 1 for each label; None = it is not known of this clip, which lies outside this set.

        Raises
        ------
        DatasetError
            When the clip carries an emotion that no reader may give it.
        """
        shown = self._units(clip) if self.field == "aus" else self._emotions(clip)
        if shown is None:
            return None
        return tuple(int(not shown.isdisjoint(self.shown_by[label])) for label in self.classes)

    def _units(self, clip: Clip) -> frozenset[int] | None:
        known = None if self._not_coded(clip) else known_units(clip.aus)
        return known if known is None or self.static_units else known_units(clip.aus, static=False)

    def _not_coded(self, clip: Clip) -> tuple[int, ...]:
        """Return the units of the set that the coder of a clip did not look for."""
        if self.field != "aus" or not clip.coded_units:
            return ()
        return not_coded((int(unit) for units in self.shown_by.values() for unit in units), clip.coded_units)

    def _emotions(self, clip: Clip) -> frozenset[str] | None:
        if not clip.emotions:
            return None
        words = frozenset() if clip.emotions == NO_EMOTION else frozenset(clip.emotions.split("+"))
        unknown = sorted(words - set(EMOTIONS))
        if unknown:
            raise DatasetError(
                f"clip {clip.id}: emotions {clip.emotions!r}: {unknown[0]!r} is not known to label set {self.name!r}. "
                f"Known: {', '.join(EMOTIONS)}. Correct it in the reader or the sheet."
            )
        return words

    def why_outside(self, clip: Clip) -> str:
        """Return why a clip of which `label_of` knows nothing lies outside."""
        if self.field == "emotions":
            return "no emotions label"
        missing = self._not_coded(clip)
        if missing:
            kept = [label for label in self.classes if not {*missing} & {*self.shown_by[label]}]
            those = f"; {self.name.partition('(')[0]}({', '.join(kept)}) has those that were" if kept else ""
            return f"action units {', '.join(map(str, missing))} of {self.name} were not coded{those}"
        return f"action units {clip.aus!r} are left open" if clip.aus else "no action units"

    def column(self, labels: Sequence[Vector]) -> NDArray[np.uint8]:
        """Return the labels of clips as examples have them, shape (n, labels)."""
        return np.array(labels, dtype=np.uint8).reshape(len(labels), len(self.classes))

    def shown(self, label: Vector) -> tuple[str, ...]:
        """Return the labels that a clip shows."""
        return tuple(name for name, one in zip(self.classes, label, strict=True) if one)

    def text(self, label: Vector) -> str:
        """Return the labels that a clip shows, joined by ``+``; ``none`` where it shows none."""
        return "+".join(self.shown(label)) or "none"

    def plain(self) -> dict[str, Any]:
        """Return what the set says, as plain values."""
        shown_by = {label: list(self.shown_by[label]) for label in self.classes}
        return {
            "multi": True, "classes": list(self.classes), "field": self.field, "shown_by": shown_by,
            "static_units": self.static_units,
        }  # fmt: skip

    def of_classes(self, name: str, classes: tuple[str, ...]) -> "MultiLabelSet":
        """Return the set under another name with some of its labels; no clip lies outside that did not before."""
        return replace(self, name=name, classes=classes, shown_by={label: self.shown_by[label] for label in classes})


def action_unit_set(name: str, units: Sequence[int], *, static_units: bool = True) -> MultiLabelSet:
    """Return the set of single action units, each a label ``AU<number>``.

    Parameters
    ----------
    name : str
    units : sequence of int
        FACS numbers.
    static_units : bool
        As ``MultiLabelSet`` has it.
    """
    shown_by: dict[str, tuple[int | str, ...]] = {f"AU{number}": (number,) for number in units}
    return MultiLabelSet(name, tuple(shown_by), "aus", shown_by, static_units)


def emotions_set(name: str, emotions: Sequence[str]) -> MultiLabelSet:
    """Return the set of single emotions that a clip may show together."""
    return MultiLabelSet(name, tuple(emotions), "emotions", {emotion: (emotion,) for emotion in emotions})
