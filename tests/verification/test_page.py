"""The page of a measured table: every cell as the table has it, every column explained or plain, what fails marked."""

import csv
from html.parser import HTMLParser

import pytest

from merflow.verification.landmarks import COLUMNS as LANDMARKS
from merflow.verification.magnification import COLUMNS as MAGNIFICATION
from merflow.verification.page import MEANINGS, write_measured_page
from merflow.verification.table import COLUMNS as ACCURACY

PLAIN = {"unit", "how", "motion", "method", "clips", "gain_low", "gain_high"}
"""Columns whose name says it, or that another column explains."""


class Cells(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.rows, self.marked, self._inside = [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._inside = True
            if ("class", "bad") in attrs:
                self.marked.append(self.rows[-1][0])

    def handle_endtag(self, tag):
        self._inside = self._inside and tag not in ("td", "th")

    def handle_data(self, data):
        if self._inside:
            self.rows[-1][-1] += data


@pytest.mark.parametrize(
    "columns", [ACCURACY, LANDMARKS, MAGNIFICATION], ids=["accuracy", "landmarks", "magnification"]
)
def test_the_page_has_every_cell_of_the_table_and_says_what_its_columns_are(tmp_path, columns):
    cells = [[f"{name} <{i}>" if name in ("quantity", "method") else f"{i}.5" for name in columns] for i in range(3)]
    with (tmp_path / "table.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns, *cells])
    write_measured_page(tmp_path / "table.csv", tmp_path / "page.html", title="measured")
    page = Cells((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert page.rows[:4] == [list(columns), *cells]
    assert {row[0] for row in page.rows[4:]} == set(columns) - PLAIN
    assert page.marked == []


def test_no_meaning_is_left_without_its_column():
    assert set(MEANINGS) <= {*ACCURACY, *LANDMARKS, *MAGNIFICATION}


def test_a_row_beyond_its_limit_is_marked(tmp_path):
    (tmp_path / "table.csv").write_text("quantity,mean,limit,holds\nflow,0.1,0.2,true\ndz,0.3,0.2,false\ntrue dz,1,,\n")
    write_measured_page(tmp_path / "table.csv", tmp_path / "page.html", title="measured")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert Cells(text).marked == ["dz"]
    assert "1 of 3 rows does not keep the limit" in text
