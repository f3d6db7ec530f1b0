"""Show a table that was measured against exact truth as a page.

Input: accuracy.csv, landmarks.csv or magnification.csv. Output: the page of the same name.
"""

from pathlib import Path

import _job  # noqa: F401  # log and memory, before anything large
from merflow.verification.page import write_measured_page


def main(table: Path, page: Path, *, title: str) -> None:
    """Write the page."""
    write_measured_page(table, page, title=title)


if __name__ == "__main__":
    main(Path(snakemake.input.table), Path(snakemake.output.page), title=snakemake.params.title)
