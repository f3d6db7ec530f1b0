"""Folds as they are planned: what cannot be trained or tested is refused before anything is made."""

from dataclasses import replace

import numpy as np
import pytest
from tests.plan_fixture import LOSO, SETTINGS, clip, experiment, of_mix

from merflow import plan
from merflow.datasets.clip_table import write_clips
from merflow.errors import ConfigError, DatasetError
from merflow.plan.folds import fewest_trained
from merflow.training.folds import kfold_subject
from merflow.training.settings import ProtocolSettings


@pytest.fixture
def index(tmp_path):
    def write(clips):
        write_clips(clips, tmp_path / "clips.csv")
        return tmp_path / "clips.csv"

    return write


def test_loso_folds_are_the_subjects_with_a_label_of_the_set(index):
    both = [
        clip(subject, onset, emotion=word)
        for subject in ("s1", "s4")
        for onset, word in enumerate(("fear", "happiness"))
    ]
    path = index([*both[:2], clip("s2", emotion="others"), clip("s3", expression="macro"), *both[2:]])
    assert plan.folds(path, experiment()) == ["s1", "s4"]
    assert plan.folds(path, experiment(SETTINGS | {"labels": "emotion4"})) == ["s1", "s2", "s4"]


def test_cross_domain_tests_micro_clips_only(index):
    path = index(
        [clip("s1"), clip("s2"), clip("s3", expression="macro"), clip("s4", expression="macro", emotion="fear")]
    )
    settings = SETTINGS | {"protocol": LOSO | {"name": "cross_domain"}, "expressions": ["micro", "macro"]}
    assert plan.folds(path, experiment(settings)) == ["s1", "s2"]


def test_kfold_names_its_folds(index):
    path = index([clip(f"s{n}", emotion="fear" if n % 2 else "happiness") for n in range(6)])
    for name in ("kfold_subject", "kfold_random_leaky"):
        settings = SETTINGS | {"protocol": LOSO | {"name": name, "k": 3}}
        assert plan.folds(path, experiment(settings)) == ["fold1", "fold2", "fold3"]


def test_more_folds_than_subjects_are_refused_where_folds_part_subjects(index):
    path = index(
        [clip(f"s{n}", onset, emotion=word) for n in (1, 2, 3) for onset, word in enumerate(("fear", "happiness"))]
    )
    kfold = LOSO | {"name": "kfold_subject", "k": 4}
    with pytest.raises(
        ConfigError, match=r"4 folds of subjects need as many .* found 3 \(s1, s2, s3\)\. Lower protocol"
    ):
        plan.folds(path, experiment(SETTINGS | {"protocol": kfold}))
    assert len(plan.folds(path, experiment(SETTINGS | {"protocol": kfold | {"name": "kfold_random_leaky"}}))) == 4


def test_one_subject_cannot_be_left_out(index):
    path = index([clip("s1"), clip("s1", onset=99, emotion="fear"), clip("s2", emotion="others")])
    with pytest.raises(ConfigError, match=r"at least two subjects .* found 1 \(s1\)"):
        plan.folds(path, experiment())


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        ("emotion7", "surprise"),
        ("objective5", "none (snegative_a_10: no objective label)"),
        ("emotion5_samm", "surprise"),
    ],
)
def test_one_class_or_none_is_refused_with_the_labels_that_the_dataset_tells(index, labels, found):
    """SMIC tells no finer than three classes, of which only surprise is in other label sets."""
    path = index([clip(f"s{word}", emotion=word, objective="") for word in ("negative", "positive", "surprise")])
    message = (
        f"expected micro clips of at least two classes of {labels}, but found {found}: there is nothing to learn. "
        "Choose other labels (overrides: by dataset); this dataset has emotion3 (negative, positive, surprise); "
        "emotion4 (negative, positive, surprise)."
    )
    for refuse in (plan.folds, lambda *given: plan.check_classes(*given, [])):
        with pytest.raises(ConfigError) as caught:
            refuse(path, experiment(SETTINGS | {"labels": labels}))
        assert message in str(caught.value)
    assert len(plan.folds(path, experiment())) == 3


def test_action_units_that_nobody_coded_are_refused_with_those_that_were(index):
    coded = {"coded_units": "1 4 12"}
    path = index([clip(one, onset, aus=aus, **coded) for one in ("s1", "s2") for onset, aus in ((10, "4"), (30, "12"))])
    with pytest.raises(ConfigError, match="17, 45 of au8 were not coded; au8\\(AU1, AU4, AU12\\) has those that were"):
        plan.folds(path, experiment(SETTINGS | {"labels": "au8"}))
    assert plan.folds(path, experiment(SETTINGS | {"labels": "au8(AU1, AU4, AU12)"})) == ["s1", "s2"]


def test_classes_count_among_the_clips_that_train(index):
    path = index([clip("s1"), clip("s2", expression="macro", emotion="fear", objective="II")])
    with pytest.raises(ConfigError, match="No label set has two classes there"):
        plan.folds(path, experiment())
    path = index([clip("s1"), clip("s2", emotion="fear"), clip("s3", expression="macro")])
    settings = SETTINGS | {"protocol": LOSO | {"name": "cross_domain"}, "expressions": ["micro", "macro"]}
    with pytest.raises(
        ConfigError, match="expected macro clips of at least two classes of emotion3, but found positive"
    ):
        plan.folds(path, experiment(settings))


