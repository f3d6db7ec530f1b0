import openpyxl
import pytest

from merflow.datasets.casme3.occlusion import occluded_sources, occlusion_notes, read_occluded
from merflow.datasets.clip import Clip
from merflow.datasets.reading.annotation import Annotation
from merflow.errors import DatasetError


def annotation(onset, sheet_onset, expression="micro"):
    clip = Clip("casme3", "spNO.10", "a", "A", expression, onset, onset, onset + 5, 30.0, "4", "", "", "", "", "")
    return Annotation(clip, "s.xlsx, row 2", sheet_onset)


@pytest.mark.parametrize(
    "text",
    [
        "Subject,Filename,Onset\nspNO.10,a,116\n",
        "spNO.10 a 116\n\n",
        "# hands\nspNo10;A;116\n",
        "\ufeffsubject\tfilename\tonset\nspNO.10\ta\t116",
        "spNO.10_a_116,\n",
    ],
)
def test_forms_of_the_list(tmp_path, text):
    path = tmp_path / "occluded.csv"
    path.write_text(text, encoding="utf-8")
    assert [one.key for one in read_occluded(path)] == [(10, "a", 116)]


def test_a_list_that_excel_saved_as_unicode_text_is_read(tmp_path):
    path = tmp_path / "occluded.txt"
    path.write_text("Subject\tFilename\tOnset\nspNO.10\ta\t116\n", encoding="utf-16")
    assert [one.key for one in read_occluded(path)] == [(10, "a", 116)]


def test_lines_that_say_nothing_are_refused(tmp_path):
    path = tmp_path / "occluded.csv"
    with pytest.raises(DatasetError, match="no such file"):
        read_occluded(path)
    path.write_text("subject,filename,onset\nspNO.10,a\n", encoding="utf-8")
    with pytest.raises(
        DatasetError, match=r"occluded\.csv, line 2: expected subject, filename, onset .* found 'spNO\.10,a'"
    ):
        read_occluded(path)


