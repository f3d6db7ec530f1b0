import numpy as np
import pandas as pd
import pytest

from merflow.visualization.curves import plot_curves


def history(offset, seeds=(0, 1)):
    rows = [
        {"seed": s, "epoch": e, "loss": offset + 1 / e, "train_accuracy": 1 - 1 / e} for s in seeds for e in (1, 2, 4)
    ]
    return pd.DataFrame(rows)


def test_one_line_a_run_and_their_median():
    figure = plot_curves({"s1": history(0.0), "s2": history(1.0), "s3": history(5.0)})
    lines = figure.axes[0].lines
    assert len(lines) == 7
    np.testing.assert_allclose(lines[-1].get_ydata(), [2.0, 1.5, 1.25])
    assert "3 folds, 6 runs" in figure.texts[1].get_text()
    assert [text.get_text() for text in figure.axes[1].get_legend().get_texts()] == ["s1", "s2", "s3"]


def test_many_folds_are_not_named():
    figure = plot_curves({f"s{i}": history(0.0, seeds=(0,)).drop(columns="seed") for i in range(30)})
    assert figure.axes[1].get_legend() is None


def test_what_is_missing_is_named():
    with pytest.raises(ValueError, match="at least one fold"):
        plot_curves({})
    with pytest.raises(ValueError, match=r"fold s1: .*\['loss'\]"):
        plot_curves({"s1": history(0.0).drop(columns="loss")})
