import re
from dataclasses import replace

import pytest
from tests.plan_fixture import clip, of_mix
from tests.shipped import ROOT

from merflow import plan
from merflow.config import Config, Experiment, read_config
from merflow.datasets.clip_table import write_clips
from merflow.errors import ConfigError
from merflow.stages import STAGES


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


def test_wildcards_match_whole_names_only():
    import re

    pattern = plan.one_of(["gts_gn", "CAS(ME)3"])
    assert re.fullmatch(pattern, "CAS(ME)3")
    assert not re.fullmatch(pattern, "gts_gn-x")
    assert not re.match(plan.one_of([]), "anything")


def test_a_mistyped_subject_is_refused(index):
    with pytest.raises(ConfigError, match=r"no subject 'spNO.99'. Known: spNO.1"):
        plan.check_subject(index([clip("spNO.1")]), "spNO.99")


def test_ancestor_variant_follows_the_chain():
    config = {
        "regions": {"r": {"clouds": "c"}},
        "clouds": {"c": {"depth_flow": "d"}},
        "depth_flow": {"d": {"flow": "f"}},
        "flow": {"f": {"faces": "x"}},
    }
    assert plan.ancestor_variant(Config(config), "regions", "r", "faces") == "x"
    assert plan.ancestor_variant(Config(config), "regions", "r", "regions") == "r"


RECORDED = {"reader": "casme3", "root": "nowhere", "synthesis": None}
EMBEDDED = {"reader": "samm", "root": "results/two/raw", "synthesis": {"seed": 1}}
MIX = {"reader": "composite", "members": ["one", "two"], "selection": "megc2019", "synthesis": None}


@pytest.fixture
def mixed():
    """A configuration of a composite and its members, as load_config returns it."""
    experiment = {
        "datasets": ["mix", "two", "one"],
        "model": "ststnet",
        "artefact": "flow/f",
        "labels": "emotion3",
        "training": {},
        "overrides": {},
    }
    return {
        "datasets": {"mix": dict(MIX), "one": dict(RECORDED), "two": dict(EMBEDDED)},
        "experiments": {"e": experiment},
        "faces": {"x": {}},
        "flow": {"f": {"faces": "x"}},
    }


def test_a_composite_takes_its_members_shards_of_the_subjects_that_it_has(index, mixed):
    path = index(
        [of_mix("one", "spNO.2"), of_mix("one", "spNO.10"), of_mix("two", "006"), of_mix("two", "006", onset=9)]
    )
    assert plan.shards(Config(mixed), path, "mix", "flow", "f") == [
        "results/one/artefacts/flow/f/spNO.2.h5",
        "results/one/artefacts/flow/f/spNO.10.h5",
        "results/two/artefacts/flow/f/006.h5",
    ]
    assert plan.members(Config(mixed), "mix") == {"one": "casme3", "two": "samm"}


def test_an_ordinary_dataset_takes_its_own_shards_whatever_its_subjects_are_called(index, mixed):
    assert plan.members(Config(mixed), "one") == {}
    path = index([clip("spNO.2", part="A")])
    assert plan.shards(Config(mixed), path, "one", "flow", "f") == ["results/one/artefacts/flow/f/spNO.2.h5"]


def test_artefacts_of_a_composite_are_refused_with_where_they_are(mixed):
    plan.check_source(Config(mixed), "one", "flow")
    message = r"dataset mix is made of one, two and has no artefacts of its own.*results/one/artefacts/"
    with pytest.raises(ConfigError, match=message):
        plan.check_source(Config(mixed), "mix", "flow")


@pytest.fixture
def with_ready(mixed):
    """The same, with ready flow images as a dataset, as a member and as both members."""
    ready = {"reader": "flow_images", "root": "folders", "synthesis": None}
    mixed["datasets"] |= {"ready": ready, "ready_too": ready}
    mixed["datasets"]["half"] = MIX | {"members": ["one", "ready"]}
    mixed["datasets"]["whole"] = MIX | {"members": ["ready", "ready_too"]}
    return mixed | {"flow_images": {"p": {"flow": "f"}}, "sequences": {"s": {"faces": "x"}}}


