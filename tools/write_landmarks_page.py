"""Write the table of docs/landmarks.md from a measured one: write_landmarks_page.py TABLE.csv."""

import sys
from pathlib import Path

import pandas as pd
from tools.page_tables import replaced

PAGE = Path(__file__).parents[1] / "docs/landmarks.md"
MARK = "measured landmarks"
HEAD = ("frames", "motion", "method", "true, px", "error, px", "slope", "true, 14", "error, 14", "slope, 14")
TEXTS = ("frames", "motion", "method")
NUMBERS = ("true_px", "error_px", "slope", "true_px_14", "error_px_14", "slope_14")


def markdown(table: pd.DataFrame) -> str:
    """Return the table as markdown: text as it is, px and slopes with two decimals."""
    lines = [
        "| " + " | ".join([*(row[name] for name in TEXTS), *(f"{row[name]:.2f}" for name in NUMBERS)]) + " |"
        for row in table.to_dict("records")
    ]
    return "\n".join([f"| {' | '.join(HEAD)} |", "| --- " * len(HEAD) + "|", *lines])


def main(csv: Path) -> None:
    """Replace what stands between the apex_and_length of the page."""
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(replaced(text, MARK, markdown(pd.read_csv(csv)), page=PAGE), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
