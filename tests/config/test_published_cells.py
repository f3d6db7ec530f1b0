"""What each published number answers: against the printed numbers themselves."""

from collections import Counter

import pytest

from merflow.config.published_cells import QUESTIONS, REFERENCE, _answers, _read, published_cells
from merflow.datasets.labels import label_set_named

CELLS = published_cells()


def test_each_cell_answers_one_question_and_each_question_is_asked():
    questions, cells = _read(QUESTIONS), _read(REFERENCE)
    assert len(CELLS) == len(cells) == 510
    last = Counter(max(i for i, question in enumerate(questions) if _answers(cell, question)) for cell in cells)
    assert set(last) == set(range(len(questions)))


def test_values_are_shares():
    assert all(0 < cell.value < 1 for cell in CELLS)
    (ours,) = [c for c in CELLS if (c.paper, c.table, c.task, c.metric) == ("lite_point_gcn", "II", "emotion3", "UAR")
               and c.method == "Lite-Point-GCN"]  # fmt: skip
    assert ours.value == pytest.approx(0.7412)


def test_pooled_accuracies_are_shares_of_the_clips_that_they_count():
    """A share of whole clips, cut or rounded to two decimals; one of GTS-GN's is none, as its note says."""
    accuracies = [
        cell for cell in CELLS
        if cell.metric == "ACC" and cell.question.kind == "pooled" and cell.question.clips is not None
    ]  # fmt: skip
    assert len(accuracies) == 72
    none = [
        cell.value for cell in accuracies
        if min(abs(cell.value - right / cell.question.clips) for right in range(cell.question.clips + 1)) > 1.01e-4
    ]  # fmt: skip
    assert none == [pytest.approx(0.6857)]


def test_label_sets_are_those_of_merflow():
    several = {cell.paper for cell in CELLS if label_set_named(cell.question.labels).multi}  # refuses an unknown one
    assert several == {"fourdme"}


def test_a_number_of_another_paper_is_no_own_number():
    cited = {(cell.paper, cell.method) for cell in CELLS if cell.question.source == "cited"}
    own = {(cell.paper, cell.method) for cell in CELLS if cell.question.source == "own"}
    assert not cited & own
    assert {("atm_gcn", "STSTNet"), ("gts_gn", "LBP-TOP"), ("lite_point_gcn", "Baseline")} <= cited
    assert {("lite_point_gcn", "PointNet"), ("fourdme", "LBP-TOP"), ("gts_gn", "ResNet18")} <= own
