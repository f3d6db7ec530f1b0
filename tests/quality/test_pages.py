"""The table with its dictionary, and the pages: whole, quiet, free of what is outside, and leading where they say."""

import base64
import csv
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from tests.chromium import CHROMIUM, browse
from tests.picture_fixtures import CLIP

from merflow.datasets.review import read_review
from merflow.quality.pages import balance, funnel, write_pages
from merflow.quality.tables import write_dictionary, write_table

ABOUT = {"title": "A set", "licence": "For tests alone."}


@pytest.fixture(scope="module")
def pages(measured, shards, tmp_path_factory):
    folder = tmp_path_factory.mktemp("qc")
    write_pages(measured, ABOUT, shards, folder / "index.html", folder / "subjects", faces=True, deviations=5.0)
    return folder


def test_the_table_has_a_row_of_each_annotated_clip_and_the_dictionary_each_column(measured, tmp_path):
    write_table(measured, tmp_path / "clips.tsv")
    write_dictionary(measured, tmp_path / "clips.json", deviations=5.0)
    with (tmp_path / "clips.tsv").open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    described = json.loads((tmp_path / "clips.json").read_text())
    assert set(rows[0]) == set(described) - {"stages"}
    assert [row["clip"] for row in rows] == [CLIP, "sp9.1_b_3", "sp9.1_c_9"]
    assert [row["stage"] for row in rows] == ["n/a", "faces", "index"]
    assert rows[2]["reason"] == "no folder"
    assert all(value for row in rows for value in row.values())
    assert rows[1]["face_score"] == "n/a"
    assert described["light_change"]["Good"] == "-5 to 5"
    assert described["stages"]["Read"]["faces/default"] == 1


def test_steps_and_classes_are_counted(measured, clips):
    assert funnel(measured)[:3] == [("annotated", 3), ("indexed", 2), ("faces/default", 1)]
    assert balance(clips)["one_class"] == ["sp9.1"]
    assert balance(clips)["rows"] == [("sp9.1", [2])]


class Addresses(HTMLParser):
    """Collects what a page links to and loads, and the names of its parts."""

    def __init__(self, text):
        super().__init__()
        self.links, self.loads, self.ids = set(), set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids.add(given.get("id"))
        if tag == "a":
            self.links.add(given["href"])
        elif given.get("src") or given.get("href"):
            self.loads.add(given.get("src") or given["href"])


def test_every_link_leads_to_a_part_that_is_there_and_nothing_is_loaded(pages):
    group, subject = pages / "index.html", pages / "subjects/sp9.1.html"
    found = {path: Addresses(path.read_text()) for path in (group, subject)}
    for path, one in found.items():
        assert all(load.startswith(("data:", "#")) for load in one.loads)
        for link in one.links - {"clips.tsv", "clips.json"}:
            file, _, part = link.partition("#")
            target = (path.parent / file).resolve() if file else path
            assert target in found, link
            assert not part or part in found[target].ids, link


def test_texts_of_the_annotation_are_no_markup(pages):
    assert "midpoint &lt;taken&gt;" in (pages / "subjects/sp9.1.html").read_text()


def test_without_faces_no_page_has_a_picture(measured, shards, pages, tmp_path):
    of = "data:image"
    write_pages(
        measured,
        ABOUT,
        shards,
        tmp_path / "index.html",
        tmp_path / "subjects",
        faces=False,
        deviations=5.0,
    )
    for name in ("index.html", "subjects/sp9.1.html"):
        assert of in (pages / name).read_text()
        assert of not in (tmp_path / name).read_text()
        assert "no picture of a face" in (tmp_path / name).read_text()


def test_two_runs_give_the_same_bytes(measured, shards, pages, tmp_path):
    write_pages(measured, ABOUT, shards, tmp_path / "index.html", tmp_path / "subjects", faces=True, deviations=5.0)
    for name in ("index.html", "subjects/sp9.1.html"):
        assert (tmp_path / name).read_bytes() == (pages / name).read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt-get install chromium)")
def test_in_chromium_a_click_on_a_dot_opens_the_clip_and_a_verdict_is_kept(pages, tmp_path):
    click = """
      document.querySelector("#eye_distance_px use.flag").dispatchEvent(new MouseEvent("click", { bubbles: true }));
    """
    document, said, asked = browse(pages / "index.html", tmp_path, click)
    assert said == []
    assert "<h1>sp9.1</h1>" in document
    verdict = f"""
      const form = document.querySelector('form[data-clip="{CLIP}"]');
      form.elements.verdict.value = "fail";
      form.elements.comment.value = "a\\tdoll";
      form.dispatchEvent(new Event("change"));
      document.title = JSON.stringify(review.text()) + document.getElementById("counted").textContent;
    """
    document, said, _ = browse(pages / "subjects/sp9.1.html", tmp_path, verdict)
    assert said == []
    title = re.search(r"<title>(.*)</title>", document)[1]
    assert title == f'"clip\\tverdict\\tcomment\\n{CLIP}\\tfail\\ta doll\\n"1 clip reviewed, 1 failed.'
    assert [url for url in asked if not re.search(r"google|gvt1|chrome", url)] == []


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt-get install chromium)")
def test_in_chromium_a_review_saved_again_keeps_the_clips_that_failed_before(measured, shards, tmp_path):
    failed = {"clip": "sp9.1_d_7", "subject": "sp9.1", "stage": "review", "reason": "a </script> doll", "source": "r"}
    again = replace(measured, left_out={**measured.left_out, "sp9.1_d_7": failed})
    folder = tmp_path / "qc"
    write_pages(again, ABOUT, shards, folder / "index.html", folder / "subjects", faces=False, deviations=5.0)
    verdict = f"""
      review.set("{CLIP}", "pass", "");
      document.title = encodeURIComponent(review.text());
    """
    document, said, _ = browse(folder / "subjects/sp9.1.html", tmp_path, verdict)
    assert said == []
    saved = tmp_path / "review.tsv"
    saved.write_text(unquote(re.search(r"<title>(.*)</title>", document)[1]), encoding="utf-8")
    assert {clip: one.verdict for clip, one in read_review(saved).items()} == {CLIP: "pass", "sp9.1_d_7": "fail"}
    assert read_review(saved)["sp9.1_d_7"].comment == "a </script> doll"


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt-get install chromium)")
def test_in_chromium_a_page_in_a_report_has_no_link_that_leads_nowhere(pages, tmp_path):
    """Snakemake's report shows a page in a frame whose address is its content."""
    inside = """
      document.querySelector("#eye_distance_px use.flag").dispatchEvent(new MouseEvent("click", { bubbles: true }));
      const links = [...document.querySelectorAll("a[href]")].map((link) => link.getAttribute("href"));
      parent.postMessage(`${links.length} links, ${links.filter((link) => !link.startsWith("#")).length} outside`, "*");
    """
    before, end, after = (pages / "index.html").read_text().rpartition("</body>")
    content = base64.b64encode(f"{before}<script>{inside}</script>{end}{after}".encode()).decode()
    report = tmp_path / "report.html"
    report.write_text(f'<body><iframe src="data:text/html;charset=utf8;base64,{content}"></iframe></body>')
    document, said, _ = browse(report, tmp_path, "onmessage = (told) => { document.title = told.data; };")
    assert said == []
    links = re.search(r"<title>(\d+) links, 0 outside</title>", document)
    assert links
    assert int(links[1]) > 0
