"""Members of a composite in config.yaml: what cannot be joined is refused before any work."""

import pytest

from merflow.errors import ConfigError

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


def refusal(load, raw):
    with pytest.raises(ConfigError) as caught:
        load(raw)
    return str(caught.value)


def test_a_composite_needs_no_root_and_has_its_own_settings_only(load, joined):
    assert load(joined)["datasets"]["mix"] == {
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
        ({"members": ["a"]}, "datasets.mix.members: expected two or more different datasets, but found ['a']"),
        ({"members": ["a", "a"]}, "expected two or more different datasets, but found ['a', 'a']"),
        ({"members": ["a", "sam"]}, "config: datasets.mix.members: unknown dataset 'sam'. Known: a, b, "),
        ({"members": ["a", "mix"]}, "config: datasets.mix.members: mix is a composite itself. Name its members"),
        ({"members": ["a", "b"], "root": "x"}, "datasets.mix: reader composite has no setting 'root'"),
        ({"members": ["a", 3]}, "datasets.mix.members"),
        ({"members": ["a", "b"], "selection": "megc2018"}, "megc2018"),
        ({"members": ["samm", "samm_again"]}, "samm and samm_again are both recordings of samm, whose parts share"),
        ({"members": ["a", "b"], "synthesis": {}}, "datasets.mix.reader: expected casme3, which reads the layout raw"),
        ({"members": ["a", "b"], "member": ["a"]}, "Did you mean 'members'?"),
    ],
)
def test_members_that_cannot_be_joined_are_refused(load, joined, block, message):
    joined["datasets"]["mix"] = {"reader": "composite", **block}
    assert message in refusal(load, joined)


def test_rendered_members_of_one_seed_are_the_same_people_in_any_layout(load, joined):
    joined["datasets"]["a"] = {
        "reader": "casme2", "root": "results/a/raw", "synthesis": {"layout": "casme2_raw", "seed": 9}
    }  # fmt: skip
    message = refusal(load, joined)
    assert "a and b are both rendered from the seed 9, which gives the same people. Leave one of them out." in message


def test_a_composite_of_released_and_rendered_people_is_accepted(load, joined):
    joined["datasets"]["mix"]["members"] = ["a", "samm", "casme2", "casme3", "b"]
    assert load(joined)["datasets"]["mix"]["members"][-1] == "b"


def test_an_experiment_can_name_a_composite(load, joined):
    joined["experiments"]["majority"] |= {"datasets": ["mix"], "overrides": {"mix": {"seeds": [4]}}}
    assert load(joined)["experiments"]["majority"]["overrides"]["mix"]["seeds"] == [4]
