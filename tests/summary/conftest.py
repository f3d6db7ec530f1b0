"""Results of three methods on two datasets and a composite of them, from predictions that are drawn."""

from dataclasses import replace

import pytest
from tests.evaluation.scored_fixture import predictions, scored

from merflow.evaluation.rows import Scope
from merflow.summary.across import across_datasets
from merflow.summary.pairs import compare_all
from merflow.summary.results import Result
from merflow.summary.rows import summary_rows

QUESTION = {"labels": "emotion4", "expressions": ["micro"], "protocol": {"name": "loso"}}
CELL = {
    "paper": "p", "table": "I", "row": "Net", "on": "d1", "labels": "emotion4", "protocol": "loso", "metric": "F1",
    "our_metric": "UF1", "source": "cited", "kind": "pooled", "value": 0.1, "clips": 42, "experiment": "good",
    "missing": "", "note": "",
}  # fmt: skip


def result(dataset, experiment, right, seeds=(0, 1), **changes):
    """Return a result that is right in a share of the cases; other seeds err on other clips."""
    table = predictions(right=right, seeds=seeds)
    return Result(**{
        "dataset": dataset, "experiment": experiment, "description": "<b>a method</b>", "model": "m", "artefact": "k/v",
        "is_baseline": False, "bootstrap": 300, "question": QUESTION, "embedded": False, "members": (), "at_hand": True,
        "published": (), "has_page": False, "metrics": tuple(scored(table)), "predictions": table, "left_out": 0,
    } | changes)  # fmt: skip


@pytest.fixture(scope="session")
def results():
    published = (CELL | {"value": 0.5}, CELL | {"source": "own"})
    good = result("d1", "good", 0.9, published=published, left_out=2, has_page=True)
    weak = [replace(row, scope=Scope.BASELINE, name="weak") for row in result("d1", "weak", 0.2).metrics[:3]]
    worse = [replace(row, name="worse", value=row.value / 2) for row in weak]
    return [
        replace(good, metrics=(*good.metrics, *worse, *weak)),
        result("d1", "poor", 0.4),
        result("d1", "weak", 0.2, is_baseline=True),
        result("d2", "good", 0.8),
        result("d2", "poor", 0.5, at_hand=False),
        result("both", "good", 0.85, members=("d1", "d2")),
        result("both", "poor", 0.45, members=("d1", "d2")),
        result("d3", "good", 0.7, question=QUESTION | {"labels": "emotion3"}),
    ]


@pytest.fixture(scope="session")
def pairs(results):
    return compare_all(results)


@pytest.fixture(scope="session")
def across(pairs, results):
    return across_datasets(pairs, results)


@pytest.fixture(scope="session")
def rows(results):
    return summary_rows(results)
