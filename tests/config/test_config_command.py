"""``merflow config``: the configuration as it is used, and where each value of one experiment is from."""

import shutil

import pytest
import yaml
from tests.shipped import ROOT

from merflow.cli import main
from merflow.config import read_config
from merflow.config.experiments import extended
from merflow.config.located import Located, read_located
from merflow.config.schema import merge
from merflow.config.shipped import FOLDER, shipped_config, with_shipped
from merflow.settings import to_plain
from merflow.training.settings import TrainingSettings
from merflow.untrusted.yaml_file import read_yaml

CONFIG = ROOT / "config.yaml"


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """A folder with a configuration of one dataset, two experiments and a variant; returns its file."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "workflow/schemas", tmp_path / "workflow/schemas")
    (tmp_path / "config.yaml").write_text(
        """datasets:
  samm: {reader: samm, root: $HOME}
flow:
  tvl1:
    faces: onset
experiments:
  gts_gn:
    extends: gts_gn
    training:
      learning_rate: 0.5
  own:
    extends: gts_gn-beta0.3
    description: |
      two
      lines
"""
    )
    return tmp_path / "config.yaml"


def printed(capsys, *arguments):
    assert main(["config", *arguments]) == 0
    return capsys.readouterr().out


def places(text):
    """Return the place of each line of a printed experiment, by what stands before it."""
    return dict(line.strip().split("  # ", 1) for line in text.splitlines() if "  # " in line)


def test_the_whole_is_printed_as_it_is_used(capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    out = printed(capsys)
    assert yaml.safe_load(out) == read_config(CONFIG).plain
    assert "in place of the shipped one" not in out


def test_what_the_user_replaces_is_said(capsys, mine):
    lines = printed(capsys).splitlines()
    assert lines[1:3] == [
        "# flow.tvl1: of config.yaml, in place of the shipped one",
        "# experiments.gts_gn: of config.yaml, in place of the shipped one",
    ]


def test_an_experiment_is_printed_with_what_it_goes_through(capsys, mine):
    config = read_config(mine)
    shown = yaml.safe_load(printed(capsys, "own", "samm"))
    own = shown.pop("experiments.own")
    assert {"extends": None} | own == config.experiment("own", "samm").plain() | {"paper": []}
    assert shown == {
        "graphs.tracked14": config.variant("graphs", "tracked14").plain,
        "magnified.flow_warp3": config.variant("magnified", "flow_warp3").plain,
        "faces.three_frames": config.variant("faces", "three_frames").plain,
        "datasets.samm": config.plain["datasets"]["samm"],
    }


def test_each_value_says_where_it_is_from(capsys, mine):
    where = {key.rstrip(): place for key, place in places(printed(capsys, "own", "samm")).items()}
    text = (FOLDER / "gts_gn.yaml").read_text().splitlines()
    line_of = {line.strip(): number for number, line in enumerate(text, start=1)}
    file = "merflow/experiments/gts_gn.yaml"
    assert where["learning_rate: 0.5"] == "config.yaml:10 gts_gn"
    assert where['description: "two\\nlines\\n"'] == "config.yaml:13 own"
    assert where["labels: objective4"] == \
        f"{file}:{line_of['samm: { labels: objective4 }']} landmark_majority.overrides.samm"  # fmt: skip
    assert where["fusion: 3"] == f"{file}:{line_of['samm: { model_params: { fusion: 3 } }']} gts_gn.overrides.samm"
    assert where["au_beta: 0.3"] == \
        f"{file}:{line_of['0.3: { training: { au_beta: 0.3 } }']} gts_gn-beta{{beta}}.grid.beta.0.3"  # fmt: skip
    assert where["head: flat"] == "default"
    assert where["reader: samm"] == "config.yaml:2 samm"


@pytest.mark.parametrize("dataset", ["demo", "demo_samm", "casme3", "samm", "composite"])
def test_values_with_places_are_the_values_that_are_used(dataset):
    """For every shipped experiment: the walk that finds the places ends at the settings of the other walk."""
    config, written = read_config(CONFIG), with_shipped(read_located(CONFIG), shipped_config(read_located))
    for name in config.plain["experiments"]:
        located = extended(name, written["experiments"])
        used = config.experiment(name, dataset).plain() | {"paper": config.plain["experiments"][name]["paper"]}
        located = merge(located, located.pop("overrides", {}).get(dataset, {}))
        located.get("training", {}).pop("folds_per_job", None)
        compare(located, used, name)


def compare(located, used, where):
    for key, value in located.items():
        if isinstance(value, Located):
            assert value.value == used[key], f"{where}.{key}"
        else:
            compare(value, used[key], f"{where}.{key}")


def test_values_without_a_place_are_defaults(load):
    """Those of an experiment of the same model that says nothing else."""
    config, written = read_config(CONFIG), with_shipped(read_located(CONFIG), shipped_config(read_located))
    models = {own["model"]: own["artefact"] for own in config.plain["experiments"].values()}
    bare = {f"bare_{model}": {"model": model, "artefact": artefact} for model, artefact in models.items()}
    bare = load(read_yaml(CONFIG) | {"experiments": bare})
    for name in config.plain["experiments"]:
        own = config.experiment(name, "smic").plain()
        located = extended(name, written["experiments"])
        located = merge(located, located.pop("overrides", {}).get("smic", {}))
        compare_defaults(own, located, bare.experiment(f"bare_{own['model']}", "smic").plain(), name)


def compare_defaults(used, located, default, where):
    for key, value in used.items():
        there = located.get(key, {})
        if isinstance(value, dict):
            compare_defaults(value, there, default[key], f"{where}.{key}")
        elif not isinstance(there, Located):
            unused = to_plain(TrainingSettings())  # momentum without SGD is in no record of an experiment
            assert value == (default if key in default else unused)[key], f"{where}.{key}"


@pytest.mark.parametrize("path", [CONFIG, *sorted(FOLDER.glob("*.yaml"))], ids=lambda path: path.name)
def test_a_file_with_places_holds_the_same_values(path):
    def unlocated(value):
        return {k: unlocated(v) for k, v in value.items()} if isinstance(value, dict) else value.value

    assert unlocated(read_located(path)) == read_yaml(path)


def test_merge_keys_and_aliases_keep_the_line_of_their_values(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("a: &a\n  x: 1\nb:\n  <<: *a\n  y: [2]\nc: *a\n")
    tree = read_located(path)
    assert (tree["b"]["x"].value, tree["b"]["x"].line, tree["b"]["x"].path) == (1, 2, ("b", "x"))
    assert (tree["b"]["y"].value, tree["b"]["y"].line) == ([2], 5)
    assert tree["c"]["x"].line == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["own"], "Name the dataset too: merflow config own DATASET"),
        (["onw", "samm"], "Did you mean 'own'?"),
        (["own", "sam"], "unknown dataset 'sam'. Did you mean 'samm'?"),
    ],
)
def test_names_that_are_not_there(capsys, mine, arguments, message):
    assert main(["config", *arguments]) == 2
    assert message in capsys.readouterr().err