def test_pictures_that_came_ready_have_no_other_artefact(with_ready):
    assert [plan.came_ready(Config(with_ready), name) for name in ("one", "ready", "half", "whole", "mix")] == [
        False, True, False, True, False
    ]  # fmt: skip
    plan.check_source(Config(with_ready), "ready", "flow_images")
    message = "dataset ready: expected artefacts of kind flow_images, of which it consists, but sequences are asked for"
    with pytest.raises(ConfigError, match=message):
        plan.check_source(Config(with_ready), "ready", "sequences")


@pytest.mark.parametrize("dataset", ["ready", "half"])
def test_shards_and_chains_are_planned_of_what_there_is_in_every_member(with_ready, index, dataset):
    path = index([clip("s1") if dataset == "ready" else of_mix("ready", "s1")])
    assert plan.shards(Config(with_ready), path, dataset, "flow_images", "p") == [
        "results/ready/artefacts/flow_images/p/s1.h5"
    ]  # fmt: skip
    for planned in (
        lambda: plan.shards(Config(with_ready), path, dataset, "sequences", "s"),
        lambda: plan.artefact_chain(Config(with_ready), "sequences/s", dataset=dataset),
        lambda: plan.check_shards(Config(with_ready), dataset, "flow"),
    ):
        with pytest.raises(ConfigError, match="dataset ready: expected artefacts of kind flow_images"):
            planned()


def test_what_came_ready_is_computed_from_nothing(with_ready):
    whole = [("faces", "x"), ("flow", "f"), ("flow_images", "p")]
    for dataset, chain in (("one", whole), ("half", whole), ("ready", whole[-1:]), ("whole", whole[-1:])):
        assert plan.artefact_chain(Config(with_ready), "flow_images/p", dataset=dataset) == chain


def network(model, params=None, kind="graphs"):
    return Experiment(model, f"{kind}/v", model_params=params or {})


def test_only_networks_with_layers_have_them_drawn():
    plan.check_shows("a", network("gts_gn"), "layers")
    with pytest.raises(ConfigError, match=r"b: expected a network with layers to draw \(gts_gn, gcn, ss_gn\)"):
        plan.check_shows("b", network("majority"), "layers")
    with pytest.raises(ConfigError, match="its model is atm_gcn"):
        plan.check_shows("c", network("atm_gcn"), "layers")


@pytest.mark.parametrize(
    ("what", "params", "left_out"),
    [
        ("graph", {"learnable_adjacency": True}, {"learnable_adjacency": False}),
        ("units", {"au_loss": "adaptive"}, {"au_loss": "none"}),
    ],
)
def test_a_picture_of_what_parameters_leave_out_is_refused(what, params, left_out):
    plan.check_shows("a", network("gts_gn", params), what)
    ((key, value),) = left_out.items()
    message = rf"a: .*model_params\.{key}: .* found model_params\.{key}: {str(value).lower()}"
    with pytest.raises(ConfigError, match=message):
        plan.check_shows("a", network("gts_gn", left_out), what)
    with pytest.raises(ConfigError, match="its model is ststnet"):
        plan.check_shows("a", network("ststnet"), what)


@pytest.mark.parametrize(
    "params", [{"learnable_adjacency": a, "au_loss": b} for a in (True, False) for b in ("adaptive", "none")]
)
def test_pictures_that_stand_beside_metrics_can_be_asked_for(params):
    words = {"layers.png": "layers", "adjacency.png": "graph", "learned_edges.png": "graph", "au_weights.png": "units"}
    settings = network("gts_gn", params)
    shown = {words[part[-1]] for part in plan.pictures(settings, composite=True) if part[-1] in words}
    for what in set(words.values()):
        if what in shown:
            plan.check_shows("a", settings, what)
        else:
            with pytest.raises(ConfigError, match="Name an experiment that has it"):
                plan.check_shows("a", settings, what)


