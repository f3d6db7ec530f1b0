"""Tables that the workflow has written and another step reads: metrics, and histories."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from merflow.artefacts.refusals import rebuild
from merflow.errors import ArtefactError
from merflow.files import seal_problem
from merflow.reading import next_move, refusal


def read_own_table(
    path: Path, *, columns: Sequence[str], numbers: Sequence[str], former: Sequence[str] = ()
) -> pd.DataFrame:
    """Return a table of results.

    Parameters
    ----------
    path : Path
    columns : sequence of str
        That stand first, in this order.
    numbers : sequence of str
        Those of them that hold numbers, or nothing (NaN); the others hold texts, which may be empty.
    former : sequence of str
        All columns of the form that an earlier merflow wrote, where there was one.

    Raises
    ------
    ArtefactError
        When there is no such table, it is of the former form, or it is not as merflow writes it. The message names the
        command that makes it anew.
    """
    texts = [name for name in columns if name not in numbers]
    kinds = dict.fromkeys(numbers, float) | dict.fromkeys(texts, str)
    try:
        table = pd.read_csv(path, keep_default_na=False, na_values=[""], encoding="utf-8", dtype=kinds)
    except OSError as error:
        raise ArtefactError(f"{path}: {refusal(error)}. {next_move(error)} Make it anew: {rebuild(path)}") from error
    except ValueError as error:  # also of a text in another encoding, and of what is no table
        raise damaged(path, columns, str(error).splitlines()[0]) from error
    found = list(table.columns)
    if former and found == list(former):
        raise _outdated(path, columns, found)
    if found[: len(columns)] != list(columns):
        raise damaged(path, columns, ", ".join(map(str, found))[:200])
    if np.isinf(table[list(numbers)].to_numpy()).any():
        raise damaged(path, columns, "infinite numbers")
    check_seal(path)
    return table.fillna(dict.fromkeys(texts, ""))


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


def _outdated(path: Path, columns: Sequence[str], found: Sequence[str]) -> ArtefactError:
    return ArtefactError(
        f"{path}: expected a table with the columns {', '.join(columns)}, but found {', '.join(found)}, as an earlier "
        f"version of merflow wrote it. Make it anew: {rebuild(path)}"
    )
