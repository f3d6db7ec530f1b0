"""A network and a dataset of the user, as the documentation prints them, beside config.yaml: to metrics."""

import copy
import os
import shutil
import subprocess
import sys

import pandas as pd
import pytest
import yaml
from tests.plugins.distributions import distribution
from tests.plugins.documented import write_package
from tests.workflow.conftest import METRICS

pytestmark = [pytest.mark.workflow, pytest.mark.timeout(600)]

OWN = "results/own/mine/metrics.csv"
ON_TINY = "results/tiny/mine/metrics.csv"


LAYERS = """
    shows = {"layers": {}}

    def layer_features(self, x: Tensor) -> list[Tensor]:
        return [self.layers[:3](x)]
"""


def add_plugins(workflow):
    """Add the package of the documentation, an experiment of its network, and recordings that its reader reads."""
    package = write_package(workflow.folder)
    (package / "sizes.py").write_text("HIDDEN = 8\n")
    net = package / "net.py"
    code = net.read_text().replace("class MyNet", "from .sizes import HIDDEN\n\n\nclass MyNet", 1)
    net.write_text(code.replace("    def forward", f"{LAYERS}\n    def forward", 1))
    write_recordings(workflow.folder)
    workflow.config["datasets"]["own"] = {"reader": "my_pkg.data:DATASET", "root": "recordings", "fps": 60}
    workflow.config["experiments"]["mine"] = {
        "model": "my_pkg.net:MyNet",
        "model_params": {"hidden": 4},
        "artefact": "flow_images/uvs28",
        "seeds": [0],
        "bootstrap": 200,
        "training": {"min_epochs": 2, "min_steps": 2},
    }
    workflow.write_config(workflow.config)


def write_recordings(folder):
    """Lay the frames of the rendered clips out as the reader of the documentation expects them."""
    clips = pd.read_csv(folder / "results/tiny/clips.csv", dtype=str)
    rows = []
    for clip in clips.itertuples():
        name = f"{clip.video}{clip.onset}"
        target = folder / "recordings" / clip.subject / name
        target.mkdir(parents=True)
        for frame in (folder / "results/tiny/raw" / clip.color).iterdir():
            if int(clip.onset) <= int(frame.stem) <= int(clip.offset):
                os.link(frame, target / frame.name)
        rows.append([clip.subject, name, clip.onset, clip.apex, clip.offset, clip.aus, clip.emotion])
    columns = ["Subject", "Clip", "Onset", "Apex", "Offset", "AUs", "Emotion"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "recordings/clips.csv", index=False)


@pytest.fixture(scope="module")
def plugged(finished, new_workflow, tmp_path_factory):
    """The finished run with plug-ins beside its configuration, run to the metrics of both."""
    folder = tmp_path_factory.mktemp("plugins") / "copy"
    shutil.copytree(finished.folder, folder)
    run = new_workflow(folder)
    add_plugins(run)
    run.before = run.planned(METRICS)
    run.log = run(OWN, ON_TINY).output
    return run


def edit(workflow, file, text):
    path = workflow.folder / "my_pkg" / file
    before = path.read_text()
    path.write_text(before + text)
    return lambda: path.write_text(before)


def test_both_come_to_metrics(plugged):
    for target, clips in ((OWN, 12), (ON_TINY, 12)):
        predictions = pd.read_csv(plugged.folder / target.replace("metrics", "predictions"))
        assert len(predictions) == clips
        metrics = pd.read_csv(plugged.folder / target)
        assert metrics["value"].notna().any()
    index = pd.read_csv(plugged.folder / "results/own/clips.csv")
    assert len(index) == 12
    assert set(index["fps"]) == {60}


def test_its_networks_can_be_loaded_again_where_the_module_is_at_hand(plugged):
    base = plugged.folder / "results/own/mine"
    weights = sorted(base.glob("folds/*/weights/seed0.pt"))[0]
    code = (
        "import sys\nfrom pathlib import Path\nfrom merflow import plugins\n"
        "from merflow.artefacts import read_examples\nfrom merflow.training.trained import load_trained\n"
        "if sys.argv[3:]: plugins.use_folder(sys.argv[3])\n"
        "print(load_trained(Path(sys.argv[1])).scores(read_examples(Path(sys.argv[2]))).shape)\n"
    )
    command = [sys.executable, "-c", code, weights, base / "examples.h5"]
    told = subprocess.run([*command, plugged.folder], cwd=base, capture_output=True, text=True, timeout=60)
    assert told.stdout == "(12, 3)\n", told.stderr
    alone = subprocess.run(command, cwd=base, capture_output=True, text=True, timeout=60)
    assert (
        "but found those of 'my_pkg.net:MyNet'. my_pkg.net:MyNet: expected a package or module my_pkg" in alone.stderr
    )


