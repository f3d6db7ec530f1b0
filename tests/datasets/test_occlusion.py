import pytest

from merflow.datasets.annotation import Annotation
from merflow.datasets.clip import Clip
from merflow.datasets.occlusion import occluded_sources, read_occluded
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


def test_lines_that_say_nothing_are_refused(tmp_path):
    path = tmp_path / "occluded.csv"
    with pytest.raises(DatasetError, match="no such file"):
        read_occluded(path)
    path.write_text("subject,filename,onset\nspNO.10,a\n", encoding="utf-8")
    with pytest.raises(
        DatasetError, match=r"occluded\.csv, line 2: expected subject, filename, onset .* found 'spNO\.10,a'"
    ):
        read_occluded(path)


def test_listed_onset_may_be_the_corrected_or_the_sheets(tmp_path):
    for listed in (116, 216):
        (tmp_path / "o.txt").write_text(f"spNO.10,a,{listed}\n", encoding="utf-8")
        sources = occluded_sources(read_occluded(tmp_path / "o.txt"), [annotation(116, 216)])
        assert sources == {"spNO.10_a_116": "o.txt, line 1"}


def test_line_without_a_clip_is_refused(tmp_path):
    (tmp_path / "o.txt").write_text("spNO.10,a,117\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"o\.txt, line 1: .*none for spNO\.10, a, onset 117"):
        occluded_sources(read_occluded(tmp_path / "o.txt"), [annotation(116, 116), annotation(117, 117, "macro")])
