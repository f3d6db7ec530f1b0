"""Paths of the configuration: what a shell would make of ~ and $VARIABLES, in every setting that is a path."""

from pathlib import Path

import pytest

from merflow.errors import ConfigError
from merflow.user_paths import expanded


@pytest.fixture(autouse=True)
def shell(monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("DATA", "/data/face sets")
    monkeypatch.setenv("EMPTY", "")
    monkeypatch.delenv("NOWHERE", raising=False)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("~/CASME2", "/home/me/CASME2"),
        ("~", "/home/me"),
        ("$DATA/CASME2", "/data/face sets/CASME2"),
        ("${DATA}_old/CASME2", "/data/face sets_old/CASME2"),
        ("/a/$$b", "/a/$b"),
        ("/a~b/~c", "/a~b/~c"),
        ("./~/x", "./~/x"),
        ("/path/to/CAS(ME)3", "/path/to/CAS(ME)3"),
        ("results/demo/raw", "results/demo/raw"),
        ("", ""),
    ],
)
def test_paths_are_what_a_shell_would_make_of_them(written, meant):
    assert expanded(written, setting="x") == meant


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("$NOWHERE/x", r"variable NOWHERE, which '\$NOWHERE/x' names, found it not set\. Set it \(export NOWHERE="),
        ("${NOWHERE}/x", "variable NOWHERE"),
        ("$EMPTY/x", "variable EMPTY.* found it empty"),
        ("/a/$/x", r"after each dollar sign of '/a/\$/x'.* Write \$\$ for a dollar sign"),
        ("~nobody-of-this-name/x", "home of a user of this machine at the beginning of '~nobody-of-this-name/x'"),
    ],
)
def test_what_stands_for_nothing_is_refused_by_name(written, message):
    with pytest.raises(ConfigError, match=rf"config: datasets\.x\.root: expected .*{message}"):
        expanded(written, setting="config: datasets.x.root")


SETTINGS = [
    ("datasets", "casme2", "root"),
    ("datasets", "casme2", "annotation"),
    ("datasets", "casme3", "depth_root"),
    ("datasets", "casme3", "occluded"),
    ("datasets", "casme3", "exclude"),
    ("datasets", "casme3", "apexes"),
    ("datasets", "fourdme", "macro_annotation"),
    ("datasets", "samm_lv", "micro_annotation"),
    ("faces", "aligned256", "landmark_model"),
    ("graphs", "tracked14", "landmark_model"),
    ("magnified", "learned3", "weights"),
]


@pytest.mark.parametrize("place", SETTINGS, ids=".".join)
def test_every_setting_that_is_a_path_is_expanded(load, shipped, place):
    *blocks, key = place
    shipped_block = shipped
    for name in blocks:
        shipped_block = shipped_block[name]
    shipped_block[key] = "~/$DATA/x"
    found = load(shipped).plain
    for name in place:
        found = found[name]
    assert found == "/home/me//data/face sets/x"
    shipped_block[key] = "$NOWHERE/x"
    with pytest.raises(ConfigError, match=rf"^config: {'.'.join(place)}: expected the environment variable NOWHERE"):
        load(shipped)


def test_no_setting_of_a_path_is_forgotten(schema):
    """A setting whose description calls it a path, a folder or a workbook is one of those above."""
    found = set()

    def walk(node, name=""):
        if isinstance(node, dict):
            if node.get("format") == "path" or any(option.get("format") == "path" for option in node.get("anyOf", ())):
                found.add(name)
            for key, child in node.items():
                walk(child, key if key not in ("anyOf", "items", "additionalProperties") else name)
        elif isinstance(node, list):
            for child in node:
                walk(child, name)

    walk(schema["properties"])
    assert found == {place[-1] for place in SETTINGS}
    described = {
        name
        for reader in schema["$defs"]["readers"].values()
        for name, node in reader["properties"].items()
        if node["description"].startswith(("Folder", "CSV", "Official list", "Path"))
    }
    assert described == {"root", "annotation", "depth_root", "occluded"}


def test_a_parameter_of_a_network_that_is_a_path_is_expanded(load, shipped):
    experiment = shipped["experiments"]["res3d"]
    experiment["model_params"] = {"weights": "~/w.pt"}
    experiment["overrides"]["demo"]["model_params"] = {"weights": "$DATA/w.pt"}
    config = load(shipped)
    assert config.experiment("res3d").model_params["weights"] == "/home/me/w.pt"
    assert config.experiment("res3d", "demo").model_params["weights"] == "/data/face sets/w.pt"
    experiment["overrides"]["demo"]["model_params"] = {"weights": "$NOWHERE/w.pt"}
    with pytest.raises(ConfigError, match=r"res3d.overrides.demo.model_params.weights: expected the environment var"):
        load(shipped)


def test_what_is_no_path_is_left_alone(load, shipped):
    shipped["experiments"]["lite_point_gcn"]["description"] = "~ and $NOWHERE"
    assert load(shipped).plain["experiments"]["lite_point_gcn"]["description"] == "~ and $NOWHERE"


def test_members_are_compared_by_what_their_roots_stand_for(load, shipped):
    """Two sets of ready pictures in one folder are one set, however the folder is written."""
    for name, root in (("one", "~/pictures"), ("two", str(Path("/home/me/pictures")))):
        shipped["datasets"][name] = {"reader": "flow_images", "root": root}
    shipped["datasets"]["mix"] = {"reader": "composite", "members": ["one", "two"]}
    with pytest.raises(ConfigError, match="are both the pictures in /home/me/pictures"):
        load(shipped)
