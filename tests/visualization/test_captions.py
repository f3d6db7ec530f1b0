"""Captions of the report: valid reStructuredText once filled in, and each answers the same four questions."""

from pathlib import Path
from types import SimpleNamespace

import jinja2
import pytest
from docutils.core import publish_parts
from tests.shipped import shipped_raw

ROOT = Path(__file__).parents[2]
CAPTIONS = sorted((ROOT / "workflow" / "report").glob("*.rst"))


def filled(path, qc=None):
    config = shipped_raw() | {"qc": qc or {"faces": True}}
    names = {"dataset": "demo", "experiment": "lite_point_gcn"}  # what the rules' wildcards really are
    if path.stem == "overview":
        names |= {"clip": "spNO.1_a_9", "label": "surprise"}  # from the pattern of its folder
    if path.stem == "quality_of_subject":
        names |= {"subject": "spNO.1"}  # the same
    if path.stem == "paper_table":
        names |= {"paper": "gts_gn", "table": "V"}
    wildcards = SimpleNamespace(**names)
    template = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(path.read_text(encoding="utf-8"))
    return template.render(snakemake=SimpleNamespace(config=config, wildcards=wildcards))


@pytest.mark.parametrize("path", CAPTIONS, ids=lambda path: path.stem)
def test_caption_is_valid_and_filled_in(path):
    settings = {"halt_level": 2, "report_level": 2}
    body = publish_parts(filled(path), writer="html", settings_overrides=settings)["body"]
    assert "{{" not in body
    of_no_dataset = path.stem in ("magnification_accuracy", "paper_table", "workflow")
    assert of_no_dataset or "demo" in body or "spNO.1_a_9" in body


@pytest.mark.parametrize("path", [path for path in CAPTIONS if path.stem != "workflow"], ids=lambda path: path.stem)
def test_caption_says_what_is_shown_what_is_good_what_is_bad_and_what_to_do(path):
    text = filled(path)
    places = [text.find(f"**{heading}.**") for heading in ("What is shown", "Good", "Bad", "What to do")]
    assert -1 not in places
    assert places == sorted(places)


def test_the_front_page_fits_a_window_and_says_whether_faces_are_inside():
    """Snakemake centres it: what is longer than the window stands above it, where no wheel reaches."""
    path = ROOT / "workflow" / "report" / "workflow.rst"
    assert len(filled(path).splitlines()) < 40
    assert "contains pictures of the subjects' faces" in filled(path)
    without = filled(path, qc={"faces": False})
    assert "no picture of a face" in without
    assert "contains pictures" not in without
    assert ".\n\n**Size.**" in without


def test_settings_that_captions_name_exist():
    schema = (ROOT / "workflow" / "schemas" / "config.schema.yaml").read_text(encoding="utf-8")
    named = (
        "focal_px",
        "depth_unit_mm",
        "max_distance_ratio",
        "head_motion",
        "denoise",
        "points",
        "min_epochs",
        "min_steps",
    )
    for setting in named:
        assert f"{setting}:" in schema
        assert any(setting in path.read_text(encoding="utf-8") for path in CAPTIONS)
