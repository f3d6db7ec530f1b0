"""The page of one experiment: every number of metrics.csv under its part, and every clip that is left out."""

from html.parser import HTMLParser

import pytest
from tests.evaluation.scored_fixture import write_everything

from merflow.evaluation import read_metrics
from merflow.summary.experiment_page import PARTS, experiment_page

LOST = [
    {"clip": f"s_{i}", "subject": "s", "stage": "faces", "reason": why, "source": "a<b>.png"}
    for i, why in enumerate(["no face", "unreadable", "no face"])
]


class Rows(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.rows, self.heads, self._into = [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._into = self.rows[-1]
        elif tag == "h2":
            self.heads.append("")
            self._into = self.heads

    def handle_endtag(self, tag):
        if tag in ("td", "th", "h2"):
            self._into = None

    def handle_data(self, data):
        if self._into is not None:
            self._into[-1] += data


@pytest.fixture
def metrics(tmp_path):
    return read_metrics(write_everything(tmp_path))


def test_every_number_stands_once_and_leaks_last(metrics):
    page = Rows(experiment_page(metrics, LOST, title="net on set", description="what it is"))
    numbers = [row for row in page.rows if len(row) == 9 and row[0] != "metric"]
    expected = sorted((row.metric, str(row.scope), row.name, f"{row.value:.3f}", str(row.n)) for row in metrics)
    assert sorted((row[0], row[1], row[2], row[3], row[6]) for row in numbers) == expected
    assert page.heads == [*PARTS, "Clips left out"]
    assert [row[1] for row in numbers][-1] == "oracle_minus_pooled"


def test_every_scope_has_a_part():
    from merflow.evaluation.rows import Scope

    assert {scope for scopes in PARTS.values() for scope in scopes} == set(Scope)


def test_clips_are_listed_below_their_reasons_and_texts_are_no_markup(metrics):
    text = experiment_page(metrics, LOST, title="t", description="d")
    page = Rows(text)
    assert ["faces", "no face", "2"] in page.rows
    assert ["s_1", "s", "faces", "unreadable", "a<b>.png"] in page.rows
    assert "a&lt;b&gt;.png" in text
    assert "3 clips left out" in text
    assert "every clip is used" in experiment_page(metrics, [], title="t", description="d")
