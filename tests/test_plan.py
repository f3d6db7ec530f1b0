from dataclasses import replace
from pathlib import Path

import pytest

from merflow import plan
from merflow.datasets.clip import Clip, write_clips
from merflow.errors import ConfigError, DatasetError

LOSO = {"name": "loso", "k": 5, "test_expression": ""}
SETTINGS = {"protocol": LOSO, "labels": "emotion3", "expressions": ["micro"]}


def clip(subject, onset=10, **changes):
    base = Clip(
        dataset="d", subject=subject, video="a", part="A", expression="micro", onset=onset, apex=onset + 2,
        offset=onset + 4, fps=30.0, aus="12", emotion="happiness", objective="I", color=f"{subject}/a/color",
        depth=f"{subject}/a/depth", notes="",
    )  # fmt: skip
    return replace(base, **changes)


@pytest.fixture
def index(tmp_path):
    def write(clips):
        write_clips(clips, tmp_path / "clips.csv")
        return tmp_path / "clips.csv"

    return write


def test_subjects_in_the_order_of_the_index(index):
    path = index([clip("spNO.2"), clip("spNO.10"), clip("spNO.2", onset=99)])
    assert plan.subjects(path) == ["spNO.2", "spNO.10"]


def test_a_changed_index_is_read_anew(index):
    assert plan.subjects(index([clip("a")])) == ["a"]
    import os

    path = index([clip("b")])
    os.utime(path, ns=(1, 1))
    assert plan.subjects(path) == ["b"]


def test_frames_that_exist_and_no_others(index, tmp_path):
    for kind, suffix in (("color", "jpg"), ("depth", "png")):
        folder = tmp_path / "s1/a" / kind
        folder.mkdir(parents=True)
        for number in (10, 11, 14):
            (folder / f"{number}.{suffix}").touch()
    path = index([clip("s1"), clip("s2")])

    def names(roles):
        return [str(Path(p).relative_to(tmp_path)) for p in plan.subject_frames(path, "s1", root=tmp_path, roles=roles)]

    assert names(["onset", "apex"]) == ["s1/a/color/10.jpg", "s1/a/depth/10.png"]
    assert len(names(["all"])) == 6
    assert len(plan.subject_frames(path, "s1", root=tmp_path, roles=["all"], depth=False)) == 3


def test_loso_folds_are_the_subjects_with_a_label_of_the_set(index):
    path = index([clip("s1"), clip("s2", emotion="others"), clip("s3", expression="macro"), clip("s4")])
    assert plan.folds(path, SETTINGS) == ["s1", "s4"]
    assert plan.folds(path, SETTINGS | {"labels": "emotion4"}) == ["s1", "s2", "s4"]


def test_cross_domain_tests_micro_clips_only(index):
    path = index([clip("s1"), clip("s2"), clip("s3", expression="macro")])
    settings = SETTINGS | {"protocol": LOSO | {"name": "cross_domain"}, "expressions": ["micro", "macro"]}
    assert plan.folds(path, settings) == ["s1", "s2"]


def test_kfold_names_its_folds(index):
    settings = SETTINGS | {"protocol": LOSO | {"name": "kfold_subject", "k": 3}}
    assert plan.folds(index([clip("s1")]), settings) == ["fold1", "fold2", "fold3"]


def test_one_subject_cannot_be_left_out(index):
    with pytest.raises(ConfigError, match=r"at least two subjects .* found 1 \(s1\)"):
        plan.folds(index([clip("s1"), clip("s2", emotion="others")]), SETTINGS)


def test_wildcards_match_whole_names_only():
    import re

    pattern = plan.one_of(["gts_gn", "CAS(ME)3"])
    assert re.fullmatch(pattern, "CAS(ME)3")
    assert not re.fullmatch(pattern, "gts_gn-x")
    assert not re.match(plan.one_of([]), "anything")


def test_a_mistyped_subject_is_refused(index):
    with pytest.raises(ConfigError, match=r"no subject 'spNO.99'. Known: spNO.1"):
        plan.check_subject(index([clip("spNO.1")]), "spNO.99")


def test_a_folder_that_is_gone_is_left_to_the_stage(index, tmp_path):
    assert plan.subject_frames(index([clip("s1")]), "s1", root=tmp_path, roles=["onset"]) == []


def test_all_frames_without_an_offset_run_to_the_end(index, tmp_path):
    folder = tmp_path / "s1/a/color"
    folder.mkdir(parents=True)
    for number in (9, 10, 30):
        (folder / f"{number}.jpg").touch()
    path = index([clip("s1", offset=-1, depth="")])
    assert len(plan.subject_frames(path, "s1", root=tmp_path, roles=["all"])) == 2


def test_ancestor_variant_follows_the_chain():
    config = {
        "regions": {"r": {"clouds": "c"}},
        "clouds": {"c": {"depth_flow": "d"}},
        "depth_flow": {"d": {"flow": "f"}},
        "flow": {"f": {"faces": "x"}},
    }
    assert plan.ancestor_variant(config, "regions", "r", "faces") == "x"
    assert plan.ancestor_variant(config, "regions", "r", "regions") == "r"


RECORDED = {"reader": "casme3", "root": "nowhere", "synthesis": None}
EMBEDDED = {"reader": "samm", "root": "results/two/raw", "synthesis": {"seed": 1}}
MIX = {"reader": "composite", "members": ["one", "two"], "selection": "megc2019", "synthesis": None}


