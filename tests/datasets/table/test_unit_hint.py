"""Times in the other unit than the setting says: the one cause stands before the faults that it makes."""

import pytest
from tests.datasets.table.table_fixture import index, row, write_frames

from merflow.errors import DatasetError


@pytest.fixture
def root(tmp_path):
    for name in ("a", "b", "c", "d"):
        write_frames(tmp_path / "s1" / name)
    return tmp_path


def told(root, *rows, **settings):
    with pytest.raises(DatasetError) as caught:
        index(root, rows, **settings)
    return str(caught.value).splitlines()


def test_frame_numbers_under_seconds(root):
    lines = told(root, *(row(path=f"s1/{name}") for name in "abc"), unit="seconds")
    assert lines[1] == (
        "One cause may be behind many of them: the dataset's unit is seconds, but all 9 times are whole numbers. If "
        "these are frame numbers, set unit: frames in config.yaml, and leave the table as it is."
    )
    assert lines[2].startswith("- row 2, column 'onset': expected a frame of s1/a")


def test_seconds_under_frames(root):
    lines = told(root, *(row(path=f"s1/{name}", onset="0.03", apex="0.06", offset="0.09") for name in "abc"))
    assert "the dataset's unit is frames, but 9 of 9 times have decimals. If these are seconds, set unit: s" in lines[1]


@pytest.mark.parametrize("unit", ["frames", "seconds"])
def test_one_wrong_row_among_many_has_no_such_cause(root, unit):
    """Also where all times are whole: seconds may be."""
    own = row(onset="0", apex="0", offset="0")
    wrong = {"frames": row(path="s1/d", onset="1.5"), "seconds": row(path="s1/d", onset="70", apex="", offset="90")}
    right = [(row() if unit == "frames" else own) | {"path": f"s1/{name}"} for name in "abc"]
    lines = told(root, *right, wrong[unit], unit=unit)
    assert not [line for line in lines if "One cause" in line]
