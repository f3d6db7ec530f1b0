"""What is missing, damaged or another than its record says is found, and the command that mends it is named."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.audit.conftest import ARTEFACTS, SUBJECTS, write_shards

from merflow.artefacts.seal import digests
from merflow.audit import check_results
from merflow.audit.report import commands
from merflow.cli import main
from merflow.evaluation.settings_file import read_settings, write_settings
from merflow.files import seal_beside
from merflow.plugins import FOLDER_VARIABLE, config_folder
from merflow.shard_lists import SHARD_LISTS, Row
from merflow.training.fold_lists import FOLD_LISTS, row_of
from merflow.training.fold_record import read_record, write_record

METRICS = "results/d/net/metrics.csv"
MAKE = "merflow run . --"
FORCE = "merflow run . --force --"


def faults(*given):
    return {str(fault.path): fault.what for fault in check_results(map(Path, given or ["results"])).faults}


def remove(path):
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def flip(path, bit):
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)


def seal_anew(folder, **changes):
    """Write the record of a fold with other facts, as if it had been trained so."""
    record = read_record(folder)
    files = [folder / name for name in record.files]
    seeds = changes.pop("seeds", record.seeds)
    write_record(folder, made_of={**record.made_of, **changes}, seeds=seeds, files=files)


@pytest.mark.parametrize("given", [["results"], ["results/d"], ["results/d/net"], ["results", "results/d/net"]])
def test_whole_results_have_no_fault_and_every_file_was_compared(copied, given, capsys):
    assert main(["check", *given]) == 0
    files = [path for path in Path("results").rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    assert capsys.readouterr().out == f"Whole: {len(files)} files ({size / 1e6:.1f} MB) compared with their records.\n"


@pytest.mark.parametrize("given", ["{}/results", "{}/results/d/net"])
def test_a_full_path_from_another_folder(copied, tmp_path, given, monkeypatch):
    absolute = given.format(tmp_path)
    monkeypatch.chdir("/")
    assert not check_results([Path(absolute)]).faults
    remove(tmp_path / "results/d/net/confusion.png")
    (path,) = faults(absolute)
    assert Path(path).resolve() == (tmp_path / "results/d/net/confusion.png").resolve()


def test_a_network_that_is_not_here_is_a_note_and_the_rest_is_compared(copied):
    path = Path("results/d/net/settings.yaml")
    settings = read_settings(path)
    write_settings({**settings, "experiment": {**settings["experiment"], "model": "gone_pkg.net:Net"}}, path)
    remove(Path("results/d/clips.csv"))
    findings = check_results([Path("results")])
    assert [str(fault.path) for fault in findings.faults] == ["results/d/clips.csv"]
    assert any("network is not found: gone_pkg.net:Net" in note for note in findings.notes)


def test_plug_ins_are_looked_for_beside_the_configuration_of_the_results(copied, tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, "/")
    monkeypatch.setattr("sys.path", [*sys.path])
    (tmp_path / "config.yaml").touch()
    monkeypatch.chdir("/")
    main(["check", str(tmp_path / "results/d")])
    assert config_folder() == tmp_path


PARTS = [
    ("folds/s2", ["folds/s2"]),
    ("folds", [f"folds/{subject}" for subject in SUBJECTS]),
    ("folds/s1/weights/seed1.pt", ["folds/s1/weights/seed1.pt"]),
    ("folds/s1/predictions.csv", ["folds/s1/predictions.csv"]),
    ("folds/s3/made_of.json", ["folds/s3/made_of.json"]),
    ("examples.h5", ["examples.h5"]),
    ("exclusions.csv", ["exclusions.csv"]),
    ("pictures", ["pictures/flow_images.png"]),
    ("training.png", ["training.png"]),
    ("confusion.png", ["confusion.png"]),
    ("predictions.csv", ["predictions.csv"]),
    ("settings.yaml", ["settings.yaml"]),
    ("metrics.csv", ["metrics.csv"]),
    ("../artefacts/flow/tvl1/s1.h5", ["../artefacts/flow/tvl1/s1.h5"]),
    ("../artefacts", [f"../artefacts/{variant}/{name}.h5" for variant in ARTEFACTS for name in SUBJECTS]),
    ("../clips.csv", ["../clips.csv"]),
    ("../exclusions.csv", ["../exclusions.csv"]),
]  # fmt: skip


@pytest.mark.parametrize(("part", "told"), PARTS, ids=[part for part, _ in PARTS])
def test_what_is_missing_is_told_and_nothing_else(copied, part, told):
    remove(copied / part)
    found = faults()
    assert set(found) == {str(Path("results/d/net", path)).replace("net/../", "") for path in told}
    assert all("found no" in what or "found none" in what for what in found.values())


@pytest.mark.parametrize(
    "path", sorted({path for path, _ in PARTS} - {"folds", "folds/s2", "pictures", "../artefacts"})
)
def test_a_flipped_bit_is_told(copied, path):
    """Of tables without a checksum, those bits that make another table."""
    rng, file = np.random.default_rng(0), copied / path
    whole = file.read_bytes()
    for bit in rng.integers(0, 8 * len(whole), 12):
        flip(file, int(bit))
        told = faults()
        assert path.endswith(("clips.csv", "exclusions.csv")) or told, bit
        file.write_bytes(whole)
    assert not faults()


@pytest.mark.parametrize("path", [path for path, _ in PARTS if path.endswith((".h5", ".pt", ".png"))])
def test_half_a_file_is_told(copied, path):
    file = copied / path
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert len(faults()) == 1


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"fold": "s9"}, "found that of 's9'"),
        ({"examples": "0" * 64}, "found one of other examples than are there"),
        ({"seeds": (0,)}, "found one of the seeds 0 and not 0, 1"),
        ({"settings": {"model": "off_apexnet"}}, "found one of other settings (model: off_apexnet then, ststnet now)"),
    ],
)
def test_a_fold_of_something_else(copied, changes, what):
    seal_anew(copied / "folds/s2", **changes)
    (found,) = faults().items()
    assert found[0] == "results/d/net/folds/s2"
    assert what in found[1]


def test_a_table_of_other_folds(copied):
    path = copied / "metrics.csv"
    path.write_text(path.read_text().replace("UAR", "UF1", 1))
    assert faults() == {METRICS: "expected the table that the folds make, but found another"}


def test_examples_of_shards_that_are_others_now(copied, tmp_path):
    """The images of a subject are made anew of another flow: what follows is the examples' to show."""
    write_shards(tmp_path, "s2", seed=9)
    (found,) = faults().items()
    digest = digests(Path("results/d/artefacts/flow_images/uvs28/s2.h5")).file
    assert found[0] == "results/d/net/examples.h5"
    assert f"made of results/d/artefacts/flow_images/uvs28/s2.h5 as it is now (sha256 {digest[:16]})" in found[1]


