import dataclasses
import os
import shutil

import numpy as np
import pytest

from merflow.artefacts import Examples, LazyRows, read_examples, take_rows, write_examples
from merflow.artefacts.digest import content_digest
from merflow.artefacts.rows import keep_read
from merflow.errors import ArtefactError

X = np.random.default_rng(0).integers(0, 256, size=(6, 3, 4, 4, 3)).astype(np.uint8)
DIMS = ("clip", "frame", "aligned_y", "aligned_x", "rgb")


def lazy(x=X, asked=None):
    def read(row):
        if asked is not None:
            asked.append(row)
        return x[row]

    return LazyRows(x.shape, x.dtype, read)


def examples(x):
    names = np.array([f"s{row % 2}_a_{row}" for row in range(len(x))])
    apex_and_length = np.stack([np.arange(len(x)) % 3, np.full(len(x), 3)], axis=1)
    return Examples(
        x, np.arange(len(x)) % 2, np.array([name[:2] for name in names]), names, np.full(len(x), "micro"), ("p", "q"),
        "two", DIMS, apex_and_length=apex_and_length,
    )  # fmt: skip


def write(path, x):
    write_examples(examples(x), path, dataset="demo", experiment="e", params={}, code="", inputs={})
    return path


@pytest.mark.parametrize("rows", [[4, 0, 4], [], [True, False, True, True, False, False]])
def test_rows_are_those_of_the_array(rows):
    rows = np.array(rows, dtype=bool if rows and rows[0] is True else np.int64)
    np.testing.assert_array_equal(lazy()[rows], X[rows])
    np.testing.assert_array_equal(take_rows(X, rows), X[rows])
    taken = take_rows(lazy(), rows)
    assert taken.shape == X[rows].shape
    np.testing.assert_array_equal(taken[np.arange(len(taken))], X[rows])


def test_only_the_rows_asked_for_are_read():
    asked = []
    part = lazy(asked=asked).take(np.array([5, 3, 1]))
    assert asked == []
    part[np.array([2, 0])]
    assert asked == [1, 5]


def test_a_file_written_row_by_row_holds_the_same_as_one_written_at_once(tmp_path):
    one, other = (read_examples(write(tmp_path / name, x)) for name, x in (("a.h5", X), ("b.h5", lazy())))
    np.testing.assert_array_equal(one.x, X)
    np.testing.assert_array_equal(other.x, X)
    assert one.digest.tolist() == other.digest.tolist()
    assert len(set(one.digest)) == len(X)
    np.testing.assert_array_equal(other.apex_and_length, examples(X).apex_and_length)


def test_each_row_is_read_once_and_its_digest_made_when_it_is_written(tmp_path):
    asked = []
    given = examples(lazy(asked=asked))
    assert (asked, given.has_digests, len(given.digest)) == ([], False, 0)
    path = write(tmp_path / "examples.h5", given.x)
    assert asked == list(range(len(X)))
    found = read_examples(path, in_memory_bytes=0)
    assert found.has_digests
    assert found.digest.tolist() == [content_digest(row) for row in X] == examples(X).digest.tolist()


def test_digests_of_some_rows_only_are_refused():
    for x in (X, lazy()):
        with pytest.raises(ValueError, match="one length"):
            dataclasses.replace(examples(x), digest=np.array(["a", "b"]))


def test_large_examples_stay_in_the_file_and_are_the_same(tmp_path):
    path = write(tmp_path / "examples.h5", X)
    assert isinstance(read_examples(path).x, np.ndarray)
    found = read_examples(path, in_memory_bytes=X.nbytes - 1).x
    assert isinstance(found, LazyRows)
    np.testing.assert_array_equal(found[np.array([2, 5])], X[[2, 5]])


def test_examples_with_altered_copies_are_in_memory_since_training_puts_the_two_together(tmp_path):
    path, copied = tmp_path / "examples.h5", dataclasses.replace(examples(X), copies=X[:1], copy_of=np.array([0]))
    write_examples(copied, path, dataset="demo", experiment="e", params={}, code="", inputs={})
    assert isinstance(read_examples(path, in_memory_bytes=0).x, np.ndarray)


@pytest.mark.parametrize(("kept", "read_twice"), [(0, 3), (1, 2), (2, 1), (3, 0), (100, 0)])
def test_as_many_rows_stay_in_memory_as_fit(kept, read_twice):
    asked = []
    read = keep_read(lambda row: (asked.append(row), X[row])[1], X.shape, X.dtype, up_to=kept * X[0].nbytes)
    rows = LazyRows(X.shape, X.dtype, read)
    wanted = np.array([4, 0, 2])
    for order in (wanted, wanted[::-1]):
        np.testing.assert_array_equal(rows.take(order)[np.arange(3)], X[order])
    assert asked[:3] == [4, 0, 2]
    assert len(asked) == 3 + read_twice


def test_a_row_that_is_kept_is_a_copy(tmp_path):
    path = write(tmp_path / "examples.h5", X)
    rows = read_examples(path, in_memory_bytes=0, kept_bytes=X.nbytes).x
    rows[np.array([1])][:] = 77
    path.unlink()  # and is read no more
    np.testing.assert_array_equal(rows[np.array([1])][0], X[1])


def test_a_row_that_is_damaged_later_is_named_with_the_way_to_rebuild(tmp_path):
    """As by a failing disk, of which the time of the file's last change tells nothing."""
    path = write(tmp_path / "examples.h5", X)
    rows, status = read_examples(path, in_memory_bytes=0).x, path.stat()
    data = path.read_bytes()
    path.write_bytes(bytes(2000) + data[2000:])
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    with pytest.raises(ArtefactError, match=r"row 3 cannot be read .* --force .*examples.h5"):
        rows[np.array([3])]


def with_time_of(path, time_ns):
    os.utime(path, ns=(time_ns, time_ns))
    return path


@pytest.mark.parametrize(
    "change",
    [
        lambda path, time: with_time_of(shutil.copy(path, path.with_name("new.h5")), time).replace(path),
        lambda path, time: with_time_of(path, time + 1000),
        lambda path, time: (path.write_bytes(path.read_bytes() + b"x"), with_time_of(path, time)),
    ],
    ids=["inode", "time", "size"],
)
def test_rows_of_another_file_are_not_read_for_those_of_the_one_that_was_opened(tmp_path, change):
    path = write(tmp_path / "examples.h5", X)
    rows = read_examples(path, in_memory_bytes=0).x.take(np.array([4, 2]))
    np.testing.assert_array_equal(rows[np.array([0])], X[[4]])
    change(path, path.stat().st_mtime_ns)
    with pytest.raises(ArtefactError, match=r"replaced or changed while it was read\. Run the same command again\."):
        rows[np.array([0])]


def test_examples_that_are_made_anew_while_they_are_read_are_told(tmp_path):
    path = write(tmp_path / "examples.h5", X)
    rows = read_examples(path, in_memory_bytes=0).x
    write(path, 255 - X)
    with pytest.raises(ArtefactError, match="expected the file that was opened, found another"):
        rows[np.array([0])]
    np.testing.assert_array_equal(read_examples(path, in_memory_bytes=0).x[np.array([0])], 255 - X[:1])


def test_rows_that_stay_in_their_file_are_whole_numbers():
    values = X.astype(np.float32)
    with pytest.raises(ValueError, match="must be whole numbers, but are float32"):
        examples(lazy(values))
