"""merflow doctor: each line says what was found, and what to do where something is wrong."""

import shutil
from collections import namedtuple
from pathlib import Path

import pytest
import yaml

from merflow import extras
from merflow.cli import main
from merflow.doctor import machine, software
from merflow.doctor.examine import examine
from merflow.doctor.findings import Finding, format_findings
from merflow.workflow_root import workflow_root

Usage = namedtuple("Usage", "total used free")
STUDY = """
datasets:
  mine: {{ reader: table, root: {root}, annotation: clips.csv, unit: frames, first_frame: 0 }}
  other: {{ reader: samm, root: {root}/nowhere }}
  demo: {{ reader: casme3, root: results/demo/raw, synthesis: {{ n_subjects: 2, clips: 3 }} }}
"""


@pytest.fixture
def study(tmp_path, monkeypatch):
    """The folder of a study with recordings, its configuration in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "recordings").mkdir()
    (tmp_path / "config.yaml").write_text(STUDY.format(root=tmp_path / "recordings"))
    return tmp_path


@pytest.fixture
def installed(monkeypatch):
    """Say that merflow is installed and asks for these libraries."""
    declared = [
        "h5py",
        "torch; extra == 'train'",
        "nothing-of-that-name; extra == 'train'",
        "h5py; extra == 'preprocess'",
        "nothing-else; extra == 'preprocess'",
        'snakemake ; extra == "workflow"',
        "merflow[train]; extra == 'all'",
    ]
    monkeypatch.setattr(extras, "requires", lambda _: declared)


def found(findings, what):
    (one,) = [one for one in findings if one.what == what]
    return one


def test_one_line_for_each_thing_and_the_status_says_whether_something_is_to_be_done(study, installed, capsys):
    assert main(["doctor"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert all(line[:4] in ("ok  ", "--  ", "do  ") for line in lines[:-1])
    (missing,) = [line for line in lines if line.startswith("do")]
    assert "nothing-of-that-name missing. Install: pip install 'merflow[train]'" in missing
    assert lines[-1] == "To be mended: libraries of networks."


def test_every_line_that_is_not_as_it_could_be_says_what_to_do(study, installed):
    silent = {one.what for one in examine(study / "config.yaml") if one.state != "ok" and not one.advice}
    assert silent <= {"memory", "open files"}  # of systems that do not tell them


def test_software_is_that_which_runs(study, installed):
    findings = examine(Path("config.yaml"))
    assert str(workflow_root()) in found(findings, "merflow").found
    assert found(findings, "libraries to read results").found.startswith("h5py 3.")
    assert found(findings, "libraries to plan and draw").found.startswith("snakemake 9")


def test_windows_has_the_library_alone(study, installed, monkeypatch):
    monkeypatch.setattr(software.sys, "platform", "win32")
    assert found(software.software_findings(), "Python").advice.startswith("The workflow needs Linux or macOS")


def test_a_path_of_python_that_snakemake_cannot_use_is_told(study, installed, monkeypatch):
    monkeypatch.setattr(software.sys, "executable", "/my folder/bin/python")
    python = found(software.software_findings(), "Python")
    assert (python.state, "without blanks" in python.advice) == ("do", True)


def test_a_whole_part_may_be_left_out(study, installed):
    """Its only library that is there is one that merflow always needs."""
    assert found(examine(study / "config.yaml"), "libraries of recordings").state == "--"


def test_merflow_on_the_path_alone_is_told(study, monkeypatch):
    def requires(name):
        raise extras.PackageNotFoundError(name)

    monkeypatch.setattr(extras, "requires", requires)
    assert found(software.software_findings(), "libraries").advice == "Install it: pip install -e ."


def test_recordings_and_their_licences(study):
    findings = examine(study / "config.yaml")
    assert found(findings, "dataset mine") == Finding("dataset mine", f"recordings in {study}/recordings")  # one's own
    assert found(findings, "dataset other").found == f"no recordings in {study}/recordings/nowhere"
    assert found(findings, "dataset other").advice.startswith("Correct datasets.other.root in config.yaml")
    assert found(findings, "datasets to render").found == "demo"
    assert "datasets not at hand" not in {one.what for one in findings}
    (study / "recordings/License Agreement.pdf").touch()
    assert "with License Agreement.pdf" in found(examine(study / "config.yaml"), "dataset mine").found


def test_datasets_that_nobody_has_set_are_one_line(study):
    """The shipped configuration has seventeen."""
    own = {"datasets": {name: {"reader": name, "root": f"/path/to/{name}"} for name in ("samm", "smic")}}
    (study / "config.yaml").write_text(yaml.safe_dump(own))
    unset = found(examine(study / "config.yaml"), "datasets not at hand")
    assert (unset.state, unset.found) == ("--", "samm, smic")
    assert "set datasets.NAME.root" in unset.advice


def test_a_configuration_that_is_refused_is_told_with_its_reason(study):
    (study / "config.yaml").write_text("dataset: {}")
    refused = found(examine(study / "config.yaml"), "configuration")
    assert refused.state == "do"
    assert "unknown key 'dataset'. Did you mean 'datasets'" in refused.advice


def test_no_configuration_is_no_fault(tmp_path):
    assert found(examine(tmp_path / "config.yaml"), "configuration").state == "--"


def test_a_full_disk_a_low_limit_and_little_memory_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(2**40, 2**40 - 2**30, 2**30))
    monkeypatch.setattr(machine.resource, "getrlimit", lambda _: (256, 4096))
    monkeypatch.setattr(machine.os, "sysconf", lambda _: 2**15)  # 2**15 pages of 2**15 bytes
    findings = list(machine.machine_findings(tmp_path))
    assert found(findings, "disk here").found == f"1.0 GB free in {tmp_path}"
    assert found(findings, "open files").advice == "Raise the limit: ulimit -n 4096."
    assert found(findings, "memory").found == "1.0 GB"
    to_do = [one.what for one in findings if one.state == "do"]
    assert to_do == ["memory", "disk here", "disk for temporary files", "open files"]


def test_a_gpu_is_named(tmp_path, monkeypatch):
    torch = pytest.importorskip("torch")
    card = namedtuple("Card", "name total_memory")("Some GPU", 24 * 2**30)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: card)
    assert found(machine.machine_findings(tmp_path), "GPU").found == "Some GPU, 24 GB, Some GPU, 24 GB"


def test_a_card_that_pytorch_cannot_use_is_to_be_mended(tmp_path, monkeypatch):
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    card = found(machine.machine_findings(tmp_path), "GPU")
    assert card.state == "do"
    assert "nvidia-smi is here, but PyTorch" in card.found
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert found(machine.machine_findings(tmp_path), "GPU").state == "--"


def test_where_all_is_well_the_last_line_says_so():
    assert format_findings([]) == "Nothing has to be mended. Lines with -- are no fault."
