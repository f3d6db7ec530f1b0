import pandas as pd
import pytest
from tools.page_tables import END, replaced
from tools.write_magnification_page import PAGE, size_table


def test_one_line_a_method_and_one_column_a_size():
    table = pd.DataFrame(
        [("a", "0.05", "no", 2.914, 1.26), ("a", "1", "no", 2.5, 3.0), ("a", "1", "yes", 9.0, 9.0)],
        columns=["method", "motion_px", "wrinkles", "gain", "rmse"],
    )
    assert size_table(table, wrinkles="no").splitlines() == [
        "| method | 0.05 px | 1 px |",
        "| --- | ---: | ---: |",
        "| `a` | 2.91 / 1.3 | 2.50 / 3.0 |",
    ]


def test_only_the_table_of_a_mark_is_replaced():
    page = f"one\n<!-- table: x -->\nold\n{END}\ntwo\n<!-- table: y -->\nkept\n{END}\n"
    once = replaced(page, "x", "new", page=PAGE)
    assert once == page.replace("old", "new")
    assert replaced(once, "x", "new", page=PAGE) == once
    for broken in (page.replace("table: y", "table: z"), page[: page.rindex(END)]):
        with pytest.raises(SystemExit, match="expected <!-- table: y -->"):
            replaced(broken, "y", "new", page=PAGE)


def test_the_page_has_every_mark_and_every_method():
    text = PAGE.read_text(encoding="utf-8")
    for mark in ("without wrinkles", "with wrinkles", "time"):
        assert f"<!-- table: {mark} -->" in text
    assert all(f"| `{name}` |" in text for name in ("exact", "flow_warp", "phase", "linear", "learned", "none"))