@pytest.mark.parametrize(
    ("row", "old", "new", "what"),
    [
        (1, "happiness", "surprise", "positive, as examples.h5 has it, but found s1_a_10, s1, micro, surprise"),
        (2, "surprise", "", "expected s1_a_20, s1, micro, surprise, as examples.h5 has it, but found no clip s1_a_20"),
        (5, "micro", "macro", "s2_a_10, s2, micro, positive, as examples.h5 has it, but found no clip s2_a_10"),
        (12, "s3", "s4", "expected s3_a_40, s3, micro, positive, as examples.h5 has it, but found no clip s3_a_40"),
        (4, "", "", "expected no clip s1_a_50, as examples.h5 has it, but found s1_a_50, s1, micro, surprise"),
    ],
)  # fmt: skip
def test_an_index_that_says_something_else_than_the_examples(copied, row, old, new, what):
    path = Path("results/d/clips.csv")
    lines = path.read_text().splitlines(keepends=True)
    another = lines[2].replace(",20,22,24", ",50,52,54").replace("_20", "_50")
    lines[row] = lines[row].replace(old, new) if old else lines[row] + another
    path.write_text("".join(lines))
    seal_beside(path).unlink()  # as the message says that somebody does who edits the table
    assert what in faults()[str(path)]


def test_a_shard_of_another_shard_than_is_there(copied, tmp_path):
    images = Path("results/d/artefacts/flow_images/uvs28/s2.h5")
    kept = images.read_bytes()
    write_shards(tmp_path, "s2", seed=9)
    images.write_bytes(kept)
    (found,) = faults().items()
    assert found[0] == str(images)
    assert "made of results/d/artefacts/flow/tvl1/s2.h5 as it is now" in found[1]


