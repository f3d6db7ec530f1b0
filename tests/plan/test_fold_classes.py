"""Folds that would train on one class: refused from the index, by the name of the fold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plan_fixture import LOSO, SETTINGS, clip, experiment

from merflow.datasets.clip_table import write_clips
from merflow.errors import ConfigError
from merflow.plan import index_version
from merflow.plan.fold_classes import check_trained_classes
from merflow.training.inner_split import inner_split

EMOTIONS = {"n": "fear", "p": "happiness", "s": "surprise"}


def people(*shown, **changes):
    """Return clips of one subject for each text, whose letters are the classes that it shows: ``np``."""
    return [
        clip(f"s{number}", onset=10 * place, emotion=EMOTIONS[letter], **changes)
        for number, letters in enumerate(shown, start=1)
        for place, letter in enumerate(letters)
    ]


@pytest.fixture
def check(tmp_path):
    """Plan the folds of an experiment on these clips; each call has an index of its own."""

    def plan(clips, **changes):
        path = tmp_path / str(len(list(tmp_path.iterdir()))) / "clips.csv"
        write_clips(clips, path)
        check_trained_classes(index_version(path), experiment(SETTINGS | changes))

    return plan


@pytest.fixture
def refusal(check):
    """Return what is said of folds that are refused."""

    def message(clips, **changes):
        with pytest.raises(ConfigError) as caught:
            check(clips, **changes)
        return str(caught.value)

    return message


def test_two_people_who_show_one_class_each_cannot_be_left_out(refusal):
    message = refusal(people("pp", "nn"))
    assert "clips.csv: expected clips of at least two classes of emotion3 to train on in every fold" in message
    assert "found one class in the training clips of the folds s1 (negative of s2), s2 (positive of s1)." in message
    assert "Add subjects that show other classes" in message


def test_a_fold_is_refused_though_the_others_have_enough(check, refusal):
    assert "of the fold s1 (positive of s2, s3)." in refusal(people("nps", "p", "pp"))
    check(people("nps", "p", "np"))


def test_the_majority_class_is_found_among_one_and_a_network_or_an_svm_is_not(check, refusal):
    clips = people("pp", "nn")
    check(clips, model="majority")
    for model in ("flow_svm", "landmark_svm", "gts_gn"):
        refusal(clips, model=model)


def test_clips_that_the_label_set_leaves_out_do_not_count(check, refusal):
    clips = people("n", "p", "np")
    check(clips)
    others = [clip("s4", onset=number, emotion="others") for number in range(3)]
    check([*clips, *others])
    assert "s3" in refusal([*people("p", "p", "np"), *others])


def test_macro_clips_train_the_folds_of_cross_domain(check, refusal):
    both = {"protocol": LOSO | {"name": "cross_domain"}, "expressions": ["micro", "macro"]}
    macro = people("n", "p", "p", expression="macro")
    micro = people("nps", "nps", video="b")
    assert "of the fold s1 (positive of s2, s3)." in refusal([*macro, *micro], **both)
    kept = {**both, "protocol": both["protocol"] | {"keep_test_subject_macro": True}}
    check([*macro, *micro], **kept)
    assert "the fold s1 (no clip at all)" in refusal(
        [*people("np", expression="macro"), *people("nps", video="b")], **both
    )


@pytest.mark.parametrize("name", ["kfold_subject", "kfold_random_leaky"])
def test_drawn_folds_are_drawn_as_the_training_draws_them(name, check, refusal):
    settings = {"protocol": LOSO | {"name": name, "k": 2}}
    message = refusal(people("n", "p"), **settings)
    assert "fold1 (" in message
    assert "fold2 (" in message
    check(people("np", "np", "np", "np"), **settings)


def stopped(inner_folds, **changes):
    return {"training": {"early_stopping": 3, "inner_folds": inner_folds}} | changes


def test_halves_of_early_stopping_that_leave_one_class_are_refused_by_fold_and_seed(check, refusal):
    clips = people("np", "nn", "pp")  # without s1, either half of s2 and s3 shows one class
    message = refusal(clips, **stopped(2, seeds=[0, 1]))
    assert "training.early_stopping: expected clips of at least two classes of emotion3 to fit in every fold" in message
    assert "s1 with seed 0 (" in message
    assert "s1 with seed 1 (" in message
    assert "s2 with" not in message
    assert "Set training.inner_folds: 3, or training.early_stopping: 0." in message
    check(clips, **stopped(2, model="flow_svm"))  # has no training to stop
    check(clips)


@given(
    shown=st.lists(st.sets(st.sampled_from([0, 1, 2, 3]), min_size=1), min_size=3, max_size=9),
    folds=st.integers(3, 5),
    seed=st.integers(0, 3),
)
def test_three_parts_or_more_never_leave_one_class_of_several(shown, folds, seed):
    """What spares the plan to draw them."""
    subjects = np.array([f"s{number}" for number, labels in enumerate(shown) for _ in labels])
    labels = np.array([label for own in shown for label in sorted(own)])
    if len(shown) >= folds and len(set(labels)) > 1:
        fitted, _ = inner_split(subjects, labels, folds=folds, seed=seed)
        assert len(set(labels[fitted])) > 1


def units(*shown):
    """Return clips of one subject for each list of action units."""
    return [
        clip(f"s{number}", onset=10 * place, aus=aus)
        for number, own in enumerate(shown, start=1)
        for place, aus in enumerate(own)
    ]


def test_labels_that_are_told_one_by_one_need_one_that_some_clips_show_and_others_do_not(check, refusal):
    check(units(["4", "12"], ["4", "12"]), labels="au8")
    check(units(["43", "4"], ["43", "4"]), labels="au8")
    message = refusal(units(["4+7", "4+7"], ["12"]), labels="au8")
    assert "clips.csv: expected clips with and without a label of au8 to train on in every fold" in message
    assert "found the same labels in all clips in the training clips of the folds s1 (AU12 of s2), s2 (AU4" in message
    check(units(["4+7", "4+7"], ["12"]), labels="au8", model="majority")
    halved = refusal(
        units(["4", "4"], ["4", "12"], ["4"]), labels="au8", training={"early_stopping": 5, "inner_folds": 2}
    )
    assert "expected clips with and without a label" in halved
