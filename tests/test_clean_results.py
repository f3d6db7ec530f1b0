import subprocess
import sys
from pathlib import Path

import pytest
from tools.clean_results import main

ROOT = Path(__file__).parents[1]
BENCHMARK = "s\tcpu_time\n5400.0\t{cpu}\n"


@pytest.fixture
def results(tmp_path):
    """Two folds of one network, one of which was timed, and an artefact."""
    root = tmp_path / "results"
    for fold in ("s1", "s2"):
        (root / "demo/net/folds" / fold).mkdir(parents=True)
        (root / "demo/net/folds" / fold / "predictions.csv").write_text("clip\n")
    (root / "demo/artefacts").mkdir()
    (root / "demo/artefacts/a.h5").write_bytes(bytes(1000))
    for batch, cpu in (("1", "3600.0"), ("2", "NA")):
        path = root / f"benchmarks/train_folds/demo/net/0123456789ab/{batch}.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(BENCHMARK.format(cpu=cpu))
    return root


def test_what_would_go_is_named_with_its_cost_and_stays_unless_somebody_agrees(results, capsys):
    assert main([str(results)]) == 1  # nobody at the terminal
    printed = capsys.readouterr().out
    assert "demo/net: 2 trained folds, 1.00 core-hours by their benchmarks" in printed
    assert "make clean-results YES=1" in printed
    assert (results / "demo/net/folds/s1/predictions.csv").is_file()


def test_with_yes_it_goes(results, capsys, monkeypatch):
    monkeypatch.chdir(results.parent)
    (results.parent / ".snakemake/metadata").mkdir(parents=True)
    assert main([str(results), "--yes"]) == 0
    assert not results.exists()
    assert not (results.parent / ".snakemake/metadata").exists()
    assert main([str(results), "--yes"]) == 0
    assert "nothing to remove" in capsys.readouterr().out


def test_what_snakemake_notes_of_other_results_stays(results, monkeypatch):
    """Without it no changed setting makes anything stale."""
    folder = results.parent / "elsewhere"
    (folder / ".snakemake/metadata").mkdir(parents=True)
    monkeypatch.chdir(folder)
    assert main([str(results), "--yes"]) == 0
    assert not results.exists()
    assert (folder / ".snakemake/metadata").is_dir()


def test_a_link_is_not_followed(results, capsys):
    link = results.parent / "link"
    link.symlink_to(results)
    assert main([str(link), "--yes"]) == 1
    assert f"is a link to {results}" in capsys.readouterr().out
    assert (results / "demo/artefacts/a.h5").is_file()


def test_make_clean_removes_no_result():
    dry = subprocess.run(["make", "-n", "clean"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "results" not in dry
    assert ".snakemake" not in dry


def test_it_runs_without_any_package(results):
    command = [sys.executable, "-I", "-S", str(ROOT / "tools/clean_results.py"), str(results)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1, done.stderr
    assert "2 trained folds" in done.stdout