def early(inner_folds, model="ststnet", **protocol):
    training = {"early_stopping": 3, "inner_folds": inner_folds}
    return SETTINGS | {"training": training, "model": model, "protocol": LOSO | protocol}


@pytest.mark.parametrize(
    ("protocol", "fewest"),
    [
        ({}, 5),
        ({"name": "kfold_subject", "k": 4}, 4),  # one fold of two at least
        ({"name": "kfold_subject", "k": 6}, 5),
        ({"name": "kfold_random_leaky"}, 6),
    ],
)
def test_early_stopping_needs_the_training_subjects_that_it_divides(index, protocol, fewest):
    path = index([clip(f"s{n}", emotion="fear" if n % 2 else "happiness") for n in range(6)])
    assert plan.folds(path, experiment(early(fewest, **protocol)))
    message = (
        rf"at least {fewest + 1} training subjects in each fold.* a fold has {fewest}\. Lower .* to {fewest}, or set"
    )
    with pytest.raises(ConfigError, match=message):
        plan.folds(path, experiment(early(fewest + 1, **protocol)))
    assert plan.folds(path, experiment(early(fewest + 1, model="majority", **protocol)))


@pytest.mark.parametrize(("keeps", "fewest"), [(True, 3), (False, 2)])
def test_early_stopping_counts_the_people_of_the_macro_clips_of_cross_domain(index, keeps, fewest):
    macro = [
        clip(f"s{n}", expression="macro", onset=onset, emotion=word)
        for n in range(3)
        for onset, word in enumerate(("fear", "surprise"), start=90)
    ]
    path = index([*macro, clip("s0"), clip("s9")])
    protocol = {"name": "cross_domain", "keep_test_subject_macro": keeps}
    both = {"expressions": ["micro", "macro"]}
    names = plan.folds(path, experiment(early(fewest, **protocol) | both))
    assert names == (["micro"] if keeps else ["s0", "s9"])
    with pytest.raises(ConfigError, match=f"a fold has {fewest}"):
        plan.folds(path, experiment(early(fewest + 1, **protocol) | both))


def test_one_training_subject_cannot_be_stopped_early(index):
    path = index([clip("s1"), clip("s2", emotion="fear")])
    with pytest.raises(ConfigError, match=r"a fold has 1\. Set training\.early_stopping: 0\."):
        plan.folds(path, experiment(early(2)))


@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_early_stopping_is_refused_only_where_a_fold_must_fail(k):
    """The bound of drawn folds against the folds themselves, for every number of people."""
    for people in range(k, 12):
        names = np.repeat([f"s{n:02d}" for n in range(people)], 2)
        drawn = kfold_subject(names, np.arange(2 * people) % 2, k=k)
        fewest = min(len(set(names[fold.train])) for fold in drawn)
        protocol = ProtocolSettings("kfold_subject", k=k)
        assert fewest <= fewest_trained(protocol, list(set(names)), list(set(names)))


@pytest.mark.parametrize(
    "protocol", [LOSO, LOSO | {"name": "kfold_subject", "k": 2}], ids=lambda protocol: protocol["name"]
)
def test_folds_of_a_composite_need_every_class_of_every_member(index, protocol):
    settings = SETTINGS | {"protocol": protocol}
    emotions = ("fear", "happiness", "surprise")
    full = [of_mix(member, "1", video=word, emotion=word) for member in ("one", "two") for word in emotions]
    names = ["one.1", "two.1"] if protocol == LOSO else ["fold1", "fold2"]
    assert plan.folds(index(full), experiment(settings), members=["one", "two"]) == names
    macro = [replace(one, expression="macro") if one.id.startswith("two.1_fear") else one for one in full]
    with pytest.raises(DatasetError, match=r"but two has none of negative: a network could tell"):
        plan.folds(index(macro), experiment(settings), members=["one", "two"])
    plan.folds(index(macro), experiment(settings | {"expressions": ["micro", "macro"]}), members=["one", "two"])
    with pytest.raises(DatasetError, match=r"emotion7 \(anger"):
        plan.folds(index(full), experiment(settings | {"labels": "emotion7"}), members=["one", "two"])
    with pytest.raises(DatasetError, match="but three has none of negative, positive, surprise"):
        plan.check_classes(index(full), experiment(settings), ["one", "two", "three"])


def test_labels_that_are_told_one_by_one(index):
    labels = SETTINGS | {"labels": "au8"}
    path = index(
        [clip(subject, onset, aus=aus) for subject in ("s1", "s2", "s3") for onset, aus in enumerate(("4", "43"))]
    )
    assert plan.folds(path, experiment(labels)) == ["s1", "s2", "s3"]
    path = index([*(clip(subject, aus="4") for subject in ("s1", "s2")), clip("s3", aus="4+?")])
    with pytest.raises(
        ConfigError, match=r"expected micro clips with and without a label of au8, but found AU4: there"
    ):
        plan.folds(path, experiment(labels))
    path = index([clip("s1", 1, aus="4", emotion=""), clip("s2", 2, aus="12", emotion="")])
    with pytest.raises(ConfigError, match=r"this dataset has .*au8 \(AU4, AU12\)"):
        plan.folds(path, experiment(SETTINGS))
    members = [of_mix(name, "s1", onset=onset, aus=aus) for name in ("a", "b") for onset, aus in enumerate(("4", "12"))]
    with pytest.raises(DatasetError, match="but a has none of AU1, AU2, AU6"):
        plan.folds(index(members), experiment(labels), members=("a", "b"))
