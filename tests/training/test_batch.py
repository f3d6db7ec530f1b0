import csv
import json
import shutil
from dataclasses import replace
from importlib.metadata import version

import numpy as np
import pytest
import torch

from merflow.artefacts import read_examples, write_examples
from merflow.errors import ArtefactError
from merflow.settings import from_plain
from merflow.training.batch import made_of, train_folds
from merflow.training.execution import Machine
from merflow.training.fold import run_fold, run_rows
from merflow.training.fold_clips import folds_of_examples
from merflow.training.fold_lists import FOLD_LISTS, row_of
from merflow.training.fold_record import RECORD, check_fold, read_record
from merflow.training.method import Method
from merflow.training.trained_folds import finish, new_workplace

SETTINGS = {
    "model": "gts_gn", "model_params": {"fusion": 1, "widths": [4, 4, 6]}, "protocol": {},
    "training": {"min_epochs": 2, "min_steps": 4}, "seeds": [0, 1],
}  # fmt: skip
CPU = Machine("cpu")


def contents(folder, but=()):
    paths = sorted(path for path in folder.rglob("*.*") if path.name not in but)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def examples(graph_examples, tmp_path_factory):
    path = tmp_path_factory.mktemp("batch") / "examples.h5"
    write_examples(graph_examples, path, dataset="demo", experiment="x", params={}, code="", inputs={})
    return path


def method(**changed):
    return from_plain(Method, SETTINGS | changed)


def batch(examples, folder, folds=("s1", "s2"), code="a", **changed):
    train_folds(examples, folds, folder, method(**changed), code=code, machine=CPU)


@pytest.fixture
def counted(monkeypatch):
    """Return the list of (fold, seeds) that are really trained."""
    trained = []

    def run(examples, rows, fold, folder, method, *, machine):
        trained.append((fold, list(method.seeds)))
        return run_rows(examples, rows, fold, folder, method, machine=machine)

    monkeypatch.setattr("merflow.training.batch.run_rows", run)
    return trained


def test_a_fold_in_a_batch_has_the_bytes_of_one_that_is_trained_alone(examples, tmp_path):
    torch.manual_seed(7)  # a state that a fold before this one may have left
    batch(examples, tmp_path / "folds")
    for fold in ("s1", "s2"):
        run_fold(read_examples(examples), fold, tmp_path / fold, method(), machine=CPU)
        assert contents(tmp_path / "folds" / fold, but=(RECORD,)) == contents(tmp_path / fold)


def test_what_a_fold_is_made_of_tells_every_cause_of_other_bytes(examples):
    read = read_examples(examples)
    given = {"method": method(), "code": "a", "machine": CPU}
    found = made_of(read, **given)
    assert made_of(read, **given) == found
    changes = [
        {"method": method(model="ss_gn")},
        {"code": "b"},
        {"machine": Machine("cuda")},
        {"machine": Machine("cpu", 2)},
    ]
    others = [made_of(read, **given | change) for change in changes]
    for changed in [*others, made_of(replace(read, label=1 - read.label), **given)]:
        assert len({key for key in found if found[key] != changed[key]}) == 1
    assert found["versions"]["torch"] == version("torch")
    assert made_of(read, **given | {"method": method(seeds=[1, 0])}) == found  # each seed by itself


@pytest.mark.parametrize(
    "changed", ["x", "label", "subject", "clip", "expression", "aus", "copies", "classes", "edges"]
)
def test_the_content_of_examples_is_all_that_a_training_reads(examples, changed):
    read = read_examples(examples)
    other = {
        "x": lambda: {"x": read.x + np.float32(1), "digest": np.zeros(0, dtype=np.str_)},
        "label": lambda: {"label": 1 - read.label},
        "subject": lambda: {"subject": np.char.add(read.subject, "x")},
        "clip": lambda: {"clip": np.char.add(read.clip, "x")},
        "expression": lambda: {"expression": np.full(len(read.label), "macro")},
        "aus": lambda: {"aus": 1 - read.aus},
        "copies": lambda: {"copies": read.x[:1] * 2, "copy_of": np.array([0]), "copy_digest": np.zeros(0, np.str_)},
        "classes": lambda: {"classes": tuple(f"{name}x" for name in read.classes)},
        "edges": lambda: {"edges": (*read.edges, (0, 9))},
    }[changed]()
    assert replace(read, **other).content() != read.content()


def test_examples_that_were_built_again_have_the_same_content(examples, graph_examples, tmp_path):
    again = tmp_path / "examples.h5"
    named = {"dataset": "other", "experiment": "y"}
    write_examples(graph_examples, again, params={"a": 1}, code="b", inputs={"s1": "0"}, **named)
    assert again.read_bytes() != examples.read_bytes()
    assert read_examples(again).content() == read_examples(examples).content()


def test_a_blank_row_counts_though_it_has_no_digest(examples):
    read = read_examples(examples)
    one, two = (np.full_like(read.x, value) for value in (1, 2))
    fresh = {"digest": np.zeros(0, dtype=np.str_), "copies": one[:0], "copy_of": np.zeros(0, dtype=np.int64)}
    fresh["copy_digest"] = fresh["digest"]
    assert replace(read, x=one, **fresh).content() != replace(read, x=two, **fresh).content()


