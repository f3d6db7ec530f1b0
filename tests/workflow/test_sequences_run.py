"""Whole sequences and flow images from recordings to metrics, as a user would run them."""

import copy
import hashlib
import shutil

import pytest
from tests.evaluation.scored_fixture import row_of

from merflow.artefacts import open_shard, read_examples
from merflow.evaluation import read_metrics
from merflow.evaluation.rows import Scope

pytestmark = pytest.mark.workflow
TARGETS = [f"results/tiny/{name}/metrics.csv" for name in ("atm_gcn", "ststnet")]
SUBJECTS = [f"spNO.{number}" for number in (1, 2, 3)]


def digests(folder):
    """Return the SHA-256 of each result of both experiments."""
    paths = sorted(path for name in ("atm_gcn", "ststnet") for path in (folder / name).rglob("*.*"))
    files = [path for path in paths if path.is_file() and path.name != ".snakemake_timestamp"]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_exact_set_of_files(finished_sequences):
    base = finished_sequences.folder / "results/tiny"
    for kind, variant in (("faces", "onset"), ("sequences", "seq8_64"), ("flow_images", "uvs28")):
        assert sorted(path.stem for path in (base / f"artefacts/{kind}/{variant}").glob("*.h5")) == SUBJECTS
    assert {path.name for path in (base / "atm_gcn/pictures").iterdir()} == {"attention.png", "sequences.png"}
    assert {path.name for path in (base / "ststnet/pictures").iterdir()} == {"flow_images.png"}
    for name in ("atm_gcn", "ststnet"):
        assert {path.name for path in (base / name).iterdir() if path.is_file()} == {
            "examples.h5", "exclusions.csv", "predictions.csv", "metrics.csv", "confusion.png", "settings.yaml",
            "training.png", "folds.csv", *(f"{table}.csv.sha256" for table in ("exclusions", "predictions", "metrics")),
        }  # fmt: skip


def test_examples_are_whole_clips_and_small_pictures(finished_sequences):
    base = finished_sequences.folder / "results/tiny"
    sequences = read_examples(base / "atm_gcn/examples.h5")
    assert sequences.x.shape == (12, 8, 64, 64, 3)
    assert ((sequences.apex_and_length[:, 0] > 0) & (sequences.apex_and_length[:, 0] < 7)).all()
    assert (sequences.apex_and_length[:, 1] == 8).all()
    assert (sequences.x[:, 4] != sequences.x[:, 0]).any(axis=(1, 2, 3)).all()
    pictures = read_examples(base / "ststnet/examples.h5")
    assert pictures.x.shape == (12, 28, 28, 3)
    assert pictures.x.min() == 0
    assert pictures.x.max() == 1


def test_the_oracle_is_a_labelled_leak_beside_the_result(finished_sequences):
    for target in TARGETS:
        metrics = read_metrics(finished_sequences.folder / target)
        assert sum(row.scope.is_leak for row in metrics) == 6
        assert all(row.note.startswith("LEAK") == row.scope.is_leak for row in metrics)
        assert row_of(metrics, "ACC", Scope.ORACLE, "best_epoch").value >= row_of(metrics, "ACC").value


def test_a_second_run_has_nothing_to_do_and_repeats_its_bytes(finished_sequences, tmp_path):
    assert finished_sequences.planned(*TARGETS) == {}
    folder = tmp_path / "copy"
    shutil.copytree(finished_sequences.folder, folder)
    again = type(finished_sequences)(folder, finished_sequences.config)
    before = digests(folder / "results/tiny")
    shutil.rmtree(folder / "results/tiny/artefacts/sequences")
    again("--forcerun", "build_examples", "--", TARGETS[0])
    assert digests(folder / "results/tiny") == before


def test_report_holds_the_pictures_and_their_captions(finished_sequences, tmp_path):
    finished_sequences("--report", tmp_path / "report.html", *TARGETS)
    page = (tmp_path / "report.html").read_text()
    for text in ("attention of the first block", "flow image", "What to do"):
        assert text in page


def test_another_length_resamples_and_leaves_the_faces_alone(finished_sequences, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(finished_sequences.folder, folder)
    config = copy.deepcopy(finished_sequences.config)
    config["sequences"]["seq8_64"]["length"] = 6
    changed = type(finished_sequences)(folder, config)
    planned = changed.planned(TARGETS[0])
    assert planned["resample_sequences"] == 1
    assert not {"extract_faces", "index_dataset", "synthesise_dataset"} & set(planned)


def test_shards_say_what_was_read(finished_sequences):
    path = finished_sequences.folder / "results/tiny/artefacts/sequences/seq8_64/spNO.1.h5"
    with open_shard(path, kind="sequences") as shard:
        attrs, position = shard.attrs(shard.clips[0]), shard.read(shard.clips[0], "position")
    assert attrs["recorded"][0] == position[0]
    assert attrs["fps"] == 30
    assert position[attrs["apex"]] in attrs["recorded"]