def test_what_is_drawn_by_class_is_not_drawn_of_labels_that_are_told_one_by_one():
    of_labels = replace(network("gts_gn", {"learnable_adjacency": True, "au_loss": "none"}), labels="au8")
    assert [part[-1] for part in plan.pictures(of_labels, composite=True)] == [
        "training.png", "adjacency.png", "learned_edges.png"
    ]  # fmt: skip
    with pytest.raises(ConfigError, match=r"a: expected labels of which a clip has one to draw layers, but found au8"):
        plan.check_shows("a", of_labels, "layers")
    plan.check_shows("a", of_labels, "graph")


@pytest.fixture
def with_depth(mixed):
    """The same, with clouds, which need depth, and two networks beside the baseline."""
    network = {"model": "ststnet", "artefact": "flow/f", "datasets": ["two"], "training": {}, "overrides": {}}
    mixed["experiments"] = {
        "svm": network | {"model": "flow_svm"},
        "points": network | {"artefact": "regions/r"},
        "other": network | {"datasets": []},
        "pictures": network,
    }
    return mixed | {
        "regions": {"r": {"clouds": "c"}},
        "clouds": {"c": {"depth_flow": "d"}},
        "depth_flow": {"d": {"flow": "f"}},
    }


def test_what_goes_back_to_depth_is_refused_where_there_is_none(with_depth, index):
    path = index([clip("s1", depth=""), clip("s2", depth="")])
    message = (
        r"expected recordings with depth \(clouds/c goes through depth_flow\), but dataset two has none\. "
        r"Choose an experiment without depth, such as pictures, other\."
    )
    with pytest.raises(ConfigError, match=message):
        plan.shards(Config(with_depth), path, "two", "clouds", "c")
    assert len(plan.shards(Config(with_depth), path, "two", "flow", "f")) == 2
    assert len(plan.shards(Config(with_depth), index([clip("s1"), clip("s2", depth="")]), "two", "clouds", "c")) == 2


def test_what_is_made_of_meshes_is_refused_where_there_are_none(index):
    """``ccdn-au8`` on grey video alone; on depth frames CCDN needs no meshes."""
    shipped = read_config(ROOT / "config.yaml")
    bare, scanned = index([clip("s1"), clip("s2")]), [replace(clip("s1"), meshes="mesh/*"), clip("s2")]
    message = (
        r"expected recordings with meshes \(dynamic_images/views64 goes through meshes\), but dataset demo_4dme has "
        r"none\. Choose an experiment without meshes, such as res3d-au8"
    )
    with pytest.raises(ConfigError, match=message):
        plan.shards(shipped, bare, "demo_4dme", "dynamic_images", "views64")
    assert len(plan.shards(shipped, bare, "demo", "dynamic_images", "rgbd64")) == 2
    assert len(plan.shards(shipped, index(scanned), "demo_4dme", "dynamic_images", "views64")) == 2


def test_every_member_needs_depth(with_depth, index):
    clips = [of_mix("one", "s1"), of_mix("two", "s1", depth="")]
    with pytest.raises(ConfigError, match=r"but dataset two, a member of mix, has none"):
        plan.shards(Config(with_depth), index(clips), "mix", "clouds", "c")
    clips[1] = of_mix("two", "s1")
    assert len(plan.shards(Config(with_depth), index(clips), "mix", "clouds", "c")) == 2


def test_a_stage_that_an_experiment_does_not_go_through_is_named(with_depth):
    assert plan.variant_in_chain(Config(with_depth), "points", "flow", dataset="two") == "f"
    message = (
        "pictures on two: expected an artefact of kind clouds.* found artefact: flow/f, which goes back to faces, flow"
    )
    with pytest.raises(ConfigError, match=message):
        plan.variant_in_chain(Config(with_depth), "pictures", "clouds", dataset="two")


