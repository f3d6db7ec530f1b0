"""Labels: which class of which label set a clip belongs to, or which labels of a set it shows."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from merflow.checks import nearest
from merflow.datasets.action_units import OBJECTIVE_CLASSES
from merflow.datasets.clip import Clip
from merflow.datasets.declared import DATASETS
from merflow.datasets.emotions import EMOTIONS, is_own_word
from merflow.datasets.multi_labels import MultiLabelSet, action_unit_set
from merflow.errors import ConfigError, DatasetError
from merflow.plugins import config_folder, full_name, load, short_names

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
    field : {"emotion", "objective", "label"}
        Field of the clip that decides.
    class_of : mapping
        Value of that field -> class name; a known value that is not in it lies outside the set on purpose.
    known : frozenset of str
        All values that the field may have.
    """

    name: str
    classes: tuple[str, ...]
    field: Literal["emotion", "objective", "label"]
    class_of: Mapping[str, str]
    known: frozenset[str]
    multi: ClassVar[bool] = False

    def label_of(self, clip: Clip) -> int | None:
        """Return the position of a clip's class in `classes`; None = the clip lies outside this set.

        Raises
        ------
        DatasetError
            When the clip carries a value that no reader may give it.
        """
        value = self._value(clip)
        if value and value not in self.known:
            raise DatasetError(
                f"clip {clip.id}: {self.field} {value!r} is not known to label set {self.name!r}. "
                f"Known: {', '.join(sorted(self.known))}. Correct it in the reader or the sheet."
            )
        name = self.class_of.get(value)
        return None if name is None else self.classes.index(name)

    def _value(self, clip: Clip) -> str:
        value: str = getattr(clip, self.field)
        return value

    def why_outside(self, clip: Clip) -> str:
        """Return why a clip without a label of this set lies outside."""
        value = self._value(clip)
        return f"label {value!r} is not in {self.name}" if value else f"no {self.field} label"

    def column(self, labels: Sequence[int]) -> NDArray[np.int64]:
        """Return the labels of clips as examples have them, shape (n,)."""
        return np.array(labels, dtype=np.int64)

    def shown(self, label: int) -> tuple[str, ...]:
        """Return the one class that a label is."""
        return (self.classes[label],)

    def text(self, label: int) -> str:
        """Return the name of a class."""
        return self.classes[label]

    def plain(self) -> dict[str, Any]:
        """Return what the set says, as plain values."""
        return {"classes": list(self.classes), "field": self.field, "class_of": dict(self.class_of)}

    def of_classes(self, name: str, classes: tuple[str, ...]) -> "LabelSet":
        """Return the set under another name with some of its classes; clips of the others lie outside."""
        kept = {value: target for value, target in self.class_of.items() if target in classes}
        return replace(self, name=name, classes=classes, class_of=kept)


AnyLabelSet: TypeAlias = LabelSet | MultiLabelSet
"""Classes, of which a clip has one, or labels, of which it has any number."""


def _emotion_set(name: str, classes: tuple[str, ...], class_of: Mapping[str, str]) -> LabelSet:
    inside = {emotion: target for emotion, target in class_of.items() if target in classes}
    return LabelSet(name, classes, "emotion", inside, frozenset(EMOTIONS))


def _themselves(values: tuple[str, ...]) -> Mapping[str, str]:
    return {value: value for value in values}


def _objective_set(name: str, classes: tuple[str, ...]) -> LabelSet:
    return LabelSet(name, classes, "objective", _themselves(classes), frozenset(OBJECTIVE_CLASSES))


def _shown_by(label: str) -> tuple[int | str, ...]:
    """Return the emotions that show one of `_FIVE`: itself, and those of its polarity that `_FIVE` has not.

    Anger is negative here as in the sets of classes; repression, which is too there, is a label of its own.
    """
    return (label, *(one for one, polarity in _POLARITY.items() if polarity == label and one not in _FIVE))


_THREE = ("negative", "positive", "surprise")
_FIVE = ("positive", "negative", "surprise", "repression", "others")
_AU8 = (1, 2, 4, 6, 7, 12, 17, 45)
_SEVEN = ("anger", "disgust", "fear", "happiness", "others", "sadness", "surprise")

