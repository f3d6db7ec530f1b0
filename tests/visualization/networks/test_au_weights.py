import numpy as np
import pandas as pd
import pytest

from merflow.drawing.canvas import save_png
from merflow.visualization.networks.au_weights import PAPER_MEAN, plot_au_weights


def table(folds=3, layers=(1, 2, 3, 4)):
    weights = np.random.default_rng(0).dirichlet(np.ones(len(layers)), folds)
    rows = [(f"s{9 - i}", layer, weights[i, j], 2) for i in range(folds) for j, layer in enumerate(layers)]
    return pd.DataFrame(rows, columns=["fold", "layer", "weight", "seeds"])


def names(figure):
    return [text.get_text() for text in figure.axes[0].get_legend().get_texts()]


def test_one_line_a_fold_their_mean_and_the_papers():
    weights = table()
    figure = plot_au_weights(weights)
    lines = {line.get_label(): line for line in figure.axes[0].lines}
    for fold, own in weights.groupby("fold"):
        np.testing.assert_allclose(lines[fold].get_xydata(), own[["layer", "weight"]])
    mean = weights.groupby("layer")["weight"].mean().to_numpy()
    np.testing.assert_allclose(lines["mean"].get_ydata(), mean)
    np.testing.assert_allclose(lines["paper, CASME II"].get_ydata(), list(PAPER_MEAN.values()))
    assert [text.get_text() for text in figure.axes[0].texts] == [f"{value:.3f}" for value in mean]
    assert names(figure) == ["s9", "s8", "s7", "mean", "paper, CASME II"]
    assert "seeds (2)" in figure.texts[1].get_text()


def test_weights_of_other_layers_are_not_held_against_the_papers():
    figure = plot_au_weights(table(layers=(2, 3, 4)))
    assert names(figure) == ["s9", "s8", "s7", "mean"]
    assert "cannot be compared" in figure.texts[1].get_text()
    start = figure.axes[0].lines[-1]
    np.testing.assert_allclose(start.get_ydata(), 1 / 3)


def test_many_folds_are_not_named():
    assert names(plot_au_weights(table(folds=26))) == ["mean", "paper, CASME II"]


def test_table_without_rows():
    with pytest.raises(ValueError, match="expected one row a fold and layer"):
        plot_au_weights(table(folds=0))


def test_same_numbers_give_the_same_bytes(tmp_path):
    first, second = (save_png(plot_au_weights(table()), tmp_path / f"{i}.png").read_bytes() for i in (0, 1))
    assert first == second
