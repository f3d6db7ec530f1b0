"""Where the numbers of another dataset lie: read from its table, drawn on the strips, told in the captions."""

import numpy as np
import pytest

from merflow.errors import ArtefactError
from merflow.quality.pages import write_pages
from merflow.quality.reference import read_reference
from merflow.quality.strips import WIDTH, strip
from merflow.quality.tables import write_table

ABOUT = {"title": "Demo", "licence": "none", "quality": ""}


def test_of_each_column_of_numbers_the_middle_nine_tenths(tmp_path):
    path = tmp_path / "clips.tsv"
    rows = [f"c{i}\t7\t{i}\tn/a\tab{i}" for i in range(101)]
    path.write_text("\n".join(["clip\tapex\thead_px\tlow\tpicture", *rows]) + "\n")
    found = read_reference(path)
    assert found.path == str(path)
    assert found.middles == {"head_px": (5.0, 95.0)}  # apex is a frame number, and no measurement


def test_the_table_of_a_dataset_is_read_again(measured, tmp_path):
    write_table(measured, tmp_path / "clips.tsv")
    middles = read_reference(tmp_path / "clips.tsv").middles
    for column in measured.columns:
        numbers = [value for value in column.values.values() if not isinstance(value, str)]
        if numbers:
            assert middles[column.declared.name] == pytest.approx(np.percentile(numbers, [5, 95]), rel=1e-3)


@pytest.mark.parametrize("text", ["clip\tapex\na\t3\n", "clip;head_px\na;0.3\n", ""])
def test_what_is_no_such_table_is_refused_with_what_it_is(tmp_path, text):
    (tmp_path / "other.tsv").write_text(text)
    with pytest.raises(ArtefactError, match=r"qc\.reference: expected the clips\.tsv of a dataset in .* no column"):
        read_reference(tmp_path / "other.tsv")
    with pytest.raises(ArtefactError, match=r"qc\.reference: expected .* No such file"):
        read_reference(tmp_path / "none.tsv")


def test_a_line_with_a_cell_too_many_is_refused(tmp_path):
    (tmp_path / "other.tsv").write_text("clip\thead_px\na\t3\t4\n")
    with pytest.raises(ArtefactError, match=r"qc\.reference: expected the clips\.tsv of a dataset in .*other\.tsv"):
        read_reference(tmp_path / "other.tsv")


def test_the_line_ends_at_the_axis_and_is_left_out_beside_it(measured):
    column = next(one for one in measured.columns if one.declared.name == "clip_frames")
    clips = [clip.id for clip in measured.clips]
    value = float(next(iter(column.values.values())))
    low, high = strip(column, clips, (value, value + 1e6)).reference
    assert 0 < low < high == WIDTH
    assert strip(column, clips, (value + 1e6, value + 2e6)).reference is None
    assert strip(column, clips).reference is None


def test_the_page_names_it_and_each_caption_its_ends(measured, shards, tmp_path):
    path = tmp_path / "clips.tsv"
    path.write_text("clip\tclip_frames\na\t8\nb\t12\n")
    page = tmp_path / "qc/index.html"
    page.parent.mkdir()
    write_pages(
        measured, ABOUT, shards, page, tmp_path / "qc/subjects", faces=False, deviations=5.0,
        reference=read_reference(path),
    )  # fmt: skip
    text = page.read_text()
    assert text.count('class="reference"') == 1
    assert "Reference: 8.2 to 11.8." in text
    assert str(path) in text