CLASS_SETS: Mapping[str, LabelSet] = {
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

MULTI_LABEL_SETS: Mapping[str, MultiLabelSet] = {
    label_set.name: label_set
    for label_set in (
        action_unit_set("au8", _AU8),
        action_unit_set("au8_moving", _AU8, static_units=False),
        MultiLabelSet("emotion5_multi", _FIVE, "emotions", {label: _shown_by(label) for label in _FIVE}),
    )
}
"""au8: the eight action units of 4DME's Tables 5 and 7; au8_moving: the same without units that were there before the
onset; emotion5_multi: the five emotions of its Tables 6 and 8, of which a clip may show two. Where a table of one's own
tells finer, as ``anger+surprise``, anger is negative."""

LABEL_SETS: Mapping[str, AnyLabelSet] = {**CLASS_SETS, **MULTI_LABEL_SETS}


OWN_CLASSES = "classes"
"""How an experiment asks for the label set that a dataset makes of its own words (:func:`own_classes_name`)."""

_OWN = re.compile(r"classes\((.+)\)")


def own_classes_name(classes: Sequence[str]) -> str:
    """Return the name of the label set of a dataset's own words: ``classes(calm, pain)``. It says all of the set."""
    return f"{OWN_CLASSES}({', '.join(classes)})"


def _own_classes(name: str) -> LabelSet:
    """Return the label set that is named by its classes; by the bare word one without classes, until they are known.

    A clip with a word that is none of them is refused: it is another dataset's, or its index is an older one.
    """
    found = _OWN.fullmatch(name)
    classes = tuple(word.strip() for word in found[1].split(",")) if found else ()
    if found and (len(set(classes)) < max(len(classes), 2) or not all(map(is_own_word, classes))):
        raise ConfigError(
            f"labels: expected two or more different words, such as {own_classes_name(['calm', 'pain'])}, but found "
            f"{name!r}. Change it in config.yaml."
        )
    return LabelSet(name, classes, "label", _themselves(classes), frozenset(classes))


_SOME = re.compile(r"(.+\)|[^()]+)\(([^()]+)\)")


def some_classes_name(name: str, classes: Collection[str]) -> str:
    """Return the name of a label set with some of its classes alone, in its order: ``emotion4(negative, surprise)``."""
    kept = [one for one in label_set_named(name).classes if one in classes]
    return f"{name}({', '.join(kept)})"


def _some_classes(name: str, of: AnyLabelSet, asked: tuple[str, ...]) -> AnyLabelSet:
    """Return a label set with some of its classes alone."""
    unknown = [one for one in asked if one not in of.classes]
    least = 1 if of.multi else 2
    if unknown or len(set(asked)) < max(len(asked), least):
        hint = nearest(unknown[0], of.classes) if unknown else ""
        raise ConfigError(
            f"labels: expected {least} or more different classes of {of.name} ({', '.join(of.classes)}), but found "
            f"{name!r}.{hint} Change it in config.yaml."
        )
    return of.of_classes(name, tuple(one for one in of.classes if one in asked))


def label_set_named(name: str) -> AnyLabelSet:
    """Return a label set: one of merflow's, or a plug-in's, whose module is imported.

    Parameters
    ----------
    name : str
        As a configuration names it: a key of `LABEL_SETS`, ``module:NAME``, the name of an entry point, or a
        dataset's own classes, ``classes(calm, pain)``. With some of its classes in brackets, ``emotion4(negative,
        surprise)``, the set has these alone.

    Raises
    ------
    ConfigError
        When there is no such set, with the nearest known one, when a plug-in's is none, or when a class in brackets is
        none of the set.
    """
    some = _SOME.fullmatch(name)
    if some and some[1] != OWN_CLASSES:
        return _some_classes(name, label_set_named(some[1]), tuple(word.strip() for word in some[2].split(",")))
    if name == OWN_CLASSES or _OWN.fullmatch(name):
        return _own_classes(name)
    return LABEL_SETS[name] if name in LABEL_SETS else _plugin(name, config_folder())


@cache
def _plugin(name: str, _folder: Path | None) -> AnyLabelSet:
    source = full_name(name, "label_set")
    if not source:
        known = [*LABEL_SETS, OWN_CLASSES, *short_names("label_set")]
        raise ConfigError(
            f"labels: expected one of {', '.join(known)}, or package.module:NAME of your own, but found {name!r}."
            f"{nearest(name, known)} Change it in config.yaml."
        )
    found = load(source)
    if not isinstance(found, LabelSet | MultiLabelSet):
        raise ConfigError(
            f"{source}: expected a label set, such as merflow.datasets.multi_labels.action_unit_set(...), found a "
            f"{type(found).__name__}. Name the label set of the module (docs/configuration.md)."
        )
    return found
