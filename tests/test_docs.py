"""The pages under docs/: one for each reader, kind of artefact and network, all linked, no link leads nowhere."""

import re
from pathlib import Path

import pytest

from merflow.config.sections import STAGE_SETTINGS
from merflow.datasets.registry import SETTINGS
from merflow.models.declared import NETWORKS
from merflow.training.baselines import BASELINES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))

SHARED_PAGES = {
    "ss_gn": "gts_gn",
    "gcn": "gts_gn",
    "resnet18": "gts_gn",
    "capsule": "gts_gn",
    **dict.fromkeys(("pointnet", "pointnet2", "kpconv", "point_transformer"), "point_backbones"),
    "ststnet": "flow_image_networks",
    "off_apexnet": "flow_image_networks",
    "googlenet": "ccdn",
}
"""Networks that are described on the page of another, or together."""

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
_CODE = re.compile(r"```.*?```", re.DOTALL)


def links(page):
    return [link for link in _LINK.findall(_CODE.sub("", page.read_text())) if "://" not in link]


def anchors(page):
    """Return the anchors of a page's headings as GitHub names them."""
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(_CODE.sub("", page.read_text())))
    return {heading.strip().replace(" ", "-") for heading in kept}


def name(page):
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("reader", sorted(SETTINGS))
def test_each_reader_has_a_page_that_shows_how_it_is_configured(reader):
    assert f"reader: {reader}\n" in (DOCS / f"datasets/{reader}.md").read_text()


@pytest.mark.parametrize("kind", STAGE_SETTINGS)
def test_each_kind_of_artefact_has_a_page(kind):
    assert (DOCS / f"stages/{kind}.md").is_file()


@pytest.mark.parametrize("model", sorted(NETWORKS))
def test_each_network_has_a_page_that_names_it(model):
    page = (DOCS / f"models/{SHARED_PAGES.get(model, model)}.md").read_text()
    assert re.search(rf"`{model}[`.]", page)  # the network's name, or its file


@pytest.mark.parametrize("baseline", sorted(BASELINES))
def test_each_baseline_is_described(baseline):
    assert f"`{baseline}`" in (DOCS / "stages/training.md").read_text()


def test_the_first_page_links_every_other():
    linked = {(DOCS / link.partition("#")[0]).resolve() for link in links(DOCS / "README.md")}
    assert linked >= set(PAGES) - {DOCS / "README.md"}


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md", ROOT / "CHANGELOG.md"], ids=name)
def test_every_link_leads_to_a_file_and_a_heading(page):
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link
