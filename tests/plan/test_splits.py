"""Held-out subjects and crossed datasets as they are planned: what cannot be is refused before anything is made."""

from dataclasses import replace

import pytest
from tests.plan_fixture import LOSO, SETTINGS, clip, experiment, of_mix

from merflow import plan
from merflow.datasets.clip_table import write_clips
from merflow.errors import ConfigError, DatasetError

CROSSED = {"name": "cross_dataset", "train": ["one", "two"], "test": "three"}
MEMBERS = ("one", "two", "three")


@pytest.fixture
def folds(tmp_path):
    """Return the planned folds of clips under a protocol."""

    def planned(clips, protocol, members=(), **changes):
        write_clips(clips, tmp_path / "clips.csv")
        own = experiment(SETTINGS | {"protocol": LOSO | protocol} | changes)
        return plan.folds(tmp_path / "clips.csv", own, members=members)

    return planned


def of_members(**emotions):
    """Return a clip of each emotion of each member, all of one subject called 1."""
    return [
        of_mix(name, "1", video=word, emotion=word, onset=10 + number)
        for name, words in emotions.items()
        for number, word in enumerate(words)
    ]


THREE = ("fear", "happiness", "surprise")
SAME = of_members(one=THREE, two=THREE, three=THREE)


def test_the_fold_is_called_after_the_tested_dataset(folds):
    assert folds(SAME, CROSSED, MEMBERS) == ["three"]


@pytest.mark.parametrize(
    ("protocol", "members", "message"),
    [
        ({}, (), "expected a composite of one, two, three, but found a dataset that has no members"),
        ({"test": "thre"}, MEMBERS, r"but found thre\. Did you mean 'three'\?"),
        ({"train": ["one"]}, MEMBERS, "expected every member .* but found none of two there"),
    ],
)
def test_datasets_that_are_no_members_are_refused(folds, protocol, members, message):
    with pytest.raises(ConfigError, match=message):
        folds(SAME, CROSSED | protocol, members)


def test_the_classes_are_those_that_every_dataset_shows(tmp_path):
    clips = of_members(one=(*THREE, "others"), two=(*THREE, "others"), three=(*THREE, "disgust"))
    write_clips(clips, tmp_path / "clips.csv")

    def labels(name):
        own = experiment(SETTINGS | {"protocol": LOSO | CROSSED, "labels": name})
        return plan.as_trained(tmp_path / "clips.csv", own).labels

    assert labels("emotion3") == "emotion3"
    assert labels("emotion4") == "emotion4(negative, positive, surprise)"
    assert labels("emotion7") == "emotion7(fear, happiness, surprise)"
    assert plan.as_trained(tmp_path / "clips.csv", experiment(SETTINGS | {"labels": "emotion7"})).labels == "emotion7"


def test_no_common_class_is_refused_with_what_each_dataset_shows(folds):
    clips = of_members(one=("fear", "happiness"), two=("fear", "happiness"), three=("surprise", "fear"))
    with pytest.raises(DatasetError, match=r"but found negative: one shows negative, positive; two shows .*; three sh"):
        folds(clips, CROSSED, MEMBERS)
    with pytest.raises(DatasetError, match=r"no common class: .*three shows fear, surprise"):
        folds([*clips[:2], *of_members(two=("others",)), *clips[4:]], CROSSED, MEMBERS, labels="emotion7")


def test_labels_that_are_told_one_by_one_are_common_too(tmp_path):
    units = {"one": ("4", "12"), "two": ("4", "6+12"), "three": ("4+12", "43")}
    clips = [of_mix(name, "1", onset=n, aus=aus) for name, own in units.items() for n, aus in enumerate(own)]
    write_clips(clips, tmp_path / "clips.csv")
    own = experiment(SETTINGS | {"protocol": LOSO | CROSSED, "labels": "au8"})
    assert plan.as_trained(tmp_path / "clips.csv", own).labels == "au8(AU4, AU12)"
    assert plan.folds(tmp_path / "clips.csv", own, members=MEMBERS) == ["three"]


def test_early_stopping_counts_the_people_of_the_training_datasets(folds):
    training = {"early_stopping": 2, "inner_folds": 3}
    with pytest.raises(ConfigError, match="but a fold has 2"):
        folds(SAME, CROSSED, MEMBERS, training=training)
    assert folds(SAME, CROSSED, MEMBERS, training=training | {"inner_folds": 2}) == ["three"]


PEOPLE = [clip(f"s{n}", onset, emotion=word) for n in range(4) for onset, word in enumerate(("fear", "happiness"))]


def test_one_fold_holds_out_named_or_drawn_subjects(folds):
    assert folds(PEOPLE, {"name": "holdout", "subjects": ["s1", "s3"]}) == ["holdout"]
    assert folds(PEOPLE, {"name": "holdout", "k": 4}) == ["holdout"]


@pytest.mark.parametrize(
    ("protocol", "message"),
    [
        ({"subjects": ["s11"]}, r"found no such subject: 's11'\. Did you mean 's1'\? Known: s0, s1, s2, s3"),
        ({"subjects": ["s9"]}, "found no clip to test with a label of emotion3: 's9'"),
        ({"k": 5}, "5 folds of subjects need as many subjects .* found 4"),
        ({"subjects": ["s0", "s1", "s2", "s3"]}, "no clip at all.* the fold holdout"),
    ],
)
def test_subjects_that_cannot_be_held_out_are_refused(folds, protocol, message):
    for model in ("ststnet", "majority"):
        with pytest.raises(ConfigError, match=message if model == "majority" else message.partition(".*")[0]):
            folds([*PEOPLE, clip("s9", emotion="others")], {"name": "holdout"} | protocol, model=model)


def test_one_fold_of_the_annotation_is_held_out(folds):
    people = [replace(one, fold="test" if one.subject in ("s0", "s1") else "train") for one in PEOPLE]
    assert folds(people, {"name": "holdout", "fold": "test"}) == ["holdout"]
    with pytest.raises(DatasetError, match=r"fold of the annotation \(test, train\), but found 'tests'\. Did you mean"):
        folds(people, {"name": "holdout", "fold": "tests"})
    with pytest.raises(DatasetError, match="expected a fold of the annotation for each clip, but 8 of 8 have none"):
        folds(PEOPLE, {"name": "holdout", "fold": "test"})
    with pytest.raises(DatasetError, match=r"several: s0 \(test, train\)"):
        folds([replace(people[0], fold="train"), *people[1:]], {"name": "holdout", "fold": "test"})
    training = {"early_stopping": 2, "inner_folds": 3}
    with pytest.raises(ConfigError, match="but a fold has 2"):
        folds(people, {"name": "holdout", "fold": "test"}, training=training)
    with pytest.raises(ConfigError, match=r"protocol\.fold: expected none beside protocol\.subjects"):
        folds(people, {"name": "holdout", "fold": "test", "subjects": ["s0"]})


def test_early_stopping_counts_who_is_not_held_out(folds):
    training = {"early_stopping": 2, "inner_folds": 3}
    assert folds(PEOPLE, {"name": "holdout", "subjects": ["s1"]}, training=training) == ["holdout"]
    with pytest.raises(ConfigError, match="but a fold has 2"):
        folds(PEOPLE, {"name": "holdout", "subjects": ["s1", "s2"]}, training=training)
