"""Tables that the workflow has written and another step reads: metrics of the baselines, and histories."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from merflow.artefacts.reader import rebuild
from merflow.errors import ArtefactError
from merflow.files import seal_problem
from merflow.reading import next_move, refusal


def read_own_table(path: Path, *, columns: Sequence[str], numbers: Sequence[str]) -> pd.DataFrame:
    """Return a table of results.

    Parameters
    ----------
    path : Path
    columns : sequence of str
        That stand first, in this order.
    numbers : sequence of str
        Those of them that hold numbers, or nothing; the others hold texts.

    Raises
    ------
    ArtefactError
        When there is no such table, or it is not as merflow wrote it. The message names the command that makes it
        anew.
    """
    try:
        table = pd.read_csv(
            path, keep_default_na=False, na_values=[""], encoding="utf-8", dtype=dict.fromkeys(numbers, float)
        )
    except OSError as error:
        raise ArtefactError(f"{path}: {refusal(error)}. {next_move(error)} Make it anew: {rebuild(path)}") from error
    except ValueError as error:  # also of a text in another encoding, and of what is no table
        raise damaged(path, columns, str(error).splitlines()[0]) from error
    if list(table.columns[: len(columns)]) != list(columns):
        raise damaged(path, columns, ", ".join(map(str, table.columns))[:200])
    if np.isinf(table[list(numbers)].to_numpy()).any():
        raise damaged(path, columns, "infinite numbers")
    check_seal(path)
    return table


def check_seal(path: Path) -> None:
    """Raise ArtefactError when a table is another than was written, as far as a seal lies beside it."""
    problem = seal_problem(path)
    if problem:
        raise ArtefactError(f"{path}: {problem}; else make it anew: {rebuild(path)}")


def damaged(path: Path, columns: Sequence[str], found: str) -> ArtefactError:
    """Return the error of a table that is not as merflow writes it."""
    return ArtefactError(
        f"{path}: expected a table with the columns {', '.join(columns)}, but found {found}. It was damaged or changed "
        f"after it was written. Make it anew: {rebuild(path)}"
    )
