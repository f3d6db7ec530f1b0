"""A table that was measured against exact truth as a page: each cell as the table has it, what fails marked."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from merflow.pages import render, write_page

MEANINGS: Mapping[str, str] = {
    "quantity": "what is measured",
    "mean": "over all clips",
    "worst_clip": "the clip that is farthest from what is wanted",
    "limit": "that the mean must keep; nothing where the row says how large something is",
    "holds": "whether the mean keeps its limit",
    "n": "clips",
    "frames": "the frames that landmarks are found in",
    "true_px": "mean length of the true motion of the 51 inner landmarks, px of the recording",
    "error_px": "mean length of the error of that motion, px of the recording",
    "slope": "of measured on true motion: 1 where motion is seen in full",
    "true_px_14": "as true_px, of the 14 nodes",
    "error_px_14": "as error_px, of the 14 nodes",
    "slope_14": "as slope, of the 14 nodes",
    "motion_px": "size of the true motion, px of the aligned face",
    "wrinkles": "whether the skin folds",
    "factor": "the gain that is wanted",
    "gain": "the gain that is reached, mean over the clips; gain_low and gain_high: the least and the most",
    "rmse": "root mean square difference from the exact re-render, grey levels",
    "n_clips": "clips",
}
"""What a column says that its name alone does not."""


def measured_page(columns: Sequence[str], rows: Sequence[Mapping[str, str]], *, title: str) -> str:
    """Return the page.

    Parameters
    ----------
    columns : sequence of str
    rows : sequence of mapping of str to str
        Text of each cell by its column, as the table has it.
    title : str
    """
    return render(
        "merflow.verification",
        "measured.html",
        title=title,
        columns=columns,
        rows=rows,
        meanings={name: MEANINGS[name] for name in columns if name in MEANINGS},
        numeric={name for name in columns if all(_is_number(row[name]) for row in rows)},
        failed=sum(row.get("holds") == "false" for row in rows),
    )


def write_measured_page(table: Path, page: Path, *, title: str) -> None:
    """Write the page of a measured table; the file appears only when whole."""
    with table.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        rows = list(reader)
    write_page(measured_page(reader.fieldnames or (), rows, title=title), page)


def _is_number(cell: str) -> bool:
    """Return whether a cell is a number or empty."""
    try:
        float(cell or 0)
    except ValueError:
        return False
    return True
