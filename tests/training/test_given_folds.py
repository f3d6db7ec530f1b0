"""Folds that the annotation gives: from the index to the plan and the examples."""

import dataclasses

import numpy as np
import pytest
from tests.training.labels_fixture import label_examples

from merflow.artefacts import read_examples, write_examples
from merflow.config import Experiment
from merflow.datasets.clip import Clip
from merflow.datasets.clip_table import write_clips
from merflow.errors import DatasetError
from merflow.plan.folds import folds
from merflow.training.fold_clips import find_fold, folds_of_examples
from merflow.training.folds import make_folds
from merflow.training.given_folds import clips_of_given_folds
from merflow.training.settings import ProtocolSettings

GIVEN = ProtocolSettings(name="given_folds")
CLIP = Clip("demo", "s1", "a", "", "micro", 1, 2, 3, 60.0, "4", "", "", "c", "", "")


def clips(**folds_of):
    """Return two clips of each subject, one with and one without AU4."""
    return [
        dataclasses.replace(CLIP, subject=subject, video=f"v{number}", aus=aus, fold=fold)
        for subject, fold in folds_of.items()
        for number, aus in enumerate(("4", "12"))
    ]


def test_each_clip_is_tested_in_its_fold():
    subjects = ["a", "a", "b", "c", "d"]
    found = make_folds(GIVEN, subjects=subjects, labels=[0, 1, 0, 1, 0], given=["10", "10", "2", "1", "2"])
    assert [(fold.name, fold.test.tolist(), fold.train.tolist()) for fold in found] == [
        ("fold1", [3], [0, 1, 2, 4]),
        ("fold2", [2, 4], [0, 1, 3]),
        ("fold10", [0, 1], [2, 3, 4]),
    ]


@pytest.mark.parametrize(
    ("subjects", "given", "message"),
    [
        ("aabb", "1212", r"found in several: a \(1, 2\), b \(1, 2\)\. A subject on both sides is a leak"),
        ("aabb", ["1", "1", "", "2"], "expected a fold of the annotation for each clip, but 1 of 4 have none"),
        ("aabb", "1111", "expected two folds or more, but every clip with a label is in fold 1"),
        ("", "", "but 0 of 0 have none"),
    ],
)
def test_folds_that_are_none_are_refused(subjects, given, message):
    with pytest.raises(DatasetError, match=message):
        clips_of_given_folds(list(subjects), list(given))
    with pytest.raises(DatasetError, match="of 2 have none"):
        make_folds(GIVEN, subjects=["a", "b"], labels=[0, 1])


def test_the_plan_names_the_folds_and_refuses_a_subject_in_two(tmp_path):
    path = tmp_path / "clips.csv"
    experiment = Experiment(model="majority", artefact="flow/tvl1", labels="au8", protocol=GIVEN)
    write_clips(clips(s1="2", s2="1", s3="2"), path)
    assert folds(path, experiment) == ["fold1", "fold2"]
    write_clips([*clips(s1="2", s2="1"), dataclasses.replace(CLIP, subject="s1", video="x", fold="1")], path)
    with pytest.raises(DatasetError, match=r"found in several: s1 \(1, 2\)"):
        folds(path, experiment)


def test_examples_keep_the_folds_and_have_no_column_without(tmp_path):
    plain = label_examples()
    with_folds = dataclasses.replace(plain, fold=np.where(plain.subject < "s3", "1", "2"))
    paths = {}
    for name, examples in (("plain", plain), ("folds", with_folds)):
        paths[name] = tmp_path / f"{name}.h5"
        write_examples(examples, paths[name], dataset="demo", experiment="x", params={}, code="", inputs={})
    read = read_examples(paths["folds"], dataset="demo", experiment="x")
    assert read.fold.tolist() == with_folds.fold.tolist()
    second = find_fold(folds_of_examples(read, GIVEN), "fold2")
    assert second.test.tolist() == np.flatnonzero(plain.subject >= "s3").tolist()
    assert read.content() == with_folds.content() != plain.content()
    without = read_examples(paths["plain"], dataset="demo", experiment="x")
    assert set(without.fold) == {""}
    assert without.content() == plain.content()
    with pytest.raises(DatasetError, match="of 24 have none"):
        folds_of_examples(without, GIVEN)
