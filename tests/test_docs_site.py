"""The pages of the reference, as MkDocs gets them: everything that is declared is on its page, and every link leads on.

``make docs``, which ``make check`` runs, builds the whole site and refuses a link or an anchor that leads nowhere.
"""

import re
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest
from tools.docs_site.reference import SCHEMA, reference_pages
from tools.docs_site.tables import setting_rows, table

import merflow
from merflow.config import read_schema
from merflow.config.shipped import shipped_config
from merflow.datasets.declared import DATASETS
from merflow.models.declared import NETWORKS
from merflow.stages import STAGES

DOCS = Path(__file__).parents[1] / "docs"
PAGES = reference_pages()


@pytest.mark.parametrize("link", ["nowhere.md", "#nowhere", "index.md"])
def test_the_command_of_make_docs_fails_for_a_link_that_leads_nowhere(tmp_path, link):
    """With --quiet it passed: MkDocs counts the warnings that it prints."""
    (recipe,) = re.findall(r"^docs:.*\n\t(.*)$", (DOCS.parent / "Makefile").read_text(), re.MULTILINE)
    shipped = (DOCS.parent / "mkdocs.yml").read_text()
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: small\n" + shipped[shipped.index("validation:") : shipped.index("# A name")]
    )
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text(f"# Start\n[on]({link})\n")
    command = recipe.replace("$(BIN)/python", sys.executable)
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert (done.returncode == 0) == (link == "index.md"), done.stderr
    assert ("nowhere" in done.stderr) == (link != "index.md")


def test_everything_that_is_declared_has_a_page():
    declared = {"stages": STAGES, "datasets": DATASETS, "models": NETWORKS}
    assert {f"{folder}/{name}" for folder, names in declared.items() for name in names} < set(PAGES)


@pytest.mark.parametrize("kind", STAGES)
def test_the_page_of_a_stage_has_its_arrays_settings_and_variants(kind):
    text = PAGES[f"stages/{kind}"]
    settings = read_schema(SCHEMA)["properties"][kind]["additionalProperties"]["properties"]
    for name in [*STAGES[kind].schema.fields, *STAGES[kind].schema.attrs, *settings]:
        assert f"| `{name}` |" in text
    for name in shipped_config()[kind]:
        assert f"`{kind}/{name}`" in text


@pytest.mark.parametrize("reader", DATASETS)
def test_the_page_of_a_dataset_says_what_may_be_done_with_it(reader):
    assert DATASETS[reader].licence in PAGES[f"datasets/{reader}"]
    assert DATASETS[reader].citation in PAGES[f"datasets/{reader}"]


def test_every_shipped_experiment_of_a_network_is_on_the_page_of_one_network():
    whole = "".join(text for name, text in PAGES.items() if name.startswith("models/"))
    assert len(re.findall(r"^\| `lite_point_gcn` \|", whole, re.MULTILINE)) == 1
    assert "| `gts_gn` | `graphs/" in PAGES["models/gts_gn"]


@pytest.mark.parametrize("name", merflow._OFFERED)
def test_the_library_and_every_command_are_documented(name):
    assert f"heading: merflow.{name}\n" in PAGES["library"]
    assert "## merflow predict" in PAGES["commands"]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_to_another(page):
    there = {f"reference/{name}.md" for name in PAGES} | {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")}
    for link in re.findall(r"\]\(([^)\s#]+)\)", PAGES[page]):
        parts = []
        for part in PurePosixPath("reference", page).parent.joinpath(link).parts:
            parts = parts[:-1] if part == ".." else [*parts, part]
        assert "/".join(parts) in there, link


def test_a_row_of_each_setting_and_of_those_inside_it():
    node = {
        "properties": {
            "size": {"type": "integer", "default": 3, "description": "Side, ``px``."},
            "mode": {"anyOf": [{"enum": ["a", "b"]}, {"type": "null"}], "default": None},
            "inner": {"default": {"on": True}, "properties": {"on": {"type": "boolean", "default": True}}},
        }
    }
    assert list(setting_rows(node)) == [
        ("`size`", "integer", "`3`", "Side, `px`."),
        ("`mode`", "`a`, `b` or `null`", "`null`", ""),
        ("`inner`", "any", "", ""),
        ("`inner.on`", "`true`, `false`", "`true`", ""),
    ]


def test_a_bar_in_a_cell_is_no_border():
    assert table(("a",), [("x | y",)]).splitlines()[2] == "| x &#124; y |"
    assert table(("a",), []) == ""
