"""What a planned run lacks is told, each with what to do."""

from dataclasses import replace

import pytest
from tests.plan_fixture import clip

from merflow.config import Config
from merflow.costs import missing as module
from merflow.costs.dry_run import Planned
from merflow.costs.known import Known
from merflow.costs.missing import missing
from merflow.datasets.clip_table import write_clips
from merflow.datasets.index import Index
from merflow.doctor.findings import Finding
from merflow.plan.foreseen import PlannedJob


def planned(config, dataset, tmp_path, exclusions=(), rules=()):
    write_clips([clip("a")], tmp_path / "clips.csv")
    known = Known(config, dataset, tmp_path / "clips.csv", Index((clip("a"),), tuple(exclusions)))
    return Planned([PlannedJob(rule, {"dataset": dataset}) for rule in rules], {dataset: known})


def test_nothing_is_missing_of_the_demo(config, tmp_path):
    assert list(missing(config, planned(config, "demo", tmp_path))) == []


def test_clips_that_are_left_out_are_counted_by_reason(config, tmp_path):
    row = {"clip": "c", "subject": "a", "stage": "index", "reason": "no apex", "source": ""}
    rows = [row, row, row | {"reason": "frame 3 is missing"}]
    (told,) = missing(config, planned(config, "demo", tmp_path, rows))
    assert told == "demo: 3 annotated clips left out: no apex (2), frame 3 is missing (1)."

    (told,) = missing(config, planned(config, "demo", tmp_path, [row]))
    assert told == "demo: 1 annotated clip left out: no apex (1)."


def test_recordings_without_a_licence_are_told(config, tmp_path):
    (tmp_path / "recordings").mkdir()
    plain = dict(config.plain)
    plain["datasets"] = plain["datasets"] | {"samm": plain["datasets"]["samm"] | {"root": str(tmp_path / "recordings")}}
    own = Config(plain)
    (told,) = missing(own, planned(own, "samm", tmp_path))
    assert "no licence beside them" in told
    assert "Manchester Metropolitan University" in told
    (tmp_path / "recordings/licence.pdf").touch()
    assert list(missing(own, planned(own, "samm", tmp_path))) == []


@pytest.mark.parametrize(("rule", "told"), [("train_folds", 1), ("extract_faces_of_subject", 0)])
def test_libraries_are_missed_by_the_jobs_that_need_them(config, tmp_path, monkeypatch, rule, told):
    finding = Finding("libraries of networks", "not installed", "--", "Install: pip install 'merflow[train]'")
    monkeypatch.setattr(module, "library_findings", lambda: iter([("train", finding)]))
    found = list(missing(config, planned(config, "demo", tmp_path, rules=[rule])))
    assert found == ["libraries of networks: not installed. Install: pip install 'merflow[train]'"] * told


def test_zstd_needs_a_library(config, tmp_path, monkeypatch):
    plain = {**config.plain, "execution": {**config.plain["execution"], "compression": "zstd"}}
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    (told,) = missing(Config(plain), planned(config, "demo", tmp_path))
    assert "zstd needs hdf5plugin" in told


def test_a_dataset_that_must_be_rendered_first_is_told_with_the_command(config):
    (told,) = missing(config, replace(Planned([]), unknown=["demo_4dme_4d"]))
    assert told.endswith("snakemake --cores all results/demo_4dme_4d/clips.csv")