def test_a_shard_of_other_settings_than_the_metrics_say(copied, tmp_path, monkeypatch):
    """As after `snakemake --touch` over an edit of a setting: nothing else differs."""
    monkeypatch.setitem(ARTEFACTS, "flow/tvl1", {"method": "dis"})
    write_shards(tmp_path, "s2", seed=1)
    told = faults()["results/d/artefacts/flow/tvl1/s2.h5"]
    assert "the settings of settings.yaml, but found others (method: dis then, tvl1 now)" in told


def test_a_list_of_other_shards_than_are_there(copied):
    images = Path("results/d/artefacts/flow_images/uvs28")
    rows = [Row(subject, 4, 0, digests(images / f"{subject}.h5").file) for subject in SUBJECTS]
    for path in (images / "shards.csv", images / "batches/1-3.csv"):
        SHARD_LISTS.write(path, rows)
    assert faults("results/d") == {}
    SHARD_LISTS.write(images / "shards.csv", [*rows[:2], rows[2]._replace(sha256="0" * 64)])
    (images / "batches/1-3.csv").write_text("subject\ns1\n")
    findings = check_results([Path("results/d")])
    assert [fault.path.name for fault in findings.faults] == ["1-3.csv", "shards.csv"]
    assert "expected a list of shards with the columns subject" in findings.faults[0].what
    assert "the shard of s3 as it is now" in findings.faults[1].what
    assert list(findings.removed) == [images / "batches/1-3.csv", images / "shards.csv"]


def test_a_shard_that_no_experiment_reads_is_one_of_its_dataset(copied):
    other = Path("results/d/artefacts/flow/other/s1.h5")
    other.parent.mkdir()
    shutil.copy("results/d/artefacts/flow/tvl1/s1.h5", other)
    assert faults("results/d/net") == {}
    assert "expected variant 'other', but found 'tvl1'" in faults("results/d")[str(other)]


def test_a_fault_is_told_once_however_many_paths_lead_to_it(copied):
    for path in ("folds/s2", "../clips.csv"):
        remove(copied / path)
    once = check_results([Path("results")])
    twice = check_results(map(Path, ("results/d/net", "results", "results/d")))
    assert twice.faults == once.faults
    assert commands(twice) == commands(once)


def test_what_a_killed_job_has_left_is_removed_by_hand(copied):
    left = [
        copied / "folds/s1/.predictions.0123abcd.partial.csv",
        copied / "../artefacts/flow/tvl1/.s1.0123abcd.partial.h5",
    ]
    for path in left:
        path.write_text("half")
    findings = check_results([Path("results")])
    assert len(findings.faults) == 2
    (command,) = commands(findings)
    assert command.startswith("rm -- results/d/")
    for path in left:
        path.unlink()


def test_a_list_that_names_another_fold_than_is_there_is_a_fault(copied):
    rows = [row_of(copied / "folds" / subject) for subject in SUBJECTS]
    for path in (copied / "folds.csv", copied / "batches/1-3.csv"):
        FOLD_LISTS.write(path, rows)
    assert faults("results/d") == {}
    FOLD_LISTS.write(copied / "folds.csv", [*rows[:2], rows[2]._replace(sha256="0" * 64)])
    (copied / "batches/1-3.csv").write_text("fold\ns1\n")
    findings = check_results([Path("results/d")])
    assert [fault.path.name for fault in findings.faults] == ["1-3.csv", "folds.csv"]
    assert commands(findings) == ["rm -- results/d/net/batches/1-3.csv results/d/net/folds.csv"]


