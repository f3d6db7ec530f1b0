import dataclasses

import numpy as np
import pytest

from merflow.artefacts import Examples, LazyRows, read_examples, write_examples
from merflow.checks import SHOWN
from merflow.errors import DatasetError
from merflow.training.duplicates import check_no_duplicate
from merflow.training.folds import loso
from merflow.training.leakage import check_no_leak

SUBJECTS = np.repeat(["a", "b", "c"], 2)
CLIPS = np.array([f"{s}_{i}" for s in "abc" for i in range(2)])
DIMS = ("clip", "image_y", "image_x", "uvs")


@pytest.fixture(scope="module")
def examples():
    """Three subjects with two clips each, and one altered copy of every clip."""
    x, copies = np.random.default_rng(0).integers(0, 255, (2, 6, 4, 4, 3), dtype=np.uint8)
    return Examples(
        x, np.arange(6) % 2, SUBJECTS, CLIPS, np.full(6, "micro"), ("negative", "positive"), "emotion3", DIMS,
        copies=copies, copy_of=np.arange(6),
    )  # fmt: skip


def with_rows(examples, name="x", **contents):
    """Return the examples with the content of a clip in place of another's: ``b_0="a_0"``."""
    values = getattr(examples, name).copy()
    for clip, content in contents.items():
        values[clip == CLIPS] = examples.x[content == CLIPS]
    return dataclasses.replace(examples, **{name: values, "digest": np.array([]), "copy_digest": np.array([])})


def test_other_contents_pass(examples):
    check_no_duplicate(examples)


def test_one_content_under_two_subjects_is_refused_with_both(examples):
    message = r"same content in a_1 \(subject a\) and c_0 \(subject c\)\. One recording is in the index under two"
    with pytest.raises(DatasetError, match=message):
        check_no_duplicate(with_rows(examples, c_0="a_1"))


def test_one_subject_may_show_the_same_twice(examples):
    check_no_duplicate(with_rows(examples, a_1="a_0"))


def test_an_altered_copy_of_another_person_is_refused(examples):
    with pytest.raises(DatasetError, match=r"in a_0 \(subject a\) and an altered copy of b_1 \(subject b\)"):
        check_no_duplicate(with_rows(examples, "copies", b_1="a_0"))


def test_all_pairs_are_counted(examples):
    twice = with_rows(examples, b_0="a_0", b_1="a_1", c_0="a_0", c_1="a_1")
    with pytest.raises(DatasetError, match=rf"a_0 .* and b_0 .*, a_1 .* and b_1 .* and {4 - SHOWN} more\. One"):
        check_no_duplicate(twice)


def test_clips_without_motion_are_not_each_other(examples):
    x = examples.x.copy()
    x[[0, 3]] = 7
    check_no_duplicate(dataclasses.replace(examples, x=x, digest=np.array([])))


@pytest.mark.parametrize("changed", [{}, {"c_0": "a_1"}, {"a_1": "a_0"}, {"b_0": "a_0", "c_0": "b_1"}])
def test_what_some_fold_would_refuse_is_refused_and_nothing_else(examples, changed):
    given = with_rows(examples, **changed)
    refused = []
    for check in (check_no_duplicate, lambda given: [check_no_leak(fold, given) for fold in loso(SUBJECTS)]):
        try:
            check(given)
            refused.append(False)
        except DatasetError:
            refused.append(True)
    assert refused[0] == refused[1]


def test_rows_that_were_in_no_memory_are_known_once_they_are_written(examples, tmp_path):
    twice = with_rows(examples, c_0="a_1")
    lazy = LazyRows(twice.x.shape, twice.x.dtype, lambda row: twice.x[row])
    unwritten = dataclasses.replace(twice, x=lazy, digest=np.array([], dtype=np.str_))
    path = tmp_path / "examples.h5"
    write_examples(unwritten, path, dataset="d", experiment="e", params={}, code="", inputs={})
    with pytest.raises(DatasetError, match="same content in a_1"):
        check_no_duplicate(read_examples(path, in_memory_bytes=0))
