"""The command ``merflow validate`` on datasets in their official layouts."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from tests.datasets.casme2 import casme2_fixture as casme2
from tests.datasets.samm import samm_fixture as samm
from tests.datasets.smic import smic_fixture as smic

from merflow.cli import main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def validate(tmp_path, capsys, monkeypatch):
    """Run the command on a dataset below the temporary folder; returns status, output and complaints."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "workflow/schemas", tmp_path / "workflow/schemas")

    def run(reader, **settings):
        config = yaml.safe_load((ROOT / "config.yaml").read_text())
        config["datasets"] = {"mine": {"reader": reader, "root": str(tmp_path / "data"), **settings}}
        config["experiments"] = {}
        (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
        status = main(["validate", "mine", "--config", str(tmp_path / "config.yaml")])
        return (status, *capsys.readouterr())

    return run


def test_casme2_as_published(tmp_path, validate):
    coding, objective = casme2.official_rows()
    casme2.write_coding(tmp_path / "data", coding)
    casme2.write_objective(tmp_path / "data", objective)
    casme2.add_clip(tmp_path / "data", "sub01", coding[0].video, range(46, 87), layout="cropped")
    status, out, _ = validate("casme2", layout="cropped")
    assert status == 0
    assert "Dataset mine: 1 usable clip, 254 excluded." in out
    assert "frames of the layout cropped, from Cropped" in out


def test_samm_as_published_and_one_row_short(tmp_path, validate):
    rows = samm.official_rows()
    samm.write_micro(tmp_path / "data", rows)
    samm.add_clip(tmp_path / "data", rows[4].filename, (100, 110, 130))
    assert validate("samm")[0] == 0
    samm.write_micro(tmp_path / "data", rows[:-1])
    status, out, _ = validate("samm")
    assert status == 1
    assert "- micro, rows: published 159, found 158" in out


def test_smic_as_published_each_version_by_its_own_counts(tmp_path, validate):
    smic.add_official(tmp_path / "data", "cropped")
    status, out, _ = validate("smic")
    assert status == 0
    assert "Dataset mine: 164 usable clips, 0 excluded." in out
    assert "Not indexed: part NIR micro, part VIS micro." in out
    for person, video in smic.official_clips()[:70]:
        smic.add_clip(tmp_path / "data", f"s{person}_{video}", range(10), version="VIS")
    status, out, _ = validate("smic", version="VIS")
    assert status == 1
    assert "- part VIS micro, rows: published 71, found 70" in out


def test_missing_workbook_is_the_users_mistake_with_the_next_move(tmp_path, validate):
    casme2.add_clip(tmp_path / "data", "sub01", "EP02_01f", [46])
    status, _, err = validate("casme2")
    assert status == 2
    assert "expected the sheet CASME2-coding-20140508.xlsx" in err
    assert "config.yaml" in err


def test_a_part_of_a_dataset_or_ones_own_in_its_layout_is_another_set(tmp_path, validate):
    rows = samm.official_rows()
    samm.write_micro(tmp_path / "data", rows[:30])
    samm.add_clip(tmp_path / "data", rows[4].filename, (100, 110, 130))
    people = len({row.filename[:3] for row in rows[:30]})
    status, out, _ = validate("samm")
    assert status == 0
    assert "Another set than the published one" in out
    sizes = f"micro: 30 rows of {people} subjects, published are 159 of 29 subjects."
    assert f"whose counts are not compared: {sizes}" in out
    assert "Differences from" not in out
    assert "differs" not in out
    assert f"- annotation from {samm.MICRO_NAME}, sheet MICRO_ONLY" in out
    columns = next(line for line in out.splitlines() if line.startswith("group"))
    assert "published" not in columns


def test_an_official_set_with_a_wrong_column_is_still_told(tmp_path, validate):
    rows = [replace(row, emotion="Anger") for row in samm.official_rows()]
    samm.write_micro(tmp_path / "data", rows)
    samm.add_clip(tmp_path / "data", rows[4].filename, (100, 110, 130))
    status, out, _ = validate("samm")
    assert status == 1
    assert "- micro, emotion anger: published 57, found 159" in out
