"""Tables as text: inside 80 columns, nothing lost, notes once, and no traceback for what is no table."""

import pytest

from merflow.cli import main
from merflow.errors import ArtefactError
from merflow.evaluation.table_text import format_table


def written(folder, text, name="table.csv"):
    path = folder / name
    path.write_text(text)
    return path


def test_columns_that_do_not_fit_stand_below_with_the_first_one_again(tmp_path):
    names = [f"column_{i:02d}" for i in range(20)]
    rows = [[f"clip{r}", *(f"{r}.{i}" for i in range(19))] for r in range(3)]
    text = format_table(written(tmp_path, "\n".join(",".join(row) for row in [names, *rows])))
    assert max(map(len, text.splitlines())) <= 80
    blocks = text.split("\n\n")
    assert len(blocks) > 2
    assert [name for block in blocks for name in block.splitlines()[0].split()[1:]] == names[1:]
    assert all([line.split()[0] for line in block.splitlines()[1:]] == ["clip0", "clip1", "clip2"] for block in blocks)


def test_rows_that_the_first_column_does_not_tell_apart_are_numbered_in_each_block(tmp_path):
    wide = ",".join(f"column_{i:02d}" for i in range(9))
    rows = [f"mine,net{r}," + ",".join(f"{r}.{i}" for i in range(9)) for r in range(3)]
    text = format_table(written(tmp_path, "\n".join([f"dataset,experiment,{wide}", *rows])))
    blocks = text.split("\n\n")
    assert len(blocks) == 2
    assert all([line.split()[0] for line in block.splitlines()] == ["#", "1", "2", "3"] for block in blocks)


def test_notes_stand_once_below_with_the_rows_they_belong_to(tmp_path):
    long = "a sentence that does not fit into a line of a terminal and says all that has to be known of a number"
    text = format_table(written(tmp_path, f"a,value,note\nx,1,{long}\ny,2,{long}\nz,3,short\nw,4,{long}\nv,5,\n"))
    assert max(map(len, text.splitlines())) <= 80
    table, notes = text.split("\n\n")
    assert "note" not in table
    assert " ".join(notes.split()) == f"rows 1-2, 4: {long} row 3: short"
    same = format_table(written(tmp_path, "a,note\nx,s\ny,s\n"))
    assert same.endswith("all rows: s")


def test_texts_begin_in_line_and_numbers_end_so(tmp_path):
    text = format_table(written(tmp_path, "name,n,value\na,5,0.12345\nlonger,120,2.5e-9\nb,,\n"))
    assert text.splitlines() == ["name      n    value", "a         5    0.123", "longer  120  2.5e-09", "b"]


def test_a_table_of_tabs_and_one_without_rows(tmp_path, capsys):
    path = written(tmp_path, "clip\tnote, with comma\na\tn/a\n", "clips.tsv")
    assert "n/a" in format_table(path), "a missing value is shown as the table has it"
    assert main(["show", str(path)]) == 0
    assert "note, with comma" in capsys.readouterr().out
    assert format_table(written(tmp_path, "clip,stage\n")) == "no rows, of the columns clip, stage"


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\xff\xfe", b"a,b\n1,2,3,4\n1,2\n1,2,3,4,5\n"])
def test_what_is_no_table_is_told_and_no_traceback(tmp_path, content, capsys):
    path = tmp_path / "other.csv"
    path.write_bytes(content)
    with pytest.raises(ArtefactError, match="expected a table with a head"):
        format_table(path)
    assert main(["show", str(path)]) == 2
    assert capsys.readouterr().err.startswith(f"merflow: {path}: expected a table")
