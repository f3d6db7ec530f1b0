"""Labels: which class of which label set a clip belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from merflow.datasets.action_units import OBJECTIVE_CLASSES
from merflow.datasets.clip import Clip
from merflow.datasets.declared import DATASETS
from merflow.datasets.emotions import EMOTIONS
from merflow.errors import DatasetError

_POLARITY: Mapping[str, str] = {
    **dict.fromkeys(("anger", "contempt", "disgust", "fear", "repression", "sadness"), "negative"),
    "negative": "negative",
    "happiness": "positive",
    "positive": "positive",
    "surprise": "surprise",
    "others": "others",
}


@dataclass(frozen=True, slots=True)
class LabelSet:
    """A way to divide clips into classes.

    Parameters
    ----------
    name : str
        As in the configuration.
    classes : tuple of str
        Class names; a label is a position in it.
    field : {"emotion", "objective"}
        Field of the clip that decides.
    class_of : mapping
        Value of that field -> class name; a known value that is not in it lies outside the set on purpose.
    known : frozenset of str
        All values that the field may have.
    """

    name: str
    classes: tuple[str, ...]
    field: Literal["emotion", "objective"]
    class_of: Mapping[str, str]
    known: frozenset[str]

    def label_of(self, clip: Clip) -> int | None:
        """Return the position of a clip's class in `classes`; None = the clip lies outside this set.

        Raises
        ------
        DatasetError
            When the clip carries a value that no reader may give it.
        """
        value = clip.emotion if self.field == "emotion" else clip.objective
        if value and value not in self.known:
            raise DatasetError(
                f"clip {clip.id}: {self.field} {value!r} is not known to label set {self.name!r}. "
                f"Known: {', '.join(sorted(self.known))}. Correct it in the reader or the sheet."
            )
        name = self.class_of.get(value)
        return None if name is None else self.classes.index(name)


def _emotion_set(name: str, classes: tuple[str, ...], class_of: Mapping[str, str]) -> LabelSet:
    inside = {emotion: target for emotion, target in class_of.items() if target in classes}
    return LabelSet(name, classes, "emotion", inside, frozenset(EMOTIONS))


def _themselves(values: tuple[str, ...]) -> Mapping[str, str]:
    return {value: value for value in values}


def _objective_set(name: str, classes: tuple[str, ...]) -> LabelSet:
    return LabelSet(name, classes, "objective", _themselves(classes), frozenset(OBJECTIVE_CLASSES))


_THREE = ("negative", "positive", "surprise")
_SEVEN = ("anger", "disgust", "fear", "happiness", "others", "sadness", "surprise")

LABEL_SETS: Mapping[str, LabelSet] = {
    label_set.name: label_set
    for label_set in (
        _emotion_set("emotion3", _THREE, _POLARITY),
        _emotion_set("emotion4", (*_THREE, "others"), _POLARITY),
        _emotion_set("emotion7", _SEVEN, _themselves(_SEVEN)),
        *(
            _emotion_set(name, classes, _themselves(classes))
            for dataset in DATASETS.values()
            for name, classes in dataset.label_sets.items()
        ),
        _objective_set("objective7", OBJECTIVE_CLASSES),
        _objective_set("objective6", ("I", "II", "III", "IV", "V", "VII")),
        _objective_set("objective5", ("I", "II", "III", "IV", "V")),
        _objective_set("objective4", ("I", "II", "III", "VII")),
    )
}
"""emotion3, emotion4 and emotion7: CAS(ME)^3 and its relatives. Those that datasets declare: the self-reported emotions
that papers on one set take. objective7: all classes of action units; objective6 and objective4: those with at least ten
clips on CASME II and on SAMM; objective5: I to V."""
