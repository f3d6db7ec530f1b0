"""Cells of the papers' tables: what each is, which question it answers, and which row an experiment can say it is.

The tables are read here without ``merflow.evaluation``, which imports pandas: planning has no use for it.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from merflow.checks import nearest
from merflow.datasets.labels import label_set_named
from merflow.errors import ConfigError
from merflow.training.settings import ProtocolSettings

_EVALUATION = Path(__file__).parents[1] / "evaluation"
REFERENCE = _EVALUATION / "reference_results.csv"
QUESTIONS = _EVALUATION / "published_questions.csv"
_PER_CENT = ("UF1", "UAR", "ACC")
_NAMES = {"F1": "UF1"}
_NAMES_OF_LABELS = {"F1": "f1_macro", "ACC": "accuracy"}
_AVERAGE = "average"
_FOLDS = re.compile(r"kfold(\d+)_")
_PROTOCOLS = {"kfold5_subject": ("kfold_subject", "given_folds"), "kfold5_random_leaky": ("kfold_random_leaky",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a published number answers, and what kind of number it is.

    Parameters
    ----------
    here : str
        Dataset of merflow that has the paper's clips.
    labels : str
        Label set of merflow that has the paper's classes there.
    source : {"own", "cited"}
        Whether the paper measured it, or copied it from another one.
    kind : {"pooled", "macro_precision", "unknown"}
        ``pooled``: from one confusion matrix of all folds, as ours. ``unknown``: the paper does not say, or contradicts
        itself; it can be a mean over folds or over epochs. ``macro_precision``: it is that, under the name of another
        metric.
    clips : int or None
        Clips that the number counts, as printed or as its decimals show; None: not known.
    note : str
        How the kind and the number of clips are known.
    """

    here: str
    labels: str
    source: str
    kind: str
    clips: int | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One number of a published table.

    Parameters
    ----------
    paper, table, dataset, task, protocol, method, variant : str
        As ``evaluation/reference_results.csv`` names them.
    metric : str
        As printed: ``UF1``, ``UAR``, ``ACC`` or ``F1``.
    value : float
        From 0 to 1.
    question : Question
    """

    paper: str
    table: str
    dataset: str
    task: str
    protocol: str
    method: str
    variant: str
    metric: str
    value: float
    question: Question

    @property
    def row(self) -> str:
        """Row of the table, with the label where labels are told one by one."""
        return " | ".join(part for part in (self.method, self.variant) if part)

    @property
    def claimed(self) -> str:
        """Row of the table, as an experiment names it: one experiment tells all labels."""
        variant = self.variant.rpartition(" ")[0] if self.of_labels else self.variant
        return " | ".join(part for part in (self.method, variant) if part)

    @property
    def of_labels(self) -> bool:
        """Whether it is of labels that are told one by one."""
        return label_set_named(self.question.labels).multi

    @property
    def label(self) -> str:
        """The one label that it is of; empty where it is of classes, or the mean of all labels."""
        label = self.variant.rpartition(" ")[2] if self.of_labels else ""
        return "" if label == _AVERAGE else label

    @property
    def our_metric(self) -> str:
        """Metric of merflow that it is put beside: F1 over all classes is UF1, of a label f1_macro."""
        return (_NAMES_OF_LABELS if self.of_labels else _NAMES).get(self.metric, self.metric)

    def asks_as(self, protocol: ProtocolSettings) -> bool:
        """Return whether a protocol of merflow divides the clips as the paper does: of k folds, into as many.

        Of ``cross_domain`` the papers train on the macro clips of the tested subjects too.
        """
        drawn = _FOLDS.match(self.protocol)
        alike = not drawn or not protocol.name.startswith("kfold") or protocol.k == int(drawn[1])
        alike &= protocol.name != "cross_domain" or protocol.keep_test_subject_macro
        return alike and protocol.name in _PROTOCOLS.get(self.protocol, (self.protocol,))


@cache
def published_cells() -> tuple[Cell, ...]:
    """Return every published number, in the order of ``reference_results.csv``."""
    questions = _read(QUESTIONS)
    return tuple(_cell(row, questions) for row in _read(REFERENCE))


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _cell(row: Mapping[str, str], questions: Iterable[Mapping[str, str]]) -> Cell:
    value = float(row["value"]) / (100 if row["metric"] in _PER_CENT else 1)
    asked = [question for question in questions if _answers(row, question)]
    names = ("paper", "table", "dataset", "task", "protocol", "method", "variant", "metric")
    return Cell(**{name: row[name] for name in names}, value=value, question=_question(asked[-1]))


def _answers(cell: Mapping[str, str], question: Mapping[str, str]) -> bool:
    """Return whether a cell answers a question; an empty field is every one. The last that fits is the narrowest.

    Each cell answers one: a test holds that.
    """
    return all(
        not question[field] or cell[name] in question[field].split(";")
        for name, field in (
            ("paper", "paper"), ("table", "tables"), ("dataset", "dataset"), ("task", "task"),
            ("protocol", "protocols"), ("method", "methods"), ("metric", "metric"),
        )
    )  # fmt: skip


def _question(row: Mapping[str, str]) -> Question:
    clips = int(row["clips"]) if row["clips"] else None
    return Question(**{name: row[name] for name in ("here", "labels", "source", "kind", "note")}, clips=clips)


@cache
def published_rows() -> Mapping[str, frozenset[str]]:
    """Return the rows of each published table, as an experiment names them, by ``<paper>:<table>``."""
    rows: dict[str, set[str]] = {}
    for cell in published_cells():
        rows.setdefault(f"{cell.paper}:{cell.table}", set()).add(cell.claimed)
    return {table: frozenset(names) for table, names in rows.items()}


def check_published(cells: Iterable[Mapping[str, str]], *, where: str) -> None:
    """Refuse a row that a paper does not have. The tables of a paper that merflow does not know are not checked.

    Parameters
    ----------
    cells : iterable of mapping
        Each with ``table`` and ``row``.
    where : str
        Setting that names them, for the message.

    Raises
    ------
    ConfigError
        When the table is not named as ``<paper>:<table>``, or a known paper has no such table, or the table no such
        row.
    """
    known = published_rows()
    papers = {table.partition(":")[0] for table in known}
    for cell in cells:
        table, row = cell["table"], cell["row"]
        paper, _, number = table.partition(":")
        if not paper or not number:
            raise ConfigError(f"{where}: expected a table as <paper>:<table>, such as gts_gn:V, but found {table!r}.")
        if paper not in papers:
            continue
        if table not in known:
            tables = ", ".join(sorted(name for name in known if name.startswith(f"{paper}:")))
            raise ConfigError(f"{where}: unknown table {table!r}. Known of this paper: {tables}.")
        if row not in known[table]:
            rows = ", ".join(sorted(known[table]))
            raise ConfigError(f"{where}: table {table} has no row {row!r}.{nearest(row, known[table])} Known: {rows}.")