def test_the_folder_is_that_of_the_configuration_wherever_snakemake_runs(plugged, tmp_path):
    config = copy.deepcopy(plugged.config)
    config["datasets"]["own"]["root"] = str(plugged.folder / "recordings")
    for folder, planned in ((plugged.folder, True), (tmp_path, False)):
        path = folder / "other.yaml"
        path.write_text(yaml.safe_dump(config, sort_keys=False))
        command = plugged.command("-n", "results/own/clips.csv")
        for option, value in (("--directory", tmp_path), ("--configfile", path)):
            command[command.index(option) + 1] = str(value)
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path)
        output = done.stdout + done.stderr
        assert (done.returncode == 0) is planned, output
        missing = f"expected a package or module my_pkg, found none in {tmp_path} (the folder of config.yaml)"
        assert ("Index own" if planned else missing) in output


def test_validate_counts_what_the_reader_found(plugged):
    command = [sys.executable, "-m", "merflow.cli", "validate", "own"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=plugged.folder)
    assert done.returncode == 0, done.stderr
    assert "12" in done.stdout


def test_what_the_network_shows_is_drawn(plugged):
    pictures = plugged.folder / "results/own/mine/pictures"
    assert {path.name for path in pictures.iterdir()} == {"flow_images.png", "layers.png"}


def test_an_installed_package_is_found_by_its_entry_points(plugged, tmp_path):
    shutil.copytree(plugged.folder / "my_pkg", tmp_path / "installed_pkg")
    data = tmp_path / "installed_pkg/data.py"
    data.write_text(data.read_text().replace("my_pkg", "installed_pkg"))
    points = "[merflow.models]\nshort_net = installed_pkg.net:MyNet\n"
    points += "[merflow.datasets]\nshort_data = installed_pkg.data:DATASET\n"
    distribution(tmp_path, "installed_pkg", points)
    shutil.copytree(plugged.folder, tmp_path / "copy")
    run = type(plugged)(tmp_path / "copy", copy.deepcopy(plugged.config))
    run.config["datasets"]["other"] = run.config["datasets"]["own"] | {"reader": "short_data"}
    run.config["experiments"]["installed"] = run.config["experiments"]["mine"] | {"model": "short_net"}
    run.write_config(run.config)
    run("results/other/clips.csv", "results/tiny/installed/folds/spNO.1/predictions.csv", source=tmp_path)
    clips = [pd.read_csv(run.folder / f"results/{name}/clips.csv").drop(columns="dataset") for name in ("own", "other")]
    pd.testing.assert_frame_equal(*clips)
    folds = [run.folder / f"results/tiny/{name}/folds/spNO.1/predictions.csv" for name in ("mine", "installed")]
    assert folds[0].read_text() == folds[1].read_text()


def test_no_folder_of_the_results_has_the_name_of_a_module(plugged):
    assert not [path for path in (plugged.folder / "results").rglob("*:*") if "logs" not in path.parts]
    assert {path.name for path in (plugged.folder / "results/own").iterdir()} >= {"mine", "artefacts", "clips.csv"}


def test_adding_plug_ins_makes_nothing_else_stale(plugged):
    assert plugged.before == {}
    assert plugged.planned(METRICS, OWN, ON_TINY) == {}


def test_an_edit_of_the_network_trains_its_experiments_and_no_other(plugged):
    for file in ("net.py", "sizes.py"):
        undo = edit(plugged, file, "\nCHANGED = 1\n")
        planned = plugged.planned(OWN, ON_TINY)
        assert planned["train_folds"] == 6
        assert not {"build_examples", "index_dataset", "compute_flow_images"} & set(planned)
        assert plugged.planned(METRICS) == {}
        undo()
    assert plugged.planned(OWN, ON_TINY) == {}


def test_an_edit_of_the_reader_indexes_its_dataset_and_no_other(plugged):
    undo = edit(plugged, "data.py", "\nCHANGED = 1\n")
    planned = plugged.planned("results/own/clips.csv")
    assert planned == {"index_dataset": 1}
    assert plugged.planned(METRICS, ON_TINY) == {}
    undo()


def test_a_comment_makes_nothing_stale(plugged):
    undo = edit(plugged, "net.py", "\n# a comment\n")
    assert plugged.planned(OWN, ON_TINY) == {}
    undo()


def test_a_wrong_parameter_is_told_before_any_work(plugged):
    plugged.config["experiments"]["mine"]["model_params"] = {"hiden": 4}
    plugged.write_config(plugged.config)
    done = plugged("-n", OWN, check=False)
    plugged.config["experiments"]["mine"]["model_params"] = {"hidden": 4}
    plugged.write_config(plugged.config)
    assert done.returncode != 0
    assert "unknown key 'experiments.mine.model_params.hiden'. Did you mean 'hidden'?" in done.output
