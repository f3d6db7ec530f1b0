"""One file of predictions of labels that are told one by one: every cell as ``merflow`` writes it, else refused."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import pandas as pd

from merflow.evaluation.headlines import TRUTH
from merflow.evaluation.prediction_file import FLOAT_FORMAT, ORACLE_COLUMN, refuse, rows_of
from merflow.training.label_tables import COLUMNS

COLLECTED = ("clip", "subject", "seed", "fold", "label", "truth", "score", "predicted")
"""Columns of ``predictions.csv`` of a whole experiment; that of a fold has all but ``fold``."""

_CLIP = ("clip", "subject", "seed", "fold")
"""What is the same in all rows of a clip."""


def is_label_file(path: Path) -> bool:
    """Return whether the first line of a file of predictions is that of labels."""
    return TRUTH in next(iter(rows_of(path)), [])


def read_label_file(
    path: Path, *, above: float | None = None, shares: bool = False, collected: bool = False
) -> pd.DataFrame:
    """Return the predictions that a file holds, checked cell by cell.

    Parameters
    ----------
    path : Path
    above : float, optional
        Score above which a label is predicted; where it is not known, scores and predictions are not compared.
    shares : bool
        Whether scores must lie between 0 and 1.
    collected : bool
        Whether it is that of a whole experiment.

    Returns
    -------
    DataFrame
        ``seed``, ``truth`` and ``predicted`` as whole numbers, ``score`` as float, NaN where it is empty.

    Raises
    ------
    ArtefactError
        When there is no such file, or it is not as merflow writes it. The message names the line and the command that
        makes the file anew.
    """
    header, *rows = list(rows_of(path)) or [[]]
    wanted = COLLECTED if collected else COLUMNS
    oracle = (ORACLE_COLUMN,) * (ORACLE_COLUMN in header)
    if tuple(header) != (*wanted, *oracle):
        refuse(path, f"the columns {', '.join(wanted)}", ", ".join(header)[:200])
    lines = _Lines(path, header, above=above, shares=shares)
    cells = [lines.checked(row, line) for line, row in enumerate(rows, 2)]
    _check_groups(path, cells)
    table = pd.DataFrame(rows, columns=header, dtype=str)
    kinds = {"seed": int, "truth": int, "predicted": int, "score": float} | dict.fromkeys(oracle, int)
    table = table.assign(score=table["score"].replace("", "nan")).astype(kinds)
    _check_scores_of_labels(path, table)
    return table


def per_clip(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row a clip and seed, its truth as one text: what is asked of whole folds is asked of these rows."""
    names = list(dict.fromkeys(table["label"]))
    if not names:
        return table.drop(columns=["score", TRUTH, "predicted"])
    first = table.iloc[:: len(names)]
    truths = table[TRUTH].to_numpy().reshape(-1, len(names))
    kept = [name for name in (*_CLIP, ORACLE_COLUMN) if name in table.columns]
    return first[kept].assign(label=["".join(map(str, row)) for row in truths.tolist()]).reset_index(drop=True)


class _Lines:
    """What every row of one file is held against."""

    def __init__(self, path: Path, header: Sequence[str], *, above: float | None, shares: bool) -> None:
        self._path, self._header, self._above, self._shares = path, header, above, shares

    def checked(self, row: Sequence[str], line: int) -> Mapping[str, str]:
        """Return the cells of a row by column; refuse a row that merflow would not write."""
        if len(row) != len(self._header):
            self._refuse(line, f"{len(self._header)} cells", f"{len(row)}")
        cells = dict(zip(self._header, row, strict=True))
        for name, text in cells.items():
            if name != "score" and (not text or not text.isprintable()):
                self._refuse(line, f"{name} to be a text", repr(text))
        for name in (TRUTH, "predicted", ORACLE_COLUMN):
            if cells.get(name, "0") not in ("0", "1"):
                self._refuse(line, f"{name} to be 0 or 1", repr(cells[name]))
        seed = cells["seed"]
        if not (seed.isascii() and seed.isdigit() and str(int(seed)) == seed):
            self._refuse(line, "a seed, a whole number", repr(seed))
        if cells["score"]:
            self._check_score(cells["score"], cells["predicted"], line)
        return cells

    def _check_score(self, text: str, predicted: str, line: int) -> None:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or FLOAT_FORMAT % value != text:
            self._refuse(line, "a score, a number of six digits", repr(text))
        if self._shares and not 0 <= value <= 1:
            self._refuse(line, "a score from 0 to 1", text)
        if self._above is not None and value != self._above and predicted != str(int(value > self._above)):
            self._refuse(line, f"1 predicted for scores above {self._above:g} and 0 below", f"{predicted} for {text}")

    def _refuse(self, line: int, expected: str, found: str) -> NoReturn:
        refuse(self._path, f"{expected} in line {line}", found)


def _check_groups(path: Path, cells: Sequence[Mapping[str, str]]) -> None:
    """Refuse rows that are not those of every label, clip by clip, the labels always in one order."""
    clips = [tuple(row[name] for name in _CLIP if name in row) for row in cells]
    names = [row["label"] for row, clip in zip(cells, clips, strict=True) if clip == clips[0]]
    if len(set(names)) < len(names):
        refuse(path, "one row a clip, seed and label", f"{clips[0][0]} with a label twice")
    for number, (row, clip) in enumerate(zip(cells, clips, strict=True)):
        first = number - number % len(names)
        if row["label"] != names[number % len(names)] or clip != clips[first]:
            expected = f"a row of {clips[first][0]} for each of {', '.join(names)}, in this order, in line {number + 2}"
            refuse(path, expected, f"{row['label']!r} of {clip[0]}")
    if cells and len(cells) % len(names):
        refuse(path, f"a row for each of {', '.join(names)} of the last clip", "fewer")


def _check_scores_of_labels(path: Path, table: pd.DataFrame) -> None:
    """Refuse a label that only some clips of a fold have a score for, or one without that is said in two ways."""
    fold = table["fold"] if "fold" in table.columns else pd.Series("", index=table.index)
    for (_, label), own in table.groupby([fold, "label"], sort=False):
        absent = own["score"].isna()
        if absent.any() and not (absent.all() and own["predicted"].nunique() == 1):
            refuse(path, f"a score of {label} for every clip of a fold, or for none and one prediction", "another")