def test_a_composite_is_indexed_from_its_members_tables(mixed):
    assert plan.annotation_inputs(Config(mixed), "mix") == [
        "results/one/clips.csv", "results/two/clips.csv", "results/one/exclusions.csv", "results/two/exclusions.csv"
    ]  # fmt: skip
    assert plan.annotation_inputs(Config(mixed), "two") == ["results/two/raw"]
    assert Config(mixed).datasets["mix"].own == {"members": ["one", "two"], "selection": "megc2019"}


def test_a_composite_is_at_hand_when_all_its_members_are(mixed, tmp_path):
    assert plan.available_experiments(Config(mixed)) == [("two", "e")]
    mixed["datasets"]["one"]["root"] = str(tmp_path)
    assert plan.available_experiments(Config(mixed)) == [("mix", "e"), ("one", "e"), ("two", "e")]


def test_that_nothing_can_be_run_is_refused_with_the_reason(mixed):
    mixed["datasets"]["two"] = dict(RECORDED)
    with pytest.raises(ConfigError, match=r"found none: no recordings of mix, no recordings of one, no .*Set the root"):
        plan.available_experiments(Config(mixed))
    mixed["datasets"] = {"other": EMBEDDED}
    with pytest.raises(ConfigError, match=r"found none: no experiment has other among its datasets\."):
        plan.available_experiments(Config(mixed))


def test_released_members_count_for_the_selection_of_the_challenge_only(mixed):
    assert plan.official_members(Config(mixed), "mix") == ["one"]
    mixed["datasets"]["mix"]["selection"] = "all"
    assert plan.official_members(Config(mixed), "mix") == []
    assert plan.official_members(Config(mixed), "one") == []


def test_results_of_a_composite_say_what_its_members_are(mixed):
    resolved = plan.resolved_settings(Config(mixed), "e", "mix")
    assert resolved["members"] == {"one": RECORDED, "two": EMBEDDED}
    assert set(plan.resolved_settings(Config(mixed), "e", "one")) == {"dataset", "experiment", "artefacts"}


@pytest.mark.parametrize("kind", sorted(kind for kind, stage in STAGES.items() if stage.shown))
def test_a_composite_shows_its_networks_and_not_its_members_stages(kind):
    params = {"learnable_adjacency": True, "au_loss": "adaptive"}
    experiment = network("gts_gn", params, kind)
    everything, networks = plan.pictures(experiment), plan.pictures(experiment, composite=True)
    assert set(everything) - set(networks) == {("pictures", name) for name in STAGES[kind].shown}
    assert networks[0] == ("training.png",)
    assert ("pictures", "learned_edges.png") in networks


@pytest.mark.parametrize(
    ("path", "unknown"),
    [
        ("demo/clips.csv", False),
        ("demo2/clips.csv", True),
        ("dem/clips.csv", True),
        ("logs/index_dataset/demo.log", False),
        ("magnifier/weights.pt", False),
        ("magnification.csv", False),
        ("old/raw/part_A/1.jpg", False),
        ("mine/weights.pt", False),
    ],
)
def test_a_folder_of_the_results_is_unknown_unless_it_is_a_datasets_or_read_from(path, unknown):
    """Recordings of a dataset that is configured no more may be another's root."""
    config = {
        "datasets": {
            "demo": {"reader": "casme3", "root": "results/demo/raw", "synthesis": {"seed": 1}},
            "copy": {"reader": "casme3", "root": "results/old/raw", "synthesis": None, "parts": ["A"]},
            "mix": {"reader": "composite", "members": ["demo", "copy"], "synthesis": None},
        },
        "magnified": {"learned": {"method": "learned", "weights": "results/mine/weights.pt", "factor": 3}},
    }
    pattern = f"results/(?P<name>{plan.unknown_dataset(Config(config))})/.+"
    assert bool(re.fullmatch(pattern, f"results/{path}")) == unknown
