"""The command in a message works in the folder where it is read: a study of ``merflow init`` has no Snakefile."""

import shlex
from pathlib import Path

import pytest

from merflow.launch import launch
from merflow.make_command import how_to_make, make_command
from merflow.workflow_root import SNAKEFILE

TARGET = "results/mine/mine_ststnet/metrics.csv"


@pytest.fixture
def study(tmp_path, monkeypatch):
    """Return a folder with the configuration of a study, which is the present one."""
    folder = tmp_path / "my study"
    folder.mkdir()
    (folder / "config.yaml").touch()
    monkeypatch.chdir(folder)
    return folder


def test_where_a_snakefile_lies_the_command_is_snakemake(study):
    (study / SNAKEFILE).touch()
    assert make_command(TARGET) == f"snakemake --cores all {TARGET}"
    assert make_command(TARGET, force=True) == f"snakemake --cores all --force {TARGET}"
    assert make_command(study / TARGET) == f"snakemake --cores all {study / TARGET}"


@pytest.mark.parametrize(("force", "flags"), [(False, []), (True, ["--force"])])
def test_in_a_study_merflow_starts_it(study, force, flags):
    command = make_command(TARGET, force=force)
    assert command == " ".join(["merflow run .", *flags, TARGET])
    started = launch(command.split()[2:])
    assert (started.folder, started.command[-len(flags) - 1 :]) == (Path(), [*flags, TARGET])


@pytest.mark.parametrize("present", [".", "/"])
def test_a_result_of_another_study_is_made_there(study, monkeypatch, tmp_path, present):
    monkeypatch.chdir(tmp_path / present)
    path = study.relative_to(Path.cwd()) / TARGET
    started = launch(shlex.split(make_command(path))[2:])
    assert (started.folder.resolve(), started.command[-1]) == (study, TARGET)


def test_a_command_is_given_for_what_can_be_a_result_alone(study):
    assert how_to_make(Path(TARGET)) == f"Make it: merflow run . {TARGET}"
    assert how_to_make(study / TARGET).startswith("Make it: merflow run ")
    assert how_to_make(Path("none.h5")) == "Name a file below results/ of a study."
