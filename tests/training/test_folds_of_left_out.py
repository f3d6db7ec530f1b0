"""Folds are drawn from all labelled clips of an index, so that no stage that leaves out a clip changes them."""

import dataclasses

import numpy as np
import pytest
from tests.training.labels_fixture import label_examples

from merflow.artefacts import read_examples, write_examples
from merflow.errors import ArtefactError
from merflow.training.fold_clips import find_fold, folds_of_examples
from merflow.training.settings import ProtocolSettings

WHOLE = label_examples(subjects=6)
DRAWN = [
    ProtocolSettings(name="kfold_subject", k=3, seed=1),
    ProtocolSettings(name="holdout", k=3, seed=2),
    ProtocolSettings(name="kfold_random_leaky", k=4),
    ProtocolSettings(name="loso"),
]


COLUMNS = ("x", "label", "subject", "clip", "expression", "fold", "digest", "aus", "aus_known", "apex_and_length")


def without(rows):
    """Return the examples that are left where a stage refuses the clips of some rows."""
    kept = np.setdiff1d(np.arange(len(WHOLE)), rows)
    left_out = WHOLE.labelled.take(np.isin(WHOLE.labelled.clip, WHOLE.clip[rows]))
    return dataclasses.replace(WHOLE, **{name: getattr(WHOLE, name)[kept] for name in COLUMNS}, left_out=left_out)


def fold_of_each(examples, protocol):
    """Return the fold that tests each clip."""
    return {clip: fold.name for fold in folds_of_examples(examples, protocol) for clip in examples.clip[fold.test]}


@pytest.mark.parametrize("protocol", DRAWN, ids=lambda one: one.name)
@pytest.mark.parametrize("seed", range(5))
def test_each_clip_stays_in_its_fold_whatever_is_left_out(protocol, seed):
    fewer = without(np.random.default_rng(seed).choice(len(WHOLE), size=9, replace=False))
    whole = fold_of_each(WHOLE, protocol)
    assert fold_of_each(fewer, protocol) == {clip: fold for clip, fold in whole.items() if clip in fewer.clip}
    for fold in folds_of_examples(fewer, protocol):
        assert not set(fold.train) & set(fold.test)
        assert (np.diff(fold.train) > 0).all()


def test_a_fold_that_lost_all_its_tests_is_none(caplog):
    fewer = without(np.flatnonzero(WHOLE.subject == "s2"))
    loso = ProtocolSettings(name="loso")
    assert [fold.name for fold in folds_of_examples(fewer, loso)] == ["s1", "s3", "s4", "s5", "s6"]
    assert not len(find_fold(folds_of_examples(fewer, loso), "s2").test)
    assert "no test clip of it is among the examples" in caplog.text


def test_what_is_left_out_is_kept_in_the_file_and_in_the_content(tmp_path):
    fewer, path = without(np.array([3, 5])), tmp_path / "examples.h5"
    write_examples(fewer, path, dataset="demo", experiment="x", params={}, code="", inputs={})
    read = read_examples(path, dataset="demo", experiment="x")
    assert read.left_out.clip.tolist() == WHOLE.clip[[3, 5]].tolist()
    np.testing.assert_array_equal(read.left_out.label, WHOLE.label[[3, 5]])
    assert read.content() == fewer.content() != dataclasses.replace(fewer, left_out=None).content()


@pytest.mark.parametrize(
    ("name", "damage", "message"),
    [
        ("left_out_clip", "s1_a_0", "expected the name of each clip once"),
        ("left_out_expression", "large", "found 'large' at /left_out_expression"),
        ("left_out_label", 7, "expected 0 and 1, found 7 at /left_out_label"),
    ],
)
def test_what_cannot_be_left_out_is_refused(tmp_path, name, damage, message):
    left_out = without(np.array([3])).left_out
    column = name.removeprefix("left_out_")
    wrong = dataclasses.replace(left_out, **{column: np.full_like(getattr(left_out, column), damage)})
    path = tmp_path / "examples.h5"
    broken = dataclasses.replace(without(np.array([3])), left_out=wrong)
    write_examples(broken, path, dataset="demo", experiment="x", params={}, code="", inputs={})
    with pytest.raises(ArtefactError, match=message):
        read_examples(path, dataset="demo", experiment="x")
