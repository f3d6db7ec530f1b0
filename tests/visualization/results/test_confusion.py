import dataclasses

import numpy as np
import pandas as pd
import pytest

from merflow.evaluation.rows import Scope, headline_rows, joined_note
from merflow.training.folds import LEAKY_NOTE, MACRO_NOTE
from merflow.visualization.results.confusion import draw_confusion, plot_confusion, row_recall

CLASSES = ("negative", "positive", "surprise")


def texts(figure):
    return "\n".join([t.get_text() for t in figure.texts] + [t.get_text() for axes in figure.axes for t in axes.texts])


def test_rows_are_shares_of_the_true_class():
    share = row_recall(np.array([[6, 2], [0, 0]]))
    np.testing.assert_allclose(share[0], [0.75, 0.25])
    assert np.isnan(share[1]).all()


def test_a_class_without_clips_is_named():
    assert texts(plot_confusion(np.array([[3, 1], [0, 0]]), ["a", "b"])).count("no clips") == 2


def test_the_title_carries_scores_protocol_clips_and_seeds():
    labels = ["negative", "negative", "positive", "surprise"]
    wrong = ["negative", "positive", "positive", "surprise"]
    predictions = pd.DataFrame(
        {
            "clip": list("abcd") * 2,
            "seed": [0] * 4 + [1] * 4,
            "label": labels * 2,
            "predicted": [*labels, *wrong],
            **{f"score_{name}": 0.0 for name in CLASSES},
        }
    )
    values, bounds = np.array([0.9, 0.8, 0.875]), (np.array([0.7, 0.6, 0.5]), np.array([1.0, 0.9, 1.0]))
    rows = [
        *headline_rows(Scope.ORACLE, values + 0.1, n=4, note="LEAK: no result", bounds=bounds),
        *headline_rows(Scope.POOLED, values, n=4, note="", bounds=bounds),
        *headline_rows(Scope.SEED, values, name="0", n=4, note=""),
    ]
    metrics = [dataclasses.replace(row, protocol="loso") for row in rows]
    figure = draw_confusion(predictions, metrics, title="svm on demo")
    text = texts(figure)
    assert "svm on demo" in text
    assert text.count("UF1") == 1
    assert "UF1 0.900 (0.70 to 1.00)" in text
    assert "protocol loso, 4 clips x 2 seeds" in text
    # negative: 4 predictions over both seeds, 3 of them right.
    np.testing.assert_allclose(np.ma.getdata(figure.axes[0].images[0].get_array())[0], [0.75, 0.25, 0.0])


@pytest.mark.parametrize("note", [LEAKY_NOTE, MACRO_NOTE])
def test_a_picture_of_tested_subjects_who_train_says_so(note):
    rows = headline_rows(Scope.POOLED, np.full(3, 0.5), n=4, note=joined_note(note, "1 fold pooled"))
    figure = plot_confusion(np.eye(3, dtype=int), CLASSES, headline=rows)
    assert note.partition(";")[0] in texts(figure)


def test_a_matrix_of_another_size_is_refused():
    with pytest.raises(ValueError, match="3 x 3 classes"):
        plot_confusion(np.eye(2), CLASSES)
