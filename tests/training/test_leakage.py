import dataclasses

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.artefacts import Examples, LazyRows, read_examples, seal, write_examples
from merflow.errors import ArtefactError, DatasetError
from merflow.training.folds import LEAKY_NOTE, MACRO_NOTE, Fold, kfold_random_leaky, loso
from merflow.training.leakage import check_no_leak

NOTES = ["", LEAKY_NOTE, MACRO_NOTE]
SUBJECTS = np.repeat(["a", "b", "c"], 2)
DIMS = ("clip", "image_y", "image_x", "uvs")


@pytest.fixture(scope="module")
def examples():
    """Three subjects with two clips each, and one altered copy of every clip."""
    rng = np.random.default_rng(0)
    x, copies = rng.random((2, 6, 4, 4, 3), dtype=np.float32)
    clips = np.array([f"{s}_{i}" for s in "abc" for i in range(2)])
    expressions = np.full(6, "micro")
    return Examples(
        x, np.arange(6) % 2, SUBJECTS, clips, expressions, ("negative", "positive"), "emotion3", DIMS, copies=copies,
        copy_of=np.arange(6),
    )  # fmt: skip


def changed(examples, **arrays):
    """Return the examples with other arrays, and digests that belong to them."""
    return dataclasses.replace(examples, digest=np.array([]), copy_digest=np.array([]), **arrays)


def with_rows(array, rows):
    array = array.copy()
    for row, values in rows.items():
        array[row] = values
    return array


def fold(train, test, note=""):
    return Fold("c", np.array(train), np.array(test), note)


def test_every_fold_of_honest_examples_passes(examples):
    for split in (*loso(SUBJECTS), *kfold_random_leaky(6, k=3)):
        check_no_leak(split, examples)


@given(st.lists(st.sampled_from(["train", "test", "neither"]), min_size=6, max_size=6))
def test_a_fold_passes_where_no_subject_is_on_both_sides(examples, sides):
    train, test = (np.flatnonzero(np.array(sides) == side) for side in ("train", "test"))
    split = Fold("x", train, test)
    if set(SUBJECTS[train]) & set(SUBJECTS[test]):
        with pytest.raises(DatasetError, match="fold x: subjects on both sides"):
            check_no_leak(split, examples)
    else:
        check_no_leak(split, examples)
    check_no_leak(dataclasses.replace(split, note=LEAKY_NOTE), examples)


@pytest.mark.parametrize("note", NOTES)
def test_a_row_on_both_sides_is_refused_whatever_the_note_says(examples, note):
    with pytest.raises(DatasetError, match=r"fold c: expected each clip .* on both sides: b_1\. Give each clip"):
        check_no_leak(fold([0, 1, 2, 3], [3, 4, 5], note), examples)


@pytest.mark.parametrize("note", NOTES)
def test_an_id_on_both_sides_is_refused(examples, note):
    twice = changed(examples, clip=with_rows(examples.clip, {5: "a_0"}))
    with pytest.raises(DatasetError, match="on both sides: a_0"):
        check_no_leak(fold([0, 1, 2, 3], [4, 5], note), twice)


@pytest.mark.parametrize("note", NOTES)
def test_a_clip_under_another_name_is_refused(examples, note):
    renamed = changed(examples, x=with_rows(examples.x, {1: examples.x[4]}))
    with pytest.raises(DatasetError, match=r"fold c: .* same content in a_1 and c_0\. One recording"):
        check_no_leak(fold([0, 1, 2, 3], [4, 5], note), renamed)
    check_no_leak(fold([0, 2, 3], [4, 5], note), renamed)
    check_no_leak(fold([2, 3], [0, 1], note), renamed)


@pytest.mark.parametrize("note", NOTES)
@pytest.mark.parametrize(
    ("train", "test", "text"),
    [
        ("copy", "clip", "an altered copy of a_1 and c_0"),
        ("clip", "copy", "a_1 and an altered copy of c_0"),
        ("copy", "copy", "an altered copy of a_1 and an altered copy of c_0"),
    ],
)
def test_an_altered_copy_under_another_name_is_refused(examples, train, test, text, note):
    content = examples.copies[4] if test == "copy" else examples.x[4]
    other = {"copy": "copies", "clip": "x"}[train]
    derived = changed(examples, **{other: with_rows(getattr(examples, other), {1: content})})
    with pytest.raises(DatasetError, match=f"same content in {text}"):
        check_no_leak(fold([0, 1, 2, 3], [4, 5], note), derived)
    check_no_leak(fold([0, 2, 3], [4, 5], note), derived)


def test_the_same_content_on_one_side_is_no_leak(examples):
    same = changed(examples, x=with_rows(examples.x, {1: examples.x[0], 5: examples.x[4]}))
    check_no_leak(fold([0, 1, 2, 3], [4, 5]), same)


def test_one_other_value_is_other_content(examples):
    near = examples.x[4].copy()
    near[0, 0, 0] = np.nextafter(near[0, 0, 0], np.float32(1))
    check_no_leak(fold([0, 1, 2, 3], [4, 5]), changed(examples, x=with_rows(examples.x, {1: near})))


@pytest.mark.parametrize("colour", [0, [0.5, 0.5, 0]])
def test_clips_without_motion_are_not_each_other(examples, colour):
    blank = np.broadcast_to(np.float32(colour), (4, 4, 3))
    still = changed(
        examples, x=with_rows(examples.x, {1: blank, 4: blank}), copies=with_rows(examples.copies, {0: blank})
    )
    check_no_leak(fold([0, 1, 2, 3], [4, 5]), still)


def test_a_message_names_three_clips_and_counts_the_others(examples):
    with pytest.raises(DatasetError, match=r"on both sides: a_0, a_1, b_0 and 2 more\."):
        check_no_leak(fold([0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5]), examples)


def test_examples_whose_contents_are_not_known_are_refused(examples, tmp_path):
    """Rows that stay in their file have no digests until they are written."""
    pictures = (255 * examples.x).astype(np.uint8)
    rows = LazyRows(pictures.shape, pictures.dtype, lambda row: pictures[row])
    lazy = changed(examples, x=rows, copy_of=examples.copy_of[:0])
    for split in (fold([0, 1, 2, 3], [4, 5]), fold([], [])):
        with pytest.raises(DatasetError, match=r"the digest of each of the 6 examples, but found none.*delete"):
            check_no_leak(split, lazy)
    path = tmp_path / "examples.h5"
    write_examples(lazy, path, dataset="demo", experiment="x", params={}, code="", inputs={})
    check_no_leak(fold([0, 1, 2, 3], [4, 5]), read_examples(path, in_memory_bytes=0))
    with h5py.File(path, "a") as file:
        del file["digest"]
        file.create_dataset("digest", data=np.array([], dtype=object), dtype=h5py.string_dtype())
    seal(path)
    with pytest.raises(ArtefactError, match=r"expected texts of shape \(6,\), found .* at /digest"):
        read_examples(path, in_memory_bytes=0)


def test_a_fold_without_clips_passes(examples):
    check_no_leak(fold(np.zeros(0, int), np.zeros(0, int)), examples)
