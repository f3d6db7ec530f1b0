import pytest
from tests.datasets.flow_images import flow_images_fixture as flow_images

from merflow.datasets.casme3.occlusion import read_occluded
from merflow.datasets.clip_table import CLIP_COLUMNS, read_clips, read_exclusions
from merflow.errors import DatasetError


def read_table(path):
    return flow_images.read(path.parent, annotation=path)


READERS = [read_clips, read_exclusions, read_table, read_occluded]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("content", "size", "found"),
    [
        (b"a,b\n", 2**40, "expected at most 134217728 bytes, found 1099511627776"),
        (b"a,b\n" * 500_001, None, "expected at most 500000 lines, found more"),
        (b"a,b\r" * 500_001, None, "expected at most 500000 lines, found more"),
        (b"a,b\n" + b"x" * 2**22, None, "expected lines of less than 1048576 bytes, found a longer one"),
    ],
    ids=["a terabyte of nothing", "lines", "lines of an old Mac", "one line"],
)
def test_a_table_beyond_the_limits_is_refused(tmp_path, read, content, size, found):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    if size is not None:
        with path.open("r+b") as file:
            file.truncate(size)
    with pytest.raises(DatasetError, match=found) as caught:
        read(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("read", READERS[:3])
def test_a_cell_beyond_the_limit_of_csv_is_refused(tmp_path, read):
    path = tmp_path / "table.csv"
    path.write_text(f"{'x' * 200_000},b\n")
    with pytest.raises(DatasetError, match=r"could not read it: field larger than field limit \(131072\)"):
        read(path)


@pytest.mark.parametrize(
    ("read", "found"),
    [
        (read_clips, "could not read it: 'utf-8' codec"),
        (read_exclusions, "could not read it: 'utf-8' codec"),
        (read_occluded, "found the byte 0xf6 of another encoding in line 1"),
    ],
)
def test_text_in_another_encoding_is_refused(tmp_path, read, found):
    path = tmp_path / "table.csv"
    path.write_bytes("Größe\n".encode("latin-1"))
    with pytest.raises(DatasetError, match=f"expected a CSV in UTF-8, {found}"):
        read(path)


def test_a_row_that_is_cut_off_is_refused(tmp_path):
    path = tmp_path / "clips.csv"
    path.write_text(f"{','.join(CLIP_COLUMNS)}\n006_a_1,demo,006\n")
    with pytest.raises(DatasetError, match="line 2: expected 17 cells"):
        read_clips(path)
