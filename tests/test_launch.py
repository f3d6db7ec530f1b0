"""merflow run: which command, in which folder, and what a wrong folder is told."""

import subprocess
import sys

import pytest

from merflow.cli import main
from merflow.errors import MerflowError
from merflow.launch import launch
from merflow.progress import STUDY, VARIABLE
from merflow.version import VERSION
from merflow.workflow_root import SNAKEFILE, workflow_root


@pytest.fixture
def study(tmp_path):
    (tmp_path / "my_study").mkdir()
    (tmp_path / "my_study/config.yaml").touch()
    return tmp_path / "my_study"


def test_a_study_runs_on_all_cores_with_one_line(study):
    started = launch([str(study)])
    assert started.folder == study
    assert started.command[:3] == [sys.executable, "-m", "snakemake"]
    assert started.command[3:] == ["--quiet", "all", "--cores", "all", "--snakefile", str(workflow_root() / SNAKEFILE)]
    assert started.variables == {VARIABLE: "1", STUDY: str(study)}


@pytest.mark.parametrize(
    "given",
    [
        ["--cores", "4", "results/mine/x/metrics.csv"],
        ["results/mine/x/metrics.csv", "--cores", "4"],
        ["-c4", "results/mine/x/metrics.csv"],
        ["--cores=4"],
        ["--workflow-profile", "slurm"],
    ],
)
def test_options_and_targets_go_to_snakemake_as_they_are(study, given):
    command = launch([str(study), *given]).command
    assert command[-len(given) :] == given
    assert command[3:5] == ["--quiet", "all"]
    assert command.count("--cores") == sum(word == "--cores" for word in given)
    assert command[command.index("all") + 1] == "--snakefile"  # what takes several words takes no target


@pytest.mark.parametrize("given", [["-n"], ["--dry-run"], ["--unlock"], ["--verbose"], ["-q", "rules"], ["--report"]])
def test_what_prints_its_own_is_left_as_it_is(study, given):
    started = launch([str(study), *given])
    assert "all" not in started.command[started.command.index("snakemake") : started.command.index("--cores")]
    assert started.variables == {}


def test_without_a_folder_it_is_the_present_one(study, monkeypatch):
    monkeypatch.chdir(study)
    assert str(launch(["-n"]).folder) == "."
    started = launch(["results/mine/metrics.csv"])
    assert str(started.folder) == "."
    assert started.command[-1] == "results/mine/metrics.csv"


def test_a_folder_without_a_configuration_is_refused_with_the_next_move(tmp_path, capsys):
    assert main(["run", str(tmp_path)]) == 2
    assert "expected a folder with config.yaml, found none. Begin a study with merflow init" in capsys.readouterr().err


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_is_merflows_own(word, capsys):
    assert main(["run", word]) == 0
    assert "merflow run my_study --cores 4" in capsys.readouterr().out


def test_without_snakemake_the_part_that_brings_it_is_named(monkeypatch, capsys):
    monkeypatch.setattr("merflow.launch.find_spec", lambda name: None)
    assert main(["run", "."]) == 2
    assert "merflow[workflow]" in capsys.readouterr().err


def test_the_package_is_a_command_too():
    done = subprocess.run([sys.executable, "-m", "merflow", "--version"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert done.stdout.strip().endswith(VERSION)


@pytest.mark.parametrize("given", [["--config", "my.yaml"], ["--config=my.yaml"], ["-C", "my.yaml"]])
def test_a_file_of_settings_is_taken_from_any_folder(tmp_path, monkeypatch, given):
    (tmp_path / "my.yaml").touch()
    monkeypatch.chdir(tmp_path)
    command = launch(["results/mine/x/metrics.csv", *given]).command
    assert command[-3:] == ["results/mine/x/metrics.csv", "--configfile", "my.yaml"]


def test_single_settings_stay_as_they_are(study):
    assert launch([str(study), "--config", "a=1", "b=2"]).command[-3:] == ["--config", "a=1", "b=2"]
    assert launch([str(study), "--config", "a=x.yaml"]).command[-2:] == ["--config", "a=x.yaml"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--config", "mine.yaml"], "--config mine.yaml: expected a file of settings.*folder has config.yaml"),
        (["--config", "a=1", "config.yaml"], "A file is a --config of its own"),
        (["--configfile", "mine.yaml"], "no file of this name"),
        (["--workflow-profile", "slrum"], "--workflow-profile slrum: expected a folder.*merflow ships.*slurm"),
        (["--workflow-profile=slrum"], "expected a folder with config.yaml"),
    ],
)
def test_what_snakemake_passes_over_without_a_word_is_refused(study, given, told):
    """It ends with status 1 and prints nothing, or goes on without the profile: on the login node of a cluster."""
    with pytest.raises(MerflowError, match=told):
        launch([str(study), *given])
