from importlib.metadata import version

import pytest
import torch

from merflow.artefacts import read_examples, write_examples
from merflow.errors import ArtefactError
from merflow.training.batch import made_of, train_folds
from merflow.training.fold import run_fold
from merflow.training.settings import ProtocolSettings, TrainingSettings
from merflow.training.trained_folds import MADE_OF, collect, finish, new_workplace

NETWORK = {
    "model": "gts_gn", "model_params": {"fusion": 1, "widths": [4, 4, 6]}, "protocol": ProtocolSettings(),
    "training": TrainingSettings(min_epochs=2, min_steps=4), "seeds": (0, 1), "device": "cpu",
}  # fmt: skip


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.*"))}


@pytest.fixture(scope="module")
def examples(graph_examples, tmp_path_factory):
    path = tmp_path_factory.mktemp("batch") / "examples.h5"
    write_examples(graph_examples, path, dataset="demo", experiment="x", params={}, code="", inputs={})
    return path


def batch(examples, folder, folds=("s1", "s2"), code="a", **changed):
    train_folds(examples, folds, folder, made_of={"code": code}, **(NETWORK | changed))


def test_a_fold_in_a_batch_has_the_bytes_of_one_that_is_trained_alone(examples, tmp_path):
    torch.manual_seed(7)  # a state that a fold before this one may have left
    batch(examples, tmp_path / "trained")
    for fold in ("s1", "s2"):
        run_fold(read_examples(examples), fold, tmp_path / fold, **NETWORK)
        collect(tmp_path / "trained" / fold, tmp_path / "folds" / fold)
        assert contents(tmp_path / "folds" / fold) == contents(tmp_path / fold)
        collect(tmp_path / "trained" / fold, tmp_path / "folds" / fold)  # once more, as after a kill
        assert contents(tmp_path / "folds" / fold) == contents(tmp_path / fold)


def test_what_a_fold_is_made_of_tells_every_cause_of_other_bytes(examples, tmp_path):
    other = tmp_path / "examples.h5"
    other.write_bytes(examples.read_bytes() + b"x")
    given = {"settings": {"seeds": [0]}, "code": "a", "device": "cpu", "threads": 1}
    found = made_of(examples, **given)
    assert made_of(examples, **given) == found
    changes = {"settings": {"seeds": [1]}, "code": "b", "device": "cuda", "threads": 2}
    others = [made_of(examples, **(given | {name: value})) for name, value in changes.items()]
    for changed in [*others, made_of(other, **given)]:
        assert len({key for key in found if found[key] != changed[key]}) == 1
    assert found["versions"]["torch"] == version("torch")


def test_a_whole_fold_of_the_same_things_is_kept_and_any_other_is_trained_again(examples, tmp_path):
    batch(examples, tmp_path, folds=("s1",))
    (tmp_path / ".s2.0123abcd/weights").mkdir(parents=True)  # of a job that was killed in its second fold
    written = (tmp_path / "s1/history.csv").stat()
    batch(examples, tmp_path)
    assert (tmp_path / "s1/history.csv").stat() == written
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s1", "s2"]
    batch(examples, tmp_path, code="b")
    assert (tmp_path / "s1/history.csv").stat().st_ino != written.st_ino


def test_folds_before_one_that_fails_are_kept(examples, tmp_path):
    (tmp_path / "s2").write_text("a file where the folder of the second fold belongs")
    with pytest.raises(ArtefactError, match=r"expected to put a trained fold there, but .*Not a directory"):
        batch(examples, tmp_path)
    first = contents(tmp_path / "s1")
    (tmp_path / "s2").unlink()
    batch(examples, tmp_path, seeds=(0, 1))
    assert contents(tmp_path / "s1") == first
    assert {(tmp_path / fold / MADE_OF).is_file() for fold in ("s1", "s2")} == {True}


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
        finish(forgotten, place, {"code": "a"}, files=files)
    assert contents(place) == whole


@pytest.mark.parametrize("damage", ["no record", "no file", "another byte"])
def test_a_fold_that_is_not_whole_is_neither_collected_nor_kept(examples, tmp_path, damage):
    batch(examples, tmp_path / "trained", folds=("s1",))
    fold = tmp_path / "trained/s1"
    whole = contents(fold)
    if damage == "no record":
        (fold / MADE_OF).unlink()
    elif damage == "no file":
        (fold / "weights/seed1.pt").unlink()
    else:
        (fold / "history.csv").write_text("seed")
    with pytest.raises(ArtefactError, match=r"found none that is whole.*Give the same command again"):
        collect(fold, tmp_path / "folds/s1")
    assert not (tmp_path / "folds").exists()
    batch(examples, tmp_path / "trained", folds=("s1",))
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
    batch(examples, tmp_path / "trained", folds=("s1",))
    old = tmp_path / "folds/s1/weights"
    old.mkdir(parents=True)
    (old / "seed9.pt").write_text("of another run")
    (old.parent / "history.csv").write_text("of another run")
    collect(tmp_path / "trained/s1", tmp_path / "folds/s1")
    found = contents(tmp_path / "folds/s1")
    assert found == {name: data for name, data in contents(tmp_path / "trained/s1").items() if name != MADE_OF}
    assert (tmp_path / "trained/s1" / "history.csv").samefile(old.parent / "history.csv") == links