def test_a_whole_fold_of_the_same_things_is_kept_and_any_other_is_trained_again(examples, tmp_path, counted):
    batch(examples, tmp_path, folds=("s1",))
    (tmp_path / ".s2.0123abcd/weights").mkdir(parents=True)  # of a job that was killed in its second fold
    batch(examples, tmp_path)
    assert counted == [("s1", [0, 1]), ("s2", [0, 1])]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s1", "s2"]
    batch(examples, tmp_path, code="b")
    assert counted[2:] == [("s1", [0, 1]), ("s2", [0, 1])]


@pytest.mark.parametrize(
    ("seeds", "trained"),
    [([0, 1, 2], [[2]]), ([2, 1, 0], [[2]]), ([1, 0], []), ([1], []), ([0, 1], []), ([5, 1], [[5]])],
)
def test_each_seed_of_a_finished_fold_is_taken_wherever_it_lies(examples, tmp_path, counted, seeds, trained):
    batch(examples, tmp_path / "then", folds=("s1",))
    shutil.copytree(tmp_path / "then", tmp_path / "now")  # as results that were copied to another checkout
    shutil.rmtree(tmp_path / "then")
    counted.clear()
    batch(examples, tmp_path / "now", folds=("s1",), seeds=seeds)
    assert [found for _, found in counted] == trained
    run_fold(read_examples(examples), "s1", tmp_path / "alone", method(seeds=seeds), machine=CPU)
    assert contents(tmp_path / "now/s1", but=(RECORD,)) == contents(tmp_path / "alone")
    with (tmp_path / "now/s1/predictions.csv").open(newline="") as file:
        assert list(dict.fromkeys(int(row["seed"]) for row in csv.DictReader(file))) == seeds


@pytest.mark.parametrize(
    "changed",
    [
        {"code": "b"},
        {"training": {"min_epochs": 2, "min_steps": 5}},
        {"model_params": {"fusion": 2, "widths": [4, 4, 6]}},
    ],
)
def test_a_fold_of_other_things_is_never_taken_and_the_log_says_why(examples, tmp_path, counted, changed, caplog):
    caplog.set_level("INFO")
    batch(examples, tmp_path, folds=("s1",))
    batch(examples, tmp_path, folds=("s1",), **changed)
    assert counted == [("s1", [0, 1])] * 2
    assert f"not taken: {tmp_path}/s1: " in caplog.text
    assert " then, " in caplog.text


def test_a_seed_of_another_library_version_is_not_taken_and_the_log_says_which(
    examples, tmp_path, counted, monkeypatch, caplog
):
    caplog.set_level("INFO")
    batch(examples, tmp_path, folds=("s1",))
    assert json.loads((tmp_path / "s1" / RECORD).read_text())["made_of"]["versions"]["torch"] == version("torch")
    monkeypatch.setattr("merflow.training.batch.version", lambda name: "9.9" if name == "torch" else version(name))
    batch(examples, tmp_path, folds=("s1",), seeds=[0, 1, 2])
    assert counted == [("s1", [0, 1]), ("s1", [0, 1, 2])]  # one fold is never of two versions
    assert f"not taken: {tmp_path}/s1: versions: torch: {version('torch')} then, 9.9 now" in caplog.text


def test_a_record_that_does_not_cover_the_tables_is_none(examples, tmp_path, counted):
    batch(examples, tmp_path, folds=("s1",))
    path = tmp_path / "s1" / RECORD
    record = json.loads(path.read_text())
    del record["files"]["predictions.csv"], record["sha256"]
    path.write_text(json.dumps(record))
    with pytest.raises(ArtefactError, match=f"but no {RECORD}"):
        check_fold(path.parent, place=path.parent)
    batch(examples, tmp_path, folds=("s1",))
    assert counted == [("s1", [0, 1])] * 2


