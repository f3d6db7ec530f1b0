import re
from itertools import product

import pytest

from merflow import paths, plan
from merflow.config import Experiment
from merflow.errors import ConfigError
from merflow.settings import from_plain

LOSO = {"name": "loso", "k": 5}
QUESTION = {"artefact": "flow/f", "labels": "emotion3", "expressions": ["micro"], "protocol": LOSO}


def check(first="net", second="svm", known=("net", "svm"), **changes):
    settings = {first: QUESTION | {"model": "a"}, second: QUESTION | {"model": "b"} | changes}
    experiments = {name: from_plain(Experiment, own) for name, own in settings.items()}
    plan.check_comparable("demo", first, second, experiments=experiments, known=known)


def test_methods_may_differ_and_nothing_else():
    check()
    with pytest.raises(ConfigError, match=r"net compared with svm on demo: .* labels .*'emotion3'.*'emotion4'"):
        check(labels="emotion4")
    with pytest.raises(ConfigError, match="expressions"):
        check(expressions=["macro"])
    with pytest.raises(ConfigError, match=r"Define a twin that extends svm with protocol: .*k: 5"):
        check(protocol=LOSO | {"k": 3})


def test_the_two_forms_of_macro_to_micro_test_the_same_clips_and_are_compared():
    expressions, honest = ["micro", "macro"], {"name": "cross_domain"}
    kept = honest | {"keep_test_subject_macro": True}
    settings = {name: QUESTION | {"model": name, "expressions": expressions, "protocol": protocol}
                for name, protocol in (("honest", honest), ("printed", kept))}  # fmt: skip
    experiments = {name: from_plain(Experiment, own) for name, own in settings.items()}
    for first, second in (("honest", "printed"), ("printed", "honest")):
        plan.check_comparable("demo", first, second, experiments=experiments, known=experiments)
    experiments["loso"] = from_plain(Experiment, settings["printed"] | {"protocol": LOSO})
    with pytest.raises(ConfigError, match=r"have the protocol of loso.*keep_test_subject_macro: true"):
        plan.check_comparable("demo", "loso", "printed", experiments=experiments, known=experiments)


def test_an_experiment_is_not_compared_with_itself():
    with pytest.raises(ConfigError, match="net compared with itself on demo"):
        check(second="net")


def pattern(known, what=".csv"):
    """Return the pattern that Snakemake makes of the rule's output, wildcards constrained as in common.smk."""
    path = re.escape(paths.comparison("demo", "FIRST", "SECOND", what))
    names = plan.one_of_or_unknown(known)
    return path.replace("FIRST", f"(?P<first>{names})").replace("SECOND", f"(?P<second>{names})")


@pytest.mark.parametrize(
    "known",
    [
        ("a", "a-vs", "b"),
        ("a", "a-b", "b"),
        ("vs", "a-vs", "a"),
        ("net-vs-svm", "net", "x"),
        ("a", "vs-b"),
        ("a.vs", "a", "vs.b"),
        ("a-vs-a", "c"),
        ("a", "a-vs", "vs-b"),
    ],
)
def test_names_with_dashes_are_found_again(known):
    for pair in product(known, repeat=2):
        if pair[0] == pair[1]:
            continue
        found = re.fullmatch(pattern(known), paths.comparison("demo", *pair, ".csv"))
        assert (found["first"], found["second"]) == pair
        check(*pair, known=known)


@pytest.mark.parametrize(("first", "second"), [("net", "svn"), ("nte", "svm"), ("nte-2", "s.v_m-x")])
def test_a_misspelt_name_is_found_too_for_who_looks_it_up(first, second):
    found = re.fullmatch(pattern(("net", "svm")), paths.comparison("demo", first, second, ".csv"))
    assert (found["first"], found["second"]) == (first, second)


@pytest.mark.parametrize(
    ("first", "second", "known"),
    [
        ("a-vs", "b", ("a", "a-vs", "b", "vs-b")),
        ("a", "vs-b", ("a", "a-vs", "b", "vs-b")),
        ("a", "b-vs-c", ("a", "b-vs-c", "a-vs-b", "c")),
    ],
)
def test_names_that_two_pairs_write_alike_are_refused(first, second, known):
    with pytest.raises(ConfigError, match=r"can be read as a with .* or .* Rename one"):
        check(first, second, known=known)


def test_table_and_picture_are_never_taken_for_the_map_of_layers():
    """An experiment may be called svm-layers; its comparison must not be the layers of svm."""
    known = ("net", "svm", "svm-layers", "svm-difference")
    for second in known[1:]:
        for what in (".csv", "-difference.png"):
            path = paths.comparison("demo", "net", second, what)
            assert re.fullmatch(pattern(known, what), path)["second"] == second
            assert not re.fullmatch(pattern(known, "-layers.png"), path)


def check_maps(first="units", second="emotions", *, known=("units", "emotions"), models=("res3d", "res3d"), **changes):
    settings = {
        name: {"model": model, "artefact": "sequences/s", "labels": labels, "model_params": {}}
        for name, model, labels in zip((first, second), models, ("au8", "emotion5_multi"), strict=True)
    }
    settings[second] |= changes
    experiments = {name: from_plain(Experiment, own) for name, own in settings.items()}
    plan.check_maps_comparable("demo", first, second, experiments=experiments, known=known)


def test_maps_of_other_labels_are_compared_and_those_of_other_pictures_are_not():
    check_maps()
    with pytest.raises(ConfigError, match=r"expected emotions to read the artefact of units, sequences/s, but found"):
        check_maps(artefact="sequences/t")
    with pytest.raises(ConfigError, match="expected two experiments"):
        check_maps(second="units")
    with pytest.raises(ConfigError, match="can be read as a with"):
        check_maps("a-vs", "b", known=("a", "a-vs", "b", "vs-b"))


def test_maps_of_two_views_are_not_compared():
    """The maps of the left side of a face and of its front would be correlated pixel by pixel."""

    def check(first, second):
        views = {name: from_plain(Experiment, {
            "model": "ccdn", "artefact": "dynamic_images/m", "labels": labels, "model_params": {"view": view}
        }) for name, labels, view in (("units", "au8", first), ("emotions", "emotion5_multi", second))}  # fmt: skip
        plan.check_maps_comparable("demo", "units", "emotions", experiments=views, known=views)

    check("left", "left")
    with pytest.raises(ConfigError, match=r"to see what units sees, model_params\.view: left, but found .*view: front"):
        check("left", "front")


def test_networks_without_maps_are_refused_with_the_names_of_those_that_have_some():
    for models, name in ((("res3d", "atm_gcn"), "emotions"), (("majority", "res3d"), "units")):
        message = rf"{name}: expected a network with activation maps to draw \(ccdn, googlenet, res3d"
        with pytest.raises(ConfigError, match=message):
            check_maps(models=models)
