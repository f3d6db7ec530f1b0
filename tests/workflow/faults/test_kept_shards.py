"""Artefacts that were made of the same things are kept, in every run and in every checkout."""

import shutil

import pytest
from tests.workflow.conftest import METRICS, digest

from merflow.stages.faces.detector import find_landmark_model

pytestmark = pytest.mark.workflow
ARTEFACTS = "results/tiny/artefacts"


def written(workflow):
    """Return the time of each shard: one that is kept keeps it."""
    shards = (workflow.folder / ARTEFACTS).rglob("*.h5")
    return {path.relative_to(workflow.folder): path.stat().st_mtime_ns for path in shards}


def shards_written_since(workflow, before):
    after = written(workflow)
    return {path.as_posix().removeprefix(f"{ARTEFACTS}/") for path in after if after[path] != before.get(path)}


def edit_index(workflow, subject, old, new):
    """Edit the rows of a subject in clips.csv as a user does who knows better than the sheet."""
    path = workflow.folder / "results/tiny/clips.csv"
    lines = [line.replace(old, new) if f",{subject}," in line else line for line in path.read_text().splitlines()]
    assert "\n".join(lines) + "\n" != path.read_text()
    path.write_text("\n".join(lines) + "\n")
    path.with_name("clips.csv.sha256").unlink(missing_ok=True)


def test_another_checkout_keeps_copied_artefacts(copied, new_workflow, tmp_path):
    """Snakemake's own records stay behind, and every time is another."""
    other = new_workflow(tmp_path / "other")
    shutil.copytree(copied.folder / "results", other.folder / "results", copy_function=shutil.copyfile)
    shutil.rmtree(other.folder / "results/tiny/lite_point_gcn")
    for lists in (other.folder / ARTEFACTS).rglob("*.csv"):
        lists.unlink()
    before = written(other)
    other(METRICS)
    assert shards_written_since(other, before) == set()
    assert "is kept" in (other.folder / "results/logs/extract_faces/tiny/aligned256/1-3.log").read_text()


def test_how_subjects_are_divided_makes_nothing_stale(copied):
    before = written(copied)
    copied.config["execution"] = {"subjects_per_job": 2}
    copied.write_config(copied.config)
    assert copied.planned(METRICS, f"{ARTEFACTS}/regions/sort1024/shards.csv") == {}
    copied.config["regions"]["sort1024"]["symmetric"] = True
    copied.write_config(copied.config)
    copied(f"{ARTEFACTS}/regions/sort1024/shards.csv")
    lists = {path.name for path in (copied.folder / ARTEFACTS / "clouds/denoised/batches").iterdir()}
    assert {"1-2.csv", "3.csv"} <= lists
    assert {path.split("/")[0] for path in shards_written_since(copied, before)} == {"regions"}
    assert copied.planned(f"{ARTEFACTS}/regions/sort1024/shards.csv") == {}


def test_a_deleted_artefact_is_made_again_when_something_needs_it_and_no_other(copied):
    before, bytes_before = written(copied), digest(copied.folder)
    clouds = copied.folder / ARTEFACTS / "clouds/denoised/spNO.2.h5"
    clouds.unlink()
    assert copied.planned(METRICS) == {}
    copied("--forcerun", "sample_regions", "--", METRICS)
    assert shards_written_since(copied, before) == {"clouds/denoised/spNO.2.h5"}
    assert digest(copied.folder) == bytes_before


def test_a_label_makes_no_artefact_stale_and_a_frame_rate_those_of_its_subject(copied):
    before = written(copied)
    edit_index(copied, "spNO.2", ",30.0,", ",25.0,")
    edit_index(copied, "spNO.3", ",micro,", ",macro,")
    planned = copied.planned(f"{ARTEFACTS}/regions/sort1024/shards.csv")
    assert planned["extract_faces"] == 1
    copied(f"{ARTEFACTS}/regions/sort1024/shards.csv")
    assert {path.split("/")[-1] for path in shards_written_since(copied, before)} == {"spNO.2.h5"}


def test_a_subject_that_fails_costs_no_other(copied):
    """Flow of one subject is gone, and the faces that it is made of are damaged: the other two are made and kept."""
    faces, flow = (copied.folder / ARTEFACTS / name for name in ("faces/aligned256", "flow/tvl1"))
    damaged = faces / "spNO.2.h5"
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:-50])
    shutil.rmtree(flow)
    failed = copied(f"{ARTEFACTS}/flow/tvl1/shards.csv", check=False)
    assert failed.returncode != 0
    assert "1 of 3 subjects failed; the shards of the others are kept" in failed.output
    assert f"spNO.2: {ARTEFACTS}/faces/aligned256/spNO.2.h5: expected a checksum at its end" in failed.output
    assert sorted(path.name for path in flow.glob("*.h5")) == ["spNO.1.h5", "spNO.3.h5"]
    damaged.write_bytes(whole)
    before = written(copied)
    copied(f"{ARTEFACTS}/flow/tvl1/shards.csv")
    assert shards_written_since(copied, before) == {"flow/tvl1/spNO.2.h5"}


def test_an_edit_is_noticed_where_the_artefacts_were_deleted(copied):
    shutil.rmtree(copied.folder / ARTEFACTS / "clouds")
    for name in ("flow", "regions"):
        for path in (copied.folder / ARTEFACTS / name).rglob("*.h5"):
            path.unlink()
    assert copied.planned(METRICS) == {}
    copied.config["clouds"]["denoised"]["inverse_steps"] = 5
    copied.write_config(copied.config)
    planned = copied.planned(METRICS)
    assert {"build_clouds", "sample_regions", "build_examples", "train_folds"} <= set(planned)


def test_a_landmark_model_of_the_user_is_compared_by_its_content(copied):
    model = copied.folder / "model.dat"
    shutil.copyfile(find_landmark_model(), model)
    copied.config["faces"]["own"] = {"landmark_model": str(model), "frames": ["onset"], "size_px": 64}
    copied.write_config(copied.config)
    faces = f"{ARTEFACTS}/faces/own/shards.csv"
    copied(faces)
    model.touch()
    assert copied.planned(faces) == {}
    with model.open("ab") as file:
        file.write(b"0")
    assert copied.planned(faces) == {"extract_faces": 1, "list_shards": 1}


def test_a_list_that_is_asked_for_is_made_again_where_an_artefact_is_gone(copied):
    flow = copied.folder / ARTEFACTS / "flow/tvl1"
    flow.joinpath("spNO.2.h5").unlink()
    lists = [f"{ARTEFACTS}/flow/tvl1/{name}" for name in ("shards.csv", "batches/1-3.csv")]
    assert copied.planned(lists[0]) == {"compute_flow": 1, "list_shards": 1}
    copied(lists[0])
    flow.joinpath("spNO.2.h5").unlink()
    assert copied.planned(lists[1]) == {"compute_flow": 1}
