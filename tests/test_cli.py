"""The command merflow, as typed."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from tests.permissions import as_a_normal_user

from merflow.artefacts import ShardWriter
from merflow.cli import BROKEN_PIPE, main
from merflow.datasets.registry import index_dataset

ROOT = Path(__file__).parents[1]


@pytest.fixture
def workplace(tmp_path, tiny_demo, monkeypatch):
    """A folder with a configuration whose dataset lies at hand."""
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    (tmp_path / "results/demo").mkdir(parents=True)
    (tmp_path / "results/demo/raw").symlink_to(tiny_demo, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    config["datasets"]["casme3"]["root"] = str(tmp_path / "nowhere")
    shutil.copytree(ROOT / "workflow/schemas", tmp_path / "workflow/schemas")
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
    return tmp_path


def test_validate_prints_the_counts_of_an_embedded_dataset(workplace, capsys):
    assert main(["validate", "demo", "--config", str(workplace / "config.yaml")]) == 0
    out = capsys.readouterr().out
    assert "6" in out
    assert "happiness" in out


def test_validate_of_a_missing_root_says_what_was_expected(workplace, capsys):
    assert main(["validate", "casme3", "--config", str(workplace / "config.yaml")]) == 2
    err = capsys.readouterr().err
    assert "nowhere" in err
    assert "config.yaml" in err
    assert "Traceback" not in err


def test_validate_of_an_embedded_dataset_that_is_not_rendered_names_the_command_that_renders_it(workplace, capsys):
    config = str(workplace / "config.yaml")
    for name, missing in (("demo_samm", "demo_samm"), ("demo_composite", "demo_smic")):
        assert main(["validate", name, "--config", config]) == 2
        err = capsys.readouterr().err
        assert f"dataset {missing}: expected its recordings in results/{missing}/raw, found no such folder" in err
        assert f"merflow run . results/{name}/clips.csv" in err
        assert "config.yaml" not in err


def test_validate_of_a_composite_names_the_member_that_is_missing(workplace, capsys):
    config = yaml.safe_load((workplace / "config.yaml").read_text())
    config["datasets"]["mix"] = {"reader": "composite", "members": ["demo", "casme3"]}
    (workplace / "config.yaml").write_text(yaml.safe_dump(config))
    assert main(["validate", "mix", "--config", str(workplace / "config.yaml")]) == 2
    err = capsys.readouterr().err
    assert "dataset mix, member casme3: " in err
    assert "nowhere" in err


def test_a_reader_that_goes_away_ends_the_command_without_a_traceback(tmp_path):
    (tmp_path / "accuracy.csv").write_text("quantity,mean\n" + "back-projection,2.956e-08\n" * 10)
    command = [sys.executable, "-m", "merflow.cli", "show", str(tmp_path / "accuracy.csv")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()  # before a line is printed
        assert process.stderr.read() == ""
    assert process.returncode == BROKEN_PIPE


def test_validate_of_an_unknown_dataset_lists_the_known(workplace, capsys):
    known = sorted(yaml.safe_load((workplace / "config.yaml").read_text())["datasets"])
    assert main(["validate", "smicc", "--config", str(workplace / "config.yaml")]) == 2
    assert f"Known: {', '.join(known)}." in capsys.readouterr().err


def test_inspect_describes_and_draws(tmp_path, capsys):
    path = tmp_path / "spNO.1.h5"
    with ShardWriter(
        path, kind="flow", variant="tvl1", dataset="demo", subject="spNO.1", params={}, code="", inputs={}
    ) as shard:
        flow = np.zeros((2, 64, 64))
        shard.add("spNO.1_a_1", {"flow": flow, "expression_flow": flow, "head_motion": np.zeros((2, 3))})
    assert main(["inspect", str(path), "--out", str(tmp_path / "pictures")]) == 0
    out = capsys.readouterr().out
    assert "spNO.1_a_1" in out
    assert list((tmp_path / "pictures").glob("*.png"))


def test_inspect_of_a_broken_file_names_the_command_that_rebuilds_it(tmp_path, capsys):
    (tmp_path / "a.h5").write_bytes(b"no HDF5")
    assert main(["inspect", str(tmp_path / "a.h5")]) == 2
    assert "snakemake --cores all --force" in capsys.readouterr().err


def test_inspect_of_a_table_names_the_command_that_prints_it(tmp_path, capsys):
    assert main(["inspect", str(tmp_path / "metrics.csv")]) == 2
    assert f"found a table. Print it: merflow show {tmp_path}/metrics.csv" in capsys.readouterr().err


def test_show_prints_the_table_and_where_the_pictures_are(tmp_path, capsys):
    (tmp_path / "metrics.csv").write_text(
        "metric,scope,name,value,ci_low,ci_high,n,protocol,note\n"
        "UF1,pooled,,0.91234,0.8,0.95,96,loso,8 folds\nUF1,seed,7,0.91834,,,96,loso,8 folds\n"
    )
    (tmp_path / "confusion.png").touch()
    assert main(["show", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "0.912" in out
    assert "0.918" not in out
    assert str(tmp_path / "confusion.png") in out
    assert main(["show", str(tmp_path / "metrics.csv")]) == 0
    assert "0.918" in capsys.readouterr().out


def test_show_of_metrics_of_the_former_form_says_how_to_make_them_anew(tmp_path, capsys):
    (tmp_path / "metrics.csv").write_text(
        "metric,value,ci_low,ci_high,n,protocol,note\nUF1,0.91234,0.8,0.95,96,loso,pooled\n"
    )
    assert main(["show", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert "as an earlier version of merflow wrote it" in error
    assert f"Make it anew: snakemake --cores all --force {tmp_path}/metrics.csv" in error


def test_show_keeps_small_numbers_of_other_tables(tmp_path, capsys):
    (tmp_path / "accuracy.csv").write_text("quantity,mean\nback-projection,2.956e-08\n")
    assert main(["show", str(tmp_path / "accuracy.csv")]) == 0
    assert "2.96e-08" in capsys.readouterr().out


def test_show_of_what_is_not_there_names_the_command_that_makes_it(tmp_path, capsys, monkeypatch):
    (tmp_path / "Snakefile").touch()
    monkeypatch.chdir(tmp_path)
    assert main(["show", "results/demo/x/metrics.csv"]) == 2
    assert "snakemake --cores all" in capsys.readouterr().err


def test_show_of_a_folder_of_experiments_names_them(tmp_path, capsys):
    """No command makes ``results/metrics.csv``."""
    for name in ("a", "b"):
        (tmp_path / "results/demo" / name).mkdir(parents=True)
        (tmp_path / "results/demo" / name / "metrics.csv").touch()
    for folder in ("results", "results/demo"):
        assert main(["show", str(tmp_path / folder)]) == 2
        named = ", ".join(str(tmp_path / "results/demo" / name) for name in ("a", "b"))
        assert f"Name one of these: {named}." in capsys.readouterr().err


def test_validate_of_a_composite_counts_each_member_and_all_of_them(workplace, tiny_demo, capsys):
    (workplace / "results/more").mkdir()
    (workplace / "results/more/raw").symlink_to(tiny_demo, target_is_directory=True)
    config = yaml.safe_load((workplace / "config.yaml").read_text())
    config["datasets"] |= {
        "more": {"reader": "casme3", "root": "results/more/raw", "synthesis": {"seed": 9}},
        "mix": {"reader": "composite", "members": ["demo", "more"]},
    }
    (workplace / "config.yaml").write_text(yaml.safe_dump(config))
    assert main(["validate", "mix", "--config", str(workplace / "config.yaml")]) == 0
    out = capsys.readouterr().out
    rows = {group: int(found) for group, found in re.findall(r"^(.+?) micro +rows +(\d+)$", out, re.MULTILINE)}
    clips = len(index_dataset("demo", "casme3", {"root": str(tiny_demo)}).clips)
    assert rows == {"part demo": clips, "part more": clips, "all members": 2 * clips}
    assert f"Dataset mix: {2 * clips} usable clips, 0 excluded." in out
    assert "no published counts to compare with" in out


def test_a_file_that_cannot_be_read_is_a_message(workplace, capsys):
    (workplace / "config.yaml").chmod(0)
    with as_a_normal_user():
        assert main(["validate", "demo", "--config", str(workplace / "config.yaml")]) == 2
    err = capsys.readouterr().err
    assert "config.yaml: expected to read it, but the system says: Permission denied. Correct its path" in err
    (workplace / "metrics.csv").touch(mode=0)
    with as_a_normal_user():
        assert main(["show", str(workplace / "metrics.csv")]) == 2
    err = capsys.readouterr().err
    expected = "expected to read it, but the system says: Permission denied. Correct its path"
    assert f"merflow: {workplace}/metrics.csv: {expected}" in err


def test_validate_of_a_mistyped_dataset_names_the_nearest(workplace, capsys):
    assert main(["validate", "casme33", "--config", str(workplace / "config.yaml")]) == 2
    assert "unknown dataset 'casme33'. Did you mean 'casme3'? Known: " in capsys.readouterr().err
