"""Lists of shards: by them the workflow knows what is there."""

import pytest

from merflow.errors import ArtefactError
from merflow.files import atomic_path
from merflow.shard_lists import SHARD_LISTS, Row, forget_missing_shards, forget_others

ROWS = [Row("s1", 4, 0, "a" * 64), Row("s2", 3, 1, "b" * 64)]


@pytest.fixture
def variant(tmp_path):
    """The folder of a variant with two shards, the list of one job and that of all."""
    for row in ROWS:
        (tmp_path / f"{row.subject}.h5").write_bytes(b"")
    SHARD_LISTS.write(tmp_path / "batches/1-2.csv", ROWS)
    SHARD_LISTS.write(tmp_path / "shards.csv", ROWS)
    return tmp_path


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.csv"))


def test_what_is_written_is_read(variant):
    assert SHARD_LISTS.read(variant / "shards.csv") == ROWS


HEADING = "subject,clips,left_out,sha256\n"


@pytest.mark.parametrize("text", ["", "subject,clips\ns1,4\n", f"{HEADING}s1,four,0,a\n", f"{HEADING}s1\n"])
def test_a_list_of_something_else_is_refused(tmp_path, text):
    (tmp_path / "shards.csv").write_text(text)
    with pytest.raises(ArtefactError, match="expected a list of shards with the columns subject, clips"):
        SHARD_LISTS.read(tmp_path / "shards.csv")


def test_lists_outlive_a_shard_that_is_made_again_with_the_same_bytes(variant):
    forget_others(variant / "s2.h5", ROWS[1])
    assert names(variant) == ["batches/1-2.csv", "shards.csv"]


def test_lists_that_name_another_content_go(variant):
    SHARD_LISTS.write(variant / "batches/1.csv", ROWS[:1])
    forget_others(variant / "s2.h5", ROWS[1]._replace(sha256="c" * 64))
    assert names(variant) == ["batches/1.csv"]


def test_lists_of_a_shard_that_is_not_there_go(variant):
    SHARD_LISTS.write(variant / "batches/1.csv", ROWS[:1])
    (variant / "s2.h5").unlink()
    forget_missing_shards(variant)
    assert names(variant) == ["batches/1.csv"]


def test_lists_stay_while_their_shards_are_there(variant):
    forget_missing_shards(variant)
    forget_missing_shards(variant / "no such folder")
    assert names(variant) == ["batches/1-2.csv", "shards.csv"]


CHANGED = ROWS[1]._replace(sha256="c" * 64)


def test_a_list_that_another_job_is_writing_is_none(variant):
    """A temporary file has the suffix of the list, and nothing in it at first; a job that is killed leaves it."""
    with atomic_path(variant / "batches/3-4.csv") as partial:
        partial.touch()
        forget_others(variant / "s2.h5", CHANGED)
        forget_missing_shards(variant)
        assert partial.exists()
    assert names(variant) == ["batches/3-4.csv"]


def test_a_list_that_another_job_has_just_removed_is_passed_over(variant):
    """A link to nothing is named by the folder and cannot be opened, as a file that is gone since."""
    variant.joinpath("batches/0.csv").symlink_to(variant / "gone.csv")
    forget_others(variant / "s2.h5", CHANGED)
    forget_missing_shards(variant)
    assert names(variant) == ["batches/0.csv"]
