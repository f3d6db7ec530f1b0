import pytest
from tests.datasets.casme import casme_fixture as casme
from tests.datasets.casme_sq import casme_sq_fixture as casme_sq
from tests.datasets.mmew import mmew_fixture as mmew

from merflow.datasets.neighbours import neighbours
from merflow.datasets.registry import annotation_files, index_dataset
from merflow.errors import DatasetError


@pytest.fixture
def of_casme(tmp_path):
    """Write a folder that holds CASME."""
    casme.write_sheet(tmp_path, [casme.Row()])
    casme.add_clip(tmp_path, "sub01", "EP01_5", range(10, 31))
    return tmp_path


def test_a_folder_resembles_the_sets_whose_recordings_and_sheets_it_has(of_casme):
    assert neighbours(of_casme, but="casme2") == ["casme"]
    casme_sq.write_sheet(of_casme, [casme_sq.Row()])
    casme_sq.add_long(of_casme, 15, "anger1", [557])
    assert neighbours(of_casme, but="casme2") == ["casme", "casme_sq"]
    assert neighbours(of_casme / "none", but="casme2") == []


def test_sheets_in_a_folder_of_their_own_tell_the_neighbour_too(tmp_path):
    casme.write_sheet(tmp_path / "sheets", [casme.Row()])
    casme.add_clip(tmp_path / "data", "sub01", "EP01_5", range(10, 31))
    settings = {"root": str(tmp_path / "data"), "annotation": str(tmp_path / "sheets")}
    with pytest.raises(DatasetError, match=r"what the reader of CASME \(reader: casme\) looks for\."):
        index_dataset("mine", "casme2", settings)
    assert neighbours(tmp_path / "data", tmp_path / "sheets", but="casme2") == ["casme"]
    assert neighbours(tmp_path / "data", tmp_path / "sheets" / casme.SHEET, but="casme2") == []


@pytest.mark.parametrize("call", [annotation_files, lambda reader, settings: index_dataset("mine", reader, settings)])
def test_a_reader_that_does_not_find_its_own_names_the_neighbour(of_casme, call):
    """CASME II has folders of the same names, and another workbook."""
    message = (
        r"expected the sheet CASME2-coding-20140508\.xlsx .* The folder has what the reader of CASME \(reader: casme\) "
        r"looks for\."
    )
    with pytest.raises(DatasetError, match=message):
        call("casme2", {"root": str(of_casme)})


def test_an_error_of_a_row_names_no_neighbour(of_casme):
    mmew.write_sheet(of_casme, [mmew.Row(emotion="bored")])
    mmew.add_clip(of_casme, "S03-01-002")
    with pytest.raises(DatasetError, match=r"found 'bored'") as error:
        index_dataset("mine", "mmew", {"root": str(of_casme)})
    assert "looks for" not in str(error.value)