@pytest.mark.parametrize("damage", ["row", "weights", "record"])
def test_a_result_that_was_changed_by_hand_is_never_taken(examples, tmp_path, counted, damage):
    batch(examples, tmp_path, folds=("s1",))
    path = tmp_path / "s1" / {"row": "predictions.csv", "weights": "weights/seed0.pt", "record": RECORD}[damage]
    data, whole = path.read_bytes(), contents(tmp_path / "s1")
    path.write_bytes(data[: len(data) // 2])
    batch(examples, tmp_path, folds=("s1",))
    assert counted == [("s1", [0, 1]), ("s1", [0] if damage == "weights" else [0, 1])]  # seed 1 is whole beside them
    assert contents(tmp_path / "s1") == whole


def test_a_flipped_bit_in_any_byte_of_a_record_makes_it_none(examples, tmp_path):
    batch(examples, tmp_path, folds=("s1",))
    path = tmp_path / "s1" / RECORD
    data = path.read_bytes()
    key = data.index(b'"sha256"')  # without this name it is a record of an earlier version
    for place in set(range(len(data))) - set(range(key + 1, key + 7)):
        flipped = bytearray(data)
        flipped[place] ^= 1 << place % 8
        path.write_bytes(flipped)
        assert read_record(path.parent) is None, place
    path.write_bytes(data)
    assert read_record(path.parent).seeds == (0, 1)


def test_folds_before_one_that_fails_are_kept(examples, tmp_path):
    (tmp_path / "s2").write_text("a file where the folder of the second fold belongs")
    with pytest.raises(ArtefactError, match=r"expected to put a trained fold there, but .*Not a directory"):
        batch(examples, tmp_path)
    first = contents(tmp_path / "s1")
    (tmp_path / "s2").unlink()
    batch(examples, tmp_path)
    assert contents(tmp_path / "s1") == first
    assert {(tmp_path / fold / RECORD).is_file() for fold in ("s1", "s2")} == {True}


def test_a_job_that_was_forgotten_does_not_spoil_the_fold_of_the_next_one(examples, tmp_path):
    """Both train one fold; the later one ends first, and the earlier one goes on writing."""
    place = tmp_path / "s1"
    forgotten = new_workplace(place)
    files = [forgotten / "weights" / name for name in ("seed0.pt", "seed1.pt")]
    files[0].parent.mkdir()
    files[0].write_text("the first half of its seeds")
    batch(examples, tmp_path, folds=("s1",))
    assert not forgotten.exists()
    whole = contents(place)
    files[1].parent.mkdir(parents=True)
    files[1].write_text("the other half")
    with pytest.raises(ArtefactError, match="If another job has trained the fold after this one began"):
        finish(forgotten, place, {"code": "a"}, seeds=(0, 1), files=files)
    assert contents(place) == whole


@pytest.mark.parametrize("damage", ["no record", "no file", "another byte"])
def test_a_fold_that_is_not_whole_is_refused_and_not_kept(examples, tmp_path, damage):
    batch(examples, tmp_path / "folds", folds=("s1",))
    fold = tmp_path / "folds/s1"
    whole = contents(fold)
    if damage == "no record":
        (fold / RECORD).unlink()
    elif damage == "no file":
        (fold / "weights/seed1.pt").unlink()
    else:
        (fold / "history.csv").write_text("seed")
    with pytest.raises(
        ArtefactError, match=r"expected a fold as a job has trained it, but .*--force .*/folds/s1/predictions.csv"
    ):
        check_fold(fold, place=fold)
    batch(examples, tmp_path / "folds", folds=("s1",))
    assert contents(fold) == whole


def test_folds_are_told_apart_by_what_they_are_made_of_and_by_name(examples, tmp_path):
    batch(examples, tmp_path, folds=("s1",))
    (tmp_path / "s1").rename(tmp_path / "s2")
    batch(examples, tmp_path)
    alone = tmp_path / "alone"
    batch(examples, alone, folds=("s2",))
    assert contents(tmp_path / "s2") == contents(alone / "s2")


@pytest.mark.parametrize("links", [True, False])
def test_what_lay_at_the_place_of_a_fold_is_replaced(examples, tmp_path, monkeypatch, links):
    def refuse(*_):
        raise OSError("no hard links here")

    if not links:
        monkeypatch.setattr("os.link", refuse)
    batch(examples, tmp_path / "alone", folds=("s1",), seeds=[1])
    batch(examples, tmp_path / "folds", folds=("s1",))
    place = tmp_path / "folds/s1"
    (place / "weights/seed9.pt").write_text("of another run")
    kept = (place / "weights/seed1.pt").stat().st_ino
    batch(examples, tmp_path / "folds", folds=("s1",), seeds=[1])
    assert contents(place) == contents(tmp_path / "alone/s1")
    assert ((place / "weights/seed1.pt").stat().st_ino == kept) == links
    assert [path.name for path in place.parent.iterdir()] == ["s1"]  # what was moved aside is gone


def test_lists_that_name_what_was_replaced_go(examples, tmp_path):
    batch(examples, tmp_path / "folds")
    rows = [row_of(tmp_path / "folds" / fold) for fold in ("s1", "s2")]
    lists = {"folds.csv": rows, "batches/1.csv": rows[:1], "batches/2.csv": rows[1:]}
    for name, listed in lists.items():
        FOLD_LISTS.write(tmp_path / name, listed)
    batch(examples, tmp_path / "folds")
    assert {name for name in lists if (tmp_path / name).exists()} == set(lists)
    batch(examples, tmp_path / "folds", folds=("s2",), code="b")
    assert {name for name in lists if (tmp_path / name).exists()} == {"batches/1.csv"}


def test_a_job_makes_the_folds_of_the_examples_once(examples, tmp_path, monkeypatch):
    """To make them takes longer with every fold: for each fold anew it was most of the time of 940 folds."""
    made = []
    monkeypatch.setattr(
        "merflow.training.batch.folds_of_examples",
        lambda *given: made.append(given) or folds_of_examples(*given),
    )
    train_folds(examples, ["s1", "s2", "s3"], tmp_path, method(), code="c", machine=CPU)
    assert len(made) == 1
