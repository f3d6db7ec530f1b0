"""Members of a composite in config.yaml: what cannot be joined is refused before any work."""

import pytest
from tests.config.conftest import refusal

EMBEDDED = {"layout": "samm", "n_subjects": 3, "clips": 4}


@pytest.fixture
def joined(shipped):
    """The shipped configuration with two embedded and two released members, and a composite of the embedded ones."""
    shipped["datasets"] |= {
        "a": {"reader": "samm", "root": "results/a/raw", "synthesis": EMBEDDED | {"seed": 8}},
        "b": {"reader": "samm", "root": "results/b/raw", "synthesis": EMBEDDED | {"seed": 9}},
        "samm_again": {"reader": "samm", "root": "/elsewhere"},
        "mix": {"reader": "composite", "members": ["a", "b"]},
    }
    return shipped


def test_a_composite_needs_no_root_and_has_its_own_settings_only(load, joined):
    assert load(joined).plain["datasets"]["mix"] == {
        "reader": "composite", "members": ["a", "b"], "selection": "megc2019", "synthesis": None
    }  # fmt: skip


def test_every_other_reader_needs_a_root(load, joined):
    for reader in ("casme2", "casme3", "samm"):
        joined["datasets"]["a"] = {"reader": reader}
        assert f"datasets.a: reader {reader} needs the setting 'root'" in refusal(load, joined)


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({}, "datasets.mix: reader composite needs the setting 'members', found none"),
        ({"members": []}, "datasets.mix.members: expected one or more different datasets, but found []"),
        ({"members": ["a", "a"]}, "expected one or more different datasets, but found ['a', 'a']"),
        ({"members": ["a", "sam"]}, "config: datasets.mix.members: unknown dataset 'sam'. Known: a, b, "),
        ({"members": ["a", "mix"]}, "config: datasets.mix.members: mix is a composite itself. Name its members"),
        ({"members": ["a", "b"], "root": "x"}, "datasets.mix: reader composite has no setting 'root'"),
        ({"members": ["a", 3]}, "datasets.mix.members"),
        ({"members": ["a", "b"], "selection": "megc2018"}, "megc2018"),
        ({"members": ["samm", "samm_again"]}, "samm and samm_again are both read as samm, whose parts share"),
        ({"members": ["samm", "samm_lv"]}, "samm and samm_lv show the same people, those of samm, under two names"),
        ({"members": ["samm_lv", "samm_lv_macro"]}, "are both read as samm_lv, whose parts share subjects"),
        (
            {"members": ["a", "b"], "synthesis": {}},
            "datasets.mix.synthesis: a composite has no synthesis, its members are",
        ),
        ({"members": ["a", "b"], "apexes": "x.csv"}, "datasets.mix.apexes: a composite takes the artefacts of"),
        ({"members": ["a", "b"], "member": ["a"]}, "Did you mean 'members'?"),
    ],
)
def test_members_that_cannot_be_joined_are_refused(load, joined, block, message):
    joined["datasets"]["mix"] = {"reader": "composite", **block}
    assert message in refusal(load, joined)


def test_rendered_members_of_one_seed_are_the_same_subjects_in_any_layout(load, joined):
    joined["datasets"]["a"] = {
        "reader": "casme2", "root": "results/a/raw", "synthesis": {"layout": "casme2_raw", "seed": 9}
    }  # fmt: skip
    message = refusal(load, joined)
    assert "a and b are both rendered from the seed 9, which gives the same subjects. Leave one of them out." in message


@pytest.fixture
def with_pictures(joined):
    """The same, with three datasets of ready flow images, two of them in one folder."""
    joined["datasets"] |= {
        name: {"reader": "flow_images", "root": root}
        for name, root in (("first", "/folds/one"), ("again", "/folds/x/../one"), ("second", "/folds/two"))
    }
    return joined


@pytest.mark.parametrize("members", [["samm", "first"], ["first", "smic"], ["first", "second", "casme2"]])
def test_pictures_that_may_show_the_subjects_of_recordings_are_not_joined_with_them(load, with_pictures, members):
    with_pictures["datasets"]["mix"]["members"] = members
    message = refusal(load, with_pictures)
    assert "config: datasets.mix.members: expected members that show different subjects" in message
    assert "may share subjects: pictures that came ready are made of recordings that they do not name" in message
    assert "Leave one of them out." in message


def test_two_sets_of_pictures_are_joined_unless_they_lie_in_one_folder(load, with_pictures):
    with_pictures["datasets"]["mix"]["members"] = ["first", "second"]
    assert load(with_pictures).plain["datasets"]["mix"]["members"] == ["first", "second"]
    with_pictures["datasets"]["mix"]["members"] = ["first", "again"]
    assert "but first and again are both the pictures in /folds/one. Leave" in refusal(load, with_pictures)


def test_pictures_and_rendered_subjects_are_joined(load, with_pictures):
    with_pictures["datasets"]["mix"]["members"] = ["a", "first"]
    assert load(with_pictures).plain["datasets"]["mix"]["members"] == ["a", "first"]


def test_a_composite_of_released_and_rendered_subjects_is_accepted(load, joined):
    joined["datasets"]["mix"]["members"] = ["a", "samm", "casme2", "casme3", "b"]
    assert load(joined).plain["datasets"]["mix"]["members"][-1] == "b"


def test_an_experiment_can_name_a_composite(load, joined):
    joined["experiments"]["majority"] |= {"datasets": ["mix"], "overrides": {"mix": {"seeds": [4]}}}
    assert load(joined).plain["experiments"]["majority"]["overrides"]["mix"]["seeds"] == [4]
