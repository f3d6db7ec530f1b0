"""Snakemake's report: a first page that fits a window, tables as pages, and no face where that is asked for."""

import json
import re

import pytest
from tests.chromium import CHROMIUM, browse
from tests.workflow.conftest import METRICS

pytestmark = pytest.mark.workflow
PAGE = METRICS.replace(".csv", ".html")
QUALITY = "results/tiny/qc/index.html"


def results_of(report):
    """Return the files that a report holds, with the kind of each."""
    start = re.search(r'var results = (?=\{")', report).end()
    held, _ = json.JSONDecoder().raw_decode(report, start)
    return {path: one["mime_type"] for path, one in held.items()}


def test_a_report_without_faces_has_tables_and_no_picture_of_a_face(copied, tmp_path):
    copied.write_config(copied.config | {"qc": {"faces": False}})
    copied(PAGE, QUALITY)
    copied("--report", "report.html", PAGE, QUALITY)
    path = copied.folder / "report.html"
    held = results_of(path.read_text())
    names = {name.partition("results/tiny/")[2] for name in held}
    subjects = [path.name for path in (copied.folder / QUALITY).parent.glob("subjects/*.html")]
    assert names == {
        "qc/index.html",
        *(f"qc/subjects/{name}" for name in subjects),
        *(f"{experiment}/confusion.png" for experiment in ("lite_point_gcn", "majority", "flow_svm")),
        "lite_point_gcn/metrics.html",
        "lite_point_gcn/training.png",
    }
    assert set(held.values()) == {"image/png", "text/html"}, "an eye on a CSV saves a file"
    assert "no picture of a face" in path.read_text()
    if CHROMIUM is None:
        return
    top = """
      const place = () => {
        const first = [...document.querySelectorAll("p")].find((one) => one.textContent.startsWith("merflow takes"));
        document.title = `top ${Math.round(first.getBoundingClientRect().top)}`;
      };
    """
    document, _, _ = browse(path, tmp_path, f"{top} window.addEventListener('load', () => setTimeout(place, 1500));")
    assert int(re.search(r"<title>top (-?\d+)</title>", document)[1]) >= 0, "its first line is above the window"


def test_overviews_lie_in_a_folder_for_each_class(finished):
    pictures = list((finished.folder / METRICS).parent.glob("pictures/clips/*/*.png"))
    assert sorted(path.parent.name for path in pictures) == ["negative", "positive", "surprise"]
