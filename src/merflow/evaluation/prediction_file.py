"""One file of predictions: taken for what it says only where every cell is as ``merflow`` writes it."""

import csv
import io
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import pandas as pd

from merflow.artefacts.refusals import rebuild
from merflow.errors import ArtefactError
from merflow.evaluation.headlines import told_one_by_one
from merflow.reading import next_move, refusal

COLUMNS = ("clip", "subject", "seed", "label", "predicted")
ORACLE_COLUMN = "oracle_predicted"
"""What a clip was called after the epoch with the best accuracy on its own test fold: a leak, see ``oracle``."""

SCORE = "score_"
FLOAT_FORMAT = "%.6g"
_SUM_TOLERANCE = 1e-5
"""Of shares that were single precision and are printed with six digits; seven classes miss 1 by 4e-6 at most."""

_MAX_BYTES = 2**28
"""A seed of CAS(ME)^3 takes 2**19."""


def read_prediction_file(path: Path, *, shares: bool, more: Sequence[str] = ()) -> pd.DataFrame:
    """Return the predictions that a file holds, checked cell by cell.

    Parameters
    ----------
    path : Path
        With the columns `COLUMNS`, ``score_<class>`` for each class, `ORACLE_COLUMN` or not, and `more`.
    shares : bool
        Whether the scores of a clip must be shares of 1; else any finite numbers, and none where a class has none.
    more : sequence of str
        Columns of text that stand last.

    Returns
    -------
    DataFrame
        Texts, ``seed`` as whole numbers, scores as floats.

    Raises
    ------
    ArtefactError
        When there is no such file, or it is not as merflow writes it: another encoding, an incomplete last line, other
        columns, a row of another length, an empty or foreign cell, a class outside the list, scores that are no
        numbers, no shares, or do not say what ``predicted`` says. The message names the line and the command that makes
        the file anew.
    """
    rows = list(rows_of(path))
    header = rows[0] if rows else []
    classes = _classes(path, header, more)
    table = _Table(path, header, classes, shares=shares)
    for line, row in enumerate(rows[1:], 2):
        table.check(row, line)
    texts = pd.DataFrame(rows[1:], columns=header, dtype=str)
    kinds: dict[str, type] = {"seed": int} | {SCORE + name: float for name in classes}
    empty_is_nan = {name: texts[name].replace("", "nan") for name in kinds}
    result = texts.assign(**empty_is_nan).astype(kinds)
    _check_absent_classes(path, result, classes)
    return result


def classes_of(table: pd.DataFrame) -> tuple[str, ...]:
    """Return the class list that a table of predictions was made with, from its score columns, or its labels."""
    if told_one_by_one(table):
        return tuple(dict.fromkeys(map(str, table["label"])))
    return tuple(str(name).removeprefix(SCORE) for name in table.columns if str(name).startswith(SCORE))


def rows_of(path: Path) -> Iterator[list[str]]:
    """Yield the cells of each line of a file of predictions; the last one must be complete.

    Raises
    ------
    ArtefactError
        When there is no such file, or it is no table in UTF-8.
    """
    data = _bytes(path)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        refuse(path, "text in UTF-8", f"byte {data[error.start]:#04x} at {error.start}, which is none")
    if not text:
        refuse(path, "predictions", "an empty file")
    if not text.endswith("\n"):
        refuse(path, "a last line that is complete", f"{text[-40:]!r} at its end")
    if "\r" in text:
        refuse(path, "lines that end in a line feed", "a carriage return")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        yield from reader
    except csv.Error as error:
        refuse(path, "a table", f"line {reader.line_num} that is none ({error})")


