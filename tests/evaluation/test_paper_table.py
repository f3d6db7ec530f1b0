"""A published table with our numbers, on rows whose numbers are written out here."""

import csv
import io

import pytest
from tests.evaluation.labels_fixture import LABELS, label_predictions

from merflow.evaluation.aggregate import score_table
from merflow.evaluation.paper_table import COLUMNS, paper_table, table_csv
from merflow.evaluation.rows import MetricRow, Scope

PLANNED = {
    "paper": "gts_gn", "table": "V", "row": "GTS-GN | LAM; AAU", "on": "casme2", "labels": "objective6",
    "protocol": "loso", "metric": "F1", "our_metric": "UF1", "source": "own", "kind": "unknown", "value": 0.75,
    "clips": 251, "experiment": "gts_gn", "missing": "", "note": "the paper does not define its F1",
}  # fmt: skip


def metric(scope, value, *, name="UF1", of="", low=None, high=None, n=254):
    return MetricRow(metric=name, scope=scope, name=of, value=value, ci_low=low, ci_high=high, n=n, note="")


METRICS = [
    metric(Scope.POOLED, 0.7, low=0.6, high=0.8),
    metric(Scope.POOLED, 0.65, name="macro-precision"),
    metric(Scope.POOLED, 0.9, name="ACC", low=0.85, high=0.95),
    *(metric(Scope.SEED, 0.7, of=str(seed)) for seed in range(3)),
    metric(Scope.SEED, 0.9, name="ACC", of="0"),
    metric(Scope.FOLD_MEAN, 0.5),
    metric(Scope.ORACLE, 0.85, of="best_epoch"),
]


def row(metrics=METRICS, **changes):
    planned = PLANNED | changes
    (found,) = paper_table([planned], {(planned["on"], planned["experiment"]): metrics})
    return found


def test_ours_beside_the_published_one():
    found = row()
    assert (found.ours, found.ci_low, found.ci_high, found.clips, found.seeds) == (0.7, 0.6, 0.8, 254, 3)
    assert found.difference == pytest.approx(-0.05)
    assert found.inside == "yes"
    assert found.note == (
        "the paper does not define its F1; 251 clips there, 254 here; our mean over folds: 0.5000; "
        "our best epoch on the test clips, a leak: 0.8500"
    )


@pytest.mark.parametrize(("published", "inside"), [(0.6, "yes"), (0.8, "yes"), (0.59, "no"), (0.81, "no")])
def test_whether_the_published_number_lies_in_our_interval(published, inside):
    assert row(value=published).inside == inside


def test_a_pooled_number_of_the_same_clips_needs_no_note():
    assert row(kind="pooled", clips=254, note="").note == ""


def test_a_precision_that_is_called_otherwise_is_held_against_nothing():
    found = row(kind="macro_precision", note="")
    assert found.ours == 0.7
    assert found.difference is None
    assert found.inside == ""
    assert "our macro-precision: 0.6500" in found.note


def test_without_an_interval_only_the_difference_is_known():
    found = row([metric(Scope.POOLED, 0.7)])
    assert found.difference == pytest.approx(-0.05)
    assert found.inside == ""


def test_a_row_without_ours_says_why():
    found = row([], missing="no recordings: set datasets.casme2.root", note="")
    assert found.ours is None
    assert found.note == "no recordings: set datasets.casme2.root"


def test_on_another_dataset_there_is_no_difference():
    found = row(value=None, kind="", clips=None, note="")
    assert (found.published, found.difference, found.inside, found.note) == (None, None, "", "")
    assert found.ours == 0.7


def test_the_table_as_text():
    (read,) = csv.DictReader(io.StringIO(table_csv([row()])))
    assert tuple(read) == COLUMNS
    assert read["published"] == "0.7500"
    assert read["difference"] == "-0.0500"
    assert read["seeds"] == "3"
    (empty,) = csv.DictReader(io.StringIO(table_csv([row([])])))
    assert empty["ours"] == empty["ci_low"] == empty["clips"] == ""


def test_a_published_label_stands_beside_the_same_label():
    rows = score_table(label_predictions(), classes=LABELS, protocol="kfold_subject", replicates=20)
    asked = PLANNED | {"metric": "F1", "our_metric": "f1_macro", "label": "AU4", "kind": "unknown"}
    ours = next(row for row in rows if row.scope is Scope.LABEL and (row.metric, row.name) == ("f1_macro", "AU4"))
    (cell,) = paper_table([asked], {(asked["on"], asked["experiment"]): rows})
    assert (cell.ours, cell.ci_low, cell.seeds) == (ours.value, ours.ci_low, 2)
    assert "clips show it" in cell.note
    assert "mean over folds" not in cell.note
    (mean,) = paper_table([asked | {"label": ""}], {(asked["on"], asked["experiment"]): rows})
    assert mean.ours == next(row.value for row in rows if row.scope is Scope.POOLED and row.metric == "f1_macro")
    assert "our mean over folds" in mean.note