@pytest.fixture
def mixed():
    """A configuration of a composite and its members, as load_config returns it."""
    experiment = {"datasets": ["mix", "two", "one"], "artefact": "flow/f", "labels": "emotion3", "overrides": {}}
    return {
        "datasets": {"mix": dict(MIX), "one": dict(RECORDED), "two": dict(EMBEDDED)},
        "experiments": {"e": experiment},
        "faces": {"x": {}},
        "flow": {"f": {"faces": "x"}},
    }


def of_mix(member, subject, **changes):
    return clip(f"{member}.{subject}", part=member, **changes)


def test_a_composite_takes_its_members_shards_of_the_subjects_that_it_has(index, mixed):
    path = index(
        [of_mix("one", "spNO.2"), of_mix("one", "spNO.10"), of_mix("two", "006"), of_mix("two", "006", onset=9)]
    )
    assert plan.shards(mixed, path, "mix", "flow", "f") == [
        "results/one/artefacts/flow/f/spNO.2.h5",
        "results/one/artefacts/flow/f/spNO.10.h5",
        "results/two/artefacts/flow/f/006.h5",
    ]
    assert plan.members(mixed, "mix") == {"one": "casme3", "two": "samm"}


def test_an_ordinary_dataset_takes_its_own_shards_whatever_its_subjects_are_called(index, mixed):
    assert plan.members(mixed, "one") == {}
    path = index([clip("spNO.2", part="A")])
    assert plan.shards(mixed, path, "one", "flow", "f") == ["results/one/artefacts/flow/f/spNO.2.h5"]


def test_artefacts_of_a_composite_are_refused_with_where_they_are(mixed):
    plan.check_recorded(mixed, "one")
    message = r"dataset mix is made of one, two and has no artefacts of its own.*results/one/artefacts/"
    with pytest.raises(ConfigError, match=message):
        plan.check_recorded(mixed, "mix")


def test_a_composite_is_indexed_from_its_members_tables(mixed):
    assert plan.annotation_inputs(mixed, "mix") == [
        "results/one/clips.csv", "results/two/clips.csv", "results/one/exclusions.csv", "results/two/exclusions.csv"
    ]  # fmt: skip
    assert plan.annotation_inputs(mixed, "two") == ["results/two/raw"]
    assert plan.reader_settings(mixed["datasets"]["mix"]) == {"members": ["one", "two"], "selection": "megc2019"}


def test_a_composite_is_at_hand_when_all_its_members_are(mixed, tmp_path):
    assert plan.available_experiments(mixed) == [("two", "e")]
    mixed["datasets"]["one"]["root"] = str(tmp_path)
    assert plan.available_experiments(mixed) == [("mix", "e"), ("one", "e"), ("two", "e")]


def test_released_members_count_for_the_selection_of_the_challenge_only(mixed):
    assert plan.official_members(mixed, "mix") == ["one"]
    mixed["datasets"]["mix"]["selection"] = "all"
    assert plan.official_members(mixed, "mix") == []
    assert plan.official_members(mixed, "one") == []


def test_results_of_a_composite_say_what_its_members_are(mixed):
    resolved = plan.resolved_settings(mixed, "e", "mix")
    assert resolved["members"] == {"one": RECORDED, "two": EMBEDDED}
    assert set(plan.resolved_settings(mixed, "e", "one")) == {"dataset", "experiment", "artefacts"}


@pytest.mark.parametrize("kind", sorted(plan.STAGE_PICTURES))
def test_a_composite_shows_its_networks_and_not_its_members_stages(kind):
    params = {"lam": True, "au_loss": "adaptive"}
    experiment = {"model": "gts_gn", "artefact": f"{kind}/v", "model_params": params}
    everything, networks = plan.pictures(experiment), plan.pictures(experiment, composite=True)
    assert set(everything) - set(networks) == set(plan.STAGE_PICTURES[kind])
    assert networks[0] == ("training.png",)
    assert ("pictures", "learned_edges.png") in networks


@pytest.mark.parametrize("protocol", [LOSO, LOSO | {"name": "kfold_subject"}], ids=lambda protocol: protocol["name"])
def test_folds_of_a_composite_need_every_class_of_every_member(index, protocol):
    settings = SETTINGS | {"protocol": protocol}
    emotions = ("fear", "happiness", "surprise")
    full = [of_mix(member, "1", video=word, emotion=word) for member in ("one", "two") for word in emotions]
    assert len(plan.folds(index(full), settings, members=["one", "two"])) == (2 if protocol == LOSO else 5)
    macro = [replace(one, expression="macro") if one.id.startswith("two.1_fear") else one for one in full]
    with pytest.raises(DatasetError, match=r"but two has none of negative: a network could tell"):
        plan.folds(index(macro), settings, members=["one", "two"])
    plan.folds(index(macro), settings | {"expressions": ["micro", "macro"]}, members=["one", "two"])
    with pytest.raises(DatasetError, match=r"emotion7 \(anger"):
        plan.folds(index(full), settings | {"labels": "emotion7"}, members=["one", "two"])
    with pytest.raises(DatasetError, match="but three has none of negative, positive, surprise"):
        plan.check_classes(index(full), settings, ["one", "two", "three"])