def test_a_first_line_with_a_number_is_no_heading(tmp_path):
    (tmp_path / "o.csv").write_text("spN0.10,a,116\nspNO.11,b,30\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"o\.csv, line 1: expected subject, .* found 'spN0\.10,a,116'\. Correct"):
        read_occluded(tmp_path / "o.csv")


@pytest.mark.parametrize("subject", ["spN0.10", "#REF!", '="spNO."&10'])
def test_a_first_row_whose_subject_cannot_be_read_is_no_heading(tmp_path, subject):
    path = workbook(tmp_path / "o.xlsx", [HEADING, (subject, "a", 116), ("spNO.11", "b", 30)])
    with pytest.raises(DatasetError, match=r"o\.xlsx, row 2: expected subject, filename, onset"):
        read_occluded(path)


def test_text_of_excel_and_text_in_another_encoding(tmp_path):
    (tmp_path / "o.txt").write_bytes("Subject\tFilename\tOnset\r\nspNO.10\ta\t116\r\n".encode("utf-16"))
    assert [one.key for one in read_occluded(tmp_path / "o.txt")] == [(10, "a", 116)]
    (tmp_path / "o.txt").write_bytes("spNO.10,a,116\n# Körper\n".encode("latin-1"))
    with pytest.raises(DatasetError, match="the byte 0xf6 of another encoding in line 2"):
        read_occluded(tmp_path / "o.txt")


def test_listed_onset_may_be_the_corrected_or_the_sheets(tmp_path):
    for listed in (116, 216):
        (tmp_path / "o.txt").write_text(f"spNO.10,a,{listed}\n", encoding="utf-8")
        sources = occluded_sources(read_occluded(tmp_path / "o.txt"), [annotation(116, 216)])
        assert sources == {"spNO.10_a_116": "o.txt, line 1"}


def test_line_without_a_clip_is_refused(tmp_path):
    (tmp_path / "o.txt").write_text("spNO.10,a,117\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"o\.txt, line 1: .*none for spNO\.10, a, onset 117"):
        occluded_sources(read_occluded(tmp_path / "o.txt"), [annotation(116, 116), annotation(117, 117, "macro")])


def workbook(path, rows, *, title="error list"):
    book = openpyxl.Workbook()
    book.active.title = title
    for cells in rows:
        book.active.append(cells)
    book.save(path)
    return path


OFFICIAL = "casme3_partA_error_list_ZhouJu.xlsx"
HEADING = ("Subject", "Filename", "Onset", "Apex", "Offset", "problem")


def official_rows():
    """Return the fifteen clips with a hand over the apex, made up but for their number, and the correction."""
    hands = [(f"spNO.{number}", "abc"[number % 3], 100 + number, 105 + number, 120, "hand") for number in range(1, 16)]
    return [*hands, ("spNO.216", "e", 0, 0, 25, "there is no frame 0")]


def annotations_of(rows):
    found = []
    for subject, video, onset, apex, offset, _ in rows:
        clip = Clip("casme3", subject, video, "A", "micro", onset, apex, offset, 30.0, "4", "", "", "", "", "")
        found.append(Annotation(clip, "s.xlsx, row 2", onset))
    return found


@pytest.mark.parametrize(
    ("columns", "heading"),
    [
        (HEADING, True),
        (HEADING, False),
        (("Subject", "Filename", "Apex", "Onset", "problem"), True),
        (("No.", "Subject", "Filename", "Onset"), True),
        (("No.", "Subject", "Filename", "Onset"), False),
    ],
)
def test_the_official_workbook_excludes_fifteen_clips_and_notes_its_correction(tmp_path, columns, heading):
    rows = official_rows()
    cells = [{**dict(zip(HEADING, row, strict=True)), "No.": number} for number, row in enumerate(rows, start=1)]
    table = [[row[name] for name in columns] for row in cells]
    path = workbook(tmp_path / OFFICIAL, [["Part A"], columns, *table, ["16 rows"]] if heading else table)
    listed = read_occluded(path)
    assert [one.key for one in listed[:2]] == [(1, "b", 101), (2, "c", 102)]
    sources = occluded_sources(listed, annotations_of(rows))
    assert len(sources) == 15
    assert "spNO.216_e_0" not in sources
    last = 18 if heading else 16
    assert occlusion_notes(listed) == [
        f"{OFFICIAL}, row {last} corrects a frame number of spNO.216/e and names no occlusion: not excluded"
    ]


def test_the_correction_is_known_in_text_too_by_either_number(tmp_path):
    (tmp_path / "o.txt").write_text("spNO.216_e_0\nspNO.216,e,1\nspNO.216,e,500\n", encoding="utf-8")
    listed = read_occluded(tmp_path / "o.txt")
    assert len(occlusion_notes(listed)) == 2
    with pytest.raises(DatasetError, match=r"o\.txt, line 3: .*none for spNO\.216, e, onset 500"):
        occluded_sources(listed, [])


def test_rows_of_a_workbook_that_say_nothing_are_refused(tmp_path):
    path = workbook(tmp_path / "o.xlsx", [HEADING, ("spNO.10", "a", 116), ("spNO.11", "b", "?", 4)])
    with pytest.raises(DatasetError, match=r"o\.xlsx, row 3: expected subject, filename, onset .* found 'spNO\.11,b,"):
        read_occluded(path)
    formula = workbook(tmp_path / "f.xlsx", [HEADING, ("spNO.10", "a", "=C1+4")])
    with pytest.raises(DatasetError, match=r"f\.xlsx, row 2: .*the formula =C1\+4 without a stored result"):
        read_occluded(formula)
    with pytest.raises(DatasetError, match="found no subject of CAS"):
        read_occluded(workbook(tmp_path / "n.xlsx", [("Subject", "Filename")]))
