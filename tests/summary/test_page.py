"""The page of all results: whole, without a request, and what a click shows is what the tables say."""

import json
import re
from dataclasses import replace

import pytest
from tests.chromium import CHROMIUM, browse
from tests.evaluation.scored_fixture import row_of, scored

from merflow.summary.across import across_datasets
from merflow.summary.page import summary_page, write_summary_page
from merflow.summary.pairs import compare_all
from merflow.summary.rows import summary_rows


@pytest.fixture(scope="module")
def page(results, rows, pairs, across, tmp_path_factory):
    path = tmp_path_factory.mktemp("summary") / "summary.html"
    write_summary_page(results, rows, pairs, across, [("results/x/y/metrics.csv", "no experiment <y>")], path)
    return path


def data_of(text):
    return json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])


def test_every_result_is_a_line_and_what_is_not_known_is_named(page, results):
    text = page.read_text()
    assert text.count('class="pick"') == len(results)
    assert "no experiment &lt;y&gt;" in text
    assert "&lt;b&gt;a method&lt;/b&gt;" in text, "texts of the configuration are no markup"
    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', text) == []


def test_a_result_leads_to_the_page_of_its_metrics_where_there_is_one_and_to_the_table(page):
    text = page.read_text()
    links = set(re.findall(r'href="([^"]*/metrics\.\w+)"', text))
    assert {link for link in links if link.startswith("d1/good/")} == {"d1/good/metrics.html", "d1/good/metrics.csv"}
    assert [link for link in links if link.startswith("d1/poor/")] == ["d1/poor/metrics.csv"]


def test_the_page_holds_the_numbers_of_the_tables(page, results, pairs, across):
    data = data_of(page.read_text())
    assert data["results"][0][:2] == ["d1", "good"]
    own = pairs[(pairs["dataset"] == "d1") & (pairs["second"] == "poor")].iloc[0]
    metric, a, b, difference, *_ = data["pairs"]["0,1"][0]
    assert (metric, a, b) == (own["metric"], round(own["a"], 6), round(own["b"], 6))
    assert difference == round(own["difference"], 6)
    (forest,) = data["across"]
    assert [one[0] for one in forest["datasets"]] == ["d1", "d2"]
    assert sum(one[1] for one in forest["datasets"]) == pytest.approx(1, abs=1e-3)
    assert forest["whole"]["difference"] == round(across.iloc[0]["difference"], 6)
    assert forest["whole"]["new_low"] is None, "two datasets say nothing of a third"


def test_the_matrix_has_the_best_method_first_and_each_difference_with_both_signs(page, pairs):
    text = page.read_text()
    names = re.findall(r'<tr><th scope="row">(\w+)</th><td class="number">', text)
    assert names[:3] == ["good", "poor", "weak"]
    own = pairs[(pairs["dataset"] == "d1") & (pairs["second"] == "weak") & (pairs["metric"] == "UF1")]["difference"]
    largest = own.abs().max()
    assert f"+{largest:.3f}</td>" in text
    assert f"-{largest:.3f}</td>" in text


def test_a_difference_that_rounds_to_nothing_has_no_minus_and_one_is_told_as_one(results, rows, pairs, across):
    text = summary_page(results, rows, pairs.assign(difference=-0.0002, n=1), across, [])
    assert "+0.000</td>" in text
    assert "-0.000<" not in text
    assert ', 1 clip"' in text
    assert " result of 1 experiment on 1 dataset." in summary_page(
        results[:1], rows[rows["experiment"] == "good"], pairs[:0], across[:0], []
    )


def test_a_method_stands_with_its_own_score_where_another_predicts_fewer_clips(results, rows):
    """The clips that a pair has in common are those of the pair: no method is to be ranked by them."""
    good, poor, weak = results[:3]
    table = weak.predictions
    few = table[table["subject"] != table["subject"].iloc[0]]
    mixed = [good, poor, replace(weak, predictions=few, metrics=tuple(scored(few)))]
    pairs = compare_all(mixed)
    of_pairs = pairs[(pairs["metric"] == "UF1") & (pairs["first"] == "good")]["a"]
    assert of_pairs.nunique() == 2, "other clips in common, another score"
    text = summary_page(mixed, summary_rows(mixed), pairs, across_datasets(pairs, mixed), [])
    shown = re.findall(r'<tr><th scope="row">(\w+)</th><td class="number">([.\d]+)</td>', text)
    assert shown == [(one.experiment, f"{row_of(one.metrics, 'UF1').value:.3f}") for one in mixed]
    assert ", 42 clips" in text
    assert f", {few['clip'].nunique()} clips" in text


LEAK = '<span class="bad">leak</span>'


@pytest.mark.parametrize(
    ("protocol", "leaks"),
    [
        ({"name": "cross_domain", "keep_test_subject_macro": True}, True),
        ({"name": "cross_domain", "keep_test_subject_macro": False}, False),
        ({"name": "kfold_random_leaky", "k": 5}, True),
        ({"name": "loso"}, False),
    ],
)
def test_where_tested_subjects_train_each_place_of_the_protocol_says_leak(results, protocol, leaks):
    asked = [replace(one, question=one.question | {"protocol": protocol}) for one in results[:5]]
    pairs = compare_all(asked)
    across = across_datasets(pairs, asked)
    text = summary_page(asked, summary_rows(asked), pairs, across, [])
    assert text.count(f"{LEAK}</td>") == (5 + 1 if leaks else 0), "a line each, and the statement over both datasets"
    assert text.count(f"{protocol['name']} {LEAK}</h3>") == (2 if leaks else 0), "a matrix of each dataset"


def test_no_results_give_a_page_that_says_so(rows, pairs, across):
    text = summary_page([], rows[:0], pairs[:0], across[:0], [])
    assert "<b>0</b> results" in text
    assert "No two experiments were asked the same question." in text


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt-get install chromium)")
def test_in_chromium_two_lines_are_compared_and_a_statement_is_drawn(page, tmp_path, pairs):
    script = """
      const tick = (i) => { const box = document.querySelector(`.pick[value="${i}"]`); box.click(); };
      tick(0); tick(3);
      const refused = document.getElementById("comparison").textContent;
      tick(1); tick(0);
      document.querySelector(".forest").click();
      document.querySelectorAll("#table thead button")[1].click();
      document.getElementById("find").value = "weak";
      document.getElementById("find").dispatchEvent(new Event("input"));
      document.title = JSON.stringify([refused, document.getElementById("comparison").textContent,
        document.getElementById("forest").textContent, document.getElementById("shown").textContent]);
    """
    document, said, asked = browse(page, tmp_path, script)
    assert said == []
    assert [url for url in asked if not re.search(r"google|gvt1|chrome", url)] == []
    refused, compared, forest, shown = json.loads(re.search(r"<title>(.*)</title>", document)[1].replace("&lt;", "<"))
    assert "d1 and d2 are different datasets" in refused
    own = pairs[(pairs["dataset"] == "d1") & (pairs["second"] == "poor")].iloc[0]
    assert "poor less good, d1: 42 clips" in compared
    assert f"UF1: {own['a']:.3f} and {own['b']:.3f}" in compared
    assert "d1 (42 clips)" in forest
    assert "Heterogeneity" in forest
    assert shown == "1 of 8 results"
