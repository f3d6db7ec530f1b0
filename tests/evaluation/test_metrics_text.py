"""``metrics.csv`` as a terminal shows it."""

import pytest
from tests.evaluation.scored_fixture import write_everything

from merflow.evaluation import read_metrics
from merflow.evaluation.metrics_text import DETAILS, LEAKS, RESULTS, WARNING, WIDTH, format_metrics
from merflow.evaluation.rows import Scope


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    return read_metrics(write_everything(tmp_path_factory.mktemp("everything")))


def test_every_scope_is_shown():
    assert sorted(RESULTS + DETAILS + LEAKS) == sorted(Scope)


def test_the_headline_stands_first_and_every_row_is_there(rows):
    lines = format_metrics(rows, details=True).splitlines()
    assert lines[0].split() == ["metric", "scope", "name", "value", "95", "%", "interval", "n", "protocol"]
    for line, row in zip(lines[1:4], rows, strict=False):
        assert line.split()[:3] == [row.metric, "pooled", f"{row.value:.3f}"]
    assert sum(line.endswith(" loso") for line in lines) == len(rows)


def test_columns_are_aligned_and_notes_are_whole(rows):
    text = format_metrics(rows, details=True)
    lines = text.splitlines()
    assert {line.index("loso") for line in lines if line.endswith(" loso")} == {lines[0].index("protocol")}
    assert max(len(line) for line in lines if not line.endswith((" loso", "protocol"))) <= WIDTH
    plain = [row for row in rows if not row.scope.is_leak and len(row.name) < 11]
    assert max(map(len, format_metrics(plain, details=True).splitlines())) <= WIDTH
    assert {row.note for row in rows if row.note not in " ".join(text.split())} == set()


def test_details_are_left_out_where_they_are_not_asked_for(rows):
    shown = [line.split()[1] for line in format_metrics(rows, details=False).splitlines() if line.endswith(" loso")]
    assert not {"seed", "seed_sd", "fold_mean"} & set(shown)
    assert {"pooled", "baseline", "member", "class"} < set(shown)


def test_what_is_no_result_stands_below_a_warning_and_is_marked_row_by_row(rows):
    before, warned, after = format_metrics(rows, details=False).partition(WARNING)
    assert warned
    assert "oracle" not in before
    numbers = [line for line in after.splitlines() if line.endswith(" loso")]
    assert len(numbers) == 6
    assert all(line.split()[1] == "LEAK" for line in numbers)
    assert ["+0.171" in line for line in numbers] == [False] * 3 + [True] + [False] * 2


def test_without_an_oracle_there_is_no_warning(rows):
    assert "LEAK" not in format_metrics([row for row in rows if not row.scope.is_leak], details=True)
