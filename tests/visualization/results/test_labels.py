import numpy as np
from tests.evaluation.labels_fixture import LABELS, label_predictions

from merflow.evaluation.aggregate import score_table
from merflow.evaluation.rows import Scope
from merflow.visualization.results.labels import co_occurrence, draw_labels


def texts(figure):
    return "\n".join([t.get_text() for t in figure.texts] + [t.get_text() for axes in figure.axes for t in axes.texts])


def test_co_occurrence_by_hand():
    share, counts = co_occurrence(np.array([[1, 1, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]]))
    assert counts.tolist() == [[3, 2, 0], [2, 3, 0], [0, 0, 0]]
    np.testing.assert_allclose(share[0], [1, 2 / 3, 0])
    assert np.isnan(share[2]).all()


def test_bars_and_matrices_show_the_numbers_of_the_tables():
    predictions = label_predictions()
    metrics = score_table(predictions, classes=LABELS, protocol="loso", replicates=100)
    figure = draw_labels(predictions, metrics, title="ststnet-au8 on demo")
    bars, truth, said, *_ = figure.axes
    of_labels = {row.name: row for row in metrics if row.scope is Scope.LABEL and row.metric == "f1_macro"}
    assert [bar.get_width() for bar in bars.patches] == [of_labels[name].value for name in LABELS]
    assert [text.get_text() for text in bars.get_yticklabels()] == list(LABELS)
    segments = [collection.get_segments()[0][:, 0].tolist() for collection in bars.collections]
    assert segments == [[of_labels[name].ci_low, of_labels[name].ci_high] for name in LABELS]
    own = predictions[predictions["label"] == "AU1"]
    assert truth.texts[0].get_text() == str(own["truth"].sum())  # of all seeds
    assert said.texts[0].get_text() == str(own["predicted"].sum())
    both = predictions.pivot(index=["seed", "clip"], columns="label", values="predicted")
    assert said.texts[1].get_text() == str((both["AU1"] * both["AU4"]).sum())
    text = texts(figure)
    assert "ststnet-au8 on demo" in text
    assert "protocol loso, 20 clips x 2 seeds" in text
    headline = next(row for row in metrics if row.scope is Scope.POOLED)
    assert f"f1_macro {headline.value:.3f} ({headline.ci_low:.2f} to {headline.ci_high:.2f})" in text