def refuse(path: Path, expected: str, found: str) -> NoReturn:
    """Raise the error of a file of predictions that is damaged, or of another run."""
    raise ArtefactError(
        f"{path}: expected {expected}, but found {found}. It was damaged or changed after it was written, or is of "
        f"another run. Make it anew: {rebuild(path)}"
    )


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise ArtefactError(f"{path}: expected predictions, but there is no file. Make it: {rebuild(path)}")
        if path.stat().st_size > _MAX_BYTES:
            refuse(path, f"predictions of at most {_MAX_BYTES} bytes", f"{path.stat().st_size}")
        return path.read_bytes()
    except OSError as error:
        raise ArtefactError(f"{path}: {refusal(error)}. {next_move(error)}") from error


def _classes(path: Path, header: Sequence[str], more: Sequence[str]) -> tuple[str, ...]:
    """Return the classes that the first line names; it must name every column, each once and in its order."""
    classes = tuple(name.removeprefix(SCORE) for name in header if name.startswith(SCORE))
    oracle = (ORACLE_COLUMN,) * (ORACLE_COLUMN in header)
    wanted = [*COLUMNS, *(SCORE + name for name in classes), *oracle, *more]
    if list(header) != wanted or len(set(header)) < len(header) or not classes:
        refuse(path, f"the columns {', '.join((*COLUMNS, f'{SCORE}<class>', *more))}", ", ".join(header)[:200])
    return classes


class _Table:
    """What every row of one file is held against."""

    def __init__(self, path: Path, header: Sequence[str], classes: Sequence[str], *, shares: bool) -> None:
        self._path, self._header, self._classes, self._shares = path, header, classes, shares

    def check(self, row: Sequence[str], line: int) -> None:
        """Refuse a row that merflow would not write."""
        if len(row) != len(self._header):
            self._refuse(line, f"{len(self._header)} cells", f"{len(row)}")
        cells = dict(zip(self._header, row, strict=True))
        for name, text in cells.items():
            if not name.startswith(SCORE) and (not text or not text.isprintable()):
                self._refuse(line, f"{name} to be a text", repr(text))
        self._check_seed(cells["seed"], line)
        for name in ("label", "predicted", *([ORACLE_COLUMN] if ORACLE_COLUMN in cells else [])):
            if cells[name] not in self._classes:
                self._refuse(line, f"{name} to be one of {', '.join(self._classes)}", repr(cells[name]))
        self._check_scores({name: cells[SCORE + name] for name in self._classes}, cells["predicted"], line)

    def _check_seed(self, text: str, line: int) -> None:
        if not (text.isascii() and text.isdigit() and str(int(text)) == text):
            self._refuse(line, "a seed, a whole number", repr(text))

    def _check_scores(self, texts: dict[str, str], predicted: str, line: int) -> None:
        """Compare scores with what is predicted: its score is the largest, equal ones in print among them."""
        scores = {name: self._score(text, name, line) for name, text in texts.items() if text or self._shares}
        if scores.get(predicted, -math.inf) < max(scores.values(), default=math.inf):
            best = max(scores, key=lambda name: scores[name]) if scores else "none"
            self._refuse(line, f"the largest score for {predicted!r}, which is predicted", f"it for {best!r}")
        total = sum(scores.values())
        if self._shares and (min(scores.values()) < 0 or abs(total - 1) > _SUM_TOLERANCE):
            self._refuse(line, "scores from 0 to 1 whose sum is 1", f"{', '.join(texts.values())}, of sum {total:g}")

    def _score(self, text: str, name: str, line: int) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or FLOAT_FORMAT % value != text:
            self._refuse(line, f"a number of six digits for {SCORE}{name}", repr(text))
        return value

    def _refuse(self, line: int, expected: str, found: str) -> NoReturn:
        refuse(self._path, f"{expected} in line {line}", found)


def _check_absent_classes(path: Path, table: pd.DataFrame, classes: Sequence[str]) -> None:
    """Refuse a class that only some clips of a fold have a score for: its training clips show it, or do not."""
    fold = table["fold"] if "fold" in table.columns else pd.Series(0, index=table.index)
    for name in classes:
        absent = table[SCORE + name].isna()
        if (absent.groupby(fold).nunique() > 1).any():
            refuse(path, f"{SCORE}{name} for every clip of a fold or for none", "it for some")
