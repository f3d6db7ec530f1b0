import dataclasses

import pytest

from merflow.datasets.action_units import OBJECTIVE_CLASSES
from merflow.datasets.clip import Clip
from merflow.datasets.declared import DATASETS
from merflow.datasets.emotions import EMOTIONS
from merflow.datasets.labels import LABEL_SETS, label_set_named, some_classes_name
from merflow.datasets.reading.annotation import EMOTION_WORDS
from merflow.errors import ConfigError, DatasetError

CLIP = Clip("demo", "1", "a", "A", "micro", 1, 2, 3, 30.0, "4", "", "", "c", "", "")


def class_of(name, **values):
    label_set = LABEL_SETS[name]
    label = label_set.label_of(dataclasses.replace(CLIP, **values))
    return None if label is None else label_set.classes[label]


def test_names_and_classes():
    assert {name: len(one.classes) for name, one in LABEL_SETS.items()} == {
        "emotion3": 3,
        "emotion4": 4,
        "emotion7": 7,
        "emotion5_casme2": 5,
        "emotion5_samm": 5,
        "emotion4_casme": 4,
        "emotion4_mmew": 4,
        "emotion6_mmew": 6,
        "emotion7_dfme": 7,
        "objective7": 7,
        "objective6": 6,
        "objective5": 5,
        "objective4": 4,
        "au8": 8,
        "au8_moving": 8,
        "emotion5_multi": 5,
    }
    assert all(name == one.name for name, one in LABEL_SETS.items())


@pytest.mark.parametrize("emotion", ["anger", "contempt", "disgust", "fear", "negative", "repression", "sadness"])
@pytest.mark.parametrize("name", ["emotion3", "emotion4"])
def test_negative_emotions(name, emotion):
    assert class_of(name, emotion=emotion) == "negative"


def test_positive_surprise_and_others():
    for name in ("emotion3", "emotion4"):
        assert class_of(name, emotion="happiness") == class_of(name, emotion="positive") == "positive"
        assert class_of(name, emotion="surprise") == "surprise"
    assert class_of("emotion3", emotion="others") is None
    assert class_of("emotion4", emotion="others") == "others"


def test_seven_emotions_are_themselves_and_those_of_other_datasets_lie_outside():
    inside = {emotion for emotion in EMOTIONS if class_of("emotion7", emotion=emotion) == emotion}
    assert inside == set(EMOTIONS) - {"contempt", "repression", "negative", "positive", "tense"}
    assert class_of("emotion7", emotion="contempt") is None


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("emotion5_casme2", {"happiness", "disgust", "repression", "surprise", "others"}),
        ("emotion5_samm", {"happiness", "surprise", "contempt", "anger", "others"}),
        ("emotion4_casme", {"disgust", "repression", "surprise", "tense"}),
        ("emotion4_mmew", {"disgust", "happiness", "others", "surprise"}),
        ("emotion6_mmew", {"anger", "disgust", "fear", "happiness", "sadness", "surprise"}),
        ("emotion7_dfme", {"anger", "contempt", "disgust", "fear", "happiness", "sadness", "surprise"}),
    ],
)
def test_single_emotions_of_one_dataset(name, inside):
    assert {emotion for emotion in EMOTIONS if class_of(name, emotion=emotion) == emotion} == inside
    assert {emotion for emotion in EMOTIONS if class_of(name, emotion=emotion) is not None} == inside


@pytest.mark.parametrize("name", ["emotion7", "emotion5_casme2", "emotion5_samm"])
@pytest.mark.parametrize("emotion", ["negative", "positive"])
def test_coarse_emotions_lie_outside_the_sets_of_single_ones(name, emotion):
    assert class_of(name, emotion=emotion) is None


def test_sheets_of_single_emotions_do_not_know_the_coarse_ones():
    assert set(EMOTIONS) - set(EMOTION_WORDS.values()) == {"negative", "positive", "tense"}  # tense: CASME alone


@pytest.mark.parametrize(("reader", "name"), [("casme2", "objective6"), ("samm", "objective4")])
def test_first_type_keeps_the_classes_with_ten_clips(reader, name):
    published = DATASETS[reader].counts["", "micro"].objective
    assert set(LABEL_SETS[name].classes) == {roman for roman, count in published.items() if count >= 10}


@pytest.mark.parametrize("name", ["objective4", "objective5", "objective6", "objective7"])
def test_objective_classes_are_themselves_in_their_order(name):
    inside = [roman for roman in OBJECTIVE_CLASSES if class_of(name, objective=roman) == roman]
    assert tuple(inside) == LABEL_SETS[name].classes
    assert sum(class_of(name, objective=roman) is None for roman in OBJECTIVE_CLASSES) == 7 - len(inside)


def test_objective_classes_count_from_one():
    assert [
        LABEL_SETS["objective7"].label_of(dataclasses.replace(CLIP, objective=roman)) for roman in ("I", "VII")
    ] == [0, 6]


@pytest.mark.parametrize("name", [name for name, one in LABEL_SETS.items() if not one.multi])
def test_unlabelled_clips_lie_outside_and_unknown_labels_are_refused(name):
    assert class_of(name) is None
    with pytest.raises(DatasetError, match=r"clip 1_a_1: (emotion|objective) 'bored' is not known"):
        class_of(name, emotion="bored", objective="bored")


def test_a_set_may_have_some_of_its_classes_alone():
    some = label_set_named("emotion7(surprise, fear)")
    assert some.classes == ("fear", "surprise")  # in the order of the set
    assert [some.label_of(dataclasses.replace(CLIP, emotion=word)) for word in ("fear", "surprise", "others", "")] == [
        0, 1, None, None
    ]  # fmt: skip
    assert some.why_outside(dataclasses.replace(CLIP, emotion="others")) == (
        "label 'others' is not in emotion7(surprise, fear)"
    )
    units = label_set_named("au8(AU4, AU12)")
    assert units.label_of(dataclasses.replace(CLIP, aus="2+12")) == (0, 1)
    own = label_set_named("classes(calm, pain, joy)(calm, joy)")
    assert (own.classes, own.label_of(dataclasses.replace(CLIP, label="pain"))) == (("calm", "joy"), None)
    assert some_classes_name("emotion4", {"surprise", "negative"}) == "emotion4(negative, surprise)"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("emotion7(surprise)", "expected 2 or more different classes of emotion7"),
        ("emotion7(fear, fear)", "expected 2 or more different classes"),
        ("emotion7(fear, surprize)", r"found 'emotion7\(fear, surprize\)'\. Did you mean 'surprise'"),
        ("au8(AU3)", "expected 1 or more different classes of au8"),
        ("emotion9(fear, surprise)", "expected one of emotion3"),
    ],
)
def test_classes_that_a_set_does_not_have_are_refused(name, message):
    with pytest.raises(ConfigError, match=message):
        label_set_named(name)
