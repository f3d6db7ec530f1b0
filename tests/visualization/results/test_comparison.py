import numpy as np
import pandas as pd
import pytest

from merflow.drawing.canvas import save_png
from merflow.visualization.results.comparison import plot_comparison


@pytest.fixture
def table():
    rows = {
        "metric": ["UF1", "UAR", "ACC"],
        "a": [0.5, 0.6, 0.7],
        "b": [0.7, 0.55, 0.7],
        "difference": [0.2, -0.05, 0.0],
        "ci_low": [0.1, -0.15, -0.02],
        "ci_high": [0.3, 0.04, 0.02],
        "share_b_better": [1.0, 0.21, 0.5],
        "n": 90,
        "only_a": 0,
        "only_b": 6,
    }
    return pd.DataFrame(rows)


def test_bars_are_the_intervals_and_the_line_is_in_the_middle(table):
    (axes,) = plot_comparison(table, names=("svm", "net")).axes
    segments = [segment[:, 0].tolist() for segment in axes.collections[0].get_segments()]
    assert segments == [[0.1, 0.3], [-0.15, 0.04], [-0.02, 0.02]]
    np.testing.assert_array_equal(axes.lines[1].get_xdata(), table["difference"])
    low, high = axes.get_xlim()
    assert low == -high
    assert high > 0.3
    assert [label.get_text() for label in axes.get_yticklabels()] == ["UF1", "UAR", "ACC"]
    assert axes.yaxis_inverted()


def test_the_picture_says_who_is_who_and_on_which_clips(table):
    figure = plot_comparison(table, names=("svm", "net"), title="Two experiments on demo")
    assert figure.texts[0].get_text() == "Two experiments on demo"
    assert "a = svm, b = net" in figure.texts[1].get_text()
    assert "90 clips that both predict; left out: 0 of a only, 6 of b only" in figure.texts[1].get_text()
    values = [text.get_text() for text in figure.axes[0].texts]
    assert values[1] == "a 0.600, b 0.550: -0.050 (-0.150 to +0.040)\nb better in 21.0% of the replicates"


def test_one_subject_has_no_bar_and_two_equal_methods_are_drawn(table):
    alone = table.assign(ci_low=np.nan, ci_high=np.nan, share_b_better=np.nan)
    (axes,) = plot_comparison(alone, names=("svm", "net")).axes
    assert axes.texts[0].get_text().endswith("one subject: no interval")
    equal = table.assign(difference=0.0, ci_low=0.0, ci_high=0.0)
    assert plot_comparison(equal, names=("svm", "net")).axes[0].get_xlim()[1] > 0


def test_the_same_table_gives_the_same_bytes(table, tmp_path):
    drawn = [plot_comparison(table, names=("svm", "net")) for _ in range(2)]
    first, second = (save_png(figure, tmp_path / f"{i}.png").read_bytes() for i, figure in enumerate(drawn))
    assert first == second


def test_an_empty_table_is_refused(table):
    with pytest.raises(ValueError, match="one row a metric"):
        plot_comparison(table[:0], names=("svm", "net"))
