"""Replace a table of a page between the two marks around it."""

from pathlib import Path

END = "<!-- end of table -->"


def replaced(text: str, mark: str, table: str, *, page: Path) -> str:
    """Return a page with the table after ``<!-- table: mark -->`` replaced.

    Raises
    ------
    SystemExit
        When a mark is missing: the page would lose text or gain a second table.
    """
    begin = f"<!-- table: {mark} -->"
    before, found, rest = text.partition(begin)
    _, ended, after = rest.partition(END)
    if not (found and ended):
        raise SystemExit(
            f"{page}: expected {begin} and {END} after it, found none. Put them where the table shall stand"
        )
    return f"{before}{begin}\n{table}\n{END}{after}"
