"""The tables of docs/datasets/comparison.md are those of the declarations."""

import pytest
from tools.write_datasets_page import PAGE, SETS, tables

from merflow.datasets.declared import DATASETS

TABLES = tables()


@pytest.mark.parametrize("mark", TABLES)
def test_the_page_is_up_to_date(mark):
    text = PAGE.read_text(encoding="utf-8")
    found = text.partition(f"<!-- table: {mark} -->\n")[2].partition("\n<!-- end of table -->")[0]
    assert found == TABLES[mark], "run: python -m tools.write_datasets_page"


def test_every_released_set_of_recordings_is_compared():
    assert set(DATASETS) - set(SETS) == {"composite", "flow_images", "table"}
    assert {name for name, dataset in DATASETS.items() if dataset.counts} == set(SETS)


def test_numbers_of_the_table_are_those_of_the_declarations():
    line = next(line for line in TABLES["recordings"].splitlines() if line.startswith("| [CAS(ME)^2]"))
    assert "| 22 | 57 micro, 300 macro | 30 | 640x480 |" in line
    rates = [line.split(" | ")[3] for line in TABLES["recordings"].splitlines()[2:]]
    assert all(rates)


@pytest.mark.parametrize("reader", SETS)
def test_no_more_people_show_an_expression_than_were_filmed(reader):
    dataset = SETS[reader]
    by_part = {}
    for (part, _), counts in dataset.counts.items():
        by_part[part] = max(by_part.get(part, 0), counts.subjects or 0)
    shown = max(by_part.values()) if reader == "smic" else sum(by_part.values())  # its versions show the same people
    assert shown <= dataset.about.people
