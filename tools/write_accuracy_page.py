"""Write the table of docs/accuracy.md from a measured one. Run by make accuracy: write_accuracy_page.py TABLE.csv."""

import sys
from pathlib import Path

import pandas as pd
from tools.page_tables import replaced

PAGE = Path(__file__).parents[1] / "docs/accuracy.md"
MARK = "make accuracy"


def markdown(table: pd.DataFrame) -> str:
    """Return the table as markdown, numbers with three significant digits."""
    head = "| quantity | mean | worst clip | limit | holds | how |\n| --- | --- | --- | --- | --- | --- |"
    lines = [
        f"| {row['quantity']} | {row['mean']:.3g} {row['unit']} | {row['worst_clip']:.3g} "
        f"| {'' if pd.isna(row['limit']) else format(row['limit'], 'g')} | {row['holds']} | {row['how']} |"
        for row in table.to_dict("records")
    ]
    return "\n".join([head, *lines])


def main(csv: Path) -> None:
    """Replace what stands between the apex_and_length of the page."""
    table = pd.read_csv(csv, dtype={"holds": str}, keep_default_na=False, na_values={"limit": [""]})
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(replaced(text, MARK, markdown(table), page=PAGE), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
