"""The page of a published table: what it shows, and that nothing in it is taken for markup."""

import re
from html.parser import HTMLParser

import pytest
from tests.evaluation.test_paper_table import row

from merflow.pages.marks import DOT, WIDTH, mark, place
from merflow.visualization.results.paper_page import table_page


class Page(HTMLParser):
    """Texts of the cells, marks, and what the page would fetch."""

    def __init__(self, text):
        super().__init__()
        self.cells, self.marks, self.fetched, self._inside = [], [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.fetched += [value for name, value in attrs if name in ("src", "href")]
        if tag == "td":
            self.cells.append("")
        if tag in ("circle", "rect"):
            self.marks.append((tag, attributes))
        self._inside = tag == "td" or self._inside

    def handle_data(self, data):
        if self._inside and self.cells:
            self.cells[-1] += data.strip()


def test_numbers_marks_and_nothing_from_outside():
    page = Page(table_page([row()], title="gts_gn, table V"))
    assert "0.7500" in page.cells
    assert "0.7000 (0.6000–0.8000), 3 seeds" in page.cells
    assert "-0.0500" in page.cells
    assert "254 / 251" in page.cells
    circle = [attributes for tag, attributes in page.marks if tag == "circle"][-1]
    assert float(circle["cx"]) == pytest.approx(place(0.7), abs=0.05)
    assert page.fetched == []


def test_rows_of_one_question_stand_in_one_part_in_their_order():
    rows = [row(row="b"), row(row="a"), row(row="c", labels="objective5")]
    text = table_page(rows, title="t")
    assert text.count("<caption>") == 2
    page = Page(text)
    assert [cell for cell in page.cells if cell in "abc" and cell] == ["c", "b", "a"]


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_dot_at_either_end_is_whole(value):
    at = float(re.search(r'cx="([\d.]+)"', mark(value, value, value, None))[1])
    assert DOT <= at <= WIDTH - DOT


def test_a_row_without_ours_has_no_mark():
    page = Page(table_page([row([], missing="no recordings: set datasets.casme2.root")], title="t"))
    assert [tag for tag, _ in page.marks] == ["rect", "circle"], "those of the legend"
    assert any("no recordings" in cell for cell in page.cells)


def test_names_are_no_markup():
    text = table_page([row(row="<script>alert(1)</script>")], title="<b>")
    assert "<script>" not in text
    assert "&lt;b&gt;" in text