def test_what_is_no_fault_is_noted(copied, capsys):
    (copied / "notes.txt").write_text("mine")
    (copied / "folds/.s1.0123abcd/weights").mkdir(parents=True)
    shutil.copytree(copied / "folds/s1", copied / "folds/s9")
    seal_anew(copied / "folds/s2", versions={"torch": "1.0"})
    assert main(["check", "results/d/net"]) == 0
    out = capsys.readouterr().out
    for text in (
        "net/notes.txt: no file of the workflow", "folds/.s1.0123abcd: a fold that a job trains",
        "folds/s9: no fold of the experiment", "folds of several versions of a library: ", "1 of torch 1.0",
    ):  # fmt: skip
        assert text in out


def test_what_may_be_deleted_for_room_is_a_note_where_that_is_said(copied):
    for path in ("../artefacts", "examples.h5", "folds/s1/weights/seed0.pt"):
        remove(copied / path)
    findings = check_results([Path("results")], freed=True)
    assert not findings.faults
    assert len(findings.notes) == 8
    assert len(faults()) == 8
    flip(copied / "folds/s1/weights/seed1.pt", 800)
    (copied / "metrics.csv").write_text("")
    assert [str(fault.path) for fault in check_results([Path("results")], freed=True).faults] == [
        "results/d/net/folds/s1/weights/seed1.pt"
    ]  # metrics are compared once the folds are whole


def test_an_experiment_that_was_not_scored_misses_nothing(copied):
    for name in ("metrics.csv", "settings.yaml", "predictions.csv"):
        remove(copied / name)
    remove(copied / "folds/s3")
    findings = check_results([Path("results")])
    assert not findings.faults
    assert any("not scored" in note for note in findings.notes)
    flip(copied / "folds/s1/weights/seed0.pt", 800)
    assert set(faults()) == {"results/d/net/folds/s1/weights/seed0.pt"}


@pytest.mark.parametrize(
    ("part", "wanted"),
    [
        ("folds/s2", [f"{MAKE} {METRICS}"]),
        ("pictures", [f"{MAKE} {METRICS}"]),
        ("examples.h5", [f"{FORCE} results/d/net/examples.h5", f"{MAKE} {METRICS}"]),
        (
            "folds/s1/weights/seed1.pt",
            [f"{FORCE} results/d/net/folds/s1/predictions.csv", f"{MAKE} {METRICS}"],
        ),
        ("../artefacts/flow/tvl1/s1.h5", [f"{FORCE} results/d/artefacts/flow/tvl1/s1.h5", f"{MAKE} {METRICS}"]),
    ],
)
def test_the_commands(copied, part, wanted, capsys):
    remove(copied / part)
    assert main(["check", "results/d"]) == 1
    out = capsys.readouterr().out
    assert [line.strip() for line in out.splitlines() if line.startswith("  ")] == wanted
    assert "1 fault in " in out


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("results/none", "nothing there"),
        ("results/d/clips.csv", "a file"),
        ("results/d/net/folds", "a part of one"),
        ("results/d/artefacts", "a part of one"),
        (".", "none of this name"),
    ],
)
def test_a_path_that_is_no_folder_of_results(copied, given, found, capsys):
    assert main(["check", given]) == 2
    err = capsys.readouterr().err
    assert "expected the folder of results, of a dataset or of an experiment" in err
    assert found in err


def test_a_record_that_says_nothing_is_none(copied):
    (copied / "folds/s1/made_of.json").write_text(json.dumps([1]))
    (found,) = faults().items()
    assert found == (
        "results/d/net/folds/s1/made_of.json",
        "expected a record of what the fold was made of, but found one that is none",
    )
