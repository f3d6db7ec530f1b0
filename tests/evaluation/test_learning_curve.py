"""The table of a learning curve: its numbers against scikit-learn, what is written and read, the picture."""

import numpy as np
import pytest
from sklearn import metrics as sk
from tests.evaluation.scored_fixture import CLASSES, predictions

from merflow.evaluation.learning_curve import (
    ALL,
    CURVE_COLUMNS,
    curve_table,
    read_curve,
    rows_of_point,
    whole_curve,
    write_curve,
)
from merflow.visualization.results.learning_curve import plot_learning_curve


@pytest.fixture
def curve(tmp_path):
    """Two draws of two points, one of which could not be trained, read back as a job reads them."""
    tables = []
    for draw in (0, 1):
        rows = rows_of_point(predictions(right=0.4, seeds=(draw,)), subjects=2, draw=draw, clips=14)
        rows += rows_of_point(None if draw else predictions(right=0.6, seeds=(0,)), subjects=3, draw=draw, clips=21,
                              note="too few classes" if draw else "")  # fmt: skip
        rows += rows_of_point(None, subjects=5, draw=ALL, clips=35)
        write_curve(curve_table(rows), tmp_path / f"{draw}.csv")
        tables.append(read_curve(tmp_path / f"{draw}.csv"))
    return whole_curve(tables, predictions(right=0.9))


def test_values_are_those_of_scikit_learn(curve):
    table = predictions(right=0.4, seeds=(0,))
    expected = sk.f1_score(table["label"], table["predicted"], labels=CLASSES, average="macro", zero_division=0)
    row = curve[(curve["subjects"] == 2) & (curve["draw"] == "0") & (curve["metric"] == "UF1")].iloc[0]
    assert row["value"] == pytest.approx(expected, abs=1e-6)
    assert row["n"] == 42
    assert list(curve.columns) == list(CURVE_COLUMNS)


def test_the_experiment_itself_is_the_last_point_and_a_lost_one_stays(curve):
    whole = curve[curve["draw"] == ALL]
    assert set(whole["subjects"]) == {5}
    assert set(whole["clips"]) == {42 * 5 / 6}
    assert not whole["value"].isna().any()
    assert len(whole) == 3 * 2
    lost = curve[curve["value"].isna()]
    assert lost[["subjects", "draw", "note"]].to_numpy().tolist() == [[3, "1", "too few classes"]]


def test_the_picture_shows_each_draw_the_median_and_all_subjects(curve):
    axes = plot_learning_curve(curve).axes[0]
    drawn = [np.asarray(line.get_xdata()).tolist() for line in axes.lines]
    assert drawn == [[2, 3], [2], [2, 3], [5, 5]]
    values = curve[(curve["metric"] == "UF1") & (curve["subjects"] == 2) & (curve["draw"] != ALL)]["value"]
    assert axes.lines[2].get_ydata()[0] == pytest.approx(np.median(values))
    assert axes.get_ylabel() == "UF1"
    assert "Not trained in some draws: 3 subjects" in "".join(text.get_text() for text in axes.figure.texts)


def test_a_curve_without_a_number_is_refused():
    with pytest.raises(ValueError, match="a point with a number"):
        plot_learning_curve(curve_table(rows_of_point(None, subjects=2, draw=0, clips=3, note="x")))
